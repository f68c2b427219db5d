package object

import (
	"context"
	"encoding/base64"
	"fmt"

	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/diff"
	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/wire"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// autonamed marks, by an annotation, an object whose name the plugin made.
const autonamed = "pulumi.com/autonamed"

// serverFields of an object's metadata are the server's to set.
var serverFields = []string{
	"creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields", "resourceVersion", "uid",
}

// Check completes the inputs: kind, name, namespace, and a secret's stringData as data. It fails for a
// type that the plugin does not have.
func (o *Objects) Check(_ context.Context, c wire.Check) (resource.PropertyMap, []*pulumirpc.CheckFailure, error) {
	kind, err := kindOf(c.URN)
	if err != nil {
		return nil, nil, err
	}
	inputs := &unstructured.Unstructured{Object: wire.Plain(c.New)}
	inputs.SetGroupVersionKind(kind)
	if !c.New.ContainsUnknowns() {
		storeStringData(inputs)
	}
	dropServerFields(inputs)
	if err := name(inputs, c); err != nil {
		return nil, nil, err
	}
	_, stated, _ := unstructured.NestedFieldNoCopy(inputs.Object, "metadata", "namespace")
	if kinds[kind].namespaced && !stated && o.Cluster.Namespace != "" {
		inputs.SetNamespace(o.Cluster.Namespace)
	}
	checked := resource.NewPropertyMapFromMap(inputs.Object)
	wire.MarkSecrets(checked, c.New)
	markSecretData(checked)
	return checked, nil, nil
}

// name gives the object its auto-name when the program set none.
func name(inputs *unstructured.Unstructured, c wire.Check) error {
	if given, ok, _ := unstructured.NestedFieldNoCopy(inputs.Object, "metadata", "name"); ok && given != "" {
		return nil
	}
	old := &unstructured.Unstructured{Object: wire.Known(c.Old)}
	made := old.GetName()
	if old.GetAnnotations()[autonamed] != "true" {
		var err error
		if made, err = resource.NewUniqueName(c.Seed, c.URN.Name()+"-", 0, 0, nil); err != nil {
			return fmt.Errorf("naming the object: %w", err)
		}
		switch c.Autonaming.GetMode() {
		case pulumirpc.CheckRequest_AutonamingOptions_DISABLE:
			return errNoName
		default:
			if proposed := c.Autonaming.GetProposedName(); proposed != "" {
				made = proposed
			}
		}
	}
	inputs.SetName(made)
	return unstructured.SetNestedField(inputs.Object, "true", "metadata", "annotations", autonamed)
}

// storeStringData does what the server does to a secret: stringData is encoded and wins over data.
func storeStringData(o *unstructured.Unstructured) {
	texts, found, err := unstructured.NestedStringMap(o.Object, "stringData")
	if o.GetKind() != "Secret" || !found || err != nil {
		return
	}
	data, ok := o.Object["data"].(map[string]any)
	if !ok {
		data = map[string]any{}
	}
	for key, text := range texts {
		data[key] = base64.StdEncoding.EncodeToString([]byte(text))
	}
	delete(o.Object, "stringData")
	o.Object["data"] = data
}

// Diff compares the inputs with what the program owns of the stored object.
func (o *Objects) Diff(_ context.Context, c wire.Change) (*pulumirpc.DiffResponse, error) {
	kind, err := kindOf(c.URN)
	if err != nil {
		return nil, err
	}
	inputs := &unstructured.Unstructured{Object: wire.Plain(c.Inputs)}
	owned := wire.Plain(c.OldInputs)
	stored := &unstructured.Unstructured{Object: wire.Plain(c.State)}
	changes := diff.Compare(
		diff.Trees{State: prune(stored.Object, owned), Owned: owned, Inputs: inputs.Object},
		replacing(kind)...)
	if err := diff.Ignore(changes, c.Ignore); err != nil {
		return nil, err
	}
	response := diff.Response(changes)
	// A new object of the same name cannot stand beside the old one.
	response.DeleteBeforeReplace = len(response.Replaces) > 0 &&
		inputs.GetAnnotations()[autonamed] != "true" && id(inputs) == id(stored)
	return response, nil
}

// prune returns what of the object the program set.
func prune(object, owned map[string]any) map[string]any {
	pruned := map[string]any{}
	for key, value := range object {
		part, ok := owned[key]
		if !ok {
			continue
		}
		if value, isMap := value.(map[string]any); isMap {
			if part, isMap := part.(map[string]any); isMap {
				pruned[key] = prune(value, part)
				continue
			}
		}
		pruned[key] = value
	}
	return pruned
}

// state is what the engine stores: the object as the server has it, secrets marked.
func state(inputs resource.PropertyMap, live *unstructured.Unstructured, manager string) resource.PropertyMap {
	m := resource.NewPropertyMapFromMap(live.Object)
	wire.MarkSecrets(m, inputs)
	markSecretData(m)
	m[fieldManagerKey] = resource.NewProperty(manager)
	return m
}

func fieldManager(state resource.PropertyMap) string {
	if manager := state[fieldManagerKey]; manager.IsString() {
		return manager.StringValue()
	}
	return "pulumi-kubernetes"
}

// markSecretData makes the content of a Secret secret, whether or not the program said so.
func markSecretData(o resource.PropertyMap) {
	if kind := o["kind"]; !kind.IsString() || kind.StringValue() != "Secret" {
		return
	}
	for _, key := range []resource.PropertyKey{"data", "stringData"} {
		if v, ok := o[key]; ok && !v.IsSecret() {
			o[key] = resource.MakeSecret(v)
		}
	}
}

// liveInputs returns the inputs as the cluster has them: of an imported object, all that a program may set.
func liveInputs(live *unstructured.Unstructured, old map[string]any) resource.PropertyMap {
	if len(old) > 0 {
		return resource.NewPropertyMapFromMap(prune(live.Object, old))
	}
	imported := live.DeepCopy()
	dropServerFields(imported)
	delete(imported.Object, "status")
	return resource.NewPropertyMapFromMap(imported.Object)
}

func dropServerFields(o *unstructured.Unstructured) {
	for _, field := range serverFields {
		unstructured.RemoveNestedField(o.Object, "metadata", field)
	}
}
