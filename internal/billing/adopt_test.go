package billing

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

var fit = Definition{
	TimeUnit: "DAILY", Format: "Parquet", SchemaElements: []string{"RESOURCES"}, Artifacts: []string{"ATHENA"}, Versioning: "OVERWRITE_REPORT",
}

func TestAReportThatKubecostCannotReadIsRefusedWithEveryReason(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Definition)
		want   []string
	}{
		"as the guide makes it": {func(*Definition) {}, nil},
		"hourly, more elements": {func(d *Definition) {
			d.TimeUnit, d.SchemaElements = "HOURLY", []string{"SPLIT_COST_ALLOCATION_DATA", "RESOURCES"}
		}, nil},
		"monthly":                {func(d *Definition) { d.TimeUnit = "MONTHLY" }, []string{`"MONTHLY"`}},
		"CSV":                    {func(d *Definition) { d.Format = "textORcsv" }, []string{`"textORcsv"`}},
		"no resource IDs":        {func(d *Definition) { d.SchemaElements = nil }, []string{"RESOURCES"}},
		"no artifact":            {func(d *Definition) { d.Artifacts = nil }, []string{"ATHENA"}},
		"Athena beside others":   {func(d *Definition) { d.Artifacts = []string{"ATHENA", "REDSHIFT"} }, []string{"REDSHIFT"}},
		"a new report each time": {func(d *Definition) { d.Versioning = "CREATE_NEW_REPORT" }, []string{`"CREATE_NEW_REPORT"`}},
		"all of it":              {func(d *Definition) { *d = Definition{} }, []string{"time unit", "format", "RESOURCES", "ATHENA", "OVERWRITE_REPORT"}},
	} {
		d := fit
		c.change(&d)
		saysAll(t, name, d.Check(), c.want)
	}
}

func TestAnAdoptedReportIsNamedAsAWSAllowsAndItsCatalogAsAWSDoes(t *testing.T) {
	for name, want := range map[string][2]string{
		"kubecost":                {"athenacurcfn_kubecost", "kubecost"},
		"cur_2026":                {"athenacurcfn_cur_2026", "cur_2026"},
		"WorkshopCUR":             {"athenacurcfn_workshop_c_u_r", "workshopcur"},
		"billing-report-20230608": {"athenacurcfn_billing_report_20230608", "billing_report_20230608"},
		"opencost-report":         {"athenacurcfn_opencost_report", "opencost_report"},
		"My.(Daily)-Bill":         {"athenacurcfn_my_daily_bill", "my__daily__bill"},
	} {
		if err := CheckExistingReportName(name); err != nil {
			t.Errorf("%q was refused: %v", name, err)
		}
		r := Report{Name: name}
		if got := [2]string{r.Database(), r.Table()}; got != want {
			t.Errorf("report %q has database and table %v, want %v", name, got, want)
		}
	}
	for name, want := range map[string]string{
		"": "1 to 256", "a b": "letters, digits", "bill*": "other reports", "a/b": "letters", "${aws:username}": "letters",
		strings.Repeat("x", 257): "1 to 256",
	} {
		refused(t, name, CheckExistingReportName(name), want)
	}
}

func TestATableThatKubecostCannotReadIsRefusedWithEveryReason(t *testing.T) {
	report := Report{Name: "kubecost", Bucket: "bucket", Prefix: "cur"}
	crawled := func() Table { // as a crawler leaves it over a bill without private discounts
		columns := slices.DeleteFunc(slices.Clone(baseColumns), func(c Column) bool { return strings.Contains(c.Name, "net_") })
		return Table{Type: "EXTERNAL_TABLE", Location: "s3://bucket/cur/kubecost/kubecost/", Columns: columns, PartitionKeys: report.PartitionKeys()}
	}
	without := func(name string) func(*Table) {
		return func(table *Table) {
			table.Columns = slices.DeleteFunc(table.Columns, func(c Column) bool { return c.Name == name })
		}
	}
	retyped := func(name, kind string) func(*Table) {
		return func(table *Table) { without(name)(table); table.Columns = append(table.Columns, Column{name, kind}) }
	}
	for name, c := range map[string]struct {
		change func(*Table)
		want   []string
	}{
		"as a crawler leaves it": {func(*Table) {}, nil},
		"no slash at the end":    {func(table *Table) { table.Location = "s3://bucket/cur/kubecost/kubecost" }, nil},
		"costs as decimals":      {retyped("line_item_unblended_cost", "decimal(16,8)"), nil},
		"another folder":         {func(table *Table) { table.Location = "s3://bucket/cur/kubecost/" }, []string{`"s3://bucket/cur/kubecost/"`, "s3://bucket/cur/kubecost/kubecost/"}},
		"another bucket":         {func(table *Table) { table.Location = "s3://other/cur/kubecost/kubecost/" }, []string{`"s3://other/`}},
		"keys that are numbers":  {func(table *Table) { table.PartitionKeys = []Column{{"year", "int"}, {"month", "string"}} }, []string{"year is of type int"}},
		"no keys":                {func(table *Table) { table.PartitionKeys = nil }, []string{"year is missing", "month is missing"}},
		"a key of CUR 2.0": {func(table *Table) {
			table.PartitionKeys = append(report.PartitionKeys(), Column{"billing_period", "string"})
		}, []string{"billing_period"}},
		"no resource IDs":           {without("line_item_resource_id"), []string{"no column line_item_resource_id"}},
		"dates that are text":       {retyped("line_item_usage_start_date", "string"), []string{"line_item_usage_start_date is of type string"}},
		"costs that are text":       {retyped("line_item_unblended_cost", "string"), []string{"line_item_unblended_cost is of type string"}},
		"a view":                    {func(table *Table) { *table = Table{Type: "VIRTUAL_VIEW"} }, []string{"a view"}},
		"the integration's status":  {func(table *Table) { table.Columns = []Column{{"status", "string"}} }, requiredColumns},
		"two faults in one message": {func(table *Table) { without("line_item_usage_type")(table); table.Location = "" }, []string{"line_item_usage_type", "location"}},
	} {
		table := crawled()
		c.change(&table)
		saysAll(t, name, table.Check(report), c.want)
	}
	if table := crawled(); !table.Has("line_item_resource_id") || table.Has("resource_tags_user_team") {
		t.Error("a table does not know its own columns")
	}
}

// saysAll expects one fault for each text, or none for no texts.
func saysAll(t *testing.T, name string, faults []error, want []string) {
	t.Helper()
	if len(want) == 0 && len(faults) > 0 || len(want) > 0 && len(faults) == 0 {
		t.Errorf("%s: %v, want %v", name, faults, want)
	}
	all := ""
	if err := errors.Join(faults...); err != nil {
		all = err.Error()
	}
	for _, text := range want {
		if !strings.Contains(all, text) {
			t.Errorf("%s: it does not say %s: %v", name, text, faults)
		}
	}
}
