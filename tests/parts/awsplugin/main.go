// Command pulumi-resource-aws is the Pulumi AWS plugin of the sandbox: Pulumi's own
// bridge over HashiCorp's AWS provider, which runs as a second process. Programs that
// are compiled against the pulumi-aws v6 SDK use it unchanged: resources.go names types
// and properties as that SDK does.
//
// The environment variable TERRAFORM_PROVIDER_AWS holds the path of the provider, whose
// file name must be terraform-provider-aws.
//
// The module's path lies below that of the bridge because the package that starts a
// Terraform provider is internal to the bridge's folder "dynamic".
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/dynamic/internal/shim/run"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/proto"
	pfbridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/info"
	rprovider "github.com/pulumi/pulumi/pkg/v3/resource/provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const (
	// version is that of the pulumi-aws SDK whose names the plugin speaks.
	version = "6.83.2"
	// upstreamVariable names the environment variable with the provider's path.
	upstreamVariable = "TERRAFORM_PROVIDER_AWS"
)

func main() {
	if err := serve(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve runs the plugin until the engine ends it.
func serve(ctx context.Context) error {
	path := os.Getenv(upstreamVariable)
	if path == "" {
		return errors.New(upstreamVariable + " is not set: it must hold the path of terraform-provider-aws")
	}
	started, err := run.LocalProvider(ctx, path)
	if err != nil {
		return fmt.Errorf("starting %s: %w", path, err)
	}
	defer started.Close()
	provider := info.Provider{
		P:              proto.New(ctx, upstream{started}),
		Name:           "aws",
		Version:        version,
		ResourcePrefix: "aws",
		MetadataInfo:   &info.Metadata{Data: tfbridge.ProviderMetadata(nil)},
		Config:         config,
		Resources:      resources,
		DataSources:    dataSources,
	}
	provider.SetAutonaming(255, "-")
	metadata := pfbridge.ProviderMetadata{
		XGetSchema: func(context.Context, plugin.GetSchemaRequest) ([]byte, error) { return schemaJSON() },
	}
	return rprovider.Main(provider.Name, func(host *rprovider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		bridge, err := pfbridge.NewProviderServer(ctx, host, provider, metadata)
		return server{bridge}, err
	})
}
