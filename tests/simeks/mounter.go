package simeks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// scheduledPath lists the pods that a kubelet would have to start, and that are not
// started yet.
const scheduledPath = "/api/v1/pods?fieldSelector=status.phase%3DPending,spec.nodeName%21%3D"

// missing is why a pod cannot start.
type missing struct {
	reason  string // of the event: FailedMount or Failed
	waiting string // state of the containers: ContainerCreating, CreateContainerConfigError or ImagePullBackOff
	message string
}

// noRegistry ends the hosts of registries that do not exist: that domain is reserved for names that nobody has. All other images are
// there, and nobody pulls them.
const noRegistry = ".invalid"

// volumeMounter plays the part of the kubelet that kwok leaves out: it lets a pod start
// when all that it mounts or reads its environment from exists, and says what is missing
// until then.
func (k *Cluster) volumeMounter() controller {
	reported := map[string]missing{} // by UID of the pod
	return controller{"volume mounter", []string{"/api/v1/pods"}, func(ctx context.Context) (bool, error) {
		var pods list[Pod]
		if err := k.Get(ctx, scheduledPath, &pods); err != nil {
			return false, err
		}
		done, errs := true, []error(nil)
		for _, p := range pods.Items {
			if p.Metadata.DeletedAt != "" || p.Status.Condition("PodReadyToStartContainers").Status == "True" {
				continue
			}
			lack, err := k.missing(ctx, p)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			if lack == nil {
				delete(reported, p.Metadata.UID)
				errs = append(errs, k.setMounted(ctx, p, "True", nil))
				continue
			}
			done = false
			if reported[p.Metadata.UID] == *lack {
				continue
			}
			if err := k.report(ctx, p, *lack); err != nil {
				errs = append(errs, err)
				continue
			}
			reported[p.Metadata.UID] = *lack
		}
		return done, errors.Join(errs...)
	}}
}

// missing returns the first thing that the pod needs and the cluster does not have; nil
// when it has all.
func (k *Cluster) missing(ctx context.Context, p Pod) (*missing, error) {
	for _, v := range p.Spec.Volumes {
		problem, err := k.volumeProblem(ctx, p.Metadata.Namespace, v)
		if err != nil {
			return nil, err
		}
		if problem != "" {
			return &missing{"FailedMount", "ContainerCreating",
				fmt.Sprintf("MountVolume.SetUp failed for volume %q : %s", v.Name, problem)}, nil
		}
	}
	for _, c := range p.containers() {
		if registry, _, _ := strings.Cut(c.Image, "/"); strings.HasSuffix(registry, noRegistry) {
			return &missing{"Failed", "ImagePullBackOff", fmt.Sprintf("Back-off pulling image %q", c.Image)}, nil
		}
		for _, r := range c.references() {
			problem, err := k.referenceProblem(ctx, p.Metadata.Namespace, r)
			if err != nil {
				return nil, err
			}
			if problem != "" {
				return &missing{"Failed", "CreateContainerConfigError", "Error: " + problem}, nil
			}
		}
	}
	return nil, nil
}

// report shows what a pod lacks where a user looks for it: in its status and its events.
func (k *Cluster) report(ctx context.Context, p Pod, lack missing) error {
	if err := k.setMounted(ctx, p, "False", &lack); err != nil {
		return err
	}
	now := time.Now().UTC().Format(time.RFC3339)
	return k.Create(ctx, namespaced(p.Metadata.Namespace, "events"), object{
		"metadata": object{"generateName": p.Metadata.Name + "."},
		"involvedObject": object{
			"apiVersion": "v1", "kind": "Pod",
			"namespace": p.Metadata.Namespace, "name": p.Metadata.Name, "uid": p.Metadata.UID,
		},
		"type": "Warning", "reason": lack.reason, "message": lack.message,
		"source":         object{"component": "kubelet", "host": nodeName},
		"firstTimestamp": now, "lastTimestamp": now, "count": 1,
	})
}

// setMounted sets the condition that kwok waits for, and the state of the containers that
// wait for it.
func (k *Cluster) setMounted(ctx context.Context, p Pod, value string, lack *missing) error {
	status := object{"conditions": []any{object{
		"type": "PodReadyToStartContainers", "status": value,
		"lastTransitionTime": time.Now().UTC().Format(time.RFC3339),
	}}}
	if lack != nil {
		var containers []any
		for _, c := range p.Spec.Containers {
			containers = append(containers, object{
				"name": c.Name, "image": c.Image, "imageID": "", "ready": false, "restartCount": 0,
				"state": object{"waiting": object{"reason": lack.waiting, "message": lack.message}},
			})
		}
		status["containerStatuses"] = containers
	}
	err := k.Merge(ctx, p.path()+"/status", object{"metadata": object{"uid": p.Metadata.UID}, "status": status})
	if IsNotFound(err) || isConflict(err) {
		return nil // another pod of that name, or none, by now
	}
	return err
}
