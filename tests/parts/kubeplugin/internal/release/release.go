// Package release keeps Helm releases as the published plugin does: the chart is fetched, and its version
// settled, when the inputs are checked; it is rendered and installed by Helm's own library in an update.
package release

import (
	"context"
	"fmt"

	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/cluster"
	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/diff"
	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/wire"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	helmrelease "helm.sh/helm/v3/pkg/release"
)

// Type is the resource type of a Helm release.
const Type = "kubernetes:helm.sh/v3:Release"

// Releases are the Helm releases of one cluster.
type Releases struct{ Cluster *cluster.Cluster }

// Check completes the inputs: name, namespace, timeout, and the version that the repository has for the
// constraint. A chart that cannot be had is a failure, once nothing of the inputs is unknown.
func (r *Releases) Check(_ context.Context, c wire.Check) (resource.PropertyMap, []*pulumirpc.CheckFailure, error) {
	inputs := c.New.Copy()
	delete(inputs, "resourceNames")
	delete(inputs, "compat") // only tells the engine which type this is
	if err := r.setDefaults(inputs, c); err != nil {
		return nil, nil, err
	}
	if inputs.ContainsUnknowns() {
		return inputs, nil, nil
	}
	version, err := r.chartVersion(inputs)
	if err != nil {
		return inputs, []*pulumirpc.CheckFailure{{
			Property: "chart",
			Reason:   fmt.Sprintf("%v; check the chart name and repository configuration.", err),
		}}, nil
	}
	inputs["version"] = resource.NewProperty(version)
	return inputs, nil, nil
}

func (r *Releases) setDefaults(inputs resource.PropertyMap, c wire.Check) error {
	if old, ok := c.Old["name"]; ok && !inputs.HasValue("name") {
		inputs["name"] = old
	}
	if isEmpty(inputs["name"]) {
		name, err := resource.NewUniqueHex(c.URN.Name()+"-", 0, 0)
		if err != nil {
			return fmt.Errorf("naming the release: %w", err)
		}
		inputs["name"] = resource.NewProperty(name)
	}
	if isEmpty(inputs["namespace"]) {
		inputs["namespace"] = resource.NewProperty(r.Cluster.Namespace)
	}
	skipAwait := inputs["skipAwait"]
	if _, given := inputs["timeout"]; !given && !(skipAwait.IsBool() && skipAwait.BoolValue()) {
		inputs["timeout"] = resource.NewProperty(float64(defaultTimeout))
	}
	return nil
}

// isEmpty reports whether a string is missing. One that is not known yet is not.
func isEmpty(p resource.PropertyValue) bool {
	return p.IsNull() || p.IsString() && p.StringValue() == ""
}

func (r *Releases) chartVersion(inputs resource.PropertyMap) (string, error) {
	o, err := optionsOf(inputs)
	if err != nil {
		return "", err
	}
	config, err := r.configuration(o.Namespace)
	if err != nil {
		return "", err
	}
	loaded, err := load(config, o)
	if err != nil {
		return "", err
	}
	return loaded.Metadata.Version, nil
}

// Diff compares the inputs with the stored release, so that what changed outside of the program shows too.
func (r *Releases) Diff(_ context.Context, c wire.Change) (*pulumirpc.DiffResponse, error) {
	changes := diff.Compare(
		diff.Trees{State: wire.Plain(c.State), Owned: wire.Plain(c.OldInputs), Inputs: wire.Plain(c.Inputs)},
		resource.PropertyPath{"name"}, resource.PropertyPath{"namespace"})
	if err := diff.Ignore(changes, c.Ignore); err != nil {
		return nil, err
	}
	return diff.Response(changes), nil
}

