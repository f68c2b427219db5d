package graph

import (
	"strings"
	"testing"
)

const keyOfPayer = "arn:aws:kms:us-east-2:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"

func TestAWrongOptionOfThePayerIsNamedWithItsValueAndTheRule(t *testing.T) {
	const cutoff = "kubecost-cur:bytesScannedCutoff"
	primary := with(payerSettings, map[string]string{"kubecost-cur:workGroupName": "primary"})
	refuses(t, map[string]refusal{
		"an unknown schema element":            {payerSettings, "kubecost-cur:reportSchemaElements", `["SPLIT"]`, []string{`"SPLIT"`, "SPLIT_COST_ALLOCATION_DATA"}},
		"a schema element in small letters":    {payerSettings, "kubecost-cur:reportSchemaElements", `["resources"]`, []string{"none of"}},
		"the schema element that is there":     {payerSettings, "kubecost-cur:reportSchemaElements", `["RESOURCES"]`, []string{"always", "remove it"}},
		"a schema element twice":               {payerSettings, "kubecost-cur:reportSchemaElements", `["SPLIT_COST_ALLOCATION_DATA","SPLIT_COST_ALLOCATION_DATA"]`, []string{"twice"}},
		"schema elements that are no list":     {payerSettings, "kubecost-cur:reportSchemaElements", "SPLIT_COST_ALLOCATION_DATA", []string{"list of strings"}},
		"an activated tag without a column":    {payerSettings, "kubecost-cur:activatedCostAllocationTags", `["team"]`, []string{`"team"`, "kubecost-cur:costAllocationTags"}},
		"an activated tag twice":               {payerSettings, "kubecost-cur:activatedCostAllocationTags", `["eks:cluster-name","eks:cluster-name"]`, []string{"twice"}},
		"activated tags in the primary":        {primarySettings, "kubecost-cur:activatedCostAllocationTags", `["eks:cluster-name"]`, []string{"payer side", "remove it"}},
		"a scan limit of primary":              {primary, cutoff, "20000000", []string{"account's own", "workGroupName"}},
		"a scan limit that is too small":       {payerSettings, cutoff, "0", []string{"10485760"}},
		"a work group with a space":            {payerSettings, "kubecost-cur:workGroupName", "my group", []string{"letters, digits"}},
		"a prefix of results with a slash":     {payerSettings, "kubecost-cur:resultsPrefix", "/results", []string{"no slash"}},
		"a prefix of results with a wildcard":  {payerSettings, "kubecost-cur:resultsPrefix", "results*", []string{"letters, digits"}},
		"a prefix of results with a variable":  {payerSettings, "kubecost-cur:resultsPrefix", "${aws:username}", []string{"letters, digits"}},
		"a prefix of results that is too long": {payerSettings, "kubecost-cur:resultsPrefix", strings.Repeat("x", 257), []string{"256"}},
		"a key's alias":                        {payerSettings, "kubecost-cur:kmsKeyArn", "arn:aws:kms:us-east-2:111111111111:alias/kubecost", []string{"an alias", "describe-key"}},
		"a key's bare ID":                      {payerSettings, "kubecost-cur:kmsKeyArn", "1234abcd-12ab-34cd-56ef-1234567890ab", []string{"key's ARN"}},
		"every key":                            {payerSettings, "kubecost-cur:kmsKeyArn", "arn:aws:kms:us-east-2:111111111111:key/*", []string{"key's ARN"}},
		"a key of another region":              {payerSettings, "kubecost-cur:kmsKeyArn", strings.Replace(keyOfPayer, "us-east-2", "us-east-1", 1), []string{"region us-east-1", "us-east-2"}},
		"a key of another account":             {payerSettings, "kubecost-cur:kmsKeyArn", strings.Replace(keyOfPayer, payerAccount, primaryAccount, 1), []string{"account 222222222222", payerAccount}},
		"a key of another partition":           {payerSettings, "kubecost-cur:kmsKeyArn", strings.Replace(keyOfPayer, "aws:kms", "aws-cn:kms", 1), []string{"partition aws-cn"}},
		"a key of the primary's region":        {with(bothSettings, map[string]string{"kubecost-cur:payerRegion": "eu-west-1"}), "kubecost-cur:kmsKeyArn", keyOfPayer, []string{"eu-west-1"}},
		"Lake Formation by halves":             {payerSettings, "kubecost-cur:lakeFormation", "some", []string{"true or false"}},
		"Lake Formation in the primary":        {primarySettings, "kubecost-cur:lakeFormation", "true", []string{"payer side"}},
	})
}

