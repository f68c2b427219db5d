package billing

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Definition is a report definition that is there already, in the words of AWS's API.
// Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_cur_ReportDefinition.html
type Definition struct {
	TimeUnit       string
	Format         string
	SchemaElements []string
	Artifacts      []string
	Versioning     string
}

// Check returns every reason for which Kubecost could not read the report, each with what was found.
func (d Definition) Check() []error {
	var faults []error
	if d.TimeUnit != Daily && d.TimeUnit != Hourly {
		faults = append(faults, fmt.Errorf("its time unit is %q: Kubecost's costs are a day's, so it is %s or %s", d.TimeUnit, Daily, Hourly))
	}
	if d.Format != "Parquet" {
		faults = append(faults, fmt.Errorf("its format is %q: Athena's integration is over Parquet", d.Format))
	}
	if !slices.Contains(d.SchemaElements, "RESOURCES") {
		faults = append(faults, fmt.Errorf("its schema elements are %q: without RESOURCES no cost belongs to a resource", d.SchemaElements))
	}
	if !slices.Equal(d.Artifacts, []string{"ATHENA"}) {
		faults = append(faults, fmt.Errorf("its artifacts are %q: they are ATHENA alone, which decides how the data is laid out", d.Artifacts))
	}
	if d.Versioning != "OVERWRITE_REPORT" {
		faults = append(faults, fmt.Errorf("its versioning is %q: with anything but OVERWRITE_REPORT every delivery's costs would be added up", d.Versioning))
	}
	return faults
}

var existingReportName = regexp.MustCompile(`^[0-9A-Za-z!_.'()-]{1,256}$`)

// CheckExistingReportName returns an error for a name that AWS would not take for a report, or that would be a pattern in a
// policy. A report that is there already may be named in more ways than one that is made here.
// Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_cur_ReportDefinition.html
func CheckExistingReportName(name string) error {
	if !existingReportName.MatchString(name) {
		return errors.New("the name of a report that is there already is 1 to 256 letters, digits and !-_.'(); AWS takes * too, but in " +
			"the payer role's policy that would stand for other reports")
	}
	return nil
}

// CheckName is CheckReportName, or, for a report that is there already, CheckExistingReportName.
func CheckName(name string, existing bool) error {
	if existing {
		return CheckExistingReportName(name)
	}
	return CheckReportName(name)
}

// Table is a Glue table that is there already.
type Table struct {
	Type          string // EXTERNAL_TABLE, VIRTUAL_VIEW
	Location      string
	Columns       []Column
	PartitionKeys []Column
}

// requiredColumns are those that the client's query names whether they are there or not. The others that it knows of are used
// where there are any: a bill without private discounts has no net costs.
// Source: OpenCost, pkg/cloud/aws/athenaintegration.go
var requiredColumns = []string{
	"bill_payer_account_id", "line_item_availability_zone", "line_item_line_item_type", "line_item_product_code", "line_item_resource_id",
	"line_item_unblended_cost", "line_item_usage_account_id", "line_item_usage_start_date", "line_item_usage_type", "product_region_code",
}

// Check returns every reason for which Kubecost could not read the report r through the table, each with what was found.
func (t Table) Check(r Report) []error {
	if t.Type == "VIRTUAL_VIEW" {
		return []error{errors.New("it is a view: the payer role may read one table, and not what a view is made of")}
	}
	var faults []error
	if strings.TrimSuffix(t.Location, "/") != r.Location() {
		faults = append(faults, fmt.Errorf("its location is %q, and the report's data is at %q", t.Location, r.Location()+"/"))
	}
	for _, want := range r.PartitionKeys() {
		if found := typeOf(t.PartitionKeys, want.Name); found != want.Type {
			faults = append(faults, fmt.Errorf("its partition key %s is %s: Kubecost compares it with text, so it is of type %s", want.Name, orMissing(found), want.Type))
		}
	}
	for _, key := range t.PartitionKeys {
		if typeOf(r.PartitionKeys(), key.Name) == "" {
			faults = append(faults, fmt.Errorf("it has a partition key %s, by which AWS does not lay a report out", shown(key.Name)))
		}
	}
	for _, name := range requiredColumns {
		found, want := typeOf(t.Columns, name), cmp.Or(typeOf(baseColumns, name), text)
		switch {
		case found == "":
			faults = append(faults, fmt.Errorf("it has no column %s", name))
		case want == money && !isNumber(found), want == timestamp && found != timestamp:
			faults = append(faults, fmt.Errorf("its column %s is of type %s: it is %s", name, shown(found), want))
		}
	}
	return faults
}

// Has says whether the table has a column.
func (t Table) Has(column string) bool { return typeOf(t.Columns, column) != "" }

func typeOf(columns []Column, name string) string {
	i := slices.IndexFunc(columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return ""
	}
	return columns[i].Type
}

func orMissing(kind string) string {
	if kind == "" {
		return "missing"
	}
	return "of type " + shown(kind)
}

// shown is a name or type of a table that somebody else made, in quotes and escaped if it is more than a word.
func shown(word string) string {
	if quoted := strconv.Quote(word); quoted != `"`+word+`"` {
		return quoted
	}
	return word
}

func isNumber(kind string) bool {
	name, _, _ := strings.Cut(kind, "(")
	return slices.Contains([]string{money, "float", "decimal"}, name)
}
