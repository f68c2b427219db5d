package graph

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
)

func payerGraph(t *testing.T, changes map[string]string) *recorder {
	t.Helper()
	r := &recorder{}
	if err := run(t, r, "payer", with(payerSettings, changes)); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestThePayerStackMakesTheGuidesPayerSide(t *testing.T) {
	r := payerGraph(t, nil)
	want := map[string]int{
		"pulumi:pulumi:Stack": 1, "pulumi:providers:aws": 1,
		"kubecost-cur:index:CurIntegration": 1, "kubecost-cur:index:BillingReport": 1, "kubecost-cur:index:BillingCatalog": 1,
		"kubecost-cur:index:QueryWorkspace": 1, "kubecost-cur:index:PayerRole": 1,
		"aws:s3/bucketV2:BucketV2": 2, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 2,
		"aws:s3/bucketOwnershipControls:BucketOwnershipControls":                                     2,
		"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": 2,
		"aws:s3/bucketPolicy:BucketPolicy":                                                           2,
		"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2":                       1,
		"aws:cur/reportDefinition:ReportDefinition":                                                  1,
		"aws:glue/catalogDatabase:CatalogDatabase":                                                   1,
		"aws:glue/catalogTable:CatalogTable":                                                         1,
		"aws:athena/workgroup:Workgroup":                                                             1,
		"aws:iam/role:Role":                                                                          1,
		"aws:iam/rolePolicy:RolePolicy":                                                              2,
	}
	got := r.count()
	delete(want, "pulumi:pulumi:Stack")
	delete(got, "pulumi:pulumi:Stack")
	if !maps.Equal(got, want) {
		t.Errorf("the stack registers\n%v\nwant\n%v", got, want)
	}
	if len(r.calls) > 0 {
		t.Errorf("a preview asks AWS for %v; the payer stack needs no answers", r.calls)
	}
}

func TestEveryResourceHasAComponentAsItsParent(t *testing.T) {
	for _, r := range []*recorder{payerGraph(t, nil), primaryGraph(t, nil)} {
		for _, res := range r.resources {
			provider := strings.HasPrefix(res.token, "pulumi:")
			if !provider && res.token != "kubecost-cur:index:CurIntegration" && !strings.Contains(res.parent, "kubecost-cur:index:CurIntegration") {
				t.Errorf("%s %q has parent %q", res.token, res.name, res.parent)
			}
		}
	}
}

func TestTheReportIsWhatKubecostNeedsAndIsProtected(t *testing.T) {
	r := payerGraph(t, nil)
	report := r.one(t, "aws:cur/reportDefinition:ReportDefinition", "")
	want := map[string]any{
		"reportName": "kubecost", "timeUnit": "DAILY", "format": "Parquet", "compression": "Parquet",
		"additionalSchemaElements": []any{"RESOURCES"}, "additionalArtifacts": []any{"ATHENA"},
		"reportVersioning": "OVERWRITE_REPORT", "refreshClosedReports": true,
		"s3Bucket": "kubecost-cur-111111111111-us-east-2", "s3Prefix": "cur", "s3Region": "us-east-2",
	}
	delete(report.inputs, "tags")
	if g, w := text(t, report.inputs), text(t, want); g != w {
		t.Errorf("the report is %s\nwant %s", g, w)
	}
	if !report.protect || !r.one(t, "aws:s3/bucketV2:BucketV2", "report").protect {
		t.Error("the report or its bucket is not protected")
	}
	if r.one(t, "aws:s3/bucketV2:BucketV2", "queries").protect {
		t.Error("the results bucket is protected; nothing is lost with it")
	}
	off := payerGraph(t, map[string]string{"kubecost-cur:reportProtect": "false"})
	if off.one(t, "aws:cur/reportDefinition:ReportDefinition", "").protect {
		t.Error("reportProtect: false protects")
	}
}

func TestTheReportComesAfterWhatAWSChecksAndInUSEast1(t *testing.T) {
	r := payerGraph(t, nil)
	report := r.one(t, "aws:cur/reportDefinition:ReportDefinition", "")
	for _, first := range []string{"kubecost-report-bucket-access-block", "kubecost-report-bucket-policy", "kubecost-report-bucket-ownership"} {
		if !report.isAfter(first) {
			t.Errorf("the report does not wait for %s: %v", first, report.after)
		}
	}
	if !r.one(t, "aws:s3/bucketPolicy:BucketPolicy", "report").isAfter("kubecost-report-bucket-access-block") {
		t.Error("the bucket policy does not wait for the public access block")
	}
	provider := r.one(t, "pulumi:providers:aws", "")
	if provider.inputs["region"] != "us-east-1" || !strings.Contains(report.provider, "::us-east-1::") {
		t.Errorf("the report's provider is %q in region %v", report.provider, provider.inputs["region"])
	}
	if text(t, provider.inputs["allowedAccountIds"]) != `["111111111111"]` && provider.inputs["allowedAccountIds"] != `["111111111111"]` {
		t.Errorf("the report's provider takes credentials of %v", provider.inputs["allowedAccountIds"])
	}
}

func TestTheReportsProviderIsTheSameCaller(t *testing.T) {
	r := payerGraph(t, map[string]string{
		"aws:profile": "payer-admin", "aws:assumeRole": `{"roleArn":"arn:aws:iam::111111111111:role/deploy"}`,
		"aws:defaultTags": `{"tags":{"owner":"finops"}}`, "aws:maxRetries": "50", "aws:retryMode": "adaptive",
	})
	inputs := text(t, r.one(t, "pulumi:providers:aws", "").inputs)
	for _, part := range []string{"payer-admin", "arn:aws:iam::111111111111:role/deploy", "finops", `"maxRetries":50`, "adaptive"} {
		if !strings.Contains(inputs, part) {
			t.Errorf("the provider of us-east-1 lacks %s: %s", part, inputs)
		}
	}
}

func TestDataExpiresOnlyWhenAskedAndOnlyData(t *testing.T) {
	r := payerGraph(t, map[string]string{"kubecost-cur:reportExpirationDays": "120"})
	rules := text(t, r.one(t, "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "report").inputs["rules"])
	if !strings.Contains(rules, `"prefix":"cur/kubecost/kubecost/"`) || !strings.Contains(rules, `"days":120`) {
		t.Errorf("the rules are %s", rules)
	}
	results := text(t, r.one(t, "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "queries").inputs["rules"])
	if !strings.Contains(results, `"days":1`) || !strings.Contains(results, `"daysAfterInitiation":1`) {
		t.Errorf("the rules for results are %s", results)
	}
}

func TestQueriesAreLimitedAndNobodyCanOverrideIt(t *testing.T) {
	r := payerGraph(t, map[string]string{"kubecost-cur:bytesScannedCutoff": "20000000"})
	workGroup := text(t, r.one(t, "aws:athena/workgroup:Workgroup", "").inputs["configuration"])
	for _, part := range []string{
		`"enforceWorkgroupConfiguration":true`, `"bytesScannedCutoffPerQuery":20000000`,
		`"outputLocation":"s3://kubecost-athena-111111111111-us-east-2/"`, `"encryptionOption":"SSE_S3"`,
	} {
		if !strings.Contains(workGroup, part) {
			t.Errorf("the work group lacks %s: %s", part, workGroup)
		}
	}
}

func TestTagsOfTheSettingsBecomeColumnsAndTagsOfResources(t *testing.T) {
	r := payerGraph(t, map[string]string{
		"kubecost-cur:costAllocationTags": `["team"]`, "kubecost-cur:resourceTags": `["owner=finops"]`,
	})
	table := text(t, r.one(t, "aws:glue/catalogTable:CatalogTable", "").inputs)
	if !strings.Contains(table, `"name":"resource_tags_user_team"`) {
		t.Errorf("the table has no column for the tag: %s", table)
	}
	for _, token := range []string{
		"aws:s3/bucketV2:BucketV2", "aws:cur/reportDefinition:ReportDefinition", "aws:glue/catalogDatabase:CatalogDatabase",
		"aws:athena/workgroup:Workgroup", "aws:iam/role:Role",
	} {
		for _, res := range r.resources {
			if res.token == token && !strings.Contains(text(t, res.inputs["tags"]), `"owner":"finops"`) {
				t.Errorf("%s %s has tags %v", token, res.name, res.inputs["tags"])
			}
		}
	}
}

func TestListingAccountsCanBeSwitchedOff(t *testing.T) {
	r := payerGraph(t, map[string]string{"kubecost-cur:listAccounts": "false"})
	r.one(t, "aws:iam/rolePolicy:RolePolicy", "")
}

func text(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