func TestSplitCostsAreInTheReportAndInTheTable(t *testing.T) {
	r := payerGraph(t, map[string]string{"kubecost-cur:reportSchemaElements": `["SPLIT_COST_ALLOCATION_DATA","MANUAL_DISCOUNT_COMPATIBILITY"]`})
	report := r.one(t, "aws:cur/reportDefinition:ReportDefinition", "")
	if got := text(t, report.inputs["additionalSchemaElements"]); got != `["RESOURCES","SPLIT_COST_ALLOCATION_DATA","MANUAL_DISCOUNT_COMPATIBILITY"]` {
		t.Errorf("the report's schema elements are %s", got)
	}
	column := `{"name":"split_line_item_split_cost","type":"double"}`
	if table := text(t, r.one(t, "aws:glue/catalogTable:CatalogTable", "").inputs); !strings.Contains(table, column) {
		t.Errorf("the table lacks %s: %s", column, table)
	}
	if table := text(t, payerGraph(t, nil).one(t, "aws:glue/catalogTable:CatalogTable", "").inputs); strings.Contains(table, "split_line_item_") {
		t.Error("without the element, the table has columns that would always be empty")
	}
}

func TestTagsAreActivatedInUSEast1AndAreLetGo(t *testing.T) {
	r := payerGraph(t, map[string]string{
		"kubecost-cur:costAllocationTags":          `["user:team","aws:eks:cluster-name","environment"]`,
		"kubecost-cur:activatedCostAllocationTags": `["user:team","aws:eks:cluster-name"]`,
	})
	for name, key := range map[string]string{"-tag-team": "team", "-tag-aws:eks": "aws:eks:cluster-name"} {
		tag := r.one(t, "aws:costexplorer/costAllocationTag:CostAllocationTag", name)
		if tag.inputs["tagKey"] != key || tag.inputs["status"] != "Active" {
			t.Errorf("the tag %s is %v", key, tag.inputs)
		}
		if !strings.Contains(tag.provider, "::us-east-1::") {
			t.Errorf("the tag %s is activated by %q; the API is in us-east-1", key, tag.provider)
		}
		if !tag.retained {
			t.Errorf("the tag %s would be deactivated for all who use it", key)
		}
	}
	if got := r.count()["aws:costexplorer/costAllocationTag:CostAllocationTag"]; got != 2 {
		t.Errorf("%d tags are activated, want 2", got)
	}
}

func TestTheAccountsOwnWorkGroupIsUsedButNotMade(t *testing.T) {
	r := payerGraph(t, map[string]string{"kubecost-cur:workGroupName": "primary"})
	if got := r.count()["aws:athena/workgroup:Workgroup"]; got != 0 {
		t.Errorf("%d work groups are made", got)
	}
	policy := r.one(t, "aws:iam/rolePolicy:RolePolicy", "query-bill").inputs["policy"].(string)
	if !strings.Contains(policy, "arn:aws:athena:us-east-2:111111111111:workgroup/primary") {
		t.Errorf("the role may not use it: %s", policy)
	}
	if report := r.one(t, "aws:s3/bucketV2:BucketV2", "queries"); report.inputs["bucket"] != "kubecost-athena-111111111111-us-east-2" {
		t.Errorf("results go to %v; Kubecost sends the location, and it is this stack's", report.inputs["bucket"])
	}
}

