package simathena

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/bill"
	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// cloud is a Glue catalog with one database, and the objects of one bucket.
type cloud struct {
	tables     []json.RawMessage
	partitions []json.RawMessage
	objects    map[string][]byte
	summary    bill.Summary
}

var delivered = sync.OnceValues(func() (*cloud, error) {
	o := bill.Options{
		Payer:  "111111111111",
		Linked: []string{"222222222222", "333333333333", "444444444444", "555555555555"},
		Seed:   1,
	}
	previous, current := bill.Recent(o, time.Date(2026, time.November, 20, 0, 0, 0, 0, time.UTC))
	objects, summary, err := bill.Delivery(bill.Report{Name: "kubecost", Bucket: "billing", Prefix: "cur", Account: o.Payer}, append(previous, current...))
	if err != nil {
		return nil, err
	}
	c := &cloud{objects: map[string][]byte{}, summary: summary}
	for _, object := range objects {
		c.objects[object.Key] = object.Body
	}
	return c, nil
})

// deliveredCloud has two months of a bill, and a table over them as change leaves it.
func deliveredCloud(t *testing.T, change func(table map[string]any)) *cloud {
	t.Helper()
	d, err := delivered()
	if err != nil {
		t.Fatal(err)
	}
	c := *d
	table := map[string]any{
		"Name":      "kubecost",
		"TableType": "EXTERNAL_TABLE",
		"Parameters": map[string]any{
			"projection.enabled": "true", "projection.year.type": "integer", "projection.year.range": "2020,2040",
			"projection.month.type": "integer", "projection.month.range": "1,12",
			"storage.location.template": "s3://billing/cur/kubecost/kubecost/year=${year}/month=${month}",
		},
		"PartitionKeys": columns("year", "string", "month", "string"),
		"StorageDescriptor": map[string]any{
			"Columns": columns("line_item_usage_start_date", "timestamp", "line_item_product_code", "string", "line_item_line_item_type", "string",
				"line_item_unblended_cost", "double", "line_item_resource_id", "string", "not_in_the_files", "double"),
			"Location":    "s3://billing/cur/kubecost/kubecost",
			"InputFormat": parquetInput,
			"SerdeInfo":   map[string]any{"SerializationLibrary": parquetSerDe},
		},
	}
	if change != nil {
		change(table)
	}
	raw, err := json.Marshal(table)
	if err != nil {
		t.Fatal(err)
	}
	c.tables = []json.RawMessage{raw}
	return &c
}

func columns(namesAndTypes ...string) []any {
	var list []any
	for pair := range slices.Chunk(namesAndTypes, 2) {
		list = append(list, map[string]any{"Name": pair[0], "Type": pair[1]})
	}
	return list
}

func storageOf(table map[string]any) map[string]any {
	return table["StorageDescriptor"].(map[string]any)
}
func parametersOf(table map[string]any) map[string]any { return table["Parameters"].(map[string]any) }

func (c *cloud) query(sql string) simaws.AthenaQuery {
	return simaws.AthenaQuery{
		SQL: sql, Catalog: "AwsDataCatalog", Database: "athenacurcfn_kubecost",
		Databases: func(context.Context) ([]string, error) { return []string{"athenacurcfn_kubecost"}, nil },
		Tables: func(_ context.Context, database string) ([]json.RawMessage, error) {
			if database != "athenacurcfn_kubecost" {
				return nil, simaws.QueryFailed("EntityNotFoundException: Database " + database + " not found.")
			}
			return c.tables, nil
		},
		Partitions: func(context.Context, string, string) ([]json.RawMessage, error) { return c.partitions, nil },
		List: func(_ context.Context, bucket, prefix string) ([]simaws.Object, error) {
			var objects []simaws.Object
			for _, key := range slices.Sorted(maps.Keys(c.objects)) {
				if strings.HasPrefix(key, prefix) {
					objects = append(objects, simaws.Object{Key: key, Size: int64(len(c.objects[key]))})
				}
			}
			return objects, nil
		},
		Get: func(_ context.Context, bucket, key string) ([]byte, error) {
			if body, ok := c.objects[key]; ok && bucket == "billing" {
				return body, nil
			}
			return nil, fmt.Errorf("no object s3://%s/%s", bucket, key)
		},
	}
}

// run answers a query that must succeed; NULL is printed as such.
func (c *cloud) run(t *testing.T, sql string) ([][]string, simaws.AthenaResult) {
	t.Helper()
	result, err := new(Engine).Run(t.Context(), c.query(sql))
	if err != nil {
		t.Fatalf("%s\n%v", sql, err)
	}
	var rows [][]string
	for _, row := range result.Rows {
		var texts []string
		for _, v := range row {
			if v == nil {
				texts = append(texts, "NULL")
			} else {
				texts = append(texts, *v)
			}
		}
		rows = append(rows, texts)
	}
	return rows, result
}

// reason is why a query failed.
func (c *cloud) reason(t *testing.T, sql string) string {
	t.Helper()
	result, err := new(Engine).Run(t.Context(), c.query(sql))
	var end *simaws.AthenaError
	if !errors.As(err, &end) {
		t.Fatalf("%s\nreturned %d rows and error %v, want a failed query", sql, len(result.Rows), err)
	}
	return end.Reason
}
