package simeks

import (
	"context"
	"errors"
	"fmt"
	"path"
)

// tokenSeconds is how long tokens are asked to be valid.
const tokenSeconds = 3600

// PodIdentity is what a process in a pod has to prove to AWS who it is.
type PodIdentity struct {
	Pod            string
	ServiceAccount string
	RoleARN        string // empty for EKS Pod Identity, whose agent knows it
	TokenAudience  string
	Token          string // of the pod: it dies with it
}

// JWKS returns the keys that verify tokens of service accounts, as a JSON Web Key Set.
func (k *Cluster) JWKS(ctx context.Context) ([]byte, error) {
	var keys []byte
	err := k.Get(ctx, "/openid/v1/jwks", &keys)
	return keys, err
}

// ServiceAccountToken returns a token of a service account for an audience, such as
// sts.amazonaws.com; an empty one is for the API server.
func (k *Cluster) ServiceAccountToken(ctx context.Context, namespace, serviceAccount, audience string) (string, error) {
	return k.requestToken(ctx, namespace, serviceAccount, audience, nil)
}

// PodIdentity returns the identity that a ready pod with the given labels has for AWS. It
// fails when no such pod is ready or it was given no role.
func (k *Cluster) PodIdentity(ctx context.Context, namespace, labelSelector string) (PodIdentity, error) {
	pods, err := k.Pods(ctx, namespace, labelSelector)
	if err != nil {
		return PodIdentity{}, err
	}
	for _, p := range pods {
		if p.Ready() {
			return k.IdentityOf(ctx, p)
		}
	}
	return PodIdentity{}, fmt.Errorf("none of %d pods with labels %q is ready in namespace %s",
		len(pods), labelSelector, namespace)
}

// IdentityOf returns the identity that a pod has for AWS. It fails when the pod was given no role.
func (k *Cluster) IdentityOf(ctx context.Context, p Pod) (PodIdentity, error) {
	id := PodIdentity{Pod: p.Metadata.Name, ServiceAccount: p.Spec.ServiceAccount}
	role, audience, err := p.webIdentity()
	if err != nil {
		return id, fmt.Errorf("pod %s of service account %s: %w", id.Pod, id.ServiceAccount, err)
	}
	id.RoleARN, id.TokenAudience = role, audience
	id.Token, err = k.requestToken(ctx, p.Metadata.Namespace, id.ServiceAccount, audience,
		object{"apiVersion": "v1", "kind": "Pod", "name": p.Metadata.Name, "uid": p.Metadata.UID})
	return id, err
}

// webIdentity returns the role that the pod's environment names, if it names one, and the
// audience of the token whose file it names.
func (p Pod) webIdentity() (role, audience string, err error) {
	for _, c := range p.Spec.Containers {
		env := map[string]string{}
		for _, v := range c.Env {
			env[v.Name] = v.Value
		}
		role = env["AWS_ROLE_ARN"]
		file := env["AWS_WEB_IDENTITY_TOKEN_FILE"]
		if role == "" {
			if file = env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]; file == "" {
				continue
			}
		}
		if audience = p.tokenAudience(c, file); audience == "" {
			return "", "", fmt.Errorf("container %s mounts no token at %q", c.Name, file)
		}
		return role, audience, nil
	}
	return "", "", errors.New("no container has AWS_ROLE_ARN or AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: the service account had " +
		"neither the annotation " + roleAnnotation + " nor an association of EKS Pod Identity when the pod was made")
}

// tokenAudience returns the audience of the token that a container sees as a file; empty
// when there is none.
func (p Pod) tokenAudience(c Container, file string) string {
	for _, m := range c.Mounts {
		for _, v := range p.Spec.Volumes {
			if v.Name != m.Volume {
				continue
			}
			for _, s := range v.Projected.Sources {
				if s.Token != nil && path.Join(m.Path, s.Token.Path) == file {
					return s.Token.Audience
				}
			}
		}
	}
	return ""
}

// requestToken asks for a token, bound to the life of an object unless that is nil.
func (k *Cluster) requestToken(ctx context.Context, namespace, account, audience string, bound object) (string, error) {
	spec := object{"expirationSeconds": tokenSeconds}
	if audience != "" {
		spec["audiences"] = []string{audience}
	}
	if bound != nil {
		spec["boundObjectRef"] = bound
	}
	var answer struct {
		Status struct {
			Token string `json:"token"`
		} `json:"status"`
	}
	err := k.post(ctx, namespaced(namespace, "serviceaccounts/"+account+"/token"), object{"spec": spec}, &answer)
	if err != nil {
		return "", fmt.Errorf("requesting a token of service account %s: %w", account, err)
	}
	return answer.Status.Token, nil
}
