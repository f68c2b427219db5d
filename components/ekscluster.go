package components

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// eksCluster is pulumi-eks's Cluster. Its SDK would make every user of this program compile the whole EC2 API, and, being among
// the modules of go.mod, make Pulumi install the eks plugin for stacks that have no use for it. This one registers the same
// component; a test compares it with the SDK's.
type eksCluster struct {
	pulumi.ResourceState

	KubeconfigJSON  pulumi.StringOutput `pulumi:"kubeconfigJson"`
	OidcIssuer      pulumi.StringOutput `pulumi:"oidcIssuer"`
	OidcProviderArn pulumi.StringOutput `pulumi:"oidcProviderArn"`
}

const (
	// eksClusterType is the Cluster's type token.
	eksClusterType = "eks:index:Cluster"
	// eksVersion is that of the plugin: the line for version 6 of pulumi-aws.
	eksVersion = "3.9.1"
)

func newEKSCluster(ctx *pulumi.Context, name string, inputs pulumi.Map, opts ...pulumi.ResourceOption) (*eksCluster, error) {
	c := &eksCluster{}
	opts = append([]pulumi.ResourceOption{pulumi.Version(eksVersion)}, opts...)
	if err := ctx.RegisterRemoteComponentResource(eksClusterType, name, inputs, c, opts...); err != nil {
		return nil, fmt.Errorf("registering %s %q: %w", eksClusterType, name, err)
	}
	return c, nil
}
