package bill

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

func TestCUR2IsDeliveredInItsOwnLayoutWithMaps(t *testing.T) {
	items := Month(options())
	objects, summary, err := ExportDelivery(Export{
		Name: "kubecost", ARN: "arn", Bucket: "b", Prefix: "bills/cur",
		Columns: []string{"resource_tags", "cost_category", "line_item_resource_id", "line_item_unblended_cost", "product"},
	}, items)
	if err != nil {
		t.Fatal(err)
	}
	if summary.Total != Summarize(items).Total || summary.Items != len(items) {
		t.Errorf("the summary is of %d items", summary.Items)
	}
	type row struct {
		ResourceID string            `parquet:"line_item_resource_id,optional"`
		Tags       map[string]string `parquet:"resource_tags,optional"`
		Categories map[string]string `parquet:"cost_category,optional"`
		Product    map[string]string `parquet:"product,optional"`
		Cost       float64           `parquet:"line_item_unblended_cost,optional"`
	}
	var keys []string
	var read int
	for _, o := range objects {
		keys = append(keys, o.Key)
		if !strings.HasSuffix(o.Key, ".parquet") {
			continue
		}
		rows, err := parquet.Read[row](bytes.NewReader(o.Body), int64(len(o.Body)))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			item := items[read]
			if r.ResourceID != item.ResourceID || r.Cost != item.Unblended.Dollars() || !maps.Equal(r.Tags, resourceTags(item)) ||
				len(r.Categories) > 0 || r.Product["product_name"] != item.ServiceName {
				t.Fatalf("row %d is %+v, of item %+v", read, r, item)
			}
			read++
		}
	}
	if read != len(items) {
		t.Errorf("%d rows were delivered of %d items", read, len(items))
	}
	want := []string{
		"bills/cur/kubecost/data/BILLING_PERIOD=2026-11/kubecost-00001.snappy.parquet",
		"bills/cur/kubecost/data/BILLING_PERIOD=2026-11/kubecost-00002.snappy.parquet",
		"bills/cur/kubecost/metadata/BILLING_PERIOD=2026-11/kubecost-Manifest.json",
	}
	if !slices.Equal(keys, want) {
		t.Errorf("the objects are\n%s", strings.Join(keys, "\n"))
	}
}

func TestATagOfCUR2HasTheKeyOfItsLegacyColumn(t *testing.T) {
	got := resourceTags(LineItem{Tags: map[string]string{"team": "a", "CostCenter": "b", "aws:eks:cluster-name": "c"}})
	if want := map[string]string{"user_team": "a", "user_cost_center": "b", "aws_eks_cluster_name": "c"}; !maps.Equal(got, want) {
		t.Errorf("the keys are %v, want %v", got, want)
	}
}
