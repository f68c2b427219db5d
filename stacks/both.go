package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
)

// runBoth is one stack for those who hold the credentials of both accounts. The stack's own caller is the primary account's;
// the settings say who the payer's is.
func runBoth(ctx *pulumi.Context, s settings) error {
	primary, where, err := primaryArgs(ctx, s) // looks things up, and so comes before what registers
	if err != nil {
		return err
	}
	providers, err := newPayerProviders(ctx, s)
	if err != nil {
		return err
	}
	if s, err = adopt(ctx, s, providers); err != nil {
		return err
	}
	payer, err := payerArgs(ctx, s, providers)
	if err != nil {
		return err
	}
	integration, err := newPrimary(ctx, s, &components.CurIntegrationArgs{Payer: payer, Primary: primary}, where)
	if err != nil {
		return err
	}
	if err := exportPayer(ctx, s, integration); err != nil {
		return err
	}
	exportPrimary(ctx, s, integration)
	return nil
}
