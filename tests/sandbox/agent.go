package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kubecost-cur/kubecost-cur/tests/kubecost"
	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
	"github.com/kubecost-cur/kubecost-cur/tests/simeks"
)

// hasPodIdentity says whether the pods of a service account get a role by EKS Pod Identity. All clusters are the one API
// server, so its namespaces tell them apart.
func (s *Sandbox) hasPodIdentity(namespace, serviceAccount string) bool {
	_, found := s.association(namespace, serviceAccount)
	return found
}

func (s *Sandbox) association(namespace, serviceAccount string) (simaws.PodIdentityAssociation, bool) {
	all := s.Cloud.PodIdentityAssociations()
	i := slices.IndexFunc(all, func(a simaws.PodIdentityAssociation) bool {
		return a.Namespace == namespace && a.ServiceAccount == serviceAccount
	})
	if i < 0 {
		return simaws.PodIdentityAssociation{}, false
	}
	return all[i], true
}

// askAgent does what the agent of EKS Pod Identity does on a pod's node: it turns the pod's token into the role's credentials.
// The administrator of the cluster's account stands for the node.
func (s *Sandbox) askAgent(ctx context.Context, namespace string, o *kubecost.Options, pod *simeks.PodIdentity) error {
	a, found := s.association(namespace, pod.ServiceAccount)
	if !found {
		return fmt.Errorf("service account %s of namespace %s has no association of EKS Pod Identity", pod.ServiceAccount, namespace)
	}
	body, err := json.Marshal(map[string]string{"token": pod.Token})
	if err != nil {
		return fmt.Errorf("encoding the pod's token: %w", err)
	}
	answer, err := s.Env.Call(ctx, a.Account, Call{
		Service: "eks-auth", Region: a.Region, Method: http.MethodPost, ContentType: jsonType, Body: string(body),
		URL: "https://eks-auth." + a.Region + ".api.aws/clusters/" + a.Cluster + "/assume-role-for-pod-identity",
	})
	if err != nil {
		return fmt.Errorf("asking the agent for the role of pod %s: %w", pod.Pod, err)
	}
	var assumed struct {
		Credentials struct{ AccessKeyID, SecretAccessKey, SessionToken string }
	}
	if err := json.Unmarshal(answer, &assumed); err != nil {
		return fmt.Errorf("reading the agent's answer: %w", err)
	}
	c := assumed.Credentials
	o.Role = credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey, c.SessionToken)
	pod.RoleARN = a.RoleARN
	return nil
}
