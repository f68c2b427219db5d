package release

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/wire"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	helmrelease "helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/releaseutil"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// preview is the state that an update will make, as far as it is known.
func preview(inputs resource.PropertyMap) resource.PropertyMap {
	state := inputs.Copy()
	unknown := resource.MakeComputed(resource.NewProperty(""))
	state["status"], state["resourceNames"] = unknown, unknown
	return state
}

// stateOf is what the engine stores: the inputs, with what Helm recorded over them.
func stateOf(inputs resource.PropertyMap, o *options, made *helmrelease.Release) (resource.PropertyMap, error) {
	names, err := resourceNames(made.Manifest)
	if err != nil {
		return nil, err
	}
	metadata := made.Chart.Metadata
	state := inputs.Copy()
	for key, value := range resource.NewPropertyMapFromMap(map[string]any{
		"version":       metadata.Version,
		"values":        merge(o.Values, made.Config),
		"resourceNames": names,
		"status": map[string]any{
			"name":       made.Name,
			"namespace":  made.Namespace,
			"revision":   made.Version,
			"status":     made.Info.Status.String(),
			"chart":      metadata.Name,
			"version":    metadata.Version,
			"appVersion": metadata.AppVersion,
		},
	}) {
		state[key] = value
	}
	wire.MarkSecrets(state, inputs)
	return state, nil
}

// resourceNames lists the names of a manifest's objects by kind and API version, such as
// "Deployment.apps/apps/v1".
func resourceNames(manifest string) (map[string]any, error) {
	grouped := map[string][]any{}
	documents := releaseutil.SplitManifests(manifest)
	for _, document := range documents {
		var object unstructured.Unstructured
		if err := yaml.Unmarshal([]byte(document), &object.Object); err != nil {
			return nil, fmt.Errorf("reading the release's manifest: %w", err)
		}
		if object.GetKind() == "" {
			continue
		}
		name := object.GetName()
		if namespace := object.GetNamespace(); namespace != "" {
			name = namespace + "/" + name
		}
		key := object.GroupVersionKind().GroupKind().String() + "/" + object.GetAPIVersion()
		grouped[key] = append(grouped[key], name)
	}
	names := make(map[string]any, len(grouped))
	for key, list := range grouped {
		slices.SortFunc(list, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		names[key] = list
	}
	return names, nil
}

// split is the reverse of the release's ID.
func split(id string) (namespace, name string) {
	if namespace, name, ok := strings.Cut(id, "/"); ok {
		return namespace, name
	}
	return "", id
}
