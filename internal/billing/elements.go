package billing

import (
	"fmt"
	"slices"
	"strings"
)

// What a report can hold besides one line for each usage of a resource.
// Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_cur_ReportDefinition.html
const (
	// Resources gives every line its resource's ID, without which Kubecost cannot tell whose cost it is. It is always there.
	Resources = "RESOURCES"
	// SplitCostAllocationData adds lines for ECS tasks and Kubernetes pods.
	SplitCostAllocationData = "SPLIT_COST_ALLOCATION_DATA"
	// ManualDiscountCompatibility gives discounts as lines of their own, not in columns.
	ManualDiscountCompatibility = "MANUAL_DISCOUNT_COMPATIBILITY"
)

// CheckSchemaElements returns an error for elements, further than Resources, that AWS does not have, and for one that is
// there twice.
func CheckSchemaElements(further []string) error {
	known := []string{SplitCostAllocationData, ManualDiscountCompatibility}
	for i, element := range further {
		switch {
		case element == Resources:
			return fmt.Errorf("%s is always in the report: remove it", Resources)
		case !slices.Contains(known, element):
			return fmt.Errorf("%q is none of %s", element, strings.Join(known, ", "))
		case slices.Contains(further[:i], element):
			return fmt.Errorf("%s is there twice", element)
		}
	}
	return nil
}

// splitColumns are those that split cost allocation data adds: what a pod or task used of its instance, and what that cost.
// The costs of these lines are here alone; their unblended cost is 0, so no sum over the bill changes.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/split-line-item-columns.html
var splitColumns = []Column{
	{"split_line_item_actual_usage", amount},
	{"split_line_item_net_split_cost", money},
	{"split_line_item_net_unused_cost", money},
	{"split_line_item_parent_resource_id", text},
	{"split_line_item_public_on_demand_split_cost", money},
	{"split_line_item_public_on_demand_unused_cost", money},
	{"split_line_item_reserved_usage", amount},
	{"split_line_item_split_cost", money},
	{"split_line_item_split_usage", amount},
	{"split_line_item_split_usage_ratio", amount},
	{"split_line_item_unused_cost", money},
}

// CheckActivatedTags returns an error for a tag to activate that is not among a report's cost allocation tags, and for one
// that is there twice.
func CheckActivatedTags(activated, tags []string) error {
	for i, tag := range activated {
		if !slices.Contains(tags, tag) {
			return fmt.Errorf("%q is not among the cost allocation tags, so its column would be missing: add it there", tag)
		}
		if slices.ContainsFunc(activated[:i], func(other string) bool { return TagKey(other) == TagKey(tag) }) {
			return fmt.Errorf("%q is there twice", tag)
		}
	}
	return nil
}

// CheckResultsPrefix returns an error for a prefix of query results that would be more than a name in a policy or a location.
// It may be empty.
func CheckResultsPrefix(p string) error {
	if p == "" {
		return nil
	}
	return CheckPrefix(p)
}
