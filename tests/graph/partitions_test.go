package graph

import (
	"strings"
	"testing"
)

// inChina are settings of a stack in a region of China.
func inChina(settings map[string]string, changes map[string]string) map[string]string {
	return with(with(settings, map[string]string{"aws:region": "cn-north-1"}), changes)
}

func payerOutputsInChina() map[string]any {
	outputs := payerOutputs()
	for name, value := range outputs {
		outputs[name] = strings.NewReplacer("arn:aws:", "arn:aws-cn:", "us-east-2", "cn-north-1").Replace(value.(string))
	}
	return outputs
}

func TestAPayerInChinaDefinesItsReportInNingxiaAndNamesItsOwnPartition(t *testing.T) {
	r := &recorder{partition: "aws-cn"}
	if err := run(t, r, "payer", inChina(payerSettings, nil)); err != nil {
		t.Fatal(err)
	}
	report := r.one(t, "aws:cur/reportDefinition:ReportDefinition", "")
	provider := r.one(t, "pulumi:providers:aws", "")
	if provider.inputs["region"] != "cn-northwest-1" || !strings.Contains(report.provider, "::cn-northwest-1::") {
		t.Errorf("the report's provider is %q, in %v", report.provider, provider.inputs["region"])
	}
	if report.inputs["s3Region"] != "cn-north-1" {
		t.Errorf("the report goes to a bucket in %v", report.inputs["s3Region"])
	}
	policy := r.one(t, "aws:s3/bucketPolicy:BucketPolicy", "report").inputs["policy"].(string)
	for _, part := range []string{"arn:aws-cn:cur:cn-northwest-1:111111111111:definition/*", `"Service":["billingreports.amazonaws.com"]`} {
		if !strings.Contains(policy, part) {
			t.Errorf("the delivery policy lacks %s: %s", part, policy)
		}
	}
	for _, res := range r.resources {
		if inputs := text(t, res.inputs); strings.Contains(inputs, "arn:aws:") || strings.Contains(inputs, "us-east-") {
			t.Errorf("%s %s names another partition: %s", res.token, res.name, inputs)
		}
	}
	role := r.one(t, "aws:iam/role:Role", "")
	if !strings.Contains(text(t, role.inputs["assumeRolePolicy"]), "arn:aws-cn:iam::222222222222:role/kubecost-cur-reader") {
		t.Errorf("the payer role trusts %v", role.inputs["assumeRolePolicy"])
	}
}

func TestAPrimaryInChinaReadsAPayerInChina(t *testing.T) {
	r := &recorder{partition: "aws-cn", payerOutputs: payerOutputsInChina()}
	if err := run(t, r, "primary", inChina(primarySettings, nil)); err != nil {
		t.Fatal(err)
	}
	trust := r.one(t, "aws:iam/role:Role", "").inputs["assumeRolePolicy"].(string)
	for _, part := range []string{`:aud":["sts.amazonaws.com"]`, "arn:aws-cn:iam::222222222222:oidc-provider/"} {
		if !strings.Contains(trust, part) {
			t.Errorf("the reader's trust policy lacks %s: %s", part, trust)
		}
	}
	policy := r.one(t, "aws:iam/rolePolicy:RolePolicy", "").inputs["policy"].(string)
	if !strings.Contains(policy, "arn:aws-cn:iam::111111111111:role/kubecost-cur-access") || strings.Contains(policy, "arn:aws:") {
		t.Errorf("the reader may assume %s", policy)
	}
	account := text(t, r.one(t, "kubernetes:core/v1:ServiceAccount", "").inputs)
	if !strings.Contains(account, `"eks.amazonaws.com/role-arn":"arn:aws-cn:iam::222222222222:role/kubecost-cur-reader"`) {
		t.Errorf("the service account is %s", account)
	}
}

