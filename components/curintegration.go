package components

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

// CurIntegrationArgs hold the payer side, the primary side, or both.
type CurIntegrationArgs struct {
	// Payer is set where the bill is set up.
	Payer *PayerArgs
	// Primary is set where Kubecost is installed.
	Primary *PrimaryArgs
}

// PayerArgs describe the payer side: the report, its catalog, where queries run, and the role that may run them.
type PayerArgs struct {
	// AccountID is the payer account's ID, 12 digits.
	AccountID string
	// Region is the region of the buckets, the Glue catalog and Athena.
	Region string
	// ReportName is the report's name; the Glue database and table are named after it.
	ReportName string
	// ReportVersion is 1 for a legacy report or 2 for CUR 2.0; empty for 1.
	ReportVersion string
	// Adopt is what is there already, by the names that the other fields give.
	Adopt Adoption
	// DatabaseName and TableName are those of an adopted catalog; empty for the names that AWS gives, and without one.
	DatabaseName string
	TableName    string
	// ReportTimeUnit is DAILY or HOURLY; empty for DAILY.
	ReportTimeUnit string
	// ReportSchemaElements are what the report holds besides resource IDs, as in BillingReportArgs.
	ReportSchemaElements []string
	// ReportPrefix is where in the bucket the report goes.
	ReportPrefix string
	// ReportBucketName is the bucket that the report is delivered to.
	ReportBucketName string
	// ReportExpirationDays is after how many days the report's data is deleted; 0 keeps it.
	ReportExpirationDays int
	// ReportProtect keeps Pulumi from deleting the report and its bucket.
	ReportProtect bool
	// CostAllocationTags are the tag keys that become columns, none with CUR 2.0; ActivatedCostAllocationTags are those of them
	// to activate, with CUR 2.0 any.
	CostAllocationTags          []string
	ActivatedCostAllocationTags []string
	// CatalogMode is projection or crawler; empty for projection. In the mode crawler, CrawlerTrigger, CrawlerSchedule and
	// CrawlerRoleName are the Trigger, Schedule and RoleName of CrawlerArgs.
	CatalogMode     string
	CrawlerTrigger  string
	CrawlerSchedule string
	CrawlerRoleName string
	// ResultsBucketName is the bucket that Athena writes results to, ResultsPrefix where in it; empty for its root.
	ResultsBucketName string
	ResultsPrefix     string
	// ResultsExpirationDays is after how many days results are deleted.
	ResultsExpirationDays int
	// WorkGroupName is the Athena work group to make, or primary for the account's own.
	WorkGroupName string
	// BytesScannedCutoff is how many bytes one query may scan; 0 with the work group primary.
	BytesScannedCutoff int
	// KmsKeyArn, unless empty, is the key that both buckets and the results are encrypted with.
	KmsKeyArn string
	// LakeFormation grants the role the database and the table in the account's Lake Formation.
	LakeFormation bool
	// RoleName is the role that Kubecost assumes, RolePath the path of this side's roles; empty for /.
	RoleName string
	RolePath string
	// ListAccounts lets that role read the names and tags of the organisation's accounts.
	ListAccounts bool
	// ReaderRoleArns are the only roles that may assume it. OrganizationID and StrictTrust narrow that, and ReaderSessionTags
	// widens it, as in PayerRoleArgs.
	ReaderRoleArns    []string
	OrganizationID    string
	StrictTrust       bool
	ReaderSessionTags bool
	// PermissionsBoundary, unless empty, is the ARN of the managed policy that bounds this side's roles.
	PermissionsBoundary string
	// ForceDestroy deletes the buckets together with what is in them.
	ForceDestroy bool
	// Tags are put on every resource.
	Tags map[string]string
	// Provider is the payer account's AWS provider; nil takes the component's own.
	Provider pulumi.ProviderResource
	// ReportProvider is an AWS provider of arn.BillingRegion in the payer account; nil takes Provider.
	ReportProvider pulumi.ProviderResource
}

// Adoption is what is there already: it is used, and neither changed nor deleted, but that an adopted role gets the policies
// that it needs. What it must be like is looked up by the one who sets it; the components take it as it is.
type Adoption struct {
	Report        bool // needs ReportBucket
	ReportBucket  bool
	ResultsBucket bool
	Catalog       bool
	PayerRole     bool
}

