// Package serve is the Pulumi provider whose resources are the components: what Pulumi calls a multi-language component package.
//
// It has no framework below it but the SDK, which the components need anyway. The root's go.mod therefore requires nothing for it, and
// a user who has Pulumi build it from source compiles little more than the components.
package serve

import (
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"

	"github.com/kubecost-cur/kubecost-cur/components"
)

// Component is a component that is served.
type Component struct {
	// Args is the struct of its arguments, Result that of the component with its outputs. Fields have the tag pulumi, with
	// ",optional" in it for arguments that may be left out, or the tag resource.
	Args, Result reflect.Type

	construct func(*pulumi.Context, string, provider.ConstructInputs, pulumi.ResourceOption) (*provider.ConstructResult, error)
}

// Components are those that are served, by their type tokens.
var Components = map[string]Component{
	components.CurIntegrationType:         served(components.NewCurIntegration),
	components.BillingReportType:          served(components.NewBillingReport),
	components.BillingCatalogType:         served(components.NewBillingCatalog),
	components.QueryWorkspaceType:         served(components.NewQueryWorkspace),
	components.PayerRoleType:              served(components.NewPayerRole),
	components.LakeFormationGrantsType:    served(components.NewLakeFormationGrants),
	components.ClusterIdentityType:        served(components.NewClusterIdentity),
	components.CloudIntegrationSecretType: served(components.NewCloudIntegrationSecret),
	components.KubecostReleaseType:        served(components.NewKubecostRelease),
	components.KubecostClusterType:        served(components.NewKubecostCluster),
}

// served is a component by its constructor, the one that Go programs call.
func served[A, R any, PR interface {
	*R
	pulumi.ComponentResource
}](construct func(*pulumi.Context, string, *A, ...pulumi.ResourceOption) (PR, error)) Component {
	return Component{
		Args: reflect.TypeFor[A](), Result: reflect.TypeFor[R](),
		construct: func(
			ctx *pulumi.Context, name string, inputs provider.ConstructInputs, opts pulumi.ResourceOption,
		) (*provider.ConstructResult, error) {
			args := new(A)
			if err := inputs.CopyTo(args); err != nil {
				return nil, err
			}
			if err := copyResources(inputs, args); err != nil {
				return nil, err
			}
			made, err := construct(ctx, name, args, opts)
			if err != nil {
				return nil, err
			}
			return provider.NewConstructResult(made)
		},
	}
}
