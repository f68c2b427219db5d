package components

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

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
