package graph

import (
	"maps"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

const (
	definitionType = "aws:cur/reportDefinition:ReportDefinition"
	exportType     = "aws:bcmdata/export:Export"
)

// cur2 is the setting for CUR 2.0, and further changes.
func cur2(changes map[string]string) map[string]string {
	return with(map[string]string{"kubecost-cur:reportVersion": "2"}, changes)
}

func TestCUR2IsAnExportInPlaceOfTheReportDefinition(t *testing.T) {
	legacy, r := payerGraph(t, nil).count(), payerGraph(t, cur2(nil))
	want := maps.Clone(legacy)
	delete(want, definitionType)
	want[exportType] = 1
	if got := r.count(); !maps.Equal(got, want) {
		t.Errorf("the stack registers\n%v\nwant\n%v", got, want)
	}
	if len(r.calls) > 0 {
		t.Errorf("a preview asks AWS for %v", r.calls)
	}
	export := r.one(t, exportType, "")
	if !export.protect || !r.one(t, "aws:s3/bucketV2:BucketV2", "report").protect {
		t.Error("the export or its bucket is not protected")
	}
	if !strings.Contains(export.provider, "::us-east-1::") {
		t.Errorf("the export's provider is %q", export.provider)
	}
	for _, first := range []string{"kubecost-report-bucket-access-block", "kubecost-report-bucket-policy", "kubecost-report-bucket-ownership"} {
		if !export.isAfter(first) {
			t.Errorf("the export does not wait for %s: %v", first, export.after)
		}
	}
	off := payerGraph(t, cur2(map[string]string{"kubecost-cur:reportProtect": "false"}))
	if off.one(t, exportType, "").protect {
		t.Error("reportProtect: false protects")
	}
}

func TestTheExportIsWrittenOutSoThatNothingOfItDrifts(t *testing.T) {
	r := payerGraph(t, cur2(map[string]string{"kubecost-cur:reportTimeUnit": "HOURLY", "kubecost-cur:resourceTags": `["owner=finops"]`}))
	inputs := r.one(t, exportType, "").inputs
	export := inputs["export"].(map[string]any)
	for name, want := range map[string]string{
		"name": `"kubecost"`, "refreshCadences": `[{"frequency":"SYNCHRONOUS"}]`,
		"destinationConfigurations": `[{"s3Destinations":[{"s3Bucket":"kubecost-cur-111111111111-us-east-2","s3OutputConfigurations":[` +
			`{"compression":"PARQUET","format":"PARQUET","outputType":"CUSTOM","overwrite":"OVERWRITE_REPORT"}],` +
			`"s3Prefix":"cur","s3Region":"us-east-2"}]}]`,
		"dataQueries": `[{"queryStatement":"` + billing.ExportQuery() + `","tableConfigurations":{"COST_AND_USAGE_REPORT":{` +
			`"BILLING_VIEW_ARN":"arn:aws:billing::111111111111:billingview/primary","INCLUDE_CAPACITY_RESERVATION_DATA":"FALSE",` +
			`"INCLUDE_IAM_PRINCIPAL_DATA":"FALSE","INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY":"FALSE","INCLUDE_RESOURCES":"TRUE",` +
			`"INCLUDE_SPLIT_COST_ALLOCATION_DATA":"FALSE","TIME_GRANULARITY":"HOURLY"}}}]`,
	} {
		if got := text(t, export[name]); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
		}
	}
	if got := text(t, inputs["tags"]); !strings.Contains(got, `"owner":"finops"`) {
		t.Errorf("the export has tags %s", got)
	}
}