// PrimaryArgs describe the primary side: Kubecost, who it is, and what it is told of the bills.
type PrimaryArgs struct {
	// AccountID is the ID of the account that the cluster runs in, 12 digits.
	AccountID string
	// Payers are the payer accounts to read. With a payer side in the same CurIntegration, that one is added.
	Payers []PayerConnection
	// OtherClouds are further bills. FileFormat is the format of cloud-integration.json, by which Kubecost learns of them all;
	// empty for flat.
	OtherClouds OtherClouds
	FileFormat  cloudintegration.Format
	// ReaderRoleName is the IAM role to make for Kubecost's pods, ReaderRolePath its path; empty for /.
	ReaderRoleName string
	ReaderRolePath string
	// PermissionsBoundary, unless empty, is the ARN of the managed policy that bounds it.
	PermissionsBoundary string
	// Namespace and ServiceAccountName are what Kubecost runs in and as; both are made.
	Namespace          string
	ServiceAccountName string
	// Issuer is the cluster's OIDC issuer, OidcProviderArn its IAM OIDC provider, which CreateOidcProvider makes.
	Issuer             pulumi.StringInput
	OidcProviderArn    pulumi.StringInput
	CreateOidcProvider bool
	// PodIdentity takes EKS Pod Identity in place of IRSA; it needs the names of the EKS cluster and no OIDC provider.
	PodIdentity bool
	ClusterName pulumi.StringInput
	ClusterArn  pulumi.StringInput
	// ReleaseName, ChartLine, ChartVersion, ClusterID and TimeoutSeconds describe the Helm release, as in KubecostReleaseArgs.
	ReleaseName    string
	ChartLine      string
	ChartVersion   string
	ClusterID      string
	TimeoutSeconds int
	// StorageClass and Values change what the chart makes, as in KubecostReleaseArgs.
	StorageClass string
	Values       pulumi.MapInput
	// Tags are put on every AWS resource.
	Tags map[string]string
	// Provider is the primary account's AWS provider; nil takes the component's own.
	Provider pulumi.ProviderResource
	// KubernetesProvider is the cluster's provider; nil takes the component's own.
	KubernetesProvider pulumi.ProviderResource
}

// CurIntegration gives Kubecost the AWS bill across accounts. It holds the payer side in the payer's stack and the primary
// side in the primary's; with both, and a provider for each, it is the whole integration in one stack. Outputs of a side that
// it does not hold stay unset.
type CurIntegration struct {
	pulumi.ResourceState

	// Connection is how Kubecost reaches this payer's bill.
	Connection PayerConnection
	// ReportBucketName is the bucket that the report is delivered to.
	ReportBucketName pulumi.StringOutput `pulumi:"reportBucketName"`
	// ReportName is the report definition's name.
	ReportName pulumi.StringOutput `pulumi:"reportName"`
	// TrustedRoleArn is the only role that may assume the payer role; several are separated by commas.
	TrustedRoleArn pulumi.StringOutput `pulumi:"trustedRoleArn"`
	// CrawlerName is the Glue crawler that keeps the report's table; unset in the mode projection.
	CrawlerName pulumi.StringOutput `pulumi:"crawlerName"`

	// ReaderRoleArn is the role of Kubecost's pods.
	ReaderRoleArn pulumi.StringOutput `pulumi:"readerRoleArn"`
	// Namespace is the namespace that Kubecost runs in.
	Namespace pulumi.StringOutput `pulumi:"namespace"`
	// SecretName is the secret with cloud-integration.json.
	SecretName pulumi.StringOutput `pulumi:"secretName"`
	// ReleaseName and ReleaseStatus are those of the Helm release.
	ReleaseName   pulumi.StringOutput `pulumi:"releaseName"`
	ReleaseStatus pulumi.StringOutput `pulumi:"releaseStatus"`
}

// NewCurIntegration registers the sides that args hold. What is wrong with the arguments, of the component and of all its
// parts, is one error before anything is registered.
func NewCurIntegration(
	ctx *pulumi.Context, name string, args *CurIntegrationArgs, opts ...pulumi.ResourceOption,
) (*CurIntegration, error) {
	if args == nil || args.Payer == nil && args.Primary == nil {
		return nil, fmt.Errorf("the arguments of CurIntegration %q: neither Payer nor Primary is set", name)
	}
	var payer *payerParts
	var primary *primaryParts
	var faults []error
	if args.Payer != nil {
		payer = args.Payer.parts()
		faults = append(faults, payer.validate(name))
	}
	if args.Primary != nil {
		primary = args.Primary.parts()
		faults = append(faults, primary.validate(name, payer))
	}
	if err := errors.Join(faults...); err != nil {
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
			primary.add(c.Connection)
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

	c.Connection = PayerConnection{
		AthenaBucketName: workspace.ResultsLocation,
		AthenaRegion:     pulumi.String(args.Region),
		AthenaDatabase:   catalog.DatabaseName,
		AthenaTable:      catalog.TableName,
		AthenaWorkgroup:  workspace.WorkGroupName,
		ProjectID:        pulumi.String(args.AccountID),
		MasterPayerARN:   role.RoleArn,
	}
	c.ReportBucketName, c.ReportName, c.TrustedRoleArn = report.BucketName, report.ReportName, role.TrustedRoleArn
	outputs["reportBucketName"] = c.ReportBucketName
	outputs["reportName"] = c.ReportName
	outputs["payerRoleArn"] = role.RoleArn
	outputs["trustedRoleArn"] = c.TrustedRoleArn
	if parts.catalog.Crawler != nil {
		c.CrawlerName = catalog.CrawlerName
		outputs["crawlerName"] = c.CrawlerName
	}
	return nil
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
