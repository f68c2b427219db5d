package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/bill"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// byHand is what a person has in the payer account who followed Kubecost's guide, by its names.
type byHand struct {
	w                        *world
	report, reports, results string // names of the report and of the two buckets
	database, table, role    string
}

const (
	byHandReport = "Company-CUR" // as AWS allows it, and this program does not
	guidePolicy  = "kubecost-payer-account-cur-athena-glue-s3-access"
)

// makeByHand does steps 1 to 4 of the guide, but for the table, which a crawler makes after the first delivery.
func (w *world) makeByHand() *byHand {
	w.t.Helper()
	g := &byHand{
		w: w, report: byHandReport, reports: "company-bills-" + w.payer, results: "company-results-" + w.payer,
		database: "athenacurcfn_company_c_u_r", table: "company_cur", role: "kubecost-cur-access",
	}
	for _, bucket := range []string{g.reports, g.results} {
		g.s3(http.MethodPut, bucket, "", `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>`+
			sandbox.Region+`</LocationConstraint></CreateBucketConfiguration>`)
	}
	g.s3(http.MethodPut, g.reports, "policy", deliveryPolicy(g.reports, w.payer))
	g.json("cur", "PutReportDefinition", map[string]any{"ReportDefinition": g.definition(nil)})
	g.json("glue", "CreateDatabase", map[string]any{"DatabaseInput": map[string]any{"Name": g.database}})
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + w.primary + `:root"},"Action":"sts:AssumeRole"}]}`
	g.iam("CreateRole", url.Values{"RoleName": {g.role}, "AssumeRolePolicyDocument": {trust}})
	g.iam("PutRolePolicy", url.Values{"RoleName": {g.role}, "PolicyName": {guidePolicy}, "PolicyDocument": {
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetBucketLocation","Resource":"arn:aws:s3:::` + g.results + `"}]}`,
	}})
	return g
}

// deliveryPolicy is a bucket policy like that of AWS's documentation.
func deliveryPolicy(bucket, account string) string {
	const own = `"Principal":{"Service":"billingreports.amazonaws.com"},"Condition":{"StringEquals":{"aws:SourceAccount":"ACCOUNT"},` +
		`"StringLike":{"aws:SourceArn":"arn:aws:cur:us-east-1:ACCOUNT:definition/*"}}`
	return strings.NewReplacer("ACCOUNT", account, "BUCKET", bucket).Replace(`{"Version":"2012-10-17","Statement":[` +
		`{"Effect":"Allow","Action":["s3:GetBucketAcl","s3:GetBucketPolicy"],"Resource":"arn:aws:s3:::BUCKET",` + own + `},` +
		`{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::BUCKET/*",` + own + `}]}`)
}

// definition is the report that the guide asks for, changed by changes.
func (g *byHand) definition(changes map[string]any) map[string]any {
	d := map[string]any{
		"ReportName": g.report, "TimeUnit": "DAILY", "Format": "Parquet", "Compression": "Parquet",
		"AdditionalSchemaElements": []string{"RESOURCES"}, "AdditionalArtifacts": []string{"ATHENA"}, "ReportVersioning": "OVERWRITE_REPORT",
		"RefreshClosedReports": true, "S3Bucket": g.reports, "S3Prefix": "cur", "S3Region": sandbox.Region,
	}
	maps.Copy(d, changes)
	return d
}

// crawl makes the table, and a partition for a month, as a crawler does after a delivery.
func (g *byHand) crawl(month time.Time) {
	g.w.t.Helper()
	g.json("glue", "CreateTable", map[string]any{"DatabaseName": g.database, "TableInput": g.tableInput()})
	storage := g.storage()
	storage["Location"] = fmt.Sprintf("%syear=%d/month=%d/", storage["Location"], month.Year(), month.Month())
	g.json("glue", "CreatePartition", map[string]any{"DatabaseName": g.database, "TableName": g.table, "PartitionInput": map[string]any{
		"Values": []string{fmt.Sprint(month.Year()), fmt.Sprint(int(month.Month()))}, "StorageDescriptor": storage,
	}})
}

func (g *byHand) tableInput() map[string]any {
	return map[string]any{
		"Name": g.table, "TableType": "EXTERNAL_TABLE", "StorageDescriptor": g.storage(),
		"PartitionKeys": []map[string]string{{"Name": "year", "Type": "string"}, {"Name": "month", "Type": "string"}},
		"Parameters":    map[string]string{"classification": "parquet", "compressionType": "none", "UPDATED_BY_CRAWLER": "AWSCURCrawler-" + g.report},
	}
}

