package sandbox

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kubecost-cur/kubecost-cur/tests/kubecost"
	"github.com/kubecost-cur/kubecost-cur/tests/simeks"
)

// billReader is the pod of a namespace that reads the bill, and the cloud-integration.json that its container finds. What a
// container lacks to read it is an error, as it is for the real one.
func (s *Sandbox) billReader(ctx context.Context, namespace string) (simeks.Pod, []byte, error) {
	for _, reader := range kubecost.Readers {
		pods, err := s.Cluster.Pods(ctx, namespace, reader.Labels)
		if err != nil {
			return simeks.Pod{}, nil, fmt.Errorf("listing the pods %s: %w", reader.Labels, err)
		}
		for _, pod := range pods {
			i := slices.IndexFunc(pod.Spec.Containers, func(c simeks.Container) bool {
				return reader.Container == "" || c.Name == reader.Container
			})
			if i < 0 || !pod.Ready() {
				continue
			}
			file, err := s.fileOf(ctx, pod, pod.Spec.Containers[i], reader)
			if err != nil {
				err = fmt.Errorf("container %s of pod %s: %w", pod.Spec.Containers[i].Name, pod.Metadata.Name, err)
			}
			return pod, file, err
		}
	}
	return simeks.Pod{}, nil, fmt.Errorf("no pod that reads the bill is ready in namespace %s", namespace)
}

// fileOf is the content of cloud-integration.json where a container looks for it.
func (s *Sandbox) fileOf(ctx context.Context, pod simeks.Pod, c simeks.Container, reader kubecost.Reader) ([]byte, error) {
	for name, want := range reader.Needs {
		if !slices.ContainsFunc(c.Env, func(v simeks.Variable) bool { return v.Name == name && v.Value == want }) {
			return nil, fmt.Errorf("it reads no bill without %s=%s in its environment", name, want)
		}
	}
	var faults []error
	for _, v := range pod.Spec.Volumes {
		if v.Secret == nil {
			continue
		}
		for _, item := range v.Secret.Items {
			for _, m := range c.Mounts {
				if m.Volume != v.Name || item.Key != kubecost.File {
					continue
				}
				if _, err := reader.Finds(kubecost.Mount{At: m.Path, SubPath: m.SubPath}, item.Path); err != nil {
					faults = append(faults, err)
					continue
				}
				return s.secretFile(ctx, pod.Metadata.Namespace, v.Secret.SecretName)
			}
		}
	}
	return nil, errors.Join(append(faults, fmt.Errorf("it does not find %s", kubecost.File))...)
}

// secretFile is the content of cloud-integration.json in a secret.
func (s *Sandbox) secretFile(ctx context.Context, namespace, name string) ([]byte, error) {
	var secret struct {
		Data map[string][]byte `json:"data"`
	}
	if err := s.Cluster.Get(ctx, "/api/v1/namespaces/"+namespace+"/secrets/"+name, &secret); err != nil {
		return nil, fmt.Errorf("reading secret %s: %w", name, err)
	}
	file, ok := secret.Data[kubecost.File]
	if !ok {
		return nil, fmt.Errorf("secret %s has no %s", name, kubecost.File)
	}
	return file, nil
}
