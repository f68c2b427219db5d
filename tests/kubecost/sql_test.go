package kubecost

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/tests/bill"
	"github.com/kubecost-cur/kubecost-cur/tests/simathena"
	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

func TestTheQueryUsesOptionalColumnsOnlyIfTheyAreThere(t *testing.T) {
	all := []string{net, reserved, netReserved, planned, netPlanned}
	for name, test := range map[string]struct {
		columns []string
		want    []string
		without []string
	}{
		"no optional columns": {nil,
			[]string{"SUM(line_item_unblended_cost) as net_cost, SUM(line_item_unblended_cost) as amortized_net_cost, SUM(line_item_unblended_cost) as amortized_cost",
				"(line_item_product_code = 'AmazonEKS') as is_kubernetes"},
			append([]string{"resource_tags"}, all...)},
		"all costs": {all,
			[]string{"SUM(COALESCE(line_item_net_unblended_cost, line_item_unblended_cost, 0)) as net_cost",
				"WHEN 'DiscountedUsage' THEN COALESCE(reservation_net_effective_cost, reservation_effective_cost, 0)",
				"WHEN 'SavingsPlanCoveredUsage' THEN savings_plan_savings_plan_effective_cost ELSE line_item_unblended_cost END) as amortized_cost"}, nil},
		"savings plans only": {[]string{planned},
			[]string{"SUM(CASE line_item_line_item_type WHEN 'SavingsPlanCoveredUsage' THEN savings_plan_savings_plan_effective_cost ELSE line_item_unblended_cost END) as amortized_net_cost"},
			[]string{"WHEN 'DiscountedUsage'", net}},
		"tags": {[]string{"resource_tags_user_team", "resource_tags_aws_eks_cluster_name"},
			[]string{`"resource_tags_aws_eks_cluster_name", "resource_tags_user_team"`,
				"(line_item_product_code = 'AmazonEKS' OR resource_tags_aws_eks_cluster_name <> '') as is_kubernetes"}, []string{"billing_period"}},
		"tags of CUR 2.0": {[]string{"resource_tags"},
			[]string{"CAST(resource_tags AS JSON) as resource_tags", "element_at(resource_tags, 'aws_eks_cluster_name') <> ''", "billing_period = '2026-11'"},
			[]string{"year = ", "resource_tags_"}},
	} {
		t.Run(name, func(t *testing.T) {
			sql, _ := DailySQL("kubecost", test.columns, date(11, 1), date(11, 2))
			for _, part := range test.want {
				if !strings.Contains(sql, part) {
					t.Errorf("no %s in\n%s", part, sql)
				}
			}
			for _, part := range test.without {
				if strings.Contains(sql, part) {
					t.Errorf("%s, which the table has not, in\n%s", part, sql)
				}
			}
		})
	}
}

func TestTheQueryNamesEveryMonthAsAWSDoes(t *testing.T) {
	from, to := time.Date(2025, 12, 30, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 6, 0, 0, 0, 0, time.UTC)
	if got, want := partitions(from, to), "(year = '2025' AND month = '12') OR (year = '2026' AND month = '1')"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := billingPeriods(from, to), "billing_period = '2025-12' OR billing_period = '2026-01'"; got != want {
		t.Errorf("of CUR 2.0 got %s, want %s", got, want)
	}
}

// The columns are those that the program declares: what Kubecost asks of them must be what was delivered.
func TestTheDailyCostsAreTheDeliveredBill(t *testing.T) {
	t.Run("of a legacy report", func(t *testing.T) { dailyCosts(t, billing.Version1) })
	t.Run("of CUR 2.0", func(t *testing.T) { dailyCosts(t, billing.Version2) })
}

