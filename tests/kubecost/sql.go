package kubecost

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	userTag = "resource_tags_user_"
	awsTag  = "resource_tags_aws_"
	anyTag  = "resource_tags_"
)

// groupColumns are what the daily costs are told apart by; without any of them the query fails.
var groupColumns = []string{
	"line_item_resource_id", "bill_payer_account_id", "line_item_usage_account_id", "line_item_product_code", "line_item_usage_type",
	"product_region_code", "line_item_availability_zone",
}

// clusterTags are columns that have a value for resources of Kubernetes clusters.
var clusterTags = []string{
	"resource_tags_aws_eks_cluster_name",
	"resource_tags_user_eks_cluster_name",
	"resource_tags_user_alpha_eksctl_io_cluster_name",
	"resource_tags_user_kubernetes_io_service_name",
	"resource_tags_user_kubernetes_io_created_for_pvc_name",
	"resource_tags_user_kubernetes_io_created_for_pv_name",
}

var lineItemTypes = []string{"Usage", "DiscountedUsage", "SavingsPlanCoveredUsage", "EdpDiscount", "PrivateRateDiscount"}

const (
	day         = "DATE_TRUNC('day',line_item_usage_start_date)"
	unblended   = "line_item_unblended_cost"
	net         = "line_item_net_unblended_cost"
	reserved    = "reservation_effective_cost"
	netReserved = "reservation_net_effective_cost"
	planned     = "savings_plan_savings_plan_effective_cost"
	netPlanned  = "savings_plan_net_savings_plan_effective_cost"
)

// columnsSQL asks for the names of the table's columns.
func columnsSQL(a Athena) string {
	return fmt.Sprintf("SELECT column_name FROM information_schema.columns WHERE table_schema = '%s' AND table_name = '%s'", a.Database, a.Table)
}

// DailySQL asks for the daily costs from one date up to, not including, another. Columns are those that the table has. The
// result's columns are the day, the group columns, whether it is Kubernetes, the tags as returned (of CUR 2.0 all in one), then
// the four costs: list, net, amortized net, amortized.
func DailySQL(table string, columns []string, from, to time.Time) (sql string, tags []string) {
	for _, c := range slices.Sorted(slices.Values(columns)) {
		if strings.HasPrefix(c, userTag) || strings.HasPrefix(c, awsTag) {
			tags = append(tags, c)
		}
	}
	has := func(column string) bool { return slices.Contains(columns, column) }

	isKubernetes := []string{"line_item_product_code = 'AmazonEKS'"}
	for _, tag := range clusterTags {
		switch {
		case isCUR2(columns):
			isKubernetes = append(isKubernetes, tagSQL(tag)+" <> ''")
		case has(tag):
			isKubernetes = append(isKubernetes, tag+" <> ''")
		}
	}
	groups := append([]string{day}, groupColumns...)
	groups = append(groups, "("+strings.Join(isKubernetes, " OR ")+")")
	for _, tag := range tags {
		groups = append(groups, `"`+tag+`"`)
	}
	where, selected := partitions(from, to), slices.Clone(groups)
	if isCUR2(columns) {
		tags, where = append(tags, tagMap), billingPeriods(from, to)
		groups, selected = append(groups, tagMapSQL), append(selected, tagMapSQL+" as "+tagMap)
	}
	selected[0] += " as usage_date"
	selected[len(groupColumns)+1] += " as is_kubernetes"
	selected = append(selected,
		sum("list_cost", "CASE line_item_line_item_type WHEN 'EdpDiscount' THEN 0 WHEN 'PrivateRateDiscount' THEN 0 ELSE "+unblended+" END"),
		sum("net_cost", netCost(has)),
		sum("amortized_net_cost", amortizedNetCost(has)),
		sum("amortized_cost", amortizedCost(has)),
	)
	return fmt.Sprintf(`SELECT %s FROM "%s" WHERE (%s) AND line_item_usage_start_date >= date '%s' AND line_item_usage_start_date < date '%s' AND (%s) GROUP BY %s`,
		strings.Join(selected, ", "), table, where, from.Format(time.DateOnly), to.Format(time.DateOnly), lineTypes(),
		strings.Join(groups, ", ")), tags
}

func sum(name, of string) string { return "SUM(" + of + ") as " + name }

// partitions are those of every month from one date to another: as text, and months without a leading zero.
func partitions(from, to time.Time) string {
	var months []string
	for month := time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, time.UTC); !month.After(to); month = month.AddDate(0, 1, 0) {
		months = append(months, fmt.Sprintf("(year = '%d' AND month = '%d')", month.Year(), month.Month()))
	}
	return strings.Join(months, " OR ")
}

func lineTypes() string {
	var types []string
	for _, t := range lineItemTypes {
		types = append(types, "line_item_line_item_type = '"+t+"'")
	}
	return strings.Join(types, " OR ")
}

func netCost(has func(string) bool) string {
	if !has(net) {
		return unblended
	}
	return orElse(net, unblended)
}

func amortizedCost(has func(string) bool) string {
	return byType(has, reserved, planned, reserved, planned, unblended)
}

func amortizedNetCost(has func(string) bool) string {
	if !has(net) {
		return amortizedCost(has)
	}
	return byType(has, netReserved, netPlanned, orElse(netReserved, reserved), orElse(netPlanned, planned), netCost(has))
}

// byType is a cost that for usage under a commitment is another, as far as the table has it.
func byType(has func(string) bool, reservedColumn, plannedColumn, reservedCost, plannedCost, otherwise string) string {
	cases := ""
	if has(reservedColumn) {
		cases += " WHEN 'DiscountedUsage' THEN " + reservedCost
	}
	if has(plannedColumn) {
		cases += " WHEN 'SavingsPlanCoveredUsage' THEN " + plannedCost
	}
	if cases == "" {
		return otherwise
	}
	return "CASE line_item_line_item_type" + cases + " ELSE " + otherwise + " END"
}

func orElse(column, other string) string { return "COALESCE(" + column + ", " + other + ", 0)" }
