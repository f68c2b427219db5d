package scan

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/tests/bill"
	"github.com/kubecost-cur/kubecost-cur/tests/kubecost"
	"github.com/kubecost-cur/kubecost-cur/tests/simathena"
	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// mode is how a catalog has a report's months.
type mode string

// The modes of the program, and what one would have without any of them.
const (
	projection    mode = "projection"
	crawler       mode = "crawler"
	version2      mode = "CUR 2.0"
	unpartitioned mode = "unpartitioned"
)

// report is the one that a mode is for.
func (m mode) report() billing.Report {
	r := billing.Report{Name: "kubecost", Bucket: bucket, Prefix: "cur", Version: billing.Version1}
	if m == version2 {
		r.Version = billing.Version2
	}
	return r
}

// catalog is a table over the objects of a bucket.
type catalog struct {
	mode    mode
	objects map[string][]byte
	months  []time.Time // that are registered, in crawler mode
}

func newCatalog(m mode) *catalog { return &catalog{mode: m, objects: map[string][]byte{}} }

// deliver puts a month's files into the bucket.
func (c *catalog) deliver(files []bill.Object) {
	for _, f := range files {
		c.objects[f.Key] = f.Body
	}
}

// crawl registers a month, as a crawler does.
func (c *catalog) crawl(first time.Time) { c.months = append(c.months, first) }

// columns are those that the program declares.
func (c *catalog) columns() ([]billing.Column, error) {
	if c.mode == version2 {
		return billing.ExportColumns(), nil
	}
	return billing.Columns(tags)
}

// table is the table as Glue has it once the program has made it.
func (c *catalog) table() (json.RawMessage, error) {
	report := c.mode.report()
	columns, err := c.columns()
	if err != nil {
		return nil, err
	}
	parameters, keys := report.ProjectionParameters(), report.PartitionKeys()
	switch c.mode {
	case crawler:
		parameters = report.CrawlerParameters()
	case unpartitioned:
		parameters, keys = map[string]string{"EXTERNAL": "TRUE", "classification": "parquet"}, nil
	}
	return json.Marshal(map[string]any{
		"Name": report.Table(), "TableType": "EXTERNAL_TABLE", "Parameters": parameters, "PartitionKeys": keys,
		"StorageDescriptor": map[string]any{
			"Columns": columns, "Location": report.Location() + "/",
			"InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
			"SerdeInfo":   map[string]any{"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
		},
	})
}

// partitions are the registered ones, as glue:GetPartitions words them.
func (c *catalog) partitions() ([]json.RawMessage, error) {
	var all []json.RawMessage
	for _, m := range c.months {
		p, err := json.Marshal(map[string]any{
			"Values": []string{fmt.Sprint(m.Year()), fmt.Sprint(int(m.Month()))},
			"StorageDescriptor": map[string]any{
				"Location": fmt.Sprintf("%s/year=%d/month=%d/", c.mode.report().Location(), m.Year(), m.Month()),
			},
		})
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// sql is Kubecost's query for the costs of some days. A table without partitions has no columns to choose them by.
func (c *catalog) sql(from, to time.Time) (string, error) {
	columns, err := c.columns()
	if err != nil {
		return "", err
	}
	var names []string
	for _, column := range columns {
		names = append(names, column.Name)
	}
	report := c.mode.report()
	sql, _ := kubecost.DailySQL(report.Table(), names, from, to)
	if c.mode != unpartitioned {
		return sql, nil
	}
	condition := "(" + report.InMonths(from, to) + ")"
	if !strings.Contains(sql, condition) {
		return "", fmt.Errorf("the query has no condition %s: %s", condition, sql)
	}
	return strings.Replace(sql, condition, "(true)", 1), nil
}

// ask runs Kubecost's query.
func (c *catalog) ask(ctx context.Context, from, to time.Time) (simaws.AthenaResult, error) {
	sql, err := c.sql(from, to)
	if err != nil {
		return simaws.AthenaResult{}, err
	}
	table, err := c.table()
	if err != nil {
		return simaws.AthenaResult{}, err
	}
	database := c.mode.report().Database()
	keys := slices.Sorted(maps.Keys(c.objects))
	return (&simathena.Engine{Now: func() time.Time { return to }}).Run(ctx, simaws.AthenaQuery{
		SQL: sql, Catalog: "AwsDataCatalog", Database: database,
		Databases:  func(context.Context) ([]string, error) { return []string{database}, nil },
		Tables:     func(context.Context, string) ([]json.RawMessage, error) { return []json.RawMessage{table}, nil },
		Partitions: func(context.Context, string, string) ([]json.RawMessage, error) { return c.partitions() },
		List: func(_ context.Context, _, prefix string) ([]simaws.Object, error) {
			var objects []simaws.Object
			for _, key := range keys {
				if strings.HasPrefix(key, prefix) {
					objects = append(objects, simaws.Object{Key: key, Size: int64(len(c.objects[key]))})
				}
			}
			return objects, nil
		},
		Get: func(_ context.Context, _, key string) ([]byte, error) { return c.objects[key], nil },
	})
}