// Create installs the release and returns its ID and state. A release that Helm recorded as failed is
// stored, with a [wire.InitError]. In a preview nothing is done.
func (r *Releases) Create(ctx context.Context, c wire.Change) (string, resource.PropertyMap, error) {
	if c.Preview {
		return "", preview(c.Inputs), nil
	}
	if err := r.Cluster.Unreachable; err != nil {
		return "", nil, fmt.Errorf("can't create Helm release with unreachable cluster: %w", err)
	}
	o, err := optionsOf(c.Inputs)
	if err != nil {
		return "", nil, err
	}
	made, err := r.install(ctx, o)
	if made == nil {
		return "", nil, err
	}
	state, stateErr := stateOf(c.Inputs, o, made)
	if stateErr != nil {
		return "", nil, stateErr
	}
	if err != nil {
		err = &wire.InitError{Err: fmt.Errorf("helm release %q was created, but failed to initialize completely; "+
			"use Helm CLI to investigate: %w", o.id(), unavailable(o, err))}
	}
	return o.id(), state, err
}

// Update upgrades the release and returns its new state. In a preview nothing is done.
func (r *Releases) Update(ctx context.Context, c wire.Change) (resource.PropertyMap, error) {
	if c.Preview {
		return preview(c.Inputs), nil
	}
	if err := r.Cluster.Unreachable; err != nil {
		return nil, fmt.Errorf("can't update Helm release with unreachable cluster: %w", err)
	}
	o, err := optionsOf(c.Inputs)
	if err != nil {
		return nil, err
	}
	made, err := r.upgrade(ctx, o)
	if made == nil {
		return nil, err
	}
	state, stateErr := stateOf(c.Inputs, o, made)
	if stateErr != nil {
		return nil, stateErr
	}
	if err != nil {
		err = &wire.InitError{Err: fmt.Errorf("helm release %q failed to initialize completely; "+
			"use Helm CLI to investigate: %w", o.id(), unavailable(o, err))}
	}
	return state, err
}

func unavailable(o *options, err error) error {
	return fmt.Errorf("failed to become available within the allotted timeout: Helm release %s: %w", o.id(), err)
}

// Read returns the release's ID, inputs and state as Helm has recorded them, or an empty ID when it is gone.
func (r *Releases) Read(_ context.Context, c wire.Change) (string, resource.PropertyMap, resource.PropertyMap, error) {
	if err := r.Cluster.Unreachable; err != nil {
		return "", nil, nil, fmt.Errorf("can't read Helm release with unreachable cluster: %w", err)
	}
	o, err := optionsOf(c.State)
	if err != nil {
		return "", nil, nil, err
	}
	inputs := c.OldInputs
	if len(c.State) == 0 {
		o.Namespace, o.Name = split(c.ID)
	}
	config, err := r.configuration(o.Namespace)
	if err != nil {
		return "", nil, nil, err
	}
	found, exists, err := find(config, o.Name)
	if err != nil {
		return "", nil, nil, fmt.Errorf("reading Helm release %q: %w", o.id(), err)
	}
	if !exists {
		return "", nil, nil, nil
	}
	if len(inputs) == 0 {
		inputs = imported(found)
	}
	state, err := stateOf(inputs, o, found)
	return c.ID, inputs, state, err
}

// Delete uninstalls the release.
func (r *Releases) Delete(_ context.Context, c wire.Change) error {
	if err := r.Cluster.Unreachable; err != nil {
		return fmt.Errorf("can't delete Helm release with unreachable cluster: %w", err)
	}
	o, err := optionsOf(c.State)
	if err != nil {
		return err
	}
	return r.uninstall(o)
}

// imported returns the inputs of a release that was made outside of the program.
func imported(found *helmrelease.Release) resource.PropertyMap {
	return resource.PropertyMap{
		"name":      resource.NewProperty(found.Name),
		"namespace": resource.NewProperty(found.Namespace),
		"chart":     resource.NewProperty(found.Chart.Metadata.Name),
		"version":   resource.NewProperty(found.Chart.Metadata.Version),
		"timeout":   resource.NewProperty(float64(defaultTimeout)),
		"values":    resource.NewProperty(resource.NewPropertyMapFromMap(found.Config)),
	}
}
