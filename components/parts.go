package components

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/charts"
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
		mode: cmp.Or(args.CatalogMode, billing.Projection),
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
			Protect:        args.ReportProtect,
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
			ListAccounts:        args.ListAccounts,
			Tags:                args.Tags,
		},
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

// primaryParts are the arguments of the primary side's components. What one component takes from another is set when that
// one is there; until then it is the name that it will have.
type primaryParts struct {
	identity ClusterIdentityArgs
	secret   CloudIntegrationSecretArgs
	release  KubecostReleaseArgs
	roles    pulumi.StringArray
}

func (args *PrimaryArgs) parts() *primaryParts {
	p := &primaryParts{
		identity: ClusterIdentityArgs{
			RoleName:            args.ReaderRoleName,
			RolePath:            args.ReaderRolePath,
			AccountID:           args.AccountID,
			PermissionsBoundary: args.PermissionsBoundary,
			Namespace:           args.Namespace,
			ServiceAccountName:  args.ServiceAccountName,
			Issuer:              args.Issuer,
			OidcProviderArn:     args.OidcProviderArn,
			CreateOidcProvider:  args.CreateOidcProvider,
			PodIdentity:         args.PodIdentity,
			ClusterName:         args.ClusterName,
			ClusterArn:          args.ClusterArn,
			PayerRoleArns:       pulumi.StringArray{},
			Tags:                args.Tags,
		},
		secret: CloudIntegrationSecretArgs{
			Namespace:   pulumi.String(args.Namespace),
			OtherClouds: args.OtherClouds,
			Format:      args.FileFormat,
		},
		release: KubecostReleaseArgs{
			ReleaseName:        args.ReleaseName,
			Namespace:          pulumi.String(args.Namespace),
			ChartLine:          args.ChartLine,
			ChartVersion:       args.ChartVersion,
			ClusterID:          args.ClusterID,
			AccountID:          args.AccountID,
			ServiceAccountName: pulumi.String(args.ServiceAccountName),
			SecretName:         pulumi.String(""),
			TimeoutSeconds:     args.TimeoutSeconds,
			StorageClass:       args.StorageClass,
			Values:             args.Values,
		},
	}
	for _, payer := range args.Payers {
		p.add(payer)
	}
	return p
}

// add has Kubecost read one more payer's bill.
func (p *primaryParts) add(payer PayerConnection) {
	p.secret.Payers = append(p.secret.Payers, payer)
	p.roles = append(p.roles, payer.MasterPayerARN)
	p.identity.PayerRoleArns = p.roles
}

// validate returns the faults of the parts. With a payer side to come, payer, there need be no other payer.
func (p *primaryParts) validate(name string, payer *payerParts) error {
	secret := p.secret.validate(name+"-cloud-integration", payer != nil)
	return errors.Join(p.identity.validate(name+"-identity"), secret, p.release.validate(name+"-release"), p.fits(name),
		p.reads(name, payer))
}

// reads returns an error for a chart that does not read the report of a payer side to come.
func (p *primaryParts) reads(name string, payer *payerParts) error {
	line, err := charts.Named(p.release.ChartLine)
	if err != nil || payer == nil || payer.report.Version != billing.Version2 {
		return nil // a wrong line is a fault of the release
	}
	if err := line.CheckCUR2(line.Version(p.release.ChartVersion)); err != nil {
		return fmt.Errorf("the arguments of CurIntegration %q: ReportVersion is %q: %w", name, billing.Version2, err)
	}
	return nil
}

// fits returns an error for a chart that does not read the file's format.
func (p *primaryParts) fits(name string) error {
	line, err := charts.Named(p.release.ChartLine)
	if format := p.secret.format(); err == nil && !line.Reads(format) {
		return fmt.Errorf("the arguments of CurIntegration %q: FileFormat is %q, which the ChartLine %s does not read", name, format, line.Name)
	}
	return nil
}
