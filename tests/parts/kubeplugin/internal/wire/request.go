package wire

import (
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Check asks for the inputs of a resource to be completed and validated.
type Check struct {
	URN        resource.URN
	Old, New   resource.PropertyMap // Old is empty for a new resource
	Seed       []byte               // makes the same auto-name in a preview and in its update
	Autonaming *pulumirpc.CheckRequest_AutonamingOptions
}

// Change asks for something to be done with a resource, or with its preview.
type Change struct {
	URN       resource.URN
	ID        string
	State     resource.PropertyMap // as last stored
	OldInputs resource.PropertyMap // as last stored
	Inputs    resource.PropertyMap // wanted now
	Ignore    []string             // paths whose changes do not count
	Timeout   time.Duration        // 0 for the resource's own
	Preview   bool
}

// InitError says that a resource exists but did not become ready. What it came to be is stored all the
// same, and the next update tries again.
type InitError struct{ Err error }

func (e *InitError) Error() string { return e.Err.Error() }

func (e *InitError) Unwrap() error { return e.Err }
