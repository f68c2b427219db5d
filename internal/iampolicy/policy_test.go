package iampolicy

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

var update = flag.Bool("update", false, "write the golden policies anew")

var query = BillQuery{
	Partition: "aws", Region: "us-east-2", Account: "111111111111", WorkGroup: "kubecost-cur",
	Database: "athenacurcfn_kubecost", Table: "kubecost", ReportBucket: "report-bucket", DataPrefix: "cur/kubecost/kubecost",
	ResultsBucket: "results-bucket",
}

// queryWithOptions is a query with everything that settings can add to it.
func queryWithOptions() BillQuery {
	q := query
	q.WorkGroup, q.ResultsPrefix, q.LakeFormation = "primary", "kubecost/results", true
	q.KmsKeyArn = "arn:aws:kms:us-east-2:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	return q
}

var crawl = Crawl{
	Partition: "aws", Region: "us-east-2", Account: "111111111111", Crawler: "AWSCURCrawler-kubecost",
	Database: "athenacurcfn_kubecost", Table: "kubecost", ReportBucket: "report-bucket", DataPrefix: "cur/kubecost/kubecost",
}

func encryptedCrawl() Crawl {
	c := crawl
	c.KmsKeyArn = queryWithOptions().KmsKeyArn
	return c
}

func documents() map[string]Document {
	readers := []arn.ARN{
		arn.Role("aws", "222222222222", "/", "kubecost-cur-reader"),
		arn.Role("aws", "222222222222", "/platform/", "kubecost-staging"),
		arn.Role("aws", "333333333333", "/", "kubecost-cur-reader"),
	}
	return map[string]Document{
		"delivery":              Delivery("aws", "111111111111", "report-bucket"),
		"export-delivery":       ExportDelivery("aws", "111111111111", "report-bucket"),
		"tls-only":              TLSOnly("aws", "results-bucket"),
		"trust-reader":          TrustReaders(ReaderTrust{Readers: readers[:1]}),
		"trust-readers":         TrustReaders(ReaderTrust{Readers: readers, OrganizationID: "o-a1b2c3d4e5"}),
		"trust-readers-strict":  TrustReaders(ReaderTrust{Readers: readers, OrganizationID: "o-a1b2c3d4e5", Strict: true}),
		"trust-readers-tagged":  TrustReaders(ReaderTrust{Readers: readers[:1], SessionTags: true}),
		"query-bill":            QueryBill(query),
		"query-bill-options":    QueryBill(queryWithOptions()),
		"list-accounts":         ListAccounts(),
		"trust-crawler":         TrustCrawler(crawl),
		"trust-delivery-rule":   TrustDeliveryRule(crawl),
		"crawl-report":          CrawlReport(crawl),
		"crawl-report-key":      CrawlReport(encryptedCrawl()),
		"notify-workflow":       NotifyWorkflow(crawl),
		"trust-service-account": TrustServiceAccount("arn:aws:iam::222222222222:oidc-provider/oidc.eks.us-east-2.amazonaws.com/id/1", "https://oidc.eks.us-east-2.amazonaws.com/id/1", "kubecost", "kubecost-serviceaccount"),
		"trust-pod-identity":    TrustPodIdentity(arn.Cluster("aws", "us-east-2", "222222222222", "primary"), "kubecost", "kubecost-serviceaccount"),
		"assume-payer-roles":    AssumePayerRoles("arn:aws:iam::111111111111:role/kubecost-cur-access"),
		"assume-payers-tagged":  AssumePayerRolesWithTags("arn:aws:iam::111111111111:role/kubecost-cur-access"),
	}
}

// The golden files are what a security reviewer reads; a change of a policy is a change of its file.
func TestThePoliciesAreThoseThatWereReviewed(t *testing.T) {
	for name, d := range documents() {
		got, err := json.MarshalIndent(d, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, '\n')
		file := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("policy %s is\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestNoPolicyAllowsAWildcardAction(t *testing.T) {
	for name, d := range documents() {
		for _, s := range d.Statement {
			for _, action := range s.Action {
				if s.Effect == Allow && strings.Contains(action, "*") {
					t.Errorf("policy %s allows %s", name, action)
				}
			}
			for _, resource := range s.Resource {
				if s.Effect == Allow && resource == "*" && name != "list-accounts" && s.Sid != "AskLakeFormationForData" {
					t.Errorf("policy %s, statement %s, allows every resource", name, s.Sid)
				}
			}
		}
	}
}

func TestTheReportCanOnlyBeRead(t *testing.T) {
	for _, s := range append(QueryBill(query).Statement, CrawlReport(crawl).Statement...) {
		for _, resource := range s.Resource {
			if !strings.Contains(resource, "report-bucket") {
				continue
			}
			for _, action := range s.Action {
				if !strings.HasPrefix(action, "s3:Get") && action != "s3:ListBucket" {
					t.Errorf("statement %s allows %s on the report's bucket", s.Sid, action)
				}
			}
		}
	}
}

func TestTheDeliveryNamesThePartitionsBillingRegionWhateverTheBuckets(t *testing.T) {
	for want, delivery := range map[string]Document{
		"arn:aws:cur:us-east-1:111111111111:definition/*":                  Delivery("aws", "111111111111", "b"),
		"arn:aws-cn:cur:cn-northwest-1:111111111111:definition/*":          Delivery("aws-cn", "111111111111", "b"),
		"arn:aws:bcm-data-exports:us-east-1:111111111111:export/*":         ExportDelivery("aws", "111111111111", "b"),
		"arn:aws-cn:bcm-data-exports:cn-northwest-1:111111111111:export/*": ExportDelivery("aws-cn", "111111111111", "b"),
	} {
		for _, s := range delivery.Statement {
			if s.Effect == Deny {
				continue
			}
			if got := s.Condition[ArnLike]["aws:SourceArn"]; len(got) != 1 || got[0] != want {
				t.Errorf("statement %s has SourceArn %v, want %s", s.Sid, got, want)
			}
			if got := s.Condition[StringEquals]["aws:SourceAccount"]; len(got) != 1 || got[0] != "111111111111" {
				t.Errorf("statement %s has SourceAccount %v", s.Sid, got)
			}
		}
	}
}

func TestACrawlerChangesOneTableAndMakesNone(t *testing.T) {
	for _, s := range CrawlReport(crawl).Statement {
		for _, action := range s.Action {
			name, isGlue := strings.CutPrefix(action, "glue:")
			if !isGlue || strings.HasPrefix(name, "Get") || strings.HasPrefix(name, "BatchGet") {
				continue
			}
			if strings.Contains(name, "Delete") || name == "CreateTable" {
				t.Errorf("the crawler may %s", action)
			}
			for _, resource := range s.Resource {
				if strings.Contains(resource, ":table/") && !strings.HasSuffix(resource, ":table/athenacurcfn_kubecost/kubecost") {
					t.Errorf("the crawler may %s on %s", action, resource)
				}
			}
		}
	}
}
