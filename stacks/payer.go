package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// backfillDays is how far a new Kubecost reads back, with a margin.
// Source: the charts' retention1d, 91 days.
const backfillDays = 100

// runPayer is the payer stack: the report, its catalog, the work group, the role, and the contract as outputs.
func runPayer(ctx *pulumi.Context, s settings) error {
	providers, err := newPayerProviders(ctx, s)
	if err != nil {
		return err
	}
	if s, err = adopt(ctx, s, providers); err != nil {
		return err
	}
	args, err := payerArgs(ctx, s, providers)
	if err != nil {
		return err
	}
	integration, err := components.NewCurIntegration(ctx, integrationName, &components.CurIntegrationArgs{Payer: args})
	if err != nil {
		return err
	}
	return exportPayer(ctx, s, integration)
}

// payerProviders are the AWS providers of the payer account.
type payerProviders struct {
	report pulumi.ProviderResource // of the billing region
	main   pulumi.ProviderResource // nil for the stack's own
}

func newPayerProviders(ctx *pulumi.Context, s settings) (payerProviders, error) {
	var p payerProviders
	caller, region := s.payerAWS(), arn.BillingRegion(s.Partition)
	var err error
	if p.report, err = caller.provider(ctx, region, region, s.PayerAccountID); err != nil || s.Side != both {
		return p, err
	}
	p.main, err = caller.provider(ctx, "payer", s.Payer.Region, s.PayerAccountID)
	return p, err
}

// payerArgs are the payer side's arguments.
func payerArgs(ctx *pulumi.Context, s settings, providers payerProviders) (*components.PayerArgs, error) {
	if days := s.Payer.ReportExpirationDays; days > 0 && days < backfillDays {
		if err := ctx.Log.Warn(fmt.Sprintf("reportExpirationDays is %d: a newly installed Kubecost reads back 91 days, and will "+
			"have no costs for those that have expired; %d or more leaves none out", days, backfillDays), nil); err != nil {
			return nil, err
		}
	}
	if s.Payer.WorkGroupName == components.PrimaryWorkGroup {
		if err := ctx.Log.Warn("workGroupName is primary, the account's own work group: it is used as it is, so neither a scan limit "+
			"nor where results go is enforced", nil); err != nil {
			return nil, err
		}
	}
	return &components.PayerArgs{
		AccountID:                   s.PayerAccountID,
		Region:                      s.Payer.Region,
		Adopt:                       s.Payer.Adopt,
		ReportName:                  s.Payer.ReportName,
		ReportVersion:               s.Payer.ReportVersion,
		DatabaseName:                s.Payer.DatabaseName,
		TableName:                   s.Payer.TableName,
		ReportTimeUnit:              s.Payer.ReportTimeUnit,
		ReportSchemaElements:        s.Payer.ReportSchemaElements,
		ReportPrefix:                s.Payer.ReportPrefix,
		ReportBucketName:            s.Payer.ReportBucketName,
		ReportExpirationDays:        s.Payer.ReportExpirationDays,
		ReportProtect:               &s.Payer.ReportProtect,
		CostAllocationTags:          s.Payer.CostAllocationTags,
		ActivatedCostAllocationTags: s.Payer.ActivatedTags,
		CatalogMode:                 s.Payer.Catalog.Mode,
		CrawlerTrigger:              s.Payer.Catalog.CrawlerTrigger,
		CrawlerSchedule:             s.Payer.Catalog.CrawlerSchedule,
		CrawlerRoleName:             s.Payer.Catalog.CrawlerRoleName,
		ResultsBucketName:           s.Payer.ResultsBucketName,
		ResultsPrefix:               s.Payer.ResultsPrefix,
		ResultsExpirationDays:       s.Payer.ResultsExpirationDays,
		WorkGroupName:               s.Payer.WorkGroupName,
		BytesScannedCutoff:          s.Payer.BytesScannedCutoff,
		KmsKeyArn:                   s.Payer.KmsKeyArn,
		LakeFormation:               s.Payer.LakeFormation,
		RoleName:                    s.Payer.RoleName,
		RolePath:                    s.Payer.RolePath,
		ListAccounts:                &s.Payer.ListAccounts,
		ReaderRoleArns:              append([]string{s.readerRoleARN()}, s.Payer.FurtherReaderRoleArns...),
		OrganizationID:              s.Payer.OrganizationID,
		StrictTrust:                 s.Payer.StrictTrust,
		ReaderSessionTags:           s.Identity == podIdentity,
		PermissionsBoundary:         s.PermissionsBoundary,
		ForceDestroy:                s.Payer.ForceDestroy,
		Tags:                        s.Tags,
		Provider:                    providers.main,
		ReportProvider:              providers.report,
	}, nil
}

// exportPayer makes the contract the stack's outputs, and what a person must put into the key's policy.
func exportPayer(ctx *pulumi.Context, s settings, integration *components.CurIntegration) error {
	c := contract[pulumi.StringInput]{
		AthenaBucketName: integration.AthenaBucketName,
		AthenaRegion:     integration.AthenaRegion,
		AthenaDatabase:   integration.AthenaDatabase,
		AthenaTable:      integration.AthenaTable,
		AthenaWorkgroup:  integration.AthenaWorkgroup,
		ProjectID:        integration.ProjectID,
		MasterPayerARN:   integration.MasterPayerARN,
		CurBucketName:    integration.ReportBucketName,
		CurPrefix:        pulumi.String(s.Payer.ReportPrefix),
		ReportName:       integration.ReportName,
		TrustedRoleArn:   integration.TrustedRoleArn,
		ContractVersion:  pulumi.String(contractVersion(s.Payer.ReportVersion)),
	}
	if s.Identity != irsa {
		c.ReaderIdentity = pulumi.String(s.Identity)
	}
	export(ctx, c)
	if adopted := adoptedParts(s.Payer.Adopt); adopted != "" {
		ctx.Export(adoptedOutput, pulumi.String(adopted))
	}
	if s.Payer.Catalog.Mode == billing.Crawler {
		ctx.Export("crawlerName", integration.CrawlerName)
	}
	if s.Payer.KmsKeyArn == "" {
		return nil
	}
	// Known before anything is made, so that a preview shows them: without them the first report is refused.
	roles := []arn.ARN{arn.Role(s.Partition, s.PayerAccountID, s.Payer.RolePath, s.Payer.RoleName)}
	if s.Payer.Catalog.Mode == billing.Crawler {
		roles = append(roles, arn.Role(s.Partition, s.PayerAccountID, s.Payer.RolePath, s.Payer.Catalog.CrawlerRoleName))
	}
	statements, err := iampolicy.KeyStatements(iampolicy.KeyUse{
		Partition: s.Partition, Region: s.Payer.Region, Account: s.PayerAccountID, Roles: roles,
		Exports: s.Payer.ReportVersion == billing.Version2,
	})
	if err != nil {
		return err
	}
	ctx.Export("kmsKeyPolicyStatements", pulumi.String(statements))
	return nil
}
