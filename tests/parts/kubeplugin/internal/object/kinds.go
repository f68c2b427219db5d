package object

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// kinds are the kinds that are ready once they are stored, so that nothing has to be awaited.
var kinds = map[schema.GroupVersionKind]struct{ namespaced bool }{
	{Version: "v1", Kind: "Namespace"}:                             {},
	{Version: "v1", Kind: "ConfigMap"}:                             {namespaced: true},
	{Version: "v1", Kind: "Secret"}:                                {namespaced: true},
	{Version: "v1", Kind: "ServiceAccount"}:                        {namespaced: true},
	{Group: "storage.k8s.io", Version: "v1", Kind: "StorageClass"}: {},
}

// replaces are the properties of a kind that cannot change in place, besides name and namespace.
var replaces = map[string][]string{
	"ConfigMap":    {"binaryData", "data"},
	"Secret":       {"type", "stringData", "data"},
	"StorageClass": {"parameters", "provisioner"},
}

// kindOf returns the kind of a resource, such as kubernetes:core/v1:Secret. It fails when the plugin does
// not have it.
func kindOf(urn resource.URN) (schema.GroupVersionKind, error) {
	group, version, _ := strings.Cut(string(urn.Type().Module().Name()), "/")
	if group == "core" {
		group = ""
	}
	kind := schema.GroupVersionKind{Group: group, Version: version, Kind: string(urn.Type().Name())}
	if _, ok := kinds[kind]; !ok {
		return kind, fmt.Errorf("resource type %s is not one that this plugin supports", urn.Type())
	}
	return kind, nil
}

// replacing returns the paths whose change makes a new object.
func replacing(kind schema.GroupVersionKind) []resource.PropertyPath {
	paths := []resource.PropertyPath{{"metadata", "name"}, {"metadata", "namespace"}}
	for _, property := range replaces[kind.Kind] {
		paths = append(paths, resource.PropertyPath{property})
	}
	return paths
}
