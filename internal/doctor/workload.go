package doctor

import (
	"context"
	"fmt"
	"strings"
)

// roleAnnotation names a service account's IAM role (IRSA).
// Source: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
const roleAnnotation = "eks.amazonaws.com/role-arn"

// serviceAccount is whether the service account is there and has the role.
var serviceAccount = Check{
	Name: "service-account",
	Title: func(s *Subject) string {
		return "service account " + s.Primary.Namespace + "/" + s.Primary.ServiceAccountName
	},
	Needs: []Need{Cluster},
	Run: func(ctx context.Context, s *Subject) Finding {
		p := s.Primary
		var object struct {
			Metadata struct{ Annotations map[string]string }
		}
		err := s.Cluster.Get(ctx, fmt.Sprintf("/api/v1/namespaces/%s/serviceaccounts/%s", p.Namespace, p.ServiceAccountName), &object)
		if isMissing(err) {
			return failed(Shorten(err), "the service account was deleted", mendPrimary)
		} else if err != nil {
			return unasked(err, "get serviceaccounts in namespace "+p.Namespace)
		}
		got := object.Metadata.Annotations[roleAnnotation]
		switch {
		case p.usesPodIdentity() && got == "":
			return ok("its role comes from Pod Identity")
		case p.usesPodIdentity():
			return failed("its annotation "+roleAnnotation+" is "+got, "with the annotation, AWS's SDKs take the web identity before Pod Identity", mendPrimary)
		case got != p.ReaderRoleArn:
			return failed(fmt.Sprintf("its annotation %s is %q, and the stack's role is %s", roleAnnotation, got, p.ReaderRoleArn), "the annotation was changed, or the chart made the service account itself", mendPrimary)
		}
		return ok(got)
	},
}

// pods is whether a pod runs that reads the secret, as that service account, with its volumes and its role.
var pods = Check{
	Name:  "pods",
	Title: func(s *Subject) string { return "pods that read the bill in " + s.Primary.Namespace },
	Needs: []Need{Cluster},
	Run: func(ctx context.Context, s *Subject) Finding {
		p := s.Primary
		found, err := s.pods(ctx)
		if err != nil {
			return unasked(err, "list pods in namespace "+p.Namespace)
		}
		if len(found) == 0 {
			return failed("no pod mounts the secret "+p.SecretName, "the release was deleted, scaled down, or reads another secret", mendPrimary)
		}
		for _, one := range found {
			if f := s.checkPod(ctx, one); f.State == Failed {
				return f
			}
		}
		first := found[0]
		reader, _ := first.reader(p.SecretName, p.container())
		return ok(fmt.Sprintf("%s is running, container %s", first.Metadata.Name, reader.Name))
	},
}

func (s *Subject) checkPod(ctx context.Context, one pod) Finding {
	p := s.Primary
	name := one.Metadata.Name
	if got := one.Spec.ServiceAccountName; got != p.ServiceAccountName {
		return failed(fmt.Sprintf("pod %s runs as service account %q", name, got), "it does not get the role: the chart was given another service account", "take serviceAccount out of the setting values, then "+mendPrimary)
	}
	if !p.usesPodIdentity() && !mountsToken(one) {
		return failed("pod "+name+" has no web identity token", "it was started before the service account had its annotation, or the EKS pod identity webhook does not run",
			fmt.Sprintf("kubectl delete pod -n %s %s", p.Namespace, name))
	}
	if claims := s.unboundClaims(ctx); claims != "" {
		return failed(claims, "no volume can be made: the EBS CSI driver is missing, or the cluster has no default storage class", "set storageClass, or install the add-on aws-ebs-csi-driver; then "+mendPrimary)
	}
	for _, c := range one.Status.ContainerStatuses {
		if w := c.State.Waiting; w != nil {
			return failed(fmt.Sprintf("container %s of pod %s waits: %s %s", c.Name, name, w.Reason, w.Message), waitingCause(w.Reason), fmt.Sprintf("kubectl describe pod -n %s %s", p.Namespace, name))
		}
	}
	for _, c := range one.Status.Conditions {
		if c.Type == "PodScheduled" && c.Status == "False" {
			return failed("pod "+name+" is not scheduled: "+c.Message, "no node has room for it, or its volumes are in another zone", fmt.Sprintf("kubectl describe pod -n %s %s", p.Namespace, name))
		}
		if c.Type == "Ready" && c.Status != "True" {
			return failed("pod "+name+" is not ready: "+c.Message, "a container has not started or fails its probe", fmt.Sprintf("kubectl describe pod -n %s %s", p.Namespace, name))
		}
	}
	return ok(name)
}

// mountsToken says whether a pod has a token for AWS, which the EKS webhook gives to pods of annotated service accounts.
func mountsToken(p pod) bool {
	for _, v := range p.Spec.Volumes {
		if v.Name == "aws-iam-token" {
			return true
		}
	}
	return false
}

func waitingCause(reason string) string {
	switch reason {
	case "ErrImagePull", "ImagePullBackOff", "InvalidImageName":
		return "the image cannot be pulled"
	case "ContainerCreating", "CreateContainerConfigError":
		return "something that it mounts is missing, such as the secret"
	case "CrashLoopBackOff":
		return "the container ends as soon as it starts; its log says why"
	}
	return "the container cannot start"
}

// unboundClaims names the namespace's volume claims that have no volume; empty if all have one, or if that cannot be told.
func (s *Subject) unboundClaims(ctx context.Context) string {
	var list struct {
		Items []struct {
			Metadata struct{ Name string }
			Spec     struct{ StorageClassName string }
			Status   struct{ Phase string }
		}
	}
	if err := s.Cluster.Get(ctx, fmt.Sprintf("/api/v1/namespaces/%s/persistentvolumeclaims", s.Primary.Namespace), &list); err != nil {
		return ""
	}
	var unbound []string
	for _, c := range list.Items {
		if c.Status.Phase != "Bound" {
			unbound = append(unbound, fmt.Sprintf("claim %s is %s with storage class %q", c.Metadata.Name, c.Status.Phase, c.Spec.StorageClassName))
		}
	}
	return strings.Join(unbound, "; ")
}
