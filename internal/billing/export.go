package billing

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The versions of the Cost and Usage Report: the legacy one, which a report definition makes, and CUR 2.0, which Data Exports
// makes.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/dataexports-migrate.html
const (
	Version1 = "1"
	Version2 = "2"
)

// CheckVersion returns an error for a version that there is not.
func CheckVersion(version string) error {
	if version != Version1 && version != Version2 {
		return fmt.Errorf("it is %q (the legacy report) or %q (CUR 2.0)", Version1, Version2)
	}
	return nil
}

// maxExportName is the longest name of an export.
// Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_DataExports_Export.html
const maxExportName = 128

// CheckExportName returns an error for a report name that CUR 2.0 cannot have: those of CheckReportName, and those over the
// limit of Data Exports.
func CheckExportName(name string) error {
	if err := CheckReportName(name); err != nil {
		return err
	}
	if len(name) > maxExportName {
		return fmt.Errorf("an export of CUR 2.0 has a name of at most %d characters, here are %d", maxExportName, len(name))
	}
	return nil
}

// ExportTable is the table of Data Exports that CUR 2.0 is selected from.
const ExportTable = "COST_AND_USAGE_REPORT"

// textMap is the Hive type of the columns in which CUR 2.0 has what are columns of their own in the legacy report.
const textMap = "map<string,string>"

// exportColumns are the columns that CUR 2.0 has besides the base columns: a report of it has the same ones always, with the
// cost allocation tags as the keys of resource_tags (user_team, aws_eks_cluster_name).
// Source: https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2.html
var exportColumns = []Column{
	{"bill_payer_account_name", text},
	{"line_item_usage_account_name", text},
	{"cost_category", textMap},
	{"discount", textMap},
	{"product", textMap},
	{"resource_tags", textMap},
}

// ExportColumns returns the columns of a CUR 2.0 report with further schema elements, in the order in which they are selected.
func ExportColumns(elements ...string) []Column {
	columns := append(append([]Column(nil), baseColumns...), exportColumns...)
	if slices.Contains(elements, SplitCostAllocationData) {
		columns = append(columns, splitColumns...)
	}
	if slices.Contains(elements, ManualDiscountCompatibility) { // the discounts are lines, and AWS takes the column away
		columns = slices.DeleteFunc(columns, func(c Column) bool { return c.Name == "discount" })
	}
	return columns
}

// ExportQuery is the statement that selects the columns of a CUR 2.0 report. Data Exports takes no *.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/dataexports-data-query.html
func ExportQuery(elements ...string) string {
	columns := ExportColumns(elements...)
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return "SELECT " + strings.Join(names, ", ") + " FROM " + ExportTable
}

// ExportConfiguration is the configuration of the table that a CUR 2.0 report is selected from: line items of a time unit, with
// resource IDs, as the account's primary billing view shows them. It has every key that there is: AWS fills in those that are
// missing, and the provider would then replace the export again and again.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2.html#cur2-table-configurations,
// pulumi-aws, issue 6139
func ExportConfiguration(partition, account, timeUnit string, elements ...string) map[string]string {
	include := func(element string) string {
		return strings.ToUpper(strconv.FormatBool(slices.Contains(elements, element)))
	}
	return map[string]string{
		"BILLING_VIEW_ARN":                      "arn:" + partition + ":billing::" + account + ":billingview/primary",
		"TIME_GRANULARITY":                      timeUnit,
		"INCLUDE_RESOURCES":                     "TRUE",
		"INCLUDE_CAPACITY_RESERVATION_DATA":     "FALSE",
		"INCLUDE_IAM_PRINCIPAL_DATA":            "FALSE",
		"INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY": include(ManualDiscountCompatibility),
		"INCLUDE_SPLIT_COST_ALLOCATION_DATA":    include(SplitCostAllocationData),
	}
}

// periodKey is the partition key of CUR 2.0: a month as 2026-11. It is text, because OpenCost compares it with text.
const periodKey = "billing_period"

// exportProjection is ProjectionParameters for CUR 2.0, whose months are folders BILLING_PERIOD=2026-11.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/dataexports-export-delivery.html
func (r Report) exportProjection() map[string]string {
	const key = "projection." + periodKey + "."
	return map[string]string{
		"EXTERNAL":                  "TRUE",
		"classification":            "parquet",
		"projection.enabled":        "true",
		key + "type":                "date",
		key + "format":              "yyyy-MM",
		key + "range":               "2020-01,NOW",
		key + "interval":            "1",
		key + "interval.unit":       "MONTHS",
		"storage.location.template": r.Location() + "/BILLING_PERIOD=${" + periodKey + "}",
	}
}
