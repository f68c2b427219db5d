package billing

import (
	"slices"
	"strings"
	"testing"
)

func TestAnExportsNameIsAReportNameWithinTheLimitOfDataExports(t *testing.T) {
	for name, want := range map[string]string{
		"kubecost": "", strings.Repeat("x", 128): "", "Kubecost": "lower-case", strings.Repeat("x", 129): "at most 128",
	} {
		refused(t, name, CheckExportName(name), want)
	}
	for version, want := range map[string]string{"1": "", "2": "", "": "legacy", "2.0": "CUR 2.0", "v2": "CUR 2.0"} {
		refused(t, version, CheckVersion(version), want)
	}
}

func TestCUR2LiesWhereDataExportsDeliversIt(t *testing.T) {
	r := Report{Name: "kubecost", Bucket: "bucket", Prefix: "bills/cur", Version: Version2}
	if got, want := r.Location(), "s3://bucket/bills/cur/kubecost/data"; got != want {
		t.Errorf("location %s, want %s", got, want)
	}
	p := r.ProjectionParameters()
	for key, want := range map[string]string{
		"storage.location.template":               r.Location() + "/BILLING_PERIOD=${billing_period}",
		"projection.billing_period.type":          "date",
		"projection.billing_period.format":        "yyyy-MM",
		"projection.billing_period.range":         "2020-01,NOW",
		"projection.billing_period.interval.unit": "MONTHS",
	} {
		if p[key] != want {
			t.Errorf("parameter %s is %q, want %q", key, p[key], want)
		}
	}
	if got := r.PartitionKeys(); !slices.Equal(got, []Column{{"billing_period", "string"}}) {
		t.Errorf("the partition keys are %v", got)
	}
	if r.Database() != "athenacurcfn_kubecost" || r.Table() != "kubecost" {
		t.Errorf("database %s, table %s: not those of a legacy report", r.Database(), r.Table())
	}
}

func TestTheExportSelectsEveryColumnOfItsTableByName(t *testing.T) {
	query := ExportQuery()
	list, ok := strings.CutPrefix(query, "SELECT ")
	list, from, found := strings.Cut(list, " FROM ")
	if !ok || !found || from != "COST_AND_USAGE_REPORT" || strings.Contains(list, "*") {
		t.Fatalf("the query is %s", query)
	}
	selected := strings.Split(list, ", ")
	for i, c := range ExportColumns() {
		if selected[i] != c.Name {
			t.Errorf("column %d is %s in the query, %s in the table", i+1, selected[i], c.Name)
		}
		if slices.Index(selected, c.Name) != i {
			t.Errorf("column %s is there twice", c.Name)
		}
	}
	for _, name := range []string{"resource_tags", "cost_category", "product", "discount"} {
		if !slices.Contains(ExportColumns(), Column{name, "map<string,string>"}) {
			t.Errorf("%s is no column of the kind map", name)
		}
	}
	if len(query) > 36_000 {
		t.Errorf("the query has %d characters; Data Exports takes 36,000", len(query))
	}
}

func TestNoKeyOfTheExportsConfigurationIsLeftToAWS(t *testing.T) {
	got := ExportConfiguration("aws", "111111111111", Hourly)
	want := map[string]string{
		"BILLING_VIEW_ARN": "arn:aws:billing::111111111111:billingview/primary", "TIME_GRANULARITY": "HOURLY", "INCLUDE_RESOURCES": "TRUE",
		"INCLUDE_CAPACITY_RESERVATION_DATA": "FALSE", "INCLUDE_IAM_PRINCIPAL_DATA": "FALSE",
		"INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY": "FALSE", "INCLUDE_SPLIT_COST_ALLOCATION_DATA": "FALSE",
	}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %q, want %q", key, got[key], value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("the configuration is %v", got)
	}
}

func TestASchemaElementIncludesItsColumnsAndTheirData(t *testing.T) {
	got := ExportConfiguration("aws", "111111111111", Daily, SplitCostAllocationData, ManualDiscountCompatibility)
	if got["INCLUDE_SPLIT_COST_ALLOCATION_DATA"] != "TRUE" || got["INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY"] != "TRUE" {
		t.Errorf("the configuration is %v", got)
	}
	query := ExportQuery(SplitCostAllocationData, ManualDiscountCompatibility)
	if !strings.Contains(query, ", split_line_item_split_cost") || strings.Contains(query, "discount") {
		t.Errorf("the query is %s", query)
	}
}
