package billing

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Column is a column of a Glue table: its name and its Hive type.
type Column struct {
	Name string
	Type string
}

// The Hive types of a report's columns: money and amounts of usage are double, dates are timestamps, all else is text.
const (
	text      = "string"
	money     = "double"
	amount    = "double"
	timestamp = "timestamp"
)

// PartitionKeys are the keys that AWS lays the report's data out by. They are text, because Kubecost compares them with text.
func (r Report) PartitionKeys() []Column {
	if r.Version == Version2 {
		return []Column{{periodKey, text}}
	}
	return []Column{{"year", text}, {"month", text}}
}

// baseColumns is every column that Kubecost's client asks for, whichever of its versions. Those that a given bill lacks, such
// as net costs without a private discount, read as NULL, which the client expects.
// Source: the client's query in OpenCost, pkg/cloud/aws/athenaintegration.go, and its reservation and savings plan look-ups
// in pkg/cloud/aws/provider.go; Kubecost's page on cloud cost reconciliation for line_item_usage_end_date.
var baseColumns = []Column{
	{"bill_payer_account_id", text},
	{"line_item_availability_zone", text},
	{"line_item_line_item_type", text},
	{"line_item_net_unblended_cost", money},
	{"line_item_product_code", text},
	{"line_item_resource_id", text},
	{"line_item_unblended_cost", money},
	{"line_item_usage_account_id", text},
	{"line_item_usage_end_date", timestamp},
	{"line_item_usage_start_date", timestamp},
	{"line_item_usage_type", text},
	{"product_region_code", text},
	{"reservation_effective_cost", money},
	{"reservation_net_effective_cost", money},
	{"reservation_reservation_a_r_n", text},
	{"savings_plan_net_savings_plan_effective_cost", money},
	{"savings_plan_savings_plan_a_r_n", text},
	{"savings_plan_savings_plan_effective_cost", money},
	{"savings_plan_savings_plan_rate", money},
}

// Columns returns the columns of a report's table: those that Kubecost's client needs, those that further schema elements
// add, and one for each cost allocation tag. It returns an error for a tag without a usable name, or two tags that share a
// column.
func Columns(tags []string, elements ...string) ([]Column, error) {
	columns := append([]Column(nil), baseColumns...)
	if slices.Contains(elements, SplitCostAllocationData) {
		columns = append(columns, splitColumns...)
	}
	seen := map[string]string{}
	for _, tag := range tags {
		name, err := TagColumn(tag)
		if err != nil {
			return nil, err
		}
		if other, ok := seen[name]; ok {
			return nil, fmt.Errorf("the cost allocation tags %q and %q have the same column %s: keep one", other, tag, name)
		}
		seen[name] = tag
		columns = append(columns, Column{name, text})
	}
	return columns, nil
}

// maxColumnName is the longest name of a column.
// Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-tables.html#aws-glue-api-catalog-tables-Column
const maxColumnName = 255

// TagColumn returns the column in which a report carries a cost allocation tag: resource_tags_aws_… for tags that AWS makes
// (aws:eks:cluster-name), resource_tags_user_… for all others. As in all of a report's columns, a capital gets an underscore
// before it, and what is no letter or digit becomes one.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/cur-ate-run.html
func TagColumn(tag string) (string, error) {
	if utf8.RuneCountInString(tag) > 128 || strings.TrimSpace(tag) != tag {
		return "", fmt.Errorf("the cost allocation tag %q is no tag key: at most 128 characters, without spaces around it", tag)
	}
	prefix, key := "resource_tags_user_", TagKey(tag)
	if rest, ok := strings.CutPrefix(tag, "aws:"); ok {
		prefix, key = "resource_tags_aws_", rest
	}
	name := columnName(key)
	if name == "" {
		return "", fmt.Errorf("the cost allocation tag %q has no letter or digit to name a column by", tag)
	}
	if name = prefix + name; len(name) > maxColumnName {
		return "", fmt.Errorf("the cost allocation tag %q would be a column of %d characters, and Glue takes %d: every capital counts twice",
			tag, len(name), maxColumnName)
	}
	return name, nil
}

// TagKey is a cost allocation tag's key as the billing API has it, without the user: that reports show.
func TagKey(tag string) string { return strings.TrimPrefix(tag, "user:") }

func columnName(key string) string {
	var b strings.Builder
	for _, r := range key {
		switch {
		case r >= 'A' && r <= 'Z':
			b.WriteRune('_')
			b.WriteRune(unicode.ToLower(r))
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		default:
			b.WriteRune('_')
		}
	}
	return strings.Join(strings.FieldsFunc(b.String(), func(r rune) bool { return r == '_' }), "_")
}

// ProjectionParameters are the table parameters by which Athena works out a report's partitions by itself, so that data can
// be queried the moment it is delivered, without a crawler. AWS writes months without a leading zero, which is how Athena
// writes integers unless digits are set.
// Source: https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
func (r Report) ProjectionParameters() map[string]string {
	if r.Version == Version2 {
		return r.exportProjection()
	}
	return map[string]string{
		"EXTERNAL":                  "TRUE",
		"classification":            "parquet",
		"projection.enabled":        "true",
		"projection.year.type":      "integer",
		"projection.year.range":     "2020,2040",
		"projection.month.type":     "integer",
		"projection.month.range":    "1,12",
		"storage.location.template": r.Location() + "/year=${year}/month=${month}",
	}
}
