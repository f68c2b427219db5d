package simeks

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Annotations of service accounts, and of pods, that the webhook knows.
const (
	roleAnnotation       = "eks.amazonaws.com/role-arn"
	audienceAnnotation   = "eks.amazonaws.com/audience"
	expirationAnnotation = "eks.amazonaws.com/token-expiration" // seconds
	endpointsAnnotation  = "eks.amazonaws.com/sts-regional-endpoints"
	skipAnnotation       = "eks.amazonaws.com/skip-containers" // names, with commas; of pods only
)

const (
	identityVolume = "aws-iam-token"
	identityMount  = "/var/run/secrets/eks.amazonaws.com/serviceaccount"
	stsAudience    = "sts.amazonaws.com"

	podIdentityVolume   = "eks-pod-identity-token"
	podIdentityMount    = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount"
	podIdentityAudience = "pods.eks.amazonaws.com"
	podIdentityAgent    = "http://169.254.170.23/v1/credentials"
)

var issuerPattern = regexp.MustCompile(`^https://oidc\.eks\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/id/[A-Z0-9]+$`)

// issuerRegion returns the region of a cluster's issuer.
func issuerRegion(issuer string) (string, error) {
	match := issuerPattern.FindStringSubmatch(issuer)
	if match == nil {
		return "", fmt.Errorf("issuer %q: want https://oidc.eks.<region>.amazonaws.com/id/<ID>", issuer)
	}
	return match[1], nil
}

// identityPatch returns the JSON patch that gives a new pod the role of its service
// account; nil when that has none.
func (k *Cluster) identityPatch(ctx context.Context, req *reviewRequest) ([]byte, error) {
	var pod struct {
		Metadata Metadata `json:"metadata"`
		Spec     object   `json:"spec"`
	}
	if err := decode(req.Object, &pod); err != nil {
		return nil, fmt.Errorf("reading a new pod: %w", err)
	}
	name, _ := pod.Spec["serviceAccountName"].(string)
	if name == "" {
		name = "default"
	}
	var account struct {
		Metadata Metadata `json:"metadata"`
	}
	if err := k.Get(ctx, namespaced(req.Namespace, "serviceaccounts/"+name), &account); err != nil {
		return nil, fmt.Errorf("reading a pod's service account: %w", err)
	}
	var role podRole
	switch annotations := account.Metadata.Annotations; {
	case k.podIdentity != nil && k.podIdentity(req.Namespace, name): // wins over the annotation
		role = k.associated()
	case annotations[roleAnnotation] != "":
		var err error
		if role, err = k.annotated(annotations, pod.Metadata.Annotations); err != nil {
			return nil, err
		}
	default:
		return nil, nil
	}
	skip := strings.Split(pod.Metadata.Annotations[skipAnnotation], ",")
	var operations []any
	for _, kind := range []string{"initContainers", "containers"} {
		containers, _ := pod.Spec[kind].([]any)
		for _, c := range containers {
			if c, ok := c.(object); ok && !slices.Contains(skip, fmt.Sprint(c["name"])) {
				role.give(c)
			}
		}
		if len(containers) > 0 {
			operations = append(operations, object{"op": "add", "path": "/spec/" + kind, "value": containers})
		}
	}
	volumes, _ := pod.Spec["volumes"].([]any)
	volumes = appendNamed(volumes, "name", role.volume)
	operations = append(operations, object{"op": "add", "path": "/spec/volumes", "value": volumes})
	return json.Marshal(operations)
}

// podRole is what a pod needs to get its role: the volume with its token, and what its containers get.
type podRole struct {
	volume object
	mount  string // path of the volume in the containers
	env    []object
}

// associated is for a pod that EKS Pod Identity gives a role.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
func (k *Cluster) associated() podRole {
	return podRole{
		volume: tokenVolume(podIdentityVolume, podIdentityAudience, podIdentityVolume, 86400),
		mount:  podIdentityMount,
		env: append(k.regional(),
			variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", podIdentityAgent),
			variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", podIdentityMount+"/"+podIdentityVolume)),
	}
}

// annotated is for a pod whose service account names its role.
func (k *Cluster) annotated(account, pod map[string]string) (podRole, error) {
	audience, expiration := account[audienceAnnotation], "86400"
	if audience == "" {
		audience = stsAudience
	}
	for _, annotations := range []map[string]string{account, pod} {
		if e := annotations[expirationAnnotation]; e != "" {
			expiration = e
		}
	}
	seconds, err := strconv.Atoi(expiration)
	if err != nil {
		return podRole{}, fmt.Errorf("reading annotation %s: %w", expirationAnnotation, err)
	}
	env := k.regional()
	if account[endpointsAnnotation] == "false" {
		env = env[1:]
	}
	return podRole{
		volume: tokenVolume(identityVolume, audience, "token", seconds),
		mount:  identityMount,
		env: append(env, variable("AWS_ROLE_ARN", account[roleAnnotation]),
			variable("AWS_WEB_IDENTITY_TOKEN_FILE", identityMount+"/token")),
	}, nil
}

// regional are the variables that tell AWS's SDKs where they are.
func (k *Cluster) regional() []object {
	return []object{
		variable("AWS_STS_REGIONAL_ENDPOINTS", "regional"),
		variable("AWS_DEFAULT_REGION", k.region),
		variable("AWS_REGION", k.region),
	}
}

// tokenVolume is a volume with a token of the pod's service account.
func tokenVolume(name, audience, path string, seconds int) object {
	return object{"name": name, "projected": object{"sources": []any{
		object{"serviceAccountToken": object{"audience": audience, "expirationSeconds": seconds, "path": path}},
	}}}
}

// give adds to a container what AWS's SDKs read. What the container sets itself stays.
func (r podRole) give(container object) {
	env, _ := container["env"].([]any)
	for _, v := range r.env {
		env = appendNamed(env, "name", v)
	}
	container["env"] = env
	mounts, _ := container["volumeMounts"].([]any)
	container["volumeMounts"] = appendNamed(mounts, "mountPath",
		object{"name": r.volume["name"], "mountPath": r.mount, "readOnly": true})
}

func variable(name, value string) object { return object{"name": name, "value": value} }

// appendNamed appends an element to a list unless one with the same value of key is there.
func appendNamed(elements []any, key string, element object) []any {
	for _, e := range elements {
		if e, ok := e.(object); ok && e[key] == element[key] {
			return elements
		}
	}
	return append(elements, element)
}