func TestTheTableOfCUR2HasMapsAndOnePartitionKey(t *testing.T) {
	r := payerGraph(t, cur2(map[string]string{"kubecost-cur:reportExpirationDays": "120"}))
	inputs := r.one(t, "aws:glue/catalogTable:CatalogTable", "").inputs
	if got := text(t, inputs["partitionKeys"]); got != `[{"name":"billing_period","type":"string"}]` {
		t.Errorf("the partition keys are %s", got)
	}
	table := text(t, inputs)
	for _, part := range []string{
		`"name":"resource_tags","type":"map\u003cstring,string\u003e"`, `"location":"s3://kubecost-cur-111111111111-us-east-2/cur/kubecost/data/"`,
		`/cur/kubecost/data/BILLING_PERIOD=${billing_period}"`,
	} {
		if !strings.Contains(table, part) {
			t.Errorf("the table lacks %s: %s", part, table)
		}
	}
	if strings.Contains(table, "resource_tags_") {
		t.Errorf("tags are columns: %s", table)
	}
	// The role may read where the data is, and there it expires.
	if policy := text(t, r.one(t, "aws:iam/rolePolicy:RolePolicy", "query-bill").inputs["policy"]); !strings.Contains(policy, "/cur/kubecost/data/*") ||
		strings.Contains(policy, "cur/kubecost/kubecost") {
		t.Errorf("the role's policy is %s", policy)
	}
	rules := text(t, r.one(t, "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "report").inputs["rules"])
	if !strings.Contains(rules, `"prefix":"cur/kubecost/data/"`) {
		t.Errorf("the rules are %s", rules)
	}
}

func TestOnlyDataExportsMayDeliverCUR2(t *testing.T) {
	policy := text(t, payerGraph(t, cur2(nil)).one(t, "aws:s3/bucketPolicy:BucketPolicy", "report").inputs["policy"])
	if !strings.Contains(policy, "bcm-data-exports.amazonaws.com") || strings.Contains(policy, ":definition/*") {
		t.Errorf("the policy is %s", policy)
	}
}

func TestSchemaElementsAndActivatedTagsGoWithCUR2(t *testing.T) {
	r := payerGraph(t, cur2(map[string]string{
		"kubecost-cur:reportSchemaElements":        `["SPLIT_COST_ALLOCATION_DATA"]`,
		"kubecost-cur:activatedCostAllocationTags": `["team"]`,
	}))
	if got := text(t, r.one(t, exportType, "").inputs); !strings.Contains(got, `"INCLUDE_SPLIT_COST_ALLOCATION_DATA":"TRUE"`) {
		t.Errorf("the export is %s", got)
	}
	if got := text(t, r.one(t, "aws:glue/catalogTable:CatalogTable", "").inputs); !strings.Contains(got, "split_line_item_split_cost") {
		t.Errorf("the table is %s", got)
	}
	r.one(t, "aws:costexplorer/costAllocationTag:CostAllocationTag", "team")
}

func TestAWrongSettingOfCUR2IsRefused(t *testing.T) {
	legacyOnly := []string{"cost-analyzer 2.8.7", "opencost from 2.5.17"}
	refuses(t, map[string]refusal{
		"a version that is none":       {payerSettings, "kubecost-cur:reportVersion", "2.0", []string{"CUR 2.0", "legacy"}},
		"a version of AWS's own name":  {payerSettings, "kubecost-cur:reportVersion", "CUR2", []string{"CUR 2.0", "legacy"}},
		"no version at all":            {payerSettings, "kubecost-cur:reportVersion", "", []string{"CUR 2.0", "legacy"}},
		"a version in the primary":     {primarySettings, "kubecost-cur:reportVersion", "2", []string{"payer side", "remove it"}},
		"a name with a hyphen":         {with(payerSettings, cur2(nil)), "kubecost-cur:reportName", "kube-cost", []string{"lower-case"}},
		"a name over the limit":        {with(payerSettings, cur2(nil)), "kubecost-cur:reportName", strings.Repeat("x", 129), []string{"at most 128"}},
		"a monthly export":             {with(payerSettings, cur2(nil)), "kubecost-cur:reportTimeUnit", "MONTHLY", []string{"DAILY or HOURLY"}},
		"an export without a prefix":   {with(payerSettings, cur2(nil)), "kubecost-cur:reportPrefix", "", []string{"needs a prefix"}},
		"tags as columns":              {with(payerSettings, cur2(nil)), "kubecost-cur:costAllocationTags", `["team"]`, []string{"resource_tags", "reportVersion 2"}},
		"no tags as columns":           {with(payerSettings, cur2(nil)), "kubecost-cur:costAllocationTags", `[]`, []string{"resource_tags", "Remove it"}},
		"an activated tag that is two": {with(payerSettings, cur2(nil)), "kubecost-cur:activatedCostAllocationTags", `["team","team"]`, []string{"twice"}},
		"a crawler over it":            {with(payerSettings, cur2(nil)), "kubecost-cur:catalogMode", "crawler", []string{"legacy report"}},
		"an export to adopt":           {with(payerSettings, map[string]string{"kubecost-cur:adopt": `["report","reportBucket"]`}), "kubecost-cur:reportVersion", "2", []string{"kubecost-cur:adopt", "legacy"}},
		"a chart that cannot read it":  {bothSettings, "kubecost-cur:reportVersion", "2", legacyOnly},
		"an OpenCost that is too old": {with(bothSettings, openCost("2.5.16")), "kubecost-cur:reportVersion", "2",
			[]string{"opencost 2.5.16", "opencost from 2.5.17"}},
	})
}

// Those who use the components alone are told the same.
func TestAWrongArgumentOfCUR2IsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(payer *components.PayerArgs, primary *components.PrimaryArgs)
		want   []string
	}{
		"a version that is none": {func(p *components.PayerArgs, _ *components.PrimaryArgs) { p.ReportVersion = "3" }, []string{"Version", `"3"`, "CUR 2.0"}},
		"tags as columns": {func(p *components.PayerArgs, _ *components.PrimaryArgs) {
			p.ReportVersion, p.CostAllocationTags = "2", []string{"team"}
		}, []string{"CostAllocationTags", "resource_tags"}},
		"a chart that cannot read it": {func(p *components.PayerArgs, _ *components.PrimaryArgs) { p.ReportVersion = "2" }, []string{"ReportVersion", "cost-analyzer 2.8.7"}},
		"an OpenCost that is too old": {func(p *components.PayerArgs, o *components.PrimaryArgs) {
			p.ReportVersion, o.ChartLine, o.ChartVersion = "2", "opencost", "2.5.16"
		}, []string{"opencost 2.5.16"}},
		"an OpenCost that reads it": {func(p *components.PayerArgs, o *components.PrimaryArgs) {
			p.ReportVersion, o.ChartLine, o.ChartVersion = "2", "opencost", ""
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			payer, primary := payerArgs(), primaryArgs()
			c.change(payer, primary)
			r := &recorder{}
			err := pulumi.RunErr(func(ctx *pulumi.Context) error {
				_, err := components.NewCurIntegration(ctx, "kubecost", &components.CurIntegrationArgs{Payer: payer, Primary: primary})
				return err
			}, pulumi.WithMocks("kubecost-cur", "both", r))
			if c.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
			if len(r.resources) > 0 {
				t.Errorf("it registered %v first", r.count())
			}
		})
	}
}

