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
	annotations := account.Metadata.Annotations
	if annotations[roleAnnotation] == "" {
		return nil, nil
	}
	volume, err := tokenVolume(annotations, pod.Metadata.Annotations)
	if err != nil {
		return nil, err
	}
	skip := strings.Split(pod.Metadata.Annotations[skipAnnotation], ",")
	var operations []any
	for _, kind := range []string{"initContainers", "containers"} {
		containers, _ := pod.Spec[kind].([]any)
		for _, c := range containers {
			if c, ok := c.(object); ok && !slices.Contains(skip, fmt.Sprint(c["name"])) {
				k.giveRole(c, annotations)
			}
		}
		if len(containers) > 0 {
			operations = append(operations, object{"op": "add", "path": "/spec/" + kind, "value": containers})
		}
	}
	volumes, _ := pod.Spec["volumes"].([]any)
	volumes = appendNamed(volumes, "name", volume)
	operations = append(operations, object{"op": "add", "path": "/spec/volumes", "value": volumes})
	return json.Marshal(operations)
}

// tokenVolume returns the volume with the pod's token for AWS.
func tokenVolume(account, pod map[string]string) (object, error) {
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
		return nil, fmt.Errorf("reading annotation %s: %w", expirationAnnotation, err)
	}
	return object{"name": identityVolume, "projected": object{"sources": []any{
		object{"serviceAccountToken": object{"audience": audience, "expirationSeconds": seconds, "path": "token"}},
	}}}, nil
}

// giveRole adds to a container what AWS's SDKs read. What the container sets itself stays.
func (k *Cluster) giveRole(container object, annotations map[string]string) {
	env, _ := container["env"].([]any)
	if annotations[endpointsAnnotation] != "false" {
		env = appendNamed(env, "name", variable("AWS_STS_REGIONAL_ENDPOINTS", "regional"))
	}
	env = appendNamed(env, "name", variable("AWS_DEFAULT_REGION", k.region))
	env = appendNamed(env, "name", variable("AWS_REGION", k.region))
	env = appendNamed(env, "name", variable("AWS_ROLE_ARN", annotations[roleAnnotation]))
	env = appendNamed(env, "name", variable("AWS_WEB_IDENTITY_TOKEN_FILE", identityMount+"/token"))
	container["env"] = env

	mounts, _ := container["volumeMounts"].([]any)
	container["volumeMounts"] = appendNamed(mounts, "mountPath",
		object{"name": identityVolume, "mountPath": identityMount, "readOnly": true})
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
