// Package stacks holds the two programs: settings in, components, outputs out. Which one a stack runs is its setting side.
package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// integrationName is the name of every stack's CurIntegration.
const integrationName = "kubecost"

// Run is the Pulumi program of every stack of the project. It returns all faults of the stack's settings as one error before
// it registers anything.
func Run(ctx *pulumi.Context) error {
	s, err := readSettings(ctx)
	if err != nil {
		return err
	}
	if s.ForCI {
		return runCI(ctx, s)
	}
	switch s.Side {
	case payer:
		return runPayer(ctx, s)
	case primary:
		return runPrimary(ctx, s)
	default:
		return runBoth(ctx, s)
	}
}
