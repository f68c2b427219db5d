package iampolicy

import "github.com/kubecost-cur/kubecost-cur/internal/arn"

// The services that act in a role's name in crawler mode.
const (
	glueService   = "glue.amazonaws.com"
	eventsService = "events.amazonaws.com"
)

// Crawl names what a crawler touches, and what starts it, in the payer account.
type Crawl struct {
	Partition    string
	Region       string // of the crawler, the Glue catalog and the bucket
	Account      string
	Crawler      string // also the name of the workflow and the event rule
	Database     string
	Table        string
	ReportBucket string
	DataPrefix   string // of the report's data in ReportBucket, without a trailing slash
	KmsKeyArn    string // of the key that the bucket is encrypted with; empty for S3's own
}

// TrustCrawler lets Glue assume a role, for one crawler of one account.
// Source: https://docs.aws.amazon.com/glue/latest/dg/cross-service-confused-deputy-prevention.html
func TrustCrawler(c Crawl) Document {
	return c.trust("GlueCrawls", glueService, c.resource("glue", "crawler/"+c.Crawler))
}

// TrustDeliveryRule lets EventBridge assume a role, for one rule of one account.
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
func TrustDeliveryRule(c Crawl) Document {
	return c.trust("EventBridgeReportsDeliveries", eventsService, c.resource("events", "rule/"+c.Crawler))
}

func (c Crawl) trust(sid, service, source string) Document {
	return document(Statement{
		Sid: sid, Effect: Allow,
		Principal: &Principal{Service: []string{service}},
		Action:    []string{"sts:AssumeRole"},
		Condition: Condition{
			ArnEquals:    {"aws:SourceArn": {source}},
			StringEquals: {"aws:SourceAccount": {c.Account}},
		},
	})
}

// CrawlReport lets a crawler read one report, change one table and its partitions, and write its log. It can make no table and delete
// none.
// Source: https://docs.aws.amazon.com/glue/latest/dg/crawler-prereqs.html
func CrawlReport(c Crawl) Document {
	catalog, database := c.resource("glue", "catalog"), c.resource("glue", "database/"+c.Database)
	table := "table/" + c.Database + "/"
	logs := c.resource("logs", "log-group:/aws-glue/crawlers")
	statements := []Statement{
		{
			Sid: "LookAtTheDatabase", Effect: Allow,
			Action:   []string{"glue:GetDatabase", "glue:GetTable", "glue:GetTables"},
			Resource: []string{catalog, database, c.resource("glue", table+"*")},
		},
		{
			Sid: "KeepTheTable", Effect: Allow,
			Action: []string{
				"glue:BatchCreatePartition", "glue:BatchGetPartition", "glue:BatchUpdatePartition", "glue:CreatePartition",
				"glue:GetPartition", "glue:GetPartitions", "glue:UpdatePartition", "glue:UpdateTable",
			},
			Resource: []string{catalog, database, c.resource("glue", table+c.Table)},
		},
	}
	statements = append(statements, readReport(c.Partition, c.ReportBucket, c.DataPrefix)...)
	statements = append(statements, Statement{
		Sid: "WriteTheLog", Effect: Allow,
		Action:   []string{"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"},
		Resource: []string{logs, logs + ":*"},
	})
	if c.KmsKeyArn != "" {
		statements = append(statements, Statement{
			Sid: "DecryptThroughS3", Effect: Allow,
			Action:    []string{"kms:Decrypt"},
			Resource:  []string{c.KmsKeyArn},
			Condition: throughS3(c.Partition, c.Region),
		})
	}
	return document(statements...)
}

// NotifyWorkflow lets EventBridge do one thing: tell one workflow of an event.
// Source: https://docs.aws.amazon.com/glue/latest/dg/starting-workflow-eventbridge.html
func NotifyWorkflow(c Crawl) Document {
	return document(Statement{
		Sid: "StartTheWorkflow", Effect: Allow,
		Action:   []string{"glue:notifyEvent"},
		Resource: []string{c.resource("glue", "workflow/"+c.Crawler)},
	})
}

func (c Crawl) resource(service, resource string) string {
	return arn.ARN{Partition: c.Partition, Service: service, Region: c.Region, Account: c.Account, Resource: resource}.String()
}