// openCost are the settings of a primary side with that chart.
func openCost(version string) map[string]string {
	return map[string]string{"kubecost-cur:chartLine": "opencost", "kubecost-cur:chartVersion": version}
}

func TestOpenCostReadsAPayerWithCUR2AndOneWithALegacyReport(t *testing.T) {
	for _, version := range []string{"1", "2"} {
		outputs := payerOutputs()
		outputs["contractVersion"] = version
		r := &recorder{payerOutputs: outputs}
		if err := run(t, r, "primary", with(primarySettings, openCost("2.5.17"))); err != nil {
			t.Errorf("contract version %s: %v", version, err)
		}
	}
	r := &recorder{}
	if err := run(t, r, "both", with(bothSettings, cur2(openCost("2.5.17")))); err != nil {
		t.Error(err)
	}
	r.one(t, exportType, "")
}

func TestAPayerWithCUR2IsReadOnlyByAChartThatCan(t *testing.T) {
	outputs := payerOutputs()
	outputs["contractVersion"] = "2"
	r := &recorder{payerOutputs: outputs}
	err := run(t, r, "primary", primarySettings)
	if err == nil {
		t.Fatal("the primary stack went on")
	}
	for _, want := range []string{"organization/kubecost-cur/payer", "payerStack", "CUR 2.0", "cost-analyzer 2.8.7", "opencost from 2.5.17", "nothing was changed"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
	if len(r.resources) > 0 {
		t.Errorf("it registered %v first", r.count())
	}
}
