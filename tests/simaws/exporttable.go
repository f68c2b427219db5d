package simaws

import (
	"slices"
	"strings"
)

// cur2Table is the table of Data Exports that CUR 2.0 is selected from.
const cur2Table = "COST_AND_USAGE_REPORT"

// cur2Groups are the columns that the table has only if a configuration includes them. INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY
// takes columns away.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2.html
var cur2Groups = map[string][]string{
	"INCLUDE_RESOURCES": {"line_item_resource_id"},
	"INCLUDE_SPLIT_COST_ALLOCATION_DATA": prefixed("split_line_item_", `actual_usage net_split_cost net_unused_cost parent_resource_id
		public_on_demand_split_cost public_on_demand_unused_cost reserved_usage split_cost split_usage split_usage_ratio unused_cost`),
	"INCLUDE_CAPACITY_RESERVATION_DATA":     prefixed("capacity_reservation_capacity_reservation_", "arn status type"),
	"INCLUDE_IAM_PRINCIPAL_DATA":            {"line_item_iam_principal"},
	"INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY": {"discount", "discount_total_discount"},
}

// cur2Columns are those that the table always has, but for a few that this project has nothing to do with.
var cur2Columns = slices.Concat(
	prefixed("bill_", `bill_type billing_entity billing_period_end_date billing_period_start_date invoice_id invoicing_entity
		payer_account_id payer_account_name`),
	[]string{"cost_category", "discount_bundled_discount", "identity_line_item_id", "identity_time_interval", "product", "resource_tags"},
	prefixed("line_item_", `availability_zone blended_cost blended_rate currency_code legal_entity line_item_description line_item_type
		net_unblended_cost net_unblended_rate normalization_factor normalized_usage_amount operation product_code tax_type
		unblended_cost unblended_rate usage_account_id usage_account_name usage_amount usage_end_date usage_start_date usage_type`),
	prefixed("pricing_", `currency lease_contract_length offering_class public_on_demand_cost public_on_demand_rate purchase_option
		rate_code rate_id term unit`),
	prefixed("product_", `comment fee_code fee_description from_location from_location_type from_region_code instance_family
		instance_type instancesku location location_type operation pricing_unit product_family region_code servicecode sku
		to_location to_location_type to_region_code usagetype`),
	prefixed("reservation_", `amortized_upfront_cost_for_usage amortized_upfront_fee_for_billing_period availability_zone
		effective_cost end_time modification_status net_amortized_upfront_cost_for_usage
		net_amortized_upfront_fee_for_billing_period net_effective_cost net_recurring_fee_for_usage
		net_unused_amortized_upfront_fee_for_billing_period net_unused_recurring_fee net_upfront_value
		normalized_units_per_reservation number_of_reservations recurring_fee_for_usage reservation_a_r_n start_time
		subscription_id total_reserved_normalized_units total_reserved_units units_per_reservation
		unused_amortized_upfront_fee_for_billing_period unused_normalized_unit_quantity unused_quantity unused_recurring_fee
		upfront_value`),
	prefixed("savings_plan_", `amortized_upfront_commitment_for_billing_period end_time instance_type_family
		net_amortized_upfront_commitment_for_billing_period net_recurring_commitment_for_billing_period
		net_savings_plan_effective_cost offering_type payment_option purchase_term recurring_commitment_for_billing_period region
		savings_plan_a_r_n savings_plan_effective_cost savings_plan_rate start_time total_commitment_to_date used_commitment`),
)

func prefixed(prefix, names string) []string {
	list := strings.Fields(names)
	for i, name := range list {
		list[i] = prefix + name
	}
	return list
}

// SelectedColumns are the columns that an export's query selects of the table as it is configured. Of the SQL that Data Exports
// takes, a list of columns is understood here. A refusal is in the words of the API.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/dataexports-data-query.html
func SelectedColumns(statement string, configuration map[string]string) ([]string, error) {
	list, isSelect := strings.CutPrefix(statement, "SELECT ")
	list, table, hasTable := strings.Cut(list, " FROM ")
	switch {
	case len(statement) > 36_000 || !isSelect || !hasTable:
		return nil, badRequest("ValidationException", "The query statement is invalid.")
	case table != cur2Table:
		return nil, badRequest("ValidationException", "The table %s does not exist.", table)
	}
	var columns []string
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(cur2Columns, name) && !includes(configuration, name) {
			return nil, badRequest("ValidationException", "The columns in the query provided are not a subset of the table %s", cur2Table)
		}
		if slices.Contains(columns, name) {
			return nil, badRequest("ValidationException", "The column %s is selected twice.", name)
		}
		columns = append(columns, name)
	}
	return columns, nil
}

// includes says whether a configuration gives the table a column that it has not always.
func includes(configuration map[string]string, column string) bool {
	for key, columns := range cur2Groups {
		if slices.Contains(columns, column) {
			return (configuration[key] == "TRUE") != (key == "INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY")
		}
	}
	return false
}
