package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/pulumi/pulumi-terraform-bridge/v3/dynamic/internal/shim/run"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
)

// What AWS has made although the provider then failed, for instance when it read it back, is in the state of Pulumi's published
// plugin, with the failure: the part of the bridge for that provider's kind of resources keeps it. The part that is used here, for
// providers that are other processes, drops it, and it would be left behind unknown. So the two types below keep it: the one takes
// the failure out of the provider's answer when there is a resource in it, and the other puts it into the answer to the engine.

// failures are those of the provider in one request of the engine.
type failures struct{ reasons []string }

type failuresKey struct{}

// upstream is the provider.
type upstream struct{ run.Provider }

// ApplyResourceChange notes the failures of a creation that made something.
func (u upstream) ApplyResourceChange(
	ctx context.Context, r *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	response, err := u.Provider.ApplyResourceChange(ctx, r)
	noted, creating := ctx.Value(failuresKey{}).(*failures)
	if err != nil || !creating || isNull(response.NewState) {
		return response, err
	}
	var others []*tfprotov6.Diagnostic
	for _, d := range response.Diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			noted.reasons = append(noted.reasons, d.Summary)
		} else {
			others = append(others, d)
		}
	}
	response.Diagnostics = others
	return response, nil
}

// isNull says whether a state is of no resource: nil in MessagePack.
func isNull(state *tfprotov6.DynamicValue) bool {
	return state == nil || len(state.MsgPack) == 1 && state.MsgPack[0] == 0xc0
}

// server is what the engine talks to.
type server struct {
	pulumirpc.ResourceProviderServer
}

// Create tells the engine of what was made with failures.
func (s server) Create(ctx context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	if r.Preview {
		return s.ResourceProviderServer.Create(ctx, r)
	}
	noted := &failures{}
	response, err := s.ResourceProviderServer.Create(context.WithValue(ctx, failuresKey{}, noted), r)
	if len(noted.reasons) == 0 {
		return response, err
	}
	if err != nil {
		return nil, errors.Join(err, fmt.Errorf("%v", noted.reasons))
	}
	return nil, rpcerror.WithDetails(rpcerror.New(codes.Unknown, noted.reasons[0]), &pulumirpc.ErrorResourceInitFailed{
		Id: response.Id, Properties: response.Properties, Reasons: noted.reasons,
	})
}
