package simeks

import (
	"context"
	"net/url"
)

// CreateNamespace creates a namespace.
func (k *Cluster) CreateNamespace(ctx context.Context, name string) error {
	return k.Create(ctx, "/api/v1/namespaces", object{"metadata": object{"name": name}})
}

// DeleteNamespace deletes a namespace with all that is in it, and returns when it is gone.
func (k *Cluster) DeleteNamespace(ctx context.Context, name string) error {
	path := "/api/v1/namespaces/" + name
	if err := k.Delete(ctx, path); err != nil {
		return err
	}
	return k.wait(ctx, func(ctx context.Context) (bool, error) {
		err := k.Get(ctx, path, nil)
		if IsNotFound(err) {
			return true, nil
		}
		return false, err
	})
}

// Pods returns a namespace's pods that have the labels of a selector such as
// app=cost-analyzer; all of them when it is empty.
func (k *Cluster) Pods(ctx context.Context, namespace, labelSelector string) ([]Pod, error) {
	var pods list[Pod]
	err := k.Get(ctx, namespaced(namespace, "pods?labelSelector=")+url.QueryEscape(labelSelector), &pods)
	return pods.Items, err
}

// DeletePod deletes a pod. A Deployment replaces its pods.
func (k *Cluster) DeletePod(ctx context.Context, namespace, name string) error {
	return k.Delete(ctx, namespaced(namespace, "pods/"+name))
}

// RestartPods deletes the pods that have the labels of a selector, and returns when as many others are ready in their place.
func (k *Cluster) RestartPods(ctx context.Context, namespace, labelSelector string) error {
	before, err := k.Pods(ctx, namespace, labelSelector)
	if err != nil {
		return err
	}
	old := map[string]bool{}
	for _, p := range before {
		old[p.Metadata.UID] = true
		if err := k.DeletePod(ctx, namespace, p.Metadata.Name); err != nil {
			return err
		}
	}
	return k.wait(ctx, func(ctx context.Context) (bool, error) {
		pods, err := k.Pods(ctx, namespace, labelSelector)
		ready := 0
		for _, p := range pods {
			if p.Ready() && !old[p.Metadata.UID] {
				ready++
			}
		}
		return ready >= len(before), err
	})
}
