// Package object keeps plain Kubernetes objects by server-side apply, as the published plugin does.
package object

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/cluster"
	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/wire"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
)

const (
	defaultTimeout = 10 * time.Minute
	pollInterval   = 200 * time.Millisecond

	// patchForce annotates an object that takes over fields from other managers.
	patchForce = "pulumi.com/patchForce"
	// patchForceVariable does the same for all objects of an update.
	patchForceVariable = "PULUMI_K8S_ENABLE_PATCH_FORCE"

	// fieldManagerKey holds, in the state, the name under which the object's fields are owned.
	fieldManagerKey = "__fieldManager"
)

// forgetHint says how to go on when the cluster is gone for good.
const forgetHint = "if the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation " +
	`with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"`

// creationRetry bounds the wait for what a new object needs, such as its namespace.
var creationRetry = wait.Backoff{Steps: 5, Duration: 500 * time.Millisecond, Factor: 2}

// Objects are the objects of one cluster.
type Objects struct{ Cluster *cluster.Cluster }

// Create applies the inputs and returns the object's ID and state. An object of that name that is already
// there is taken over. In a preview it is a dry run; what the server cannot tell yet comes back as the inputs.
func (o *Objects) Create(ctx context.Context, c wire.Change) (string, resource.PropertyMap, error) {
	desired := &unstructured.Unstructured{Object: wire.Plain(c.Inputs)}
	if c.Preview && (o.Cluster.Unreachable != nil || c.Inputs.ContainsUnknowns()) {
		return "", c.Inputs, nil
	}
	if err := o.reachable(); err != nil {
		return "", nil, err
	}
	manager, err := resource.NewUniqueName(nil, "pulumi-kubernetes-", 0, 0, nil)
	if err != nil {
		return "", nil, fmt.Errorf("naming the field manager: %w", err)
	}
	backoff := creationRetry
	if c.Preview {
		backoff.Steps = 1
	}
	var live *unstructured.Unstructured
	err = retry(ctx, backoff, func() error {
		// A dry run of what is to be made takes what it finds, since a replacement would conflict with itself.
		live, err = o.apply(ctx, desired, metav1.ApplyOptions{FieldManager: manager, DryRun: dryRun(c), Force: c.Preview})
		return err
	})
	switch {
	case err == nil && c.Preview:
		return "", state(c.Inputs, live, manager), nil
	case err == nil:
		return id(live), state(c.Inputs, live, manager), nil
	case c.Preview && (apierrors.IsNotFound(err) || apierrors.IsForbidden(err) || meta.IsNoMatchError(err)):
		return "", c.Inputs, nil
	}
	return "", nil, fmt.Errorf("resource %q was not successfully created by the Kubernetes API server: %w", c.URN, err)
}

// retry calls f again while what it needs is missing.
func retry(ctx context.Context, backoff wait.Backoff, f func() error) error {
	var last error
	err := wait.ExponentialBackoffWithContext(ctx, backoff, func(context.Context) (bool, error) {
		if last = f(); apierrors.IsNotFound(last) || meta.IsNoMatchError(last) {
			return false, nil
		}
		return true, last
	})
	if wait.Interrupted(err) && last != nil {
		return last
	}
	return err
}

// Update applies the new inputs and returns the new state. In a preview it is a dry run.
func (o *Objects) Update(ctx context.Context, c wire.Change) (resource.PropertyMap, error) {
	if c.Preview && (o.Cluster.Unreachable != nil || c.Inputs.ContainsUnknowns()) {
		return c.Inputs, nil
	}
	if err := o.reachable(); err != nil {
		return nil, err
	}
	desired := &unstructured.Unstructured{Object: wire.Plain(c.Inputs)}
	client, err := o.client(desired)
	if err != nil {
		return nil, err
	}
	if _, err := client.Get(ctx, desired.GetName(), metav1.GetOptions{}); err != nil {
		return nil, fmt.Errorf("reading resource %q: %w", c.URN, err)
	}
	manager := fieldManager(c.State)
	live, err := o.apply(ctx, desired, metav1.ApplyOptions{FieldManager: manager, DryRun: dryRun(c)})
	if err != nil {
		return nil, fmt.Errorf("resource %q was not successfully updated by the Kubernetes API server: %w", c.URN, err)
	}
	return state(c.Inputs, live, manager), nil
}