func dailyCosts(t *testing.T, version string) {
	tags := []string{"team", "CostCenter", "aws:eks:cluster-name", "kubernetes.io/created-for/pvc/name", "kubernetes.io/service-name"}
	o := bill.Options{Payer: "111111111111", Linked: []string{"222222222222", "333333333333", "444444444444", "555555555555"}, Seed: 3, Tags: tags}
	previous, current := bill.Recent(o, date(11, 12))
	report := billing.Report{Name: "kubecost", Bucket: "billing", Prefix: "cur", Version: version}
	objects, summary := deliver(t, report, o.Payer, append(previous, current...))
	integration := Athena{Database: report.Database(), Table: report.Table()}
	described := query(t, report, tags, objects, columnsSQL(integration))
	var columns []string
	for _, row := range described.Rows {
		columns = append(columns, *row[0])
	}
	sql, tagColumns := DailySQL(integration.Table, columns, date(10, 1), date(12, 1))
	result := query(t, report, tags, objects, sql)

	got := map[bill.DayService]bill.Costs{}
	var clusters, teams int
	for _, row := range result.Rows {
		var data []types.Datum
		for _, v := range row {
			data = append(data, types.Datum{VarCharValue: v})
		}
		c, err := parseCost(data, tagColumns)
		if err != nil {
			t.Fatal(err)
		}
		key := bill.DayService{Day: c.Day, Service: c.Service}
		sum := got[key]
		sum.List += micros(c.List)
		sum.Net += micros(c.Net)
		sum.Amortized += micros(c.Amortized)
		sum.AmortizedNet += micros(c.AmortizedNet)
		got[key] = sum
		if c.Kubernetes {
			clusters++
			if c.Service != "AmazonEKS" && c.Tags["aws_eks_cluster_name"] == "" && c.Tags["kubernetes_io_created_for_pvc_name"] == "" && c.Tags["kubernetes_io_service_name"] == "" {
				t.Errorf("%s is taken for Kubernetes, with tags %v", c.ResourceID, c.Tags)
			}
		}
		if c.Tags["team"] != "" && c.Tags["cost_center"] != "" {
			teams++
		}
	}
	if len(got) != len(summary.KubecostByDay) {
		t.Errorf("costs of %d days and services, want %d", len(got), len(summary.KubecostByDay))
	}
	for key, want := range summary.KubecostByDay {
		if got[key] != want {
			t.Errorf("%s of %s costs %+v, want %+v", key.Service, key.Day.Format(time.DateOnly), got[key], want)
		}
	}
	if clusters == 0 || teams == 0 || clusters == len(result.Rows) {
		t.Errorf("of %d costs %d are Kubernetes and %d have a team", len(result.Rows), clusters, teams)
	}
}

// deliver is a delivery of line items to a report.
func deliver(t *testing.T, report billing.Report, payer string, items []bill.LineItem) ([]bill.Object, bill.Summary) {
	t.Helper()
	var objects []bill.Object
	var summary bill.Summary
	var err error
	if report.Version == billing.Version2 {
		export := bill.Export{Name: report.Name, Bucket: report.Bucket, Prefix: report.Prefix}
		for _, c := range billing.ExportColumns() {
			export.Columns = append(export.Columns, c.Name)
		}
		objects, summary, err = bill.ExportDelivery(export, items)
	} else {
		objects, summary, err = bill.Delivery(bill.Report{Name: report.Name, Bucket: report.Bucket, Prefix: report.Prefix, Account: payer}, items)
	}
	if err != nil {
		t.Fatal(err)
	}
	return objects, summary
}

func date(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC)
}

func micros(dollars float64) bill.Micros { return bill.Micros(math.Round(dollars * 1e6)) }

// query runs SQL over a delivery, through the table that the program declares for it.
func query(t *testing.T, report billing.Report, tags []string, objects []bill.Object, sql string) simaws.AthenaResult {
	t.Helper()
	columns, err := billing.Columns(tags)
	if report.Version == billing.Version2 {
		columns = billing.ExportColumns()
	}
	if err != nil {
		t.Fatal(err)
	}
	table, err := json.Marshal(map[string]any{
		"Name": report.Table(), "Parameters": report.ProjectionParameters(), "PartitionKeys": report.PartitionKeys(),
		"StorageDescriptor": map[string]any{
			"Columns": columns, "Location": report.Location(),
			"InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
			"SerdeInfo":   map[string]any{"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	result, err := new(simathena.Engine).Run(t.Context(), simaws.AthenaQuery{
		SQL: sql, Database: report.Database(),
		Tables: func(context.Context, string) ([]json.RawMessage, error) { return []json.RawMessage{table}, nil },
		List: func(_ context.Context, _, prefix string) ([]simaws.Object, error) {
			var found []simaws.Object
			for _, o := range objects {
				if strings.HasPrefix(o.Key, prefix) {
					found = append(found, simaws.Object{Key: o.Key, Size: int64(len(o.Body))})
				}
			}
			return found, nil
		},
		Get: func(_ context.Context, _, key string) ([]byte, error) {
			i := slices.IndexFunc(objects, func(o bill.Object) bool { return o.Key == key })
			return objects[i].Body, nil
		},
	})
	if err != nil {
		t.Fatalf("%s\n%v", sql, err)
	}
	return result
}
