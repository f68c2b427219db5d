package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Provider answers the engine's calls. The zero value is of no use; New makes one.
type Provider struct {
	pulumirpc.UnimplementedResourceProviderServer

	schema  string
	version string
	engine  *grpc.ClientConn
}

// New returns the provider of a package schema and a version. The schema has no version of its own, and gets this one.
func New(schema []byte, version string) (*Provider, error) {
	var spec map[string]any
	if err := json.Unmarshal(schema, &spec); err != nil {
		return nil, fmt.Errorf("reading the package's schema: %w", err)
	}
	spec["version"] = version
	versioned, err := json.Marshal(spec)
	if err != nil {
		return nil, fmt.Errorf("writing the package's schema: %w", err)
	}
	return &Provider{schema: string(versioned), version: version}, nil
}

// connect has the provider know its engine.
func (p *Provider) connect(engine string) error {
	conn, err := grpc.NewClient(engine, append(rpcutil.TracingInterceptorDialOptions(),
		grpc.WithTransportCredentials(insecure.NewCredentials()), rpcutil.GrpcChannelOptions())...)
	if err != nil {
		return fmt.Errorf("connecting to the engine at %s: %w", engine, err)
	}
	p.engine = conn
	return nil
}

// Attach is how an engine makes itself known to a provider that somebody else has started.
func (p *Provider) Attach(_ context.Context, req *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, p.connect(req.GetAddress())
}

// GetPluginInfo returns the package's version.
func (p *Provider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: p.version}, nil
}

// GetSchema returns the package's schema, as JSON.
func (p *Provider) GetSchema(_ context.Context, req *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	if v := req.GetVersion(); v != 0 {
		return nil, status.Errorf(codes.InvalidArgument, "this package has no schema of version %d, only of 0", v)
	}
	return &pulumirpc.GetSchemaResponse{Schema: p.schema}, nil
}

// CheckConfig takes the package's configuration as it is: it has none, as all that a component needs are its arguments.
func (p *Provider) CheckConfig(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: req.GetNews()}, nil
}

// DiffConfig finds no difference between two configurations.
func (p *Provider) DiffConfig(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

// Configure says in which forms arguments are taken.
func (p *Provider) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true, AcceptResources: true, AcceptOutputs: true}, nil
}

// Construct makes a component, by the constructor that Go programs call. What is wrong with its arguments is one error that names them
// as the package does.
func (p *Provider) Construct(ctx context.Context, req *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	component, served := Components[req.GetType()]
	if !served {
		return nil, status.Errorf(codes.NotFound, "this package has no %s", req.GetType())
	}
	return provider.Construct(ctx, req, p.engine, func(
		ctx *pulumi.Context, _, name string, inputs provider.ConstructInputs, opts pulumi.ResourceOption,
	) (*provider.ConstructResult, error) {
		made, err := component.construct(ctx, name, inputs, opts)
		if err != nil {
			return nil, errors.New(PropertyNames(err.Error()))
		}
		return made, nil
	})
}

// Cancel has nothing to end: what a component does, the engine does for it.
func (p *Provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}
