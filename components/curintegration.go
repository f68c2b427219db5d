package components

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// CurIntegrationArgs hold the payer side, the primary side, or both.
type CurIntegrationArgs struct {
	// Payer is set where the bill is set up.
	Payer *PayerArgs `pulumi:"payer,optional"`
	// Primary is set where Kubecost is installed.
	Primary *PrimaryArgs `pulumi:"primary,optional"`
}

// CurIntegration gives Kubecost the AWS bill across accounts. It holds the payer side in the payer's stack and the primary
// side in the primary's; with both, and a provider for each, it is the whole integration in one stack. Outputs of a side that
// it does not hold stay unset.
type CurIntegration struct {
	pulumi.ResourceState

	// AthenaBucketName is where Athena writes results: s3://bucket, or s3://bucket/prefix/. It, and what follows to MasterPayerARN,
	// are how Kubecost reaches this payer's bill, under the guide's own names.
	AthenaBucketName pulumi.StringOutput `pulumi:"athenaBucketName" output:"optional"`
	// AthenaRegion is the region of Athena and of its Glue catalog.
	AthenaRegion pulumi.StringOutput `pulumi:"athenaRegion" output:"optional"`
	// AthenaDatabase and AthenaTable are the Glue database and table of the bill.
	AthenaDatabase pulumi.StringOutput `pulumi:"athenaDatabase" output:"optional"`
	AthenaTable    pulumi.StringOutput `pulumi:"athenaTable" output:"optional"`
	// AthenaWorkgroup is the work group that queries run in.
	AthenaWorkgroup pulumi.StringOutput `pulumi:"athenaWorkgroup" output:"optional"`
	// ProjectID is the payer account's ID.
	ProjectID pulumi.StringOutput `pulumi:"projectID" output:"optional"`
	// MasterPayerARN is the ARN of the payer role.
	MasterPayerARN pulumi.StringOutput `pulumi:"masterPayerARN" output:"optional"`
	// ReportBucketName is the bucket that the report is delivered to.
	ReportBucketName pulumi.StringOutput `pulumi:"reportBucketName" output:"optional"`
	// ReportName is the report definition's name.
	ReportName pulumi.StringOutput `pulumi:"reportName" output:"optional"`
	// TrustedRoleArn is the only role that may assume the payer role; several are separated by commas.
	TrustedRoleArn pulumi.StringOutput `pulumi:"trustedRoleArn" output:"optional"`
	// CrawlerName is the Glue crawler that keeps the report's table; unset in the mode projection.
	CrawlerName pulumi.StringOutput `pulumi:"crawlerName" output:"optional"`

	// ReaderRoleArn is the role of Kubecost's pods.
	ReaderRoleArn pulumi.StringOutput `pulumi:"readerRoleArn" output:"optional"`
	// Namespace is the namespace that Kubecost runs in.
	Namespace pulumi.StringOutput `pulumi:"namespace" output:"optional"`
	// SecretName is the secret with cloud-integration.json.
	SecretName pulumi.StringOutput `pulumi:"secretName" output:"optional"`
	// ReleaseName and ReleaseStatus are those of the Helm release.
	ReleaseName   pulumi.StringOutput `pulumi:"releaseName" output:"optional"`
	ReleaseStatus pulumi.StringOutput `pulumi:"releaseStatus" output:"optional"`
}

// Validate returns what is wrong with the arguments of a CurIntegration of that name, of the component and of all its parts, as one
// error. It is for who registers something that the arguments come from; NewCurIntegration does it anyway.
func (args *CurIntegrationArgs) Validate(name string) error {
	_, _, err := args.parts(name)
	return err
}

// parts are the arguments of the parts of the sides that are set.
func (args *CurIntegrationArgs) parts(name string) (payer *payerParts, primary *primaryParts, err error) {
	if args == nil || args.Payer == nil && args.Primary == nil {
		return nil, nil, fmt.Errorf("the arguments of CurIntegration %q: neither Payer nor Primary is set", name)
	}
	var faults []error
	if args.Payer != nil {
		payer = args.Payer.withDefaults().parts()
		faults = append(faults, payer.validate(name))
	}
	if args.Primary != nil {
		primary = args.Primary.withDefaults().parts()
		faults = append(faults, primary.validate(name, payer))
	}
	return payer, primary, errors.Join(faults...)
}

// NewCurIntegration registers the sides that args hold. What is wrong with the arguments, of the component and of all its
// parts, is one error before anything is registered.
func NewCurIntegration(
	ctx *pulumi.Context, name string, args *CurIntegrationArgs, opts ...pulumi.ResourceOption,
) (*CurIntegration, error) {
	payer, primary, err := args.parts(name)
	if err != nil {
		return nil, err
	}
	c := &CurIntegration{}
	if err := ctx.RegisterComponentResource(CurIntegrationType, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering CurIntegration %q: %w", name, err)
	}
	outputs := pulumi.Map{}
	if payer != nil {
		if err := c.newPayer(ctx, name, args.Payer, payer, outputs); err != nil {
			return nil, err
		}
	}
	if primary != nil {
		if payer != nil {
			primary.add(c.Connection())
		}
		if err := c.newPrimary(ctx, name, args.Primary, primary, outputs); err != nil {
			return nil, err
		}
	}
	if err := ctx.RegisterResourceOutputs(c, outputs); err != nil {
		return nil, fmt.Errorf("registering the outputs of CurIntegration %q: %w", name, err)
	}
	return c, nil
}

