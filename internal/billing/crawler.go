package billing

import (
	"encoding/json"
	"fmt"
)

// How the table comes to know the report's partitions.
const (
	Projection = "projection" // Athena works them out by itself
	Crawler    = "crawler"    // a Glue crawler registers them, and adds the columns that a bill has
)

// CheckCatalogMode returns an error for a mode that is neither.
func CheckCatalogMode(mode string) error {
	if mode != Projection && mode != Crawler {
		return fmt.Errorf("it is %s or %s", Projection, Crawler)
	}
	return nil
}

// What starts a crawl.
const (
	OnSchedule = "schedule" // the time
	OnEvent    = "event"    // a delivery
)

// CheckCrawlerTrigger returns an error for a trigger that is neither.
func CheckCrawlerTrigger(trigger string) error {
	if trigger != OnSchedule && trigger != OnEvent {
		return fmt.Errorf("it is %s or %s", OnSchedule, OnEvent)
	}
	return nil
}

const crawlerPrefix = "AWSCURCrawler-"

// CrawlerName is the name of the report's crawler, and of the workflow, trigger and event rule that start it: the one that AWS's own
// Athena integration gives its crawler.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/use-athena-cf.html
func (r Report) CrawlerName() string { return crawlerPrefix + r.Name }

// The longest names that Glue takes for a crawler, and EventBridge for a rule.
// Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
const (
	maxCrawlerName = 255
	maxRuleName    = 64
)

// CheckCrawledReport returns an error for a report whose crawler, or whose event rule if a delivery starts it, would have too long a
// name.
func CheckCrawledReport(name, trigger string) error {
	limit, named := maxCrawlerName, "the crawler is"
	if trigger == OnEvent {
		limit, named = maxRuleName, "the event rule that starts the crawler is"
	}
	if limit -= len(crawlerPrefix); len(name) > limit {
		return fmt.Errorf("%s named after it, so it has at most %d characters, here are %d", named, limit, len(name))
	}
	return nil
}

// CheckCrawledVersion returns an error for a version of the report that a crawler is not for.
func CheckCrawledVersion(version string) error {
	if version == Version2 {
		return fmt.Errorf("a crawler is for the legacy report: CUR 2.0 has the same columns always, and lies in a folder named data, after " +
			"which a crawler would name the table")
	}
	return nil
}

// CrawlerParameters are the parameters of a table that a crawler keeps up, and that can be queried before the first crawl. Without
// compressionType, the crawler takes the table for another one's, and marks it deprecated.
// Source: https://github.com/aws-solutions-library-samples/cloud-intelligence-dashboards-data-collection/issues/463
func (r Report) CrawlerParameters() map[string]string {
	return map[string]string{
		"EXTERNAL":           "TRUE",
		"classification":     "parquet",
		"compressionType":    "none",
		"UPDATED_BY_CRAWLER": r.CrawlerName(),
	}
}

// CrawlerWrites are the parameters that a crawl writes, into the table and into its storage descriptor. It leaves all others as they
// are.
func CrawlerWrites() []string {
	return []string{
		"CRAWL_RUN_ID", "CrawlerSchemaDeserializerVersion", "CrawlerSchemaSerializerVersion", "averageRecordSize", "exclusions",
		"objectCount", "partition_filtering.enabled", "recordCount", "sizeKey", "typeOfData",
	}
}

// CrawlerExclusions are patterns of what a crawl passes over, below the report's data: all that AWS may put there but Parquet.
// Source: https://docs.aws.amazon.com/glue/latest/dg/define-crawler.html#crawler-data-stores-exclude
func CrawlerExclusions() []string {
	return []string{"**.json", "**.yml", "**.sql", "**.csv", "**.csv.metadata", "**.gz", "**.zip"}
}

// crawlerConfiguration is what a crawler is told beyond its API's own fields.
// Source: https://docs.aws.amazon.com/glue/latest/dg/crawler-configuration.html
type crawlerConfiguration struct {
	Version  json.Number
	Grouping struct {
		TableGroupingPolicy string
	}
	CrawlerOutput struct {
		Tables, Partitions struct{ AddOrUpdateBehavior string }
	}
}

// CrawlerConfiguration is a crawler's configuration as JSON: one table whatever columns a month has, to which new columns are added and
// of which none is taken away or changed, and partitions with the table's columns.
func CrawlerConfiguration() (string, error) {
	c := crawlerConfiguration{Version: "1.0"}
	c.Grouping.TableGroupingPolicy = "CombineCompatibleSchemas"
	c.CrawlerOutput.Tables.AddOrUpdateBehavior = "MergeNewColumns"
	c.CrawlerOutput.Partitions.AddOrUpdateBehavior = "InheritFromTable"
	b, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encoding the crawler's configuration: %w", err)
	}
	return string(b), nil
}

// deliveryPattern matches the events that S3 sends when an object is written.
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
type deliveryPattern struct {
	Source     []string `json:"source"`
	DetailType []string `json:"detail-type"`
	Detail     struct {
		Bucket struct {
			Name []string `json:"name"`
		} `json:"bucket"`
		Object struct {
			Key []wildcard `json:"key"`
		} `json:"object"`
	} `json:"detail"`
}

// wildcard matches a string in which * stands for any characters. A prefix and a suffix side by side would match what has either.
type wildcard struct {
	Wildcard string `json:"wildcard"`
}

// DeliveryPattern is an event pattern, as JSON, for the Parquet files that AWS delivers.
func (r Report) DeliveryPattern() (string, error) {
	p := deliveryPattern{Source: []string{"aws.s3"}, DetailType: []string{"Object Created"}}
	p.Detail.Bucket.Name = []string{r.Bucket}
	p.Detail.Object.Key = []wildcard{{r.DataPrefix() + "/*.parquet"}}
	b, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("encoding the event pattern: %w", err)
	}
	return string(b), nil
}
