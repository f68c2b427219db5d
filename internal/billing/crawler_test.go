package billing

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestAScheduleIsOneThatGlueTakes(t *testing.T) {
	for expression, want := range map[string]string{
		"cron(0 2 * * ? *)": "", "cron(15 12 * * ? *)": "", "cron(0/15 0-6,12 ? * MON-FRI *)": "", "cron(0 8 1 JAN,JUL ? 2027)": "",
		"cron(0 18 L * ? *)": "", "cron(0 8 ? * 2#1 *)": "", "cron(0 8 ? * sun *)": "", "cron(0 8 LW */2 ? *)": "",
		"": "a schedule is cron", "0 2 * * ? *": "a schedule is cron", "rate(1 day)": "a schedule is cron", "cron(0 2 * * ? *) ": "a schedule is cron",
		"cron(0 2 * * ?)": "here are 5", "cron()": "here are 0", "cron(0 2 * * * *)": "exactly one is ?", "cron(0 2 ? * ? *)": "exactly one is ?",
		"cron(60 2 * * ? *)": `"60" is no minutes`, "cron(0 24 * * ? *)": "no hours", "cron(0 2 0 * ? *)": "no day of month",
		"cron(0 2 * 13 ? *)": "no month", "cron(0 2 ? * 0 *)": "no day of week", "cron(0 2 * * ? 1969)": "no year", "cron(? 2 * * ? *)": "no minutes",
		"cron(0 6-2 * * ? *)": "no hours", "cron(0/0 2 * * ? *)": "no minutes", "cron(0,,5 2 * * ? *)": "no minutes", "cron(0 2 * FEVER ? *)": "no month",
	} {
		refused(t, expression, CheckSchedule(expression), want)
	}
}

func TestACrawlersNameIsShortEnoughForAllThatHasIt(t *testing.T) {
	for trigger, most := range map[string]int{OnSchedule: 241, OnEvent: 50} {
		refused(t, trigger, CheckCrawledReport(strings.Repeat("x", most), trigger), "")
		refused(t, trigger, CheckCrawledReport(strings.Repeat("x", most+1), trigger), "at most")
	}
	if got := (Report{Name: "kubecost"}).CrawlerName(); got != "AWSCURCrawler-kubecost" {
		t.Errorf("the crawler is %s: not that of AWS's own integration", got)
	}
}

func TestATableForACrawlerHasNoProjectionAndSaysHowItIsCompressed(t *testing.T) {
	p := Report{Name: "kubecost", Bucket: "bucket", Prefix: "cur"}.CrawlerParameters()
	for key, want := range map[string]string{
		"EXTERNAL": "TRUE", "classification": "parquet", "compressionType": "none", "UPDATED_BY_CRAWLER": "AWSCURCrawler-kubecost",
	} {
		if p[key] != want {
			t.Errorf("parameter %s is %q, want %q", key, p[key], want)
		}
	}
	for _, key := range CrawlerWrites() {
		if _, ok := p[key]; ok {
			t.Errorf("the crawl writes %s, which is declared too", key)
		}
	}
	if len(p) != 4 {
		t.Errorf("the parameters are %v", p)
	}
}

func TestACrawlerAddsColumnsToOneTable(t *testing.T) {
	got, err := CrawlerConfiguration()
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"Version":1.0,"Grouping":{"TableGroupingPolicy":"CombineCompatibleSchemas"},` +
		`"CrawlerOutput":{"Tables":{"AddOrUpdateBehavior":"MergeNewColumns"},"Partitions":{"AddOrUpdateBehavior":"InheritFromTable"}}}`
	if got != want {
		t.Errorf("the configuration is\n%s\nwant\n%s", got, want)
	}
}

func TestADeliveryIsAParquetFileBelowTheReportsData(t *testing.T) {
	got, err := Report{Name: "kubecost", Bucket: "bucket", Prefix: "bills/cur"}.DeliveryPattern()
	if err != nil || !json.Valid([]byte(got)) {
		t.Fatal(got, err)
	}
	const want = `{"source":["aws.s3"],"detail-type":["Object Created"],"detail":{"bucket":{"name":["bucket"]},` +
		`"object":{"key":[{"wildcard":"bills/cur/kubecost/kubecost/*.parquet"}]}}}`
	if got != want {
		t.Errorf("the pattern is\n%s\nwant\n%s", got, want)
	}
}
