package bill

import (
	"fmt"
	"maps"
	"strings"
)

// SplitCost is a pod's part in an instance, as split cost allocation data has it.
type SplitCost struct {
	Parent   string  // ID of the instance
	Reserved float64 // what the pod asked for, in hours of a vCPU or of a gigabyte
	Actual   float64 // what it used
	Ratio    float64 // its part of the instance
	Cost     Micros  // of that part
	Unused   Micros  // its share of what no pod used
	OnDemand Micros  // Cost at public prices
}

// The pods on each node: two, which between them use four fifths of it.
var pods = []struct {
	namespace, name string
	ratio           float64
}{{"orders", "gateway", 0.5}, {"monitoring", "agent", 0.3}}

// The parts of an instance's cost that its processors and its memory are.
var halves = []struct {
	usageType, unit string
	percent         Micros
}{{"EKS-EC2-vCPU-Hours", "vCPU-Hours", 70}, {"EKS-EC2-GB-Hours", "GB-Hours", 30}}

// Split returns the line items of the same bill in a report with split cost allocation data: after each line of an instance
// that the tag aws:eks:cluster-name makes a node, those of its pods, one for processors and one for memory. Their costs are in
// columns of their own and add up to the instance's; their unblended costs are 0, so that the sums of the bill stay the same.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/split-cost-allocation-data.html
func Split(items []LineItem) []LineItem {
	var all []LineItem
	for _, item := range items {
		all = append(all, item)
		if item.Tags["aws:eks:cluster-name"] != "" && strings.Contains(item.UsageType, "BoxUsage:") &&
			(item.Type == Usage || item.Type == DiscountedUsage || item.Type == SavingsPlanCoveredUsage) {
			all = append(all, item.pods(len(all))...)
		}
	}
	return all
}

// pods are the lines of a node's pods; n makes their IDs differ.
func (i LineItem) pods(n int) []LineItem {
	costs, _ := i.Kubecost()
	cluster := i.Tags["aws:eks:cluster-name"]
	region, _, _ := strings.Cut(i.UsageType, "BoxUsage:")
	var lines []LineItem
	left := costs.Amortized
	for h, half := range halves {
		for p, pod := range pods {
			line := i
			line.ID = lineItemID(1, i.Start, n+len(lines))
			line.Type, line.Service, line.ServiceName = Usage, "AmazonEKS", serviceNames["AmazonEKS"]
			line.UsageType, line.Operation, line.Unit = region+half.usageType, "EKSPod-EC2", half.unit
			line.Description = half.usageType + " of a pod"
			line.ResourceID = fmt.Sprintf("arn:aws:eks:%s:%s:pod/%s/%s/%s/%s", i.Region, i.Account, cluster, pod.namespace, pod.name, i.ResourceID)
			line.Amount, line.Rate, line.Unblended, line.NetUnblended, line.OnDemand = i.Amount*pod.ratio, 0, 0, 0, 0
			line.Product, line.Reservation, line.SavingsPlan = nil, nil, nil
			line.Tags = maps.Clone(i.Tags)
			line.Tags["aws:eks:namespace"], line.Tags["aws:eks:node"] = pod.namespace, i.ResourceID
			used := Micros(pod.ratio * 100)
			line.Split = &SplitCost{
				Parent: i.ResourceID, Reserved: line.Amount, Actual: line.Amount / 2, Ratio: pod.ratio,
				Cost:     costs.Amortized * half.percent / 100 * used / 100,
				OnDemand: i.OnDemand * half.percent / 100 * used / 100,
			}
			line.Split.Unused = line.Split.Cost / 4 // a fifth of the node, shared as the rest is
			if h == len(halves)-1 && p == len(pods)-1 {
				line.Split.Unused = left - line.Split.Cost // and what does not divide
			}
			left -= line.Split.Cost + line.Split.Unused
			lines = append(lines, line)
		}
	}
	return lines
}

func splitCost(attribute string, value func(SplitCost) Micros) Column {
	return Column{"splitLineItem/" + attribute, Number, func(i LineItem) any {
		if i.Split == nil {
			return nil
		}
		return value(*i.Split).Dollars()
	}}
}

func splitAmount(attribute string, value func(SplitCost) float64) Column {
	return Column{"splitLineItem/" + attribute, Number, func(i LineItem) any {
		if i.Split == nil {
			return nil
		}
		return value(*i.Split)
	}}
}

// splitColumns are those of split cost allocation data.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/split-line-item-columns.html
var splitColumns = []Column{
	splitAmount("ActualUsage", func(s SplitCost) float64 { return s.Actual }),
	splitCost("NetSplitCost", func(s SplitCost) Micros { return s.Cost - edpShare(s.Cost) }),
	splitCost("NetUnusedCost", func(s SplitCost) Micros { return s.Unused - edpShare(s.Unused) }),
	text("splitLineItem/ParentResourceId", func(i LineItem) string {
		if i.Split == nil {
			return ""
		}
		return i.Split.Parent
	}),
	splitCost("PublicOnDemandSplitCost", func(s SplitCost) Micros { return s.OnDemand }),
	splitCost("PublicOnDemandUnusedCost", func(s SplitCost) Micros { return s.OnDemand / 4 }),
	splitAmount("ReservedUsage", func(s SplitCost) float64 { return s.Reserved }),
	splitCost("SplitCost", func(s SplitCost) Micros { return s.Cost }),
	splitAmount("SplitUsage", func(s SplitCost) float64 { return max(s.Reserved, s.Actual) }),
	splitAmount("SplitUsageRatio", func(s SplitCost) float64 { return s.Ratio }),
	splitCost("UnusedCost", func(s SplitCost) Micros { return s.Unused }),
}
