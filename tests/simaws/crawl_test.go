package simaws

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

func TestACrawlAddsColumnsAndPartitionsAndTakesNothingAway(t *testing.T) {
	w := newCrawled(t)
	if crawl := w.crawl(); crawl.Status != "SUCCEEDED" || len(crawl.Partitions) > 0 {
		t.Errorf("a crawl of nothing: %+v", crawl)
	}
	w.deliver("year=2026/month=1", "team")
	w.deliver("year=2026/month=2", "owner")
	if err := putObject(t, w.admin, w.bucket, "cur/kubecost/manifest.json", "{}"); err != nil {
		t.Fatal(err)
	}
	crawl := w.crawl()
	if crawl.Status != "SUCCEEDED" || !slices.Equal(crawl.Columns, []string{"team", "owner"}) ||
		!slices.Equal(crawl.Partitions, []string{"year=2026/month=1", "year=2026/month=2"}) {
		t.Errorf("the crawl is %+v", crawl)
	}
	columns, parameters := w.now()
	if !slices.Equal(columns, []string{"cost", "not_delivered", "team", "owner"}) {
		t.Errorf("the columns are %v", columns)
	}
	if parameters["mine"] != "kept" || parameters["UPDATED_BY_CRAWLER"] != "crawls" || parameters["objectCount"] != "2" || parameters["CRAWL_RUN_ID"] == "" {
		t.Errorf("the parameters are %v", parameters)
	}
	var out struct {
		Partitions []struct {
			Values            []string
			StorageDescriptor struct{ Location string }
		}
	}
	w.must("GetPartitions", map[string]string{"DatabaseName": "bill", "TableName": "kubecost"}, &out)
	if len(out.Partitions) != 2 || out.Partitions[1].StorageDescriptor.Location != "s3://"+w.bucket+"/cur/kubecost/year=2026/month=2/" {
		t.Errorf("the partitions are %+v", out.Partitions)
	}
	if again := w.crawl(); again.Status != "SUCCEEDED" || len(again.Columns) > 0 || len(again.Partitions) > 0 {
		t.Errorf("the second crawl is %+v", again)
	}
}

// The program leaves changes of these out of its previews, and of nothing else.
func TestACrawlChangesOfATableWhatTheProgramLeavesToIt(t *testing.T) {
	w := newCrawled(t)
	read := func() map[string]any {
		var out struct{ Table map[string]any }
		w.must("GetTable", map[string]string{"DatabaseName": "bill", "Name": "kubecost"}, &out)
		for _, key := range []string{"CreateTime", "UpdateTime", "VersionId"} {
			delete(out.Table, key)
		}
		return out.Table
	}
	before := read()
	w.deliver("year=2026/month=1", "team")
	w.crawl()
	after := read()
	want := []string{"Owner", "StorageDescriptor.Columns", "StorageDescriptor.NumberOfBuckets", "StorageDescriptor.Parameters"}
	for _, key := range append(billing.CrawlerWrites(), "UPDATED_BY_CRAWLER") { // the last one is declared, as the crawl leaves it
		if key != "partition_filtering.enabled" { // of tables with partition indexes, which the program does not make
			want = append(want, "Parameters."+key)
		}
	}
	got := changedKeys("", before, after)
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the crawl changed\n%v\nwant\n%v", got, want)
	}
}

// changedKeys are the keys whose values differ, by their paths. What is new as a whole is one key.
func changedKeys(prefix string, before, after map[string]any) []string {
	var changed []string
	for key, value := range after {
		old, there := before[key].(map[string]any)
		now, isObject := value.(map[string]any)
		switch {
		case there && isObject:
			changed = append(changed, changedKeys(prefix+key+".", old, now)...)
		case !reflect.DeepEqual(before[key], value):
			changed = append(changed, prefix+key)
		}
	}
	for key := range before {
		if _, there := after[key]; !there {
			changed = append(changed, prefix+key)
		}
	}
	return changed
}

func TestACrawlFailsWhereItsRoleMayNotGo(t *testing.T) {
	w := newCrawled(t)
	w.deliver("year=2026/month=1", "team")
	client := iam.NewFromConfig(w.admin)
	for _, action := range []string{"s3:ListBucket", "s3:GetObject", "glue:GetDatabase", "glue:GetTable", "glue:UpdateTable", "glue:GetPartitions", "glue:BatchCreatePartition"} {
		policy := strings.ReplaceAll(w.filled(crawlersPolicy), `"`+action+`"`, `"sts:GetCallerIdentity"`)
		in := &iam.PutRolePolicyInput{RoleName: aws.String("crawler"), PolicyName: aws.String("access"), PolicyDocument: &policy}
		if _, err := client.PutRolePolicy(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		if crawl := w.crawl(); crawl.Status != "FAILED" || !strings.Contains(crawl.Error, action) || len(crawl.Partitions) > 0 {
			t.Errorf("without %s: %+v", action, crawl)
		}
	}
	trust := strings.ReplaceAll(w.filled(crawlersTrust), "crawler/crawls", "crawler/other")
	if _, err := client.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("crawler"), PolicyDocument: &trust}); err != nil {
		t.Fatal(err)
	}
	if crawl := w.crawl(); crawl.Status != "FAILED" || !strings.Contains(crawl.Error, "sts:AssumeRole") {
		t.Errorf("with a role for another crawler: %+v", crawl)
	}
}

func TestACrawlDeprecatesATableThatDoesNotSayHowItIsCompressed(t *testing.T) {
	w := newCrawled(t)
	w.deliver("year=2026/month=1", "team")
	table := w.table()
	delete(table["Parameters"].(map[string]string), "compressionType")
	w.must("UpdateTable", map[string]any{"DatabaseName": "bill", "TableInput": table}, nil)
	if crawl := w.crawl(); !crawl.Deprecated || len(crawl.Partitions) > 0 {
		t.Errorf("the crawl is %+v", crawl)
	}
	if columns, parameters := w.now(); parameters["DEPRECATED_BY_CRAWLER"] != "crawls" || slices.Contains(columns, "team") {
		t.Errorf("the table has %v and columns %v", parameters, columns)
	}
}

func TestDataBesidesThePartitionsMakesNoTableUnseen(t *testing.T) {
	w := newCrawled(t)
	w.deliver("year=2026/month=1", "team")
	w.deliver("other", "team")
	if crawl := w.crawl(); crawl.Status != "FAILED" || !strings.Contains(crawl.Error, "further tables") {
		t.Errorf("the crawl is %+v", crawl)
	}
}
