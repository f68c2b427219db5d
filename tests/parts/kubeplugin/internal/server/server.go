// Package server answers the Pulumi engine.
package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/object"
	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/release"
	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/wire"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// Version is the version of the published plugin whose behaviour this one has.
const Version = "4.24.0"

// Server is the resource provider of one engine.
type Server struct {
	pulumirpc.UnimplementedResourceProviderServer

	objects  *object.Objects
	releases *release.Releases
	forget   bool // objects of a cluster that does not answer count as deleted

	cancelled context.Context // ends what is under way when the engine cancels
	cancel    context.CancelFunc
}

// New returns a provider that has yet to be configured.
func New() *Server {
	ctx, cancel := context.WithCancel(context.Background())
	return &Server{cancelled: ctx, cancel: cancel}
}

// resources are what the provider does for one sort of resource.
type resources interface {
	Check(context.Context, wire.Check) (inputs resource.PropertyMap, failures []*pulumirpc.CheckFailure, err error)
	Diff(context.Context, wire.Change) (*pulumirpc.DiffResponse, error)
	Create(context.Context, wire.Change) (id string, state resource.PropertyMap, err error)
	Read(context.Context, wire.Change) (id string, inputs, state resource.PropertyMap, err error)
	Update(context.Context, wire.Change) (state resource.PropertyMap, err error)
	Delete(context.Context, wire.Change) error
}

func (s *Server) of(urn string) (resources, error) {
	if s.objects == nil {
		return nil, errors.New("the provider is not configured")
	}
	if resource.URN(urn).Type() == release.Type {
		return s.releases, nil
	}
	return s.objects, nil
}

// Check completes and validates a resource's inputs.
func (s *Server) Check(ctx context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	r, err := s.of(req.GetUrn())
	if err != nil {
		return nil, err
	}
	check := wire.Check{URN: resource.URN(req.GetUrn()), Seed: req.GetRandomSeed(), Autonaming: req.GetAutonaming()}
	if check.Old, err = wire.Decode(req.GetOlds()); err != nil {
		return nil, err
	}
	if check.New, err = wire.Decode(req.GetNews()); err != nil {
		return nil, err
	}
	checked, failures, err := r.Check(ctx, check)
	if err != nil {
		return nil, err
	}
	inputs, err := wire.Encode(checked)
	return &pulumirpc.CheckResponse{Inputs: inputs, Failures: failures}, err
}

// Diff says what an update would change.
func (s *Server) Diff(ctx context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	r, c, err := s.change(req)
	if err != nil {
		return nil, err
	}
	c.Ignore = req.GetIgnoreChanges()
	if c.Inputs, err = wire.Decode(req.GetNews()); err != nil {
		return nil, err
	}
	return r.Diff(ctx, c)
}

// Create makes a resource, or says in a preview what it will be.
func (s *Server) Create(ctx context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	ctx, stop := s.cancellable(ctx)
	defer stop()
	r, err := s.of(req.GetUrn())
	if err != nil {
		return nil, err
	}
	c := wire.Change{URN: resource.URN(req.GetUrn()), Preview: req.GetPreview(), Timeout: seconds(req.GetTimeout())}
	if c.Inputs, err = wire.Decode(req.GetProperties()); err != nil {
		return nil, err
	}
	id, state, changeErr := r.Create(ctx, c)
	properties, err := stored(id, state, changeErr)
	return &pulumirpc.CreateResponse{Id: id, Properties: properties}, err
}

// Read returns what a resource is now.
func (s *Server) Read(ctx context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	r, err := s.of(req.GetUrn())
	if err != nil {
		return nil, err
	}
	if s.forget {
		return &pulumirpc.ReadResponse{}, nil
	}
	c := wire.Change{URN: resource.URN(req.GetUrn()), ID: req.GetId()}
	if c.State, err = wire.Decode(req.GetProperties()); err != nil {
		return nil, err
	}
	if c.OldInputs, err = wire.Decode(req.GetInputs()); err != nil {
		return nil, err
	}
	id, inputs, state, err := r.Read(ctx, c)
	if err != nil || id == "" {
		return &pulumirpc.ReadResponse{}, err
	}
	response := &pulumirpc.ReadResponse{Id: id}
	if response.Properties, err = wire.Encode(state); err != nil {
		return nil, err
	}
	response.Inputs, err = wire.Encode(inputs)
	return response, err
}

// Update changes a resource in place, or says in a preview what it will be.
func (s *Server) Update(ctx context.Context, req *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	ctx, stop := s.cancellable(ctx)
	defer stop()
	r, c, err := s.change(req)
	if err != nil {
		return nil, err
	}
	c.Preview, c.Timeout = req.GetPreview(), seconds(req.GetTimeout())
	if c.Inputs, err = wire.Decode(req.GetNews()); err != nil {
		return nil, err
	}
	state, changeErr := r.Update(ctx, c)
	properties, err := stored(c.ID, state, changeErr)
	return &pulumirpc.UpdateResponse{Properties: properties}, err
}

// Delete removes a resource.
func (s *Server) Delete(ctx context.Context, req *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	ctx, stop := s.cancellable(ctx)
	defer stop()
	r, err := s.of(req.GetUrn())
	if err != nil {
		return nil, err
	}
	if s.forget && r == resources(s.objects) { // a release has to be refreshed first
		return &emptypb.Empty{}, nil
	}
	c := wire.Change{URN: resource.URN(req.GetUrn()), ID: req.GetId(), Timeout: seconds(req.GetTimeout())}
	if c.State, err = wire.Decode(req.GetProperties()); err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, r.Delete(ctx, c)
}

// Cancel ends what is under way.
func (s *Server) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	s.cancel()
	return &emptypb.Empty{}, nil
}

// change decodes what the requests for a stored resource have in common.
func (s *Server) change(req interface {
	GetId() string
	GetUrn() string
	GetOlds() *structpb.Struct
	GetOldInputs() *structpb.Struct
}) (resources, wire.Change, error) {
	c := wire.Change{URN: resource.URN(req.GetUrn()), ID: req.GetId()}
	r, err := s.of(req.GetUrn())
	if err != nil {
		return nil, c, err
	}
	if c.State, err = wire.Decode(req.GetOlds()); err != nil {
		return nil, c, err
	}
	c.OldInputs, err = wire.Decode(req.GetOldInputs())
	return r, c, err
}

// cancellable returns a context that also ends when the engine cancels.
func (s *Server) cancellable(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.cancelled, cancel)
	return ctx, func() { stop(); cancel() }
}

// stored encodes a resource's new state. A resource that did not become ready is an error that carries it.
func stored(id string, state resource.PropertyMap, changeErr error) (properties *structpb.Struct, err error) {
	var incomplete *wire.InitError
	if changeErr != nil && !errors.As(changeErr, &incomplete) {
		return nil, changeErr
	}
	if properties, err = wire.Encode(state); err != nil || incomplete == nil {
		return properties, err
	}
	failed, err := status.New(codes.Unknown, changeErr.Error()).WithDetails(&pulumirpc.ErrorResourceInitFailed{
		Id: id, Properties: properties, Reasons: []string{changeErr.Error()},
	})
	if err != nil {
		return nil, fmt.Errorf("describing a failed resource: %w", err)
	}
	return nil, failed.Err()
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
