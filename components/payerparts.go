package components

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// payerParts are the arguments of the payer side's components.
type payerParts struct {
	report    BillingReportArgs
	catalog   BillingCatalogArgs
	workspace QueryWorkspaceArgs
	role      PayerRoleArgs
	mode      string // of the catalog
}

func (args *PayerArgs) parts() *payerParts {
	report := billing.Report{Name: args.ReportName, Bucket: args.ReportBucketName, Prefix: args.ReportPrefix, Version: args.ReportVersion}
	database, table := cmp.Or(args.DatabaseName, report.Database()), cmp.Or(args.TableName, report.Table())
	partition, _ := arn.Partition(args.Region) // BillingReport's validate names an unknown region
	parts := &payerParts{
		mode: args.CatalogMode,
		report: BillingReportArgs{
			AccountID:      args.AccountID,
			Region:         args.Region,
			ReportName:     args.ReportName,
			Version:        args.ReportVersion,
			Adopt:          args.Adopt.Report,
			TimeUnit:       args.ReportTimeUnit,
			SchemaElements: args.ReportSchemaElements,
			ActivatedTags:  args.ActivatedCostAllocationTags,
			KmsKeyArn:      args.KmsKeyArn,
			Prefix:         args.ReportPrefix,
			BucketName:     args.ReportBucketName,
			AdoptBucket:    args.Adopt.ReportBucket,
			ExpirationDays: args.ReportExpirationDays,
			Protect:        *args.ReportProtect,
			ForceDestroy:   args.ForceDestroy,
			ReportProvider: args.ReportProvider,
			Tags:           args.Tags,
		},
		catalog: BillingCatalogArgs{
			ReportName:         args.ReportName,
			BucketName:         args.ReportBucketName,
			Prefix:             args.ReportPrefix,
			Version:            args.ReportVersion,
			Adopt:              args.Adopt.Catalog,
			DatabaseName:       args.DatabaseName,
			TableName:          args.TableName,
			CostAllocationTags: args.CostAllocationTags,
			SchemaElements:     args.ReportSchemaElements,
			Tags:               args.Tags,
		},
		workspace: QueryWorkspaceArgs{
			Region:                args.Region,
			AccountID:             args.AccountID,
			WorkGroupName:         args.WorkGroupName,
			BucketName:            args.ResultsBucketName,
			AdoptBucket:           args.Adopt.ResultsBucket,
			ResultsPrefix:         args.ResultsPrefix,
			KmsKeyArn:             args.KmsKeyArn,
			BytesScannedCutoff:    args.BytesScannedCutoff,
			ResultsExpirationDays: args.ResultsExpirationDays,
			ForceDestroy:          args.ForceDestroy,
			Tags:                  args.Tags,
		},
		role: PayerRoleArgs{
			RoleName: args.RoleName,
			Adopt:    args.Adopt.PayerRole,
			Query: iampolicy.BillQuery{
				Partition:     partition,
				Region:        args.Region,
				Account:       args.AccountID,
				WorkGroup:     args.WorkGroupName,
				Database:      database,
				Table:         table,
				ReportBucket:  args.ReportBucketName,
				DataPrefix:    report.DataPrefix(),
				ResultsBucket: args.ResultsBucketName,
				ResultsPrefix: args.ResultsPrefix,
				KmsKeyArn:     args.KmsKeyArn,
				LakeFormation: args.LakeFormation,
			},
			Path:                args.RolePath,
			ReaderRoleArns:      args.ReaderRoleArns,
			OrganizationID:      args.OrganizationID,
			StrictTrust:         args.StrictTrust,
			SessionTags:         args.ReaderSessionTags,
			PermissionsBoundary: args.PermissionsBoundary,
			ListAccounts:        *args.ListAccounts,
			Tags:                args.Tags,
		},
	}
	if args.Adopt.PayerRole && parts.mode == billing.Crawler { // it bounds the crawler's roles; alone it would bound nothing
		parts.role.PermissionsBoundary = ""
	}
	if args.Adopt.Catalog {
		parts.catalog.DatabaseName, parts.catalog.TableName = database, table
	}
	if parts.mode == billing.Crawler {
		parts.report.NotifyEventBridge = args.CrawlerTrigger == billing.OnEvent
		parts.catalog.Crawler = &CrawlerArgs{
			AccountID:           args.AccountID,
			Region:              args.Region,
			RoleName:            args.CrawlerRoleName,
			RolePath:            args.RolePath,
			PermissionsBoundary: args.PermissionsBoundary,
			KmsKeyArn:           args.KmsKeyArn,
			LakeFormation:       args.LakeFormation,
			Trigger:             args.CrawlerTrigger,
			Schedule:            args.CrawlerSchedule,
		}
	}
	return parts
}

func (p *payerParts) validate(name string) error {
	_, report := p.report.validate(name + "-report")
	var tags faults
	declared := p.catalog.CostAllocationTags
	if p.report.Version == billing.Version2 { // its column resource_tags has any tag
		declared = p.report.ActivatedTags
	}
	tags.check("ActivatedCostAllocationTags", fmt.Sprint(p.report.ActivatedTags),
		billing.CheckActivatedTags(p.report.ActivatedTags, declared))
	_, catalog := p.catalog.validate(name + "-catalog")
	_, workspace := p.workspace.validate(name + "-queries")
	var buckets error
	if p.report.BucketName == p.workspace.BucketName {
		buckets = fmt.Errorf("the arguments of CurIntegration %q: ReportBucketName and ResultsBucketName are both %q; results "+
			"in the report's bucket would be read as part of the bill", name, p.report.BucketName)
	}
	var mode, roles error
	if err := billing.CheckCatalogMode(p.mode); err != nil {
		mode = fmt.Errorf("the arguments of CurIntegration %q: CatalogMode is %q: %w", name, p.mode, err)
	}
	if crawler := p.catalog.Crawler; crawler != nil && SameRole(p.role.RoleName, crawler.RoleName, crawler.Trigger) {
		roles = fmt.Errorf("the arguments of CurIntegration %q: RoleName and CrawlerRoleName are %q and %q: the crawler has roles of its own",
			name, p.role.RoleName, crawler.RoleName)
	}
	return errors.Join(report, catalog, workspace, mode, roles, p.role.validate(name+"-payer-role"),
		tags.of("CurIntegration", name), buckets)
}
