package components

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// PayerArgs describe the payer side: the report, its catalog, where queries run, and the role that may run them.
type PayerArgs struct {
	// AccountID is the payer account's ID, 12 digits.
	AccountID string `pulumi:"accountId"`
	// Region is the region of the buckets, the Glue catalog and Athena.
	Region string `pulumi:"region"`
	// ReportName is the report's name, DefaultReportName if empty; the Glue database and table are named after it.
	ReportName string `pulumi:"reportName,optional"`
	// ReportVersion is 1 for a legacy report or 2 for CUR 2.0; empty for 1.
	ReportVersion string `pulumi:"reportVersion,optional" enum:"ReportVersion"`
	// Adopt is what is there already, by the names that the other fields give.
	Adopt Adoption `pulumi:"adopt,optional"`
	// DatabaseName and TableName are those of an adopted catalog; empty for the names that AWS gives, and without one.
	DatabaseName string `pulumi:"databaseName,optional"`
	TableName    string `pulumi:"tableName,optional"`
	// ReportTimeUnit is DAILY or HOURLY; empty for DAILY.
	ReportTimeUnit string `pulumi:"reportTimeUnit,optional" enum:"ReportTimeUnit"`
	// ReportSchemaElements are what the report holds besides resource IDs, as in BillingReportArgs.
	ReportSchemaElements []string `pulumi:"reportSchemaElements,optional" enum:"ReportSchemaElement"`
	// ReportPrefix is where in the bucket the report goes; DefaultReportPrefix if empty.
	ReportPrefix string `pulumi:"reportPrefix,optional"`
	// ReportBucketName is the bucket that the report is delivered to; kubecost-cur-ACCOUNT-REGION if empty.
	ReportBucketName string `pulumi:"reportBucketName,optional"`
	// ReportExpirationDays is after how many days the report's data is deleted; 0 keeps it.
	ReportExpirationDays int `pulumi:"reportExpirationDays,optional"`
	// ReportProtect keeps Pulumi from deleting the report and its bucket; it does if left out.
	ReportProtect *bool `pulumi:"reportProtect,optional"`
	// CostAllocationTags are the tag keys that become columns, none with CUR 2.0; if left out those that tell what belongs to
	// Kubernetes. ActivatedCostAllocationTags are those of them to activate, with CUR 2.0 any.
	CostAllocationTags          []string `pulumi:"costAllocationTags,optional"`
	ActivatedCostAllocationTags []string `pulumi:"activatedCostAllocationTags,optional"`
	// CatalogMode is projection or crawler; empty for projection. In the mode crawler, CrawlerTrigger, CrawlerSchedule and
	// CrawlerRoleName are the Trigger, Schedule and RoleName of CrawlerArgs; the last two are DefaultCrawlerSchedule and
	// DefaultCrawlerRoleName if empty.
	CatalogMode     string `pulumi:"catalogMode,optional" enum:"CatalogMode"`
	CrawlerTrigger  string `pulumi:"crawlerTrigger,optional" enum:"CrawlerTrigger"`
	CrawlerSchedule string `pulumi:"crawlerSchedule,optional"`
	CrawlerRoleName string `pulumi:"crawlerRoleName,optional"`
	// ResultsBucketName is the bucket that Athena writes results to, kubecost-athena-ACCOUNT-REGION if empty; ResultsPrefix is
	// where in it, empty for its root.
	ResultsBucketName string `pulumi:"resultsBucketName,optional"`
	ResultsPrefix     string `pulumi:"resultsPrefix,optional"`
	// ResultsExpirationDays is after how many days results are deleted; DefaultResultsExpirationDays if left out.
	ResultsExpirationDays int `pulumi:"resultsExpirationDays,optional"`
	// WorkGroupName is the Athena work group to make, DefaultWorkGroupName if empty, or primary for the account's own.
	WorkGroupName string `pulumi:"workGroupName,optional"`
	// BytesScannedCutoff is how many bytes one query may scan, DefaultBytesScannedCutoff if left out; none with the work group
	// primary.
	BytesScannedCutoff int `pulumi:"bytesScannedCutoff,optional"`
	// KmsKeyArn, unless empty, is the key that both buckets and the results are encrypted with.
	KmsKeyArn string `pulumi:"kmsKeyArn,optional"`
	// LakeFormation grants the role the database and the table in the account's Lake Formation.
	LakeFormation bool `pulumi:"lakeFormation,optional"`
	// RoleName is the role that Kubecost assumes, DefaultPayerRoleName if empty; RolePath is the path of this side's roles,
	// empty for /.
	RoleName string `pulumi:"roleName,optional"`
	RolePath string `pulumi:"rolePath,optional"`
	// ListAccounts lets that role read the names and tags of the organisation's accounts; it does if left out.
	ListAccounts *bool `pulumi:"listAccounts,optional"`
	// ReaderRoleArns are the only roles that may assume it. OrganizationID and StrictTrust narrow that, and ReaderSessionTags
	// widens it, as in PayerRoleArgs.
	ReaderRoleArns    []string `pulumi:"readerRoleArns"`
	OrganizationID    string   `pulumi:"organizationId,optional"`
	StrictTrust       bool     `pulumi:"strictTrust,optional"`
	ReaderSessionTags bool     `pulumi:"readerSessionTags,optional"`
	// PermissionsBoundary, unless empty, is the ARN of the managed policy that bounds this side's roles, but one that is there already.
	PermissionsBoundary string `pulumi:"permissionsBoundary,optional"`
	// ForceDestroy deletes the buckets together with what is in them.
	ForceDestroy bool `pulumi:"forceDestroy,optional"`
	// Tags are put on every resource.
	Tags map[string]string `pulumi:"tags,optional"`
	// Provider is the payer account's AWS provider; without it the component's own is taken.
	Provider pulumi.ProviderResource `resource:"provider"`
	// ReportProvider is an AWS provider of the payer account in the partition's billing region: us-east-1, or cn-northwest-1 in
	// China. Without it Provider is taken.
	ReportProvider pulumi.ProviderResource `resource:"reportProvider"`
}

// Adoption is what is there already: it is used, and neither changed nor deleted, but that an adopted role gets the policies
// that it needs. What it must be like is looked up by the one who sets it; the components take it as it is.
type Adoption struct {
	// Report is the report definition; needs ReportBucket.
	Report bool `pulumi:"report,optional"`
	// ReportBucket is the bucket that the report is delivered to.
	ReportBucket bool `pulumi:"reportBucket,optional"`
	// ResultsBucket is the bucket of query results.
	ResultsBucket bool `pulumi:"resultsBucket,optional"`
	// Catalog is the Glue database and table.
	Catalog bool `pulumi:"catalog,optional"`
	// PayerRole is the role that Kubecost assumes.
	PayerRole bool `pulumi:"payerRole,optional"`
}
