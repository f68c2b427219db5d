package simaws

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/parquet-go/parquet-go"
)

// crawled is an account with a table, a crawler for it, and the role that the crawler has.
type crawled struct {
	t       *testing.T
	account string
	admin   aws.Config
	bucket  string
}

const crawlersTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"glue.amazonaws.com"},"Action":"sts:AssumeRole",
	"Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:glue:us-east-2:ACCOUNT:crawler/crawls"},"StringEquals":{"aws:SourceAccount":"ACCOUNT"}}}]}`

const crawlersPolicy = `{"Version":"2012-10-17","Statement":[
	{"Effect":"Allow","Action":["glue:GetDatabase","glue:GetTable","glue:UpdateTable","glue:GetPartitions","glue:BatchCreatePartition","glue:BatchUpdatePartition"],
	 "Resource":["arn:aws:glue:us-east-2:ACCOUNT:catalog","arn:aws:glue:us-east-2:ACCOUNT:database/bill","arn:aws:glue:us-east-2:ACCOUNT:table/bill/kubecost"]},
	{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::BUCKET","Condition":{"StringLike":{"s3:prefix":"cur/kubecost/*"}}},
	{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/cur/kubecost/*"}]}`

func newCrawled(t *testing.T) crawled {
	t.Helper()
	w := crawled{t: t}
	w.account, w.admin = newAccount(t)
	w.bucket = newBucket(t, w.admin, "data", "")
	newRole(t, w.admin, "crawler", w.filled(crawlersTrust), w.filled(crawlersPolicy))
	w.must("CreateDatabase", map[string]any{"DatabaseInput": map[string]string{"Name": "bill"}}, nil)
	w.must("CreateTable", map[string]any{"DatabaseName": "bill", "TableInput": w.table()}, nil)
	w.must("CreateCrawler", w.crawler(), nil)
	return w
}

func (w crawled) filled(policy string) string {
	return strings.NewReplacer("ACCOUNT", w.account, "BUCKET", w.bucket).Replace(policy)
}

func (w crawled) table() map[string]any {
	return map[string]any{
		"Name": "kubecost", "TableType": "EXTERNAL_TABLE",
		"Parameters":    map[string]string{"EXTERNAL": "TRUE", "classification": "parquet", "compressionType": "none", "mine": "kept"},
		"PartitionKeys": []tableColumn{{Name: "year", Type: "string"}, {Name: "month", Type: "string"}},
		"StorageDescriptor": map[string]any{
			"Location": "s3://" + w.bucket + "/cur/kubecost/",
			"Columns":  []tableColumn{{Name: "cost", Type: "double"}, {Name: "not_delivered", Type: "string"}},
		},
	}
}

func (w crawled) crawler() map[string]any {
	return map[string]any{
		"Name": "crawls", "Role": "arn:aws:iam::" + w.account + ":role/crawler", "DatabaseName": "bill",
		"Targets":            map[string]any{"S3Targets": []any{map[string]any{"Path": "s3://" + w.bucket + "/cur/kubecost", "Exclusions": []string{"**.json"}}}},
		"SchemaChangePolicy": map[string]string{"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": "LOG"},
		"Configuration":      `{"Version":1.0,"CrawlerOutput":{"Tables":{"AddOrUpdateBehavior":"MergeNewColumns"},"Partitions":{"AddOrUpdateBehavior":"InheritFromTable"}}}`,
		"Schedule":           "cron(0 2 * * ? *)", "Tags": map[string]string{"owner": "finops"},
	}
}

func (w crawled) glue(action string, in, out any) error {
	w.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		w.t.Fatal(err)
	}
	return rawCall(w.t, w.admin, "glue", "AWSGlue."+action, "/", string(body), out)
}

func (w crawled) must(action string, in, out any) {
	w.t.Helper()
	if err := w.glue(action, in, out); err != nil {
		w.t.Fatalf("glue:%s: %v", action, err)
	}
}

// deliver writes a Parquet file with columns of text, and cost.
func (w crawled) deliver(folder string, columns ...string) {
	w.t.Helper()
	group := parquet.Group{"Cost": parquet.Optional(parquet.Leaf(parquet.DoubleType))}
	for _, name := range columns {
		group[name] = parquet.Optional(parquet.String())
	}
	var file bytes.Buffer
	writer := parquet.NewWriter(&file, parquet.NewSchema("bill", group))
	if err := writer.Close(); err != nil {
		w.t.Fatal(err)
	}
	if err := putObject(w.t, w.admin, w.bucket, "cur/kubecost/"+folder+"/a.parquet", file.String()); err != nil {
		w.t.Fatal(err)
	}
}

func (w crawled) crawl() Crawl {
	w.t.Helper()
	crawl, err := cloud.Crawl(w.t.Context(), w.account, region, "crawls")
	if err != nil {
		w.t.Fatal(err)
	}
	return crawl
}

// columns and parameters are the table's as they are now.
func (w crawled) now() (columns []string, parameters map[string]string) {
	w.t.Helper()
	var out struct {
		Table struct {
			Parameters        map[string]string
			StorageDescriptor struct{ Columns []tableColumn }
		}
	}
	w.must("GetTable", map[string]string{"DatabaseName": "bill", "Name": "kubecost"}, &out)
	for _, c := range out.Table.StorageDescriptor.Columns {
		columns = append(columns, c.Name)
	}
	return columns, out.Table.Parameters
}

func TestWhatGlueRefusesOfACrawler(t *testing.T) {
	w := newCrawled(t)
	for name, c := range map[string]struct {
		key         string
		value       any
		code, wants string
	}{
		"a taken name":             {"Description", "again", "AlreadyExistsException", "crawls"},
		"no target":                {"Targets", map[string]any{}, "InvalidInputException", "targets"},
		"no database":              {"DatabaseName", "", "InvalidInputException", "database"},
		"a schedule of Unix":       {"Schedule", "0 2 * * *", "InvalidInputException", "schedule"},
		"days of both kinds":       {"Schedule", "cron(0 2 * * MON *)", "InvalidInputException", "schedule"},
		"an unknown configuration": {"Configuration", `{"Version":1.0,"CrawlerOutput":{"Table":{}}}`, "InvalidInputException", "Table"},
		"a configuration of 2.0":   {"Configuration", `{"Version":2.0}`, "InvalidInputException", "1.0"},
		"a role that is not there": {"Role", "other", "InvalidInputException", "TrustPolicy"},
		"a role of another":        {"Name", "other", "InvalidInputException", "TrustPolicy"},
		"new folders, and updates": {"RecrawlPolicy", map[string]string{"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"}, "InvalidInputException", "new folders"},
	} {
		t.Run(name, func(t *testing.T) {
			in := w.crawler()
			in[c.key] = c.value
			wantError(t, w.glue("CreateCrawler", in, nil), c.code, c.wants)
		})
	}
	wantError(t, w.glue("StartCrawler", map[string]string{"Name": "other"}, nil), "EntityNotFoundException", "other")
}

func TestACrawlerIsReadBackAsItWasMadeAndChanged(t *testing.T) {
	w := newCrawled(t)
	in := w.crawler()
	delete(in, "Tags")
	in["Schedule"] = "cron(0 3 * * ? *)"
	w.must("UpdateCrawler", in, nil)
	w.deliver("year=2026/month=1", "team")
	w.must("StartCrawler", map[string]string{"Name": "crawls"}, nil)
	var out struct {
		Crawler struct {
			Role, State string
			Version     int
			Schedule    struct{ ScheduleExpression string }
			LastCrawl   struct{ Status string }
		}
	}
	for deadline := time.Now().Add(time.Minute); out.Crawler.State != "READY" && time.Now().Before(deadline); {
		w.must("GetCrawler", map[string]string{"Name": "crawls"}, &out)
	}
	got := out.Crawler
	if got.Role != "crawler" || got.Version != 2 || got.Schedule.ScheduleExpression != "cron(0 3 * * ? *)" || got.LastCrawl.Status != "SUCCEEDED" {
		t.Errorf("the crawler is %+v", got)
	}
	arn := map[string]string{"ResourceArn": glueARN(place{w.account, region}, "crawler", "crawls")}
	var tags struct{ Tags map[string]string }
	w.must("GetTags", arn, &tags)
	if tags.Tags["owner"] != "finops" {
		t.Errorf("the tags are %v", tags.Tags)
	}
	w.must("DeleteCrawler", map[string]string{"Name": "crawls"}, nil)
	var left struct{ Tags map[string]string }
	if w.must("GetTags", arn, &left); len(left.Tags) > 0 {
		t.Errorf("a deleted crawler left the tags %v", left.Tags)
	}
}
