package graph

import (
	"context"
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/kubecost-cur/kubecost-cur/stacks"
)

// wireOptions are how values are written between a program, a plugin and the engine.
var wireOptions = plugin.MarshalOptions{KeepSecrets: true, KeepResources: true, KeepOutputValues: true, KeepUnknowns: true}

// monitor is a mock engine like recorder, which makes up what it answers, but one that is called as the real one is. So it can be used
// by the plugin too, and sees all of what is registered.
type monitor struct {
	pulumirpc.UnimplementedResourceMonitorServer
	pulumirpc.UnimplementedEngineServer

	recorder       *recorder
	project, stack string
	address        string

	mu         sync.Mutex
	registered []*pulumirpc.RegisterResourceRequest
}

// listen starts a monitor, which ends with the test.
func listen(t *testing.T, r *recorder, stack string) *monitor {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.own = stack
	m := &monitor{recorder: r, project: "kubecost-cur", stack: stack, address: listener.Addr().String()}
	server := grpc.NewServer()
	pulumirpc.RegisterResourceMonitorServer(server, m)
	pulumirpc.RegisterEngineServer(server, m)
	go func() { _ = server.Serve(listener) }() // ends with an error of no interest
	t.Cleanup(server.Stop)
	return m
}

// run runs the program of the stacks, with settings.
func (m *monitor) run(settings map[string]string) error {
	ctx, err := pulumi.NewContext(context.Background(), pulumi.RunInfo{
		Project: m.project, Stack: m.stack, Organization: "organization", Config: settings, Parallel: 8,
		MonitorAddr: m.address, EngineAddr: m.address,
	})
	if err != nil {
		return err
	}
	return pulumi.RunWithContext(ctx, stacks.Run)
}

func (m *monitor) urn(parent, token, name string) string {
	var parentType tokens.Type
	if parent != "" {
		parentType = resource.URN(parent).QualifiedType()
	}
	return string(resource.NewURN(tokens.QName(m.stack), tokens.PackageName(m.project), parentType, tokens.Type(token), name))
}

// supported are the engine's features that change what is sent to it.
var supported = []string{"secrets", "resourceReferences", "outputValues", "aliasSpecs", "deletedWith"}

func (m *monitor) SupportsFeature(_ context.Context, req *pulumirpc.SupportsFeatureRequest) (*pulumirpc.SupportsFeatureResponse, error) {
	return &pulumirpc.SupportsFeatureResponse{HasSupport: slices.Contains(supported, req.GetId())}, nil
}

func (m *monitor) RegisterResource(
	_ context.Context, req *pulumirpc.RegisterResourceRequest,
) (*pulumirpc.RegisterResourceResponse, error) {
	inputs, err := plugin.UnmarshalProperties(req.GetObject(), wireOptions)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	m.registered = append(m.registered, proto.CloneOf(req))
	m.mu.Unlock()
	urn := m.urn(req.GetParent(), req.GetType(), req.GetName())
	answer := &pulumirpc.RegisterResourceResponse{Urn: urn, Object: req.GetObject()}
	if !req.GetCustom() && !req.GetRemote() {
		return answer, nil
	}
	id, outputs, err := m.recorder.NewResource(pulumi.MockResourceArgs{
		TypeToken: req.GetType(), Name: req.GetName(), Inputs: plain(inputs), Provider: req.GetProvider(), Custom: req.GetCustom(),
		RegisterRPC: req,
	})
	if err != nil {
		return nil, err
	}
	answer.Id = id
	answer.Object, err = plugin.MarshalProperties(outputs, wireOptions)
	return answer, err
}

// plain are properties without what is known of their outputs.
func plain(properties resource.PropertyMap) resource.PropertyMap {
	all := resource.PropertyMap{}
	for key, value := range properties {
		for value.IsOutput() {
			value = value.OutputValue().Element
		}
		all[key] = value
	}
	return all
}

func (m *monitor) RegisterResourceOutputs(context.Context, *pulumirpc.RegisterResourceOutputsRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (m *monitor) Invoke(_ context.Context, req *pulumirpc.ResourceInvokeRequest) (*pulumirpc.InvokeResponse, error) {
	args, err := plugin.UnmarshalProperties(req.GetArgs(), wireOptions)
	if err != nil {
		return nil, err
	}
	if req.GetTok() == "pulumi:pulumi:getResource" {
		return m.find(args["urn"].StringValue())
	}
	found, err := m.recorder.Call(pulumi.MockCallArgs{Token: req.GetTok(), Args: args, Provider: req.GetProvider()})
	if err != nil {
		return nil, err
	}
	answer := &pulumirpc.InvokeResponse{}
	answer.Return, err = plugin.MarshalProperties(found, wireOptions)
	return answer, err
}

// find is how the SDK learns of a resource of which it has only the URN.
func (m *monitor) find(urn string) (*pulumirpc.InvokeResponse, error) {
	state := resource.PropertyMap{
		"urn": resource.NewStringProperty(urn), "id": resource.NewStringProperty(resource.URN(urn).Name() + "-id"),
		"state": resource.NewObjectProperty(resource.PropertyMap{}),
	}
	found, err := plugin.MarshalProperties(state, wireOptions)
	return &pulumirpc.InvokeResponse{Return: found}, err
}

// ReadResource is how a stack's outputs are read.
func (m *monitor) ReadResource(_ context.Context, req *pulumirpc.ReadResourceRequest) (*pulumirpc.ReadResourceResponse, error) {
	_, outputs, err := m.recorder.NewResource(pulumi.MockResourceArgs{TypeToken: req.GetType(), Name: req.GetId()})
	if err != nil {
		return nil, err
	}
	answer := &pulumirpc.ReadResourceResponse{Urn: m.urn(req.GetParent(), req.GetType(), req.GetName())}
	answer.Properties, err = plugin.MarshalProperties(outputs, wireOptions)
	return answer, err
}

func (m *monitor) Log(context.Context, *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (m *monitor) GetRootResource(context.Context, *pulumirpc.GetRootResourceRequest) (*pulumirpc.GetRootResourceResponse, error) {
	return &pulumirpc.GetRootResourceResponse{Urn: m.urn("", "pulumi:pulumi:Stack", m.project+"-"+m.stack)}, nil
}

func (m *monitor) SetRootResource(context.Context, *pulumirpc.SetRootResourceRequest) (*pulumirpc.SetRootResourceResponse, error) {
	return &pulumirpc.SetRootResourceResponse{}, nil
}