func TestAPayerOfAnotherPartitionIsRefusedAndBothAreNamed(t *testing.T) {
	for region, partition := range map[string]string{"cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov"} {
		r := &recorder{payerOutputs: payerOutputs()}
		err := run(t, r, "primary", with(primarySettings, map[string]string{"aws:region": region}))
		if err == nil {
			t.Fatalf("a primary in %s took a payer of aws", region)
		}
		for _, want := range []string{
			"organization/kubecost-cur/payer", "payerStack", `athenaRegion is "us-east-2"`, "partition aws,", partition, "nothing was changed", "across partitions",
		} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("the error does not say %q: %v", want, err)
			}
		}
		if len(r.resources) > 0 {
			t.Errorf("it registered %v first", r.count())
		}
	}
}

// A copy of the bill that somebody brought to GovCloud can be read there.
func TestAPayerThatSettingsDescribeMayBeInGovCloudAsKubecostIs(t *testing.T) {
	r := &recorder{partition: "aws-us-gov"}
	entry := strings.NewReplacer("us-east-2", "us-gov-west-1", "arn:aws:", "arn:aws-us-gov:").Replace(literalPayer)
	if err := run(t, r, "primary", with(primarySettings, map[string]string{
		"aws:region": "us-gov-west-1", "kubecost-cur:payerStack": "(removed)", "kubecost-cur:payerAccountId": "(removed)",
		"kubecost-cur:payers": entry,
	})); err != nil {
		t.Fatal(err)
	}
	r.one(t, "kubernetes:helm.sh/v3:Release", "")
}

const literalPayer = `[{"athenaBucketName":"s3://results","athenaRegion":"us-east-2","athenaDatabase":"d","athenaTable":"t",` +
	`"athenaWorkgroup":"w","projectID":"333333333333","masterPayerARN":"arn:aws:iam::333333333333:role/r"}]`

func TestSettingsThatDoNotFitThePartitionAreNamed(t *testing.T) {
	payer, primary := inChina(payerSettings, nil), inChina(primarySettings, nil)
	both := inChina(bothSettings, nil)
	refuses(t, map[string]refusal{
		"a payer in GovCloud":           {payerSettings, "aws:region", "us-gov-west-1", []string{"aws-us-gov", "no Cost and Usage Report", "standard account"}},
		"a payer in GovCloud's east":    {payerSettings, "aws:region", "us-gov-east-1", []string{"aws-us-gov", "standard account"}},
		"both sides in GovCloud":        {bothSettings, "aws:region", "us-gov-west-1", []string{"no Cost and Usage Report"}},
		"a payer's region outside":      {both, "kubecost-cur:payerRegion", "us-east-2", []string{"partition aws,", "aws-cn"}},
		"a payer's role outside":        {both, "kubecost-cur:payerAssumeRoleArn", "arn:aws:iam::111111111111:role/deploy", []string{"partition aws,", "aws-cn"}},
		"a boundary outside":            {payer, "kubecost-cur:permissionsBoundary", "arn:aws:iam::111111111111:policy/b", []string{"partition aws,", "aws-cn"}},
		"a reader's boundary outside":   {primary, "kubecost-cur:permissionsBoundary", "arn:aws:iam::aws:policy/PowerUserAccess", []string{"partition aws,"}},
		"a further reader outside":      {payer, "kubecost-cur:furtherReaderRoleArns", `["arn:aws:iam::333333333333:role/r"]`, []string{"partition aws,", "aws-cn"}},
		"a literal payer outside":       {primary, "kubecost-cur:payers", literalPayer, []string{"payers[0].athenaRegion", `"us-east-2"`, "aws-cn", "across partitions"}},
		"a literal payer of two places": {primary, "kubecost-cur:payers", strings.Replace(literalPayer, "us-east-2", "cn-north-1", 1), []string{"payers[0]", "partition"}},
		"no such region of China":       {payerSettings, "aws:region", "cn-east-1", []string{"cn-north-1, cn-northwest-1"}},
	})
}