// Read returns the object's ID, inputs and state as they are in the cluster, or an empty ID when it is gone.
func (o *Objects) Read(ctx context.Context, c wire.Change) (string, resource.PropertyMap, resource.PropertyMap, error) {
	if err := o.reachable(); err != nil {
		return "", nil, nil, fmt.Errorf("%w; %s", err, forgetHint)
	}
	kind, err := kindOf(c.URN)
	if err != nil {
		return "", nil, nil, err
	}
	namespace, name := split(c.ID)
	wanted := &unstructured.Unstructured{}
	wanted.SetGroupVersionKind(kind)
	wanted.SetNamespace(namespace)
	client, err := o.client(wanted)
	if err != nil {
		return "", nil, nil, err
	}
	live, err := client.Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return "", nil, nil, nil
	}
	if err != nil {
		return "", nil, nil, fmt.Errorf("reading resource %q: %w", c.URN, err)
	}
	inputs := liveInputs(live, wire.Plain(c.OldInputs))
	wire.MarkSecrets(inputs, c.OldInputs)
	markSecretData(inputs)
	return c.ID, inputs, state(c.OldInputs, live, fieldManager(c.State)), nil
}

// Delete removes the object and what belongs to it, and returns when it is gone. One that is already gone
// is no error.
func (o *Objects) Delete(ctx context.Context, c wire.Change) error {
	if err := o.reachable(); err != nil {
		return fmt.Errorf("%w; %s", err, forgetHint)
	}
	stored := &unstructured.Unstructured{Object: wire.Known(c.State)}
	client, err := o.client(stored)
	if err != nil {
		return err
	}
	foreground := metav1.DeletePropagationForeground
	err = client.Delete(ctx, stored.GetName(), metav1.DeleteOptions{PropagationPolicy: &foreground})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("deleting resource %q: %w", c.URN, err)
	}
	timeout := c.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	err = wait.PollUntilContextTimeout(ctx, pollInterval, timeout, true, func(ctx context.Context) (bool, error) {
		live, err := client.Get(ctx, stored.GetName(), metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return true, nil
		}
		return err == nil && live.GetUID() != stored.GetUID(), err
	})
	if err != nil {
		return fmt.Errorf("waiting for the deletion of resource %q: %w", c.URN, err)
	}
	return nil
}

// apply sends the object. A field that another manager owns is an error unless the object is annotated to
// take it, or the environment says so of all objects.
func (o *Objects) apply(ctx context.Context, desired *unstructured.Unstructured, options metav1.ApplyOptions) (*unstructured.Unstructured, error) {
	client, err := o.client(desired)
	if err != nil {
		return nil, err
	}
	options.Force = options.Force || desired.GetAnnotations()[patchForce] == "true" || os.Getenv(patchForceVariable) == "true"
	live, err := client.Apply(ctx, desired.GetName(), desired, options)
	if apierrors.IsConflict(err) {
		return nil, fmt.Errorf("server-side apply field conflict for field manager %q: %w", options.FieldManager, err)
	}
	if err == nil && len(options.DryRun) > 0 {
		unstructured.RemoveNestedField(live.Object, "status")
	}
	return live, err
}

func dryRun(c wire.Change) []string {
	if c.Preview {
		return []string{metav1.DryRunAll}
	}
	return nil
}

func (o *Objects) client(of *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	return o.Cluster.Client(of.GroupVersionKind(), of.GetNamespace())
}

func (o *Objects) reachable() error {
	if o.Cluster.Unreachable == nil {
		return nil
	}
	return fmt.Errorf("configured Kubernetes cluster is unreachable: %w", o.Cluster.Unreachable)
}

// id is the object's namespace and name, or its name when it has no namespace.
func id(o *unstructured.Unstructured) string {
	if o.GetNamespace() == "" {
		return o.GetName()
	}
	return o.GetNamespace() + "/" + o.GetName()
}

// split is the reverse of id.
func split(id string) (namespace, name string) {
	if namespace, name, ok := strings.Cut(id, "/"); ok {
		return namespace, name
	}
	return "", id
}

var errNoName = errors.New("autonaming is disabled, resource requires the .metadata.name field to be set")
