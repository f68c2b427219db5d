package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
)

// backfillDays is how far a new Kubecost reads back, with a margin.
// Source: the charts' retention1d, 91 days.
const backfillDays = 100

// runPayer is the payer stack: the report, its catalog, the work group, the role, and the contract as outputs.
func runPayer(ctx *pulumi.Context, s settings) error {
	if days := s.Payer.ReportExpirationDays; days > 0 && days < backfillDays {
		if err := ctx.Log.Warn(fmt.Sprintf("reportExpirationDays is %d: a newly installed Kubecost reads back 91 days, and will "+
			"have no costs for those that have expired; %d or more leaves none out", days, backfillDays), nil); err != nil {
			return err
		}
	}
	reportProvider, err := awsProvider(ctx, "us-east-1", "us-east-1")
	if err != nil {
		return err
	}
	integration, err := components.NewCurIntegration(ctx, "kubecost", &components.CurIntegrationArgs{
		Payer: &components.PayerArgs{
			AccountID:             s.PayerAccountID,
			Region:                s.Region,
			ReportName:            s.Payer.ReportName,
			ReportPrefix:          s.Payer.ReportPrefix,
			ReportBucketName:      s.Payer.ReportBucketName,
			ReportExpirationDays:  s.Payer.ReportExpirationDays,
			ReportProtect:         s.Payer.ReportProtect,
			CostAllocationTags:    s.Payer.CostAllocationTags,
			ResultsBucketName:     s.Payer.ResultsBucketName,
			ResultsExpirationDays: s.Payer.ResultsExpirationDays,
			WorkGroupName:         s.Payer.WorkGroupName,
			BytesScannedCutoff:    s.Payer.BytesScannedCutoff,
			RoleName:              s.Payer.RoleName,
			ListAccounts:          s.Payer.ListAccounts,
			RolePath:              s.Payer.RolePath,
			ReaderRoleArns:        append([]string{s.readerRoleARN()}, s.Payer.FurtherReaderRoleArns...),
			OrganizationID:        s.Payer.OrganizationID,
			StrictTrust:           s.Payer.StrictTrust,
			PermissionsBoundary:   s.PermissionsBoundary,
			ForceDestroy:          s.Payer.ForceDestroy,
			Tags:                  s.Tags,
			ReportProvider:        reportProvider,
		},
	})
	if err != nil {
		return err
	}
	export(ctx, contract[pulumi.StringInput]{
		AthenaBucketName: integration.Connection.AthenaBucketName,
		AthenaRegion:     integration.Connection.AthenaRegion,
		AthenaDatabase:   integration.Connection.AthenaDatabase,
		AthenaTable:      integration.Connection.AthenaTable,
		AthenaWorkgroup:  integration.Connection.AthenaWorkgroup,
		ProjectID:        integration.Connection.ProjectID,
		MasterPayerARN:   integration.Connection.MasterPayerARN,
		CurBucketName:    integration.ReportBucketName,
		CurPrefix:        pulumi.String(s.Payer.ReportPrefix),
		ReportName:       integration.ReportName,
		TrustedRoleArn:   integration.TrustedRoleArn,
		ContractVersion:  pulumi.String(contractVersion),
	})
	return nil
}
