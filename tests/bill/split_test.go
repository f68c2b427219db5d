package bill

import (
	"bytes"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

func TestSplitCostsExplainTheNodesAndChangeNoSum(t *testing.T) {
	for unit, items := range map[string][]LineItem{"DAILY": Month(options()), "HOURLY": Hourly(Month(options()))} {
		split := Split(items)
		before, after := Summarize(items), Summarize(split)
		if after.Total != before.Total || after.Kubecost != before.Kubecost {
			t.Errorf("%s: with the pods' lines the bill is %d and Kubecost's %+v; without, %d and %+v", unit, after.Total, after.Kubecost, before.Total, before.Kubecost)
		}
		if after.Items <= before.Items {
			t.Fatalf("%s: no line of a pod was added to %d lines", unit, before.Items)
		}
		type part struct{ day, node string }
		nodes, pods := map[part]Micros{}, map[part]Micros{}
		for _, item := range split {
			key := part{item.Start.String(), item.ResourceID}
			if item.Split == nil {
				costs, _ := item.Kubecost()
				nodes[key] += costs.Amortized
				continue
			}
			key.node = item.Split.Parent
			pods[key] += item.Split.Cost + item.Split.Unused
			if item.Unblended != 0 || !strings.HasPrefix(item.ResourceID, "arn:aws:eks:") || item.Split.Cost < 0 || item.Split.Unused < 0 {
				t.Fatalf("%s: a pod's line is %+v, %+v", unit, item, item.Split)
			}
		}
		for key, cost := range pods {
			if cost != nodes[key] {
				t.Fatalf("%s: the pods of node %s on %s cost %d, the node %d", unit, key.node, key.day, cost, nodes[key])
			}
		}
	}
}

func TestSplitCostsHaveAWSsColumns(t *testing.T) {
	o := options()
	o.Days = 1
	var file bytes.Buffer
	if err := WriteParquet(&file, Split(Month(o))); err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range f.Schema().Columns() {
		if strings.HasPrefix(c[0], "split_line_item_") {
			names = append(names, strings.TrimPrefix(c[0], "split_line_item_"))
		}
	}
	want := "actual_usage net_split_cost net_unused_cost parent_resource_id public_on_demand_split_cost public_on_demand_unused_cost " +
		"reserved_usage split_cost split_usage split_usage_ratio unused_cost"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("the columns are %s\nwant %s", got, want)
	}
}