func TestResultsBelowAPrefixStayBelowIt(t *testing.T) {
	r := payerGraph(t, map[string]string{"kubecost-cur:resultsPrefix": "kubecost/prod"})
	const location = "s3://kubecost-athena-111111111111-us-east-2/kubecost/prod/"
	workGroup := text(t, r.one(t, "aws:athena/workgroup:Workgroup", "").inputs["configuration"])
	if !strings.Contains(workGroup, `"outputLocation":"`+location+`"`) {
		t.Errorf("the work group writes elsewhere: %s", workGroup)
	}
	rules := text(t, r.one(t, "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "queries").inputs["rules"])
	if strings.Count(rules, `"prefix":"kubecost/prod/"`) != 2 {
		t.Errorf("the lifecycle's rules are %s", rules)
	}
	policy := r.one(t, "aws:iam/rolePolicy:RolePolicy", "query-bill").inputs["policy"].(string)
	if !strings.Contains(policy, `"arn:aws:s3:::kubecost-athena-111111111111-us-east-2/kubecost/prod/*"`) ||
		strings.Contains(policy, `"arn:aws:s3:::kubecost-athena-111111111111-us-east-2/*"`) {
		t.Errorf("the role's policy is not narrowed to the prefix: %s", policy)
	}
}

func TestKubecostIsToldOfThePrefixAndOfTheAccountsOwnWorkGroup(t *testing.T) {
	r := &recorder{}
	if err := run(t, r, "both", with(bothSettings, map[string]string{
		"kubecost-cur:resultsPrefix": "kubecost/prod", "kubecost-cur:workGroupName": "primary",
	})); err != nil {
		t.Fatal(err)
	}
	secret := text(t, r.one(t, "kubernetes:core/v1:Secret", "").inputs)
	for _, part := range []string{"s3://kubecost-athena-111111111111-us-east-2/kubecost/prod/", `athenaWorkgroup\": \"primary`} {
		if !strings.Contains(secret, part) {
			t.Errorf("cloud-integration.json lacks %s: %s", part, secret)
		}
	}
}

func TestACustomersKeyEncryptsBothBucketsAndTheResults(t *testing.T) {
	r := payerGraph(t, map[string]string{"kubecost-cur:kmsKeyArn": keyOfPayer})
	for _, bucket := range []string{"report", "queries"} {
		rules := text(t, r.one(t, "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", bucket).inputs["rules"])
		for _, part := range []string{`"sseAlgorithm":"aws:kms"`, `"kmsMasterKeyId":"` + keyOfPayer + `"`, `"bucketKeyEnabled":true`} {
			if !strings.Contains(rules, part) {
				t.Errorf("the encryption of the bucket of %s lacks %s: %s", bucket, part, rules)
			}
		}
	}
	workGroup := text(t, r.one(t, "aws:athena/workgroup:Workgroup", "").inputs["configuration"])
	for _, part := range []string{`"encryptionOption":"SSE_KMS"`, `"kmsKeyArn":"` + keyOfPayer + `"`} {
		if !strings.Contains(workGroup, part) {
			t.Errorf("the work group lacks %s: %s", part, workGroup)
		}
	}
	if policy := r.one(t, "aws:iam/rolePolicy:RolePolicy", "query-bill").inputs["policy"].(string); !strings.Contains(policy, keyOfPayer) {
		t.Errorf("the role may not use the key: %s", policy)
	}
	report := r.one(t, "aws:cur/reportDefinition:ReportDefinition", "")
	if !report.isAfter("kubecost-report-bucket-encryption") {
		t.Error("the report is tried before the bucket is encrypted")
	}
}

func TestLakeFormationGrantsReadingAndNoMore(t *testing.T) {
	r := payerGraph(t, map[string]string{"kubecost-cur:lakeFormation": "true"})
	const token = "aws:lakeformation/permissions:Permissions"
	for name, want := range map[string]string{
		"-database": `{"database":{"name":"athenacurcfn_kubecost"},"permissions":["DESCRIBE"],"principal":"arn:aws:iam::111111111111:role/kubecost-cur-access"}`,
		"-table":    `{"permissions":["DESCRIBE","SELECT"],"principal":"arn:aws:iam::111111111111:role/kubecost-cur-access","table":{"databaseName":"athenacurcfn_kubecost","name":"kubecost"}}`,
	} {
		grant := r.one(t, token, name)
		if got := text(t, grant.inputs); got != want {
			t.Errorf("the grant is %s\nwant %s", got, want)
		}
		if !grant.isAfter("kubecost-payer-role") || !grant.isAfter("kubecost-catalog-database") {
			t.Errorf("the grant is made before what it is on: %v", grant.after)
		}
		if !grant.first {
			t.Error("a changed grant is made before the other is revoked, which takes what both have")
		}
	}
	if policy := r.one(t, "aws:iam/rolePolicy:RolePolicy", "query-bill").inputs["policy"].(string); !strings.Contains(policy, "lakeformation:GetDataAccess") {
		t.Errorf("the role may not ask for data: %s", policy)
	}
	if got := payerGraph(t, nil).count()[token]; got != 0 {
		t.Errorf("without Lake Formation there are %d grants", got)
	}
}