func (g *byHand) storage() map[string]any {
	var columns []map[string]string
	kinds := map[bill.Kind]string{bill.Text: "string", bill.Number: "double", bill.Date: "timestamp"}
	for _, c := range bill.Columns(bill.Month(bill.Options{Payer: g.w.payer, Linked: []string{"333333333333", "444444444444", "555555555555", "666666666666"},
		Year: 2026, Month: time.January, Days: 1, Seed: 1,
	})) {
		columns = append(columns, map[string]string{"Name": c.Name(), "Type": kinds[c.Kind]})
	}
	return map[string]any{
		"Location":    "s3://" + g.reports + "/cur/" + g.report + "/" + g.report + "/",
		"InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat", "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
		"SerdeInfo": map[string]any{
			"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe", "Parameters": map[string]string{"serialization.format": "1"},
		},
		"Columns": columns,
	}
}

// settings are those that adopt some of it, by their names.
func (g *byHand) settings(parts ...string) map[string]string {
	settings := map[string]string{
		"adopt": "[" + strings.Join(parts, ", ") + "]", "reportName": g.report, "reportBucketName": g.reports, "reportProtect": "", "forceDestroy": "",
	}
	if slices.Contains(parts, "resultsBucket") {
		settings["resultsBucketName"] = g.results
	}
	return settings
}

var changing = regexp.MustCompile(`<RequestId>[^<]*</RequestId>|<RoleLastUsed>.*</RoleLastUsed>`)

// looks is all that is there, as AWS describes it. After an answer with an error, it is that.
func (g *byHand) looks() string {
	g.w.t.Helper()
	var all strings.Builder
	note := func(what string, answer []byte, err error) {
		if err != nil {
			answer = []byte(err.Error())
		}
		fmt.Fprintf(&all, "%s: %s\n", what, changing.ReplaceAll(answer, nil))
	}
	for _, bucket := range []string{g.reports, g.results} {
		for _, part := range []string{"policy", "lifecycle", "encryption", "publicAccessBlock", "ownershipControls", "tagging", "notification", "versioning"} {
			answer, err := g.trySettings(bucket, part)
			note(bucket+" "+part, answer, err)
		}
	}
	for _, c := range []struct {
		service, action string
		in              any
	}{
		{"cur", "DescribeReportDefinitions", struct{}{}},
		{"glue", "GetDatabase", map[string]string{"Name": g.database}},
		{"glue", "GetTable", map[string]string{"DatabaseName": g.database, "Name": g.table}},
		{"glue", "GetPartitions", map[string]string{"DatabaseName": g.database, "TableName": g.table}},
	} {
		answer, err := g.tryJSON(c.service, c.action, c.in)
		note(c.action, answer, err)
	}
	for _, action := range []string{"GetRole", "ListRolePolicies", "ListAttachedRolePolicies", "GetRolePolicy"} {
		in := url.Values{"RoleName": {g.role}}
		if action == "GetRolePolicy" {
			in.Set("PolicyName", guidePolicy)
		}
		answer, err := g.tryIAM(action, in)
		note(action, answer, err)
	}
	return all.String()
}

// leftAs expects that destroy left what is there as it looked before.
func (g *byHand) leftAs(before string) {
	g.w.t.Helper()
	if after := g.looks(); after != before {
		g.w.t.Errorf("destroy changed what was made by hand. Before:\n%s\nafter:\n%s", before, after)
	}
}

func (g *byHand) try(c sandbox.Call) ([]byte, error) {
	return box.Env.Call(g.w.t.Context(), g.w.payer, c)
}

func (g *byHand) s3(method, bucket, query, body string) {
	g.w.t.Helper()
	g.w.call(g.w.payer, s3Call(method, bucket, "", query, body))
}

func (g *byHand) trySettings(bucket, part string) ([]byte, error) {
	return g.try(s3Call(http.MethodGet, bucket, "", part, ""))
}

func (g *byHand) json(service, action string, in any) {
	g.w.t.Helper()
	_, err := g.tryJSON(service, action, in)
	g.w.must(err)
}

func (g *byHand) tryJSON(service, action string, in any) ([]byte, error) {
	region, target := sandbox.Region, "AWSGlue."
	if service == "cur" {
		region, target = "us-east-1", "AWSOrigamiServiceGatewayService."
	}
	c, err := jsonCall(service, region, target+action, in)
	if err != nil {
		return nil, err
	}
	return g.try(c)
}

func (g *byHand) iam(action string, in url.Values) {
	g.w.t.Helper()
	g.w.call(g.w.payer, iamCall(action, in))
}

func (g *byHand) tryIAM(action string, in url.Values) ([]byte, error) {
	return g.try(iamCall(action, in))
}
