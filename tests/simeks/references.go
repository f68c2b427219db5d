package simeks

import (
	"context"
	"fmt"
)

// kinds of objects that a pod refers to.
const (
	secret    = "secret"
	configMap = "configmap"
)

// typed is a reference with the kind of its object.
type typed struct {
	kind string
	*Reference
}

// references returns what the container's environment comes from.
func (c Container) references() []typed {
	var refs []typed
	for _, v := range c.Env {
		refs = append(refs, typed{secret, v.From.Secret}, typed{configMap, v.From.ConfigMap})
	}
	for _, g := range c.EnvFrom {
		refs = append(refs, typed{secret, g.Secret}, typed{configMap, g.ConfigMap})
	}
	return refs
}

// volumeProblem says why a volume cannot be mounted, in the kubelet's words; empty when it
// can.
func (k *Cluster) volumeProblem(ctx context.Context, namespace string, v Volume) (string, error) {
	refs := []typed{{secret, v.Secret}, {configMap, v.ConfigMap}}
	for _, s := range v.Projected.Sources {
		refs = append(refs, typed{secret, s.Secret}, typed{configMap, s.ConfigMap})
	}
	for _, r := range refs {
		if problem, err := k.referenceProblem(ctx, namespace, r); problem != "" || err != nil {
			return problem, err
		}
	}
	if v.Claim == nil {
		return "", nil
	}
	var c claim
	err := k.Get(ctx, namespaced(namespace, "persistentvolumeclaims/"+v.Claim.Name), &c)
	if IsNotFound(err) {
		return fmt.Sprintf("persistentvolumeclaim %q not found", v.Claim.Name), nil
	}
	if err == nil && c.Status.Phase != "Bound" {
		return fmt.Sprintf("persistentvolumeclaim %q is not bound", v.Claim.Name), nil
	}
	return "", err
}

// referenceProblem says what of a reference does not exist; empty when all does.
func (k *Cluster) referenceProblem(ctx context.Context, namespace string, r typed) (string, error) {
	if r.Reference == nil || r.Optional {
		return "", nil
	}
	name := r.Name
	if name == "" {
		name = r.SecretName
	}
	var found struct {
		Data       map[string]string `json:"data"`
		BinaryData map[string]string `json:"binaryData"`
	}
	err := k.Get(ctx, namespaced(namespace, r.kind+"s/"+name), &found)
	if IsNotFound(err) {
		return fmt.Sprintf("%s %q not found", r.kind, name), nil
	}
	if err != nil {
		return "", err
	}
	for _, key := range r.keys() {
		_, text := found.Data[key]
		_, binary := found.BinaryData[key]
		if !text && !binary {
			return fmt.Sprintf("references non-existent %s key: %s", r.kind, key), nil
		}
	}
	return "", nil
}

// keys returns the keys that must exist.
func (r *Reference) keys() []string {
	var keys []string
	if r.Key != "" {
		keys = append(keys, r.Key)
	}
	for _, i := range r.Items {
		keys = append(keys, i.Key)
	}
	return keys
}
