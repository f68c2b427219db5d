package server

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/cluster"
	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/object"
	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/release"
	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/wire"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// GetPluginInfo returns the plugin's version.
func (s *Server) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: Version}, nil
}

// GetSchema returns the package's name and version: what the engine needs of it.
func (s *Server) GetSchema(context.Context, *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	schema, err := json.Marshal(map[string]string{"name": "kubernetes", "version": Version})
	if err != nil {
		return nil, fmt.Errorf("writing the schema: %w", err)
	}
	return &pulumirpc.GetSchemaResponse{Schema: string(schema)}, nil
}

// CheckConfig accepts the provider's settings as they are.
func (s *Server) CheckConfig(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: req.GetNews()}, nil
}

// clusterKeys are the settings that may select another cluster.
var clusterKeys = []string{"kubeconfig", "context", "cluster"}

// identifierKey is the setting that tells clusters apart, in place of what selects them.
const identifierKey = "clusterIdentifier"

// DiffConfig asks for a new provider, and so for new resources, when the settings select another cluster
// or it is not known yet whether they do. With an identifier before and after, only another one does.
func (s *Server) DiffConfig(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	olds, err := wire.Decode(req.GetOlds())
	if err != nil {
		return nil, err
	}
	news, err := wire.Decode(req.GetNews())
	if err != nil {
		return nil, err
	}
	difference := olds.Diff(news)
	if difference == nil {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
	}
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_SOME}
	before, after := olds[identifierKey], news[identifierKey]
	if identified := !before.IsNull() && !after.IsNull(); identified && before.DeepEquals(after) {
		defer func() { response.Replaces = nil }()
	} else if identified {
		response.Replaces = []string{identifierKey}
	}
	for _, key := range clusterKeys {
		if v := news[resource.PropertyKey(key)]; v.ContainsUnknowns() {
			response.Diffs, response.Replaces = []string{key}, append(response.Replaces, key)
			return response, nil
		}
	}
	same, err := cluster.SameCluster(settings(olds), settings(news))
	if err != nil {
		return nil, err
	}
	for _, key := range difference.ChangedKeys() {
		response.Diffs = append(response.Diffs, string(key))
		if !same && slices.Contains(clusterKeys, string(key)) {
			response.Replaces = append(response.Replaces, string(key))
		}
	}
	return response, nil
}

// Configure connects to the cluster.
func (s *Server) Configure(_ context.Context, req *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	variables := resource.PropertyMap{}
	for _, key := range append(clusterKeys, "namespace") {
		variables[resource.PropertyKey(key)] = resource.NewProperty(req.GetVariables()["kubernetes:config:"+key])
	}
	connected := cluster.Connect(settings(variables))
	s.forget = connected.Unreachable != nil && deleteUnreachable(req.GetVariables())
	s.objects = &object.Objects{Cluster: connected}
	s.releases = &release.Releases{Cluster: connected}
	return &pulumirpc.ConfigureResponse{
		AcceptSecrets:                   true,
		SupportsPreview:                 true,
		SupportsAutonamingConfiguration: true,
	}, nil
}

// deleteUnreachable reports whether the user gave up on a cluster that does not answer.
func deleteUnreachable(variables map[string]string) bool {
	if set, ok := variables["kubernetes:config:deleteUnreachable"]; ok {
		return set == "true"
	}
	return os.Getenv("PULUMI_K8S_DELETE_UNREACHABLE") == "true"
}

func settings(m resource.PropertyMap) cluster.Settings {
	plain := wire.Known(m)
	text := func(key string) string {
		s, _ := plain[key].(string)
		return s
	}
	return cluster.Settings{
		Kubeconfig: text("kubeconfig"), Context: text("context"), Cluster: text("cluster"), Namespace: text("namespace"),
	}
}