// newPayer registers the payer side and adds its outputs.
func (c *CurIntegration) newPayer(
	ctx *pulumi.Context, name string, args *PayerArgs, parts *payerParts, outputs pulumi.Map,
) error {
	opts := childOptions(c, args.Provider)
	report, err := NewBillingReport(ctx, name+"-report", &parts.report, opts...)
	if err != nil {
		return err
	}
	catalog, err := NewBillingCatalog(ctx, name+"-catalog", &parts.catalog, opts...)
	if err != nil {
		return err
	}
	workspace, err := NewQueryWorkspace(ctx, name+"-queries", &parts.workspace, opts...)
	if err != nil {
		return err
	}
	role, err := NewPayerRole(ctx, name+"-payer-role", &parts.role, opts...)
	if err != nil {
		return err
	}
	if args.LakeFormation {
		grants := ReadTable(role.RoleArn, catalog)
		if _, err := NewLakeFormationGrants(ctx, name+"-payer-role-grants", &grants, opts...); err != nil {
			return err
		}
	}

	c.AthenaBucketName, c.AthenaWorkgroup = workspace.ResultsLocation, workspace.WorkGroupName
	c.AthenaDatabase, c.AthenaTable = catalog.DatabaseName, catalog.TableName
	c.AthenaRegion, c.ProjectID = pulumi.String(args.Region).ToStringOutput(), pulumi.String(args.AccountID).ToStringOutput()
	c.MasterPayerARN = role.RoleArn
	c.ReportBucketName, c.ReportName, c.TrustedRoleArn = report.BucketName, report.ReportName, role.TrustedRoleArn
	outputs["athenaBucketName"], outputs["athenaWorkgroup"] = c.AthenaBucketName, c.AthenaWorkgroup
	outputs["athenaDatabase"], outputs["athenaTable"] = c.AthenaDatabase, c.AthenaTable
	outputs["athenaRegion"], outputs["projectID"], outputs["masterPayerARN"] = c.AthenaRegion, c.ProjectID, c.MasterPayerARN
	outputs["reportBucketName"] = c.ReportBucketName
	outputs["reportName"] = c.ReportName
	outputs["trustedRoleArn"] = c.TrustedRoleArn
	if parts.catalog.Crawler != nil {
		c.CrawlerName = catalog.CrawlerName
		outputs["crawlerName"] = c.CrawlerName
	}
	return nil
}

// Connection is how Kubecost reaches this payer's bill.
func (c *CurIntegration) Connection() PayerConnection {
	return PayerConnection{
		AthenaBucketName: c.AthenaBucketName,
		AthenaRegion:     c.AthenaRegion,
		AthenaDatabase:   c.AthenaDatabase,
		AthenaTable:      c.AthenaTable,
		AthenaWorkgroup:  c.AthenaWorkgroup,
		ProjectID:        c.ProjectID,
		MasterPayerARN:   c.MasterPayerARN,
	}
}

// newPrimary registers the primary side and adds its outputs.
func (c *CurIntegration) newPrimary(
	ctx *pulumi.Context, name string, args *PrimaryArgs, parts *primaryParts, outputs pulumi.Map,
) error {
	opts := childOptions(c, args.Provider, args.KubernetesProvider)
	identity, err := NewClusterIdentity(ctx, name+"-identity", &parts.identity, opts...)
	if err != nil {
		return err
	}
	parts.secret.Namespace = identity.Namespace
	secret, err := NewCloudIntegrationSecret(ctx, name+"-cloud-integration", &parts.secret, opts...)
	if err != nil {
		return err
	}
	parts.release.Namespace = identity.Namespace
	parts.release.ServiceAccountName = identity.ServiceAccountName
	parts.release.SecretName = secret.SecretName
	release, err := NewKubecostRelease(ctx, name+"-release", &parts.release, opts...)
	if err != nil {
		return err
	}

	c.ReaderRoleArn, c.Namespace, c.SecretName = identity.RoleArn, identity.Namespace, secret.SecretName
	c.ReleaseName, c.ReleaseStatus = release.ReleaseName, release.Status
	outputs["readerRoleArn"] = c.ReaderRoleArn
	outputs["namespace"] = c.Namespace
	outputs["secretName"] = c.SecretName
	outputs["releaseName"] = c.ReleaseName
	outputs["releaseStatus"] = c.ReleaseStatus
	return nil
}

// childOptions make a child component of parent, with those of the providers that are set.
func childOptions(parent pulumi.Resource, providers ...pulumi.ProviderResource) []pulumi.ResourceOption {
	opts := []pulumi.ResourceOption{pulumi.Parent(parent)}
	for _, p := range providers {
		if p != nil {
			opts = append(opts, pulumi.Providers(p))
		}
	}
	return opts
}
