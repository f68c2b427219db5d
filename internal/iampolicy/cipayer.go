package iampolicy

import (
	"slices"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// CIPayer is what the program brings up in a payer account. Empty names are of what it does not make.
type CIPayer struct {
	CIPlace
	Report        string // of which AWS makes the report
	Export        bool   // the report is CUR 2.0
	FoundReport   bool   // the report is there already, and so is only looked at; likewise the next
	Buckets       []string
	FoundBuckets  []string
	Database      string
	Table         string
	FoundCatalog  bool
	WorkGroup     string
	Role          arn.ARN
	FoundRole     bool    // and gets policies
	Crawler       string  // also the name of the workflow and the event rule
	CrawlerRole   arn.ARN // of a crawler
	EventsRole    arn.ARN // of a crawler that deliveries start; else zero
	LakeFormation bool
	ActivatesTags bool
}

var _ CIStack = CIPayer{}

// billing is a resource of the billing region.
func (p CIPayer) billing(service, resource string) string {
	return arn.ARN{
		Partition: p.Partition, Service: service, Region: arn.BillingRegion(p.Partition), Account: p.Account, Resource: resource,
	}.String()
}

func (p CIPayer) reports() []string {
	if p.Export { // whose names end with an ID that AWS adds
		return []string{p.billing("bcm-data-exports", "export/"+p.Report+"-*")}
	}
	return []string{p.billing("cur", "definition/"+p.Report)}
}

func (p CIPayer) buckets(names []string) []string {
	var arns []string
	for _, name := range names {
		arns = append(arns, arn.Bucket(p.Partition, name).String())
	}
	return arns
}

func (p CIPayer) catalog() []string {
	return []string{
		p.resource("glue", "catalog"), p.resource("glue", "database/"+p.Database), p.resource("glue", "table/"+p.Database+"/"+p.Table),
	}
}

func (p CIPayer) workGroups() []string {
	if p.WorkGroup == "" {
		return nil
	}
	return []string{p.resource("athena", "workgroup/"+p.WorkGroup)}
}

func (p CIPayer) crawlerRoles() []string {
	var roles []string
	for _, role := range []arn.ARN{p.CrawlerRole, p.EventsRole} {
		if role != (arn.ARN{}) {
			roles = append(roles, role.String())
		}
	}
	return roles
}

// events are the rule that starts the crawler, if deliveries do.
func (p CIPayer) events() []string {
	if p.EventsRole == (arn.ARN{}) {
		return nil
	}
	return []string{p.resource("events", "rule/"+p.Crawler)}
}

// crawlers are the crawler and what is named after it.
func (p CIPayer) crawlers() []string {
	if p.Crawler == "" {
		return nil
	}
	crawlers := []string{p.resource("glue", "crawler/"+p.Crawler)}
	if p.events() != nil {
		crawlers = append(crawlers, p.resource("glue", "trigger/"+p.Crawler), p.resource("glue", "workflow/"+p.Crawler))
	}
	return crawlers
}

// Preview is what a preview of the stack needs, with a refresh or without, and the doctor. A bucket's tags are read and written by other
// actions in release 5 of the AWS provider, which pulumi-aws 6 has, than in release 6.
// Source: https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/s3/tags.go
func (p CIPayer) Preview() Document {
	statements := of("ReadBuckets", p.buckets(slices.Concat(p.Buckets, p.FoundBuckets)),
		"s3:GetAccelerateConfiguration", "s3:GetBucketAcl", "s3:GetBucketCORS", "s3:GetBucketLocation", "s3:GetBucketLogging",
		"s3:GetBucketNotification", "s3:GetBucketObjectLockConfiguration", "s3:GetBucketOwnershipControls", "s3:GetBucketPolicy",
		"s3:GetBucketPublicAccessBlock", "s3:GetBucketRequestPayment", "s3:GetBucketTagging", "s3:GetBucketVersioning",
		"s3:GetBucketWebsite", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration",
		"s3:ListBucket", "s3:ListTagsForResource")
	if p.Export {
		statements = append(statements, of("ReadExports", p.reports(), "bcm-data-exports:GetExport", "bcm-data-exports:ListTagsForResource")...)
	} else {
		statements = append(statements, of("ListReports", all, "cur:DescribeReportDefinitions")...)
		statements = append(statements, of("ReadReports", p.reports(), "cur:ListTagsForResource")...)
	}
	statements = append(statements, of("ReadCatalog", p.catalog(),
		"glue:GetDatabase", "glue:GetPartitionIndexes", "glue:GetPartitions", "glue:GetTable", "glue:GetTags")...)
	statements = append(statements, of("ReadWorkGroup", p.workGroups(), "athena:GetWorkGroup", "athena:ListTagsForResource")...)
	statements = append(statements, readRoles(append([]string{p.Role.String()}, p.crawlerRoles()...))...)
	statements = append(statements, of("ReadCrawler", p.crawlers(), "glue:GetCrawler", "glue:GetTags", "glue:GetTrigger", "glue:GetWorkflow")...)
	statements = append(statements, of("ReadRule", p.events(),
		"events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule")...)
	if p.LakeFormation {
		statements = append(statements, of("ReadGrants", all, "lakeformation:ListPermissions")...)
	}
	if p.ActivatesTags {
		statements = append(statements, of("ReadCostAllocationTags", all, "ce:ListCostAllocationTags")...)
	}
	return document(statements...)
}

// Update is what bringing the stack up needs besides.
func (p CIPayer) Update() Document {
	statements := of("KeepBuckets", p.buckets(p.Buckets),
		"s3:CreateBucket", "s3:DeleteBucketPolicy", "s3:PutBucketNotification", "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy",
		"s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
		"s3:TagResource", "s3:UntagResource")
	statements = append(statements, p.keepReport()...)
	if !p.FoundCatalog {
		statements = append(statements, of("KeepCatalog", p.catalog(),
			"glue:CreateDatabase", "glue:CreateTable", "glue:DeleteDatabase", "glue:DeleteTable", "glue:TagResource", "glue:UntagResource",
			"glue:UpdateDatabase", "glue:UpdateTable")...)
	}
	statements = append(statements, of("KeepWorkGroup", p.workGroups(),
		"athena:CreateWorkGroup", "athena:DeleteWorkGroup", "athena:TagResource", "athena:UntagResource", "athena:UpdateWorkGroup")...)
	made, found := append([]string{p.Role.String()}, p.crawlerRoles()...), []string(nil)
	if p.FoundRole {
		made, found = made[1:], made[:1]
	}
	statements = append(statements, p.keepRoles(made, found)...)
	statements = append(statements, p.keepCrawler()...)
	if p.LakeFormation {
		statements = append(statements, of("KeepGrants", all, "lakeformation:GrantPermissions", "lakeformation:RevokePermissions")...)
	}
	if p.ActivatesTags {
		statements = append(statements, of("ActivateCostAllocationTags", all, "ce:UpdateCostAllocationTagsStatus")...)
	}
	return document(statements...)
}

// keepReport lets CI make and change the report.
func (p CIPayer) keepReport() []Statement {
	switch {
	case p.FoundReport:
		return nil
	case p.Export:
		// AWS asks for the older right too, and its own policies give it on everything.
		// Source: https://docs.aws.amazon.com/cur/latest/userguide/bcm-data-exports-access.html
		statements := of("KeepExports", append(p.reports(), p.billing("bcm-data-exports", "table/COST_AND_USAGE_REPORT")),
			"bcm-data-exports:CreateExport", "bcm-data-exports:TagResource", "bcm-data-exports:UntagResource", "bcm-data-exports:UpdateExport")
		return append(statements, of("MakeExports", all, "cur:PutReportDefinition")...)
	}
	return of("KeepReports", p.reports(),
		"cur:ModifyReportDefinition", "cur:PutReportDefinition", "cur:TagResource", "cur:UntagResource")
}

// keepCrawler lets CI make and change the crawler and what starts it.
func (p CIPayer) keepCrawler() []Statement {
	statements := of("KeepCrawler", p.crawlers(),
		"glue:CreateCrawler", "glue:CreateTrigger", "glue:CreateWorkflow", "glue:DeleteCrawler", "glue:DeleteTrigger", "glue:DeleteWorkflow",
		"glue:TagResource", "glue:UntagResource", "glue:UpdateCrawler", "glue:UpdateTrigger", "glue:UpdateWorkflow")
	if p.CrawlerRole != (arn.ARN{}) {
		statements = append(statements, pass("HandGlueItsRole", glueService, p.CrawlerRole.String()))
	}
	if p.EventsRole != (arn.ARN{}) {
		statements = append(statements, of("KeepRule", p.events(),
			"events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:TagResource", "events:UntagResource")...)
		statements = append(statements, pass("HandEventBridgeItsRole", eventsService, p.EventsRole.String()))
	}
	return statements
}
