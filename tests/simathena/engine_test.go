package simathena

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/bill"
	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

const november = `year = '2026' AND month = '11'`

func TestADailySumIsTheDeliveredBill(t *testing.T) {
	c := deliveredCloud(t, nil)
	rows, result := c.run(t, `SELECT DATE_TRUNC('day', line_item_usage_start_date) AS day, line_item_product_code, SUM(line_item_unblended_cost) AS cost
		FROM "kubecost" WHERE ((year = '2026' AND month = '10') OR (year = '2026' AND month = '11'))
		GROUP BY DATE_TRUNC('day', line_item_usage_start_date), line_item_product_code`)
	got := map[bill.DayService]bill.Micros{}
	for _, row := range rows {
		day, err := time.Parse("2006-01-02 15:04:05.000", row[0])
		if err != nil {
			t.Fatalf("a day is printed %q: %v", row[0], err)
		}
		cost, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		got[bill.DayService{Day: day, Service: row[1]}] = bill.Micros(math.Round(cost * 1e6))
	}
	if !maps.Equal(got, c.summary.ByDay) {
		t.Errorf("%d sums by day and service differ from the %d delivered", len(got), len(c.summary.ByDay))
	}
	want := []simaws.Column{{Name: "day", Type: "timestamp"}, {Name: "line_item_product_code", Type: "varchar"}, {Name: "cost", Type: "double"}}
	if !slices.Equal(result.Columns, want) {
		t.Errorf("columns are %v, want %v", result.Columns, want)
	}
}

func TestOnlyMatchingPartitionsAndNeededColumnsAreScanned(t *testing.T) {
	c := deliveredCloud(t, nil)
	scanned := func(sql string) int64 {
		_, result := c.run(t, sql)
		return result.ScannedBytes
	}
	both := scanned(`SELECT SUM(line_item_unblended_cost) FROM kubecost`)
	month := scanned(`SELECT SUM(line_item_unblended_cost) FROM kubecost WHERE ` + november)
	wide := scanned(`SELECT line_item_resource_id, SUM(line_item_unblended_cost) FROM kubecost WHERE ` + november + ` GROUP BY line_item_resource_id`)
	if month == 0 || month >= both {
		t.Errorf("one month scans %d bytes, two scan %d", month, both)
	}
	if wide <= month {
		t.Errorf("two columns scan %d bytes, one scans %d", wide, month)
	}
	if qualified := scanned(`SELECT SUM(k.line_item_unblended_cost) FROM athenacurcfn_kubecost.kubecost AS k WHERE k.month IN ('11') AND k.line_item_unblended_cost > -1e9`); qualified != month {
		t.Errorf("qualified names scan %d bytes, want %d", qualified, month)
	}
	if padded := scanned(`SELECT SUM(line_item_unblended_cost) FROM kubecost WHERE month = '011'`); padded != 0 {
		t.Errorf("a month that no partition has scans %d bytes", padded)
	}
}

func TestAScanOverTheLimitEndsTheQuery(t *testing.T) {
	q := deliveredCloud(t, nil).query(`SELECT * FROM kubecost`)
	q.ScanLimit = 1000
	_, err := new(Engine).Run(t.Context(), q)
	var end *simaws.AthenaError
	if !errors.As(err, &end) || end.State != "CANCELLED" || end.ScannedBytes <= q.ScanLimit {
		t.Errorf("the query ended with %v", err)
	}
}

func TestADeclaredColumnThatTheFilesLackIsNull(t *testing.T) {
	rows, _ := deliveredCloud(t, nil).run(t, `SELECT DISTINCT not_in_the_files, year, month FROM kubecost WHERE `+november)
	if want := [][]string{{"NULL", "2026", "11"}}; fmt.Sprint(rows) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", rows, want)
	}
}

func TestFailuresAreWordedAsAthenaWordsThem(t *testing.T) {
	declare := func(name, kind string) func(map[string]any) {
		return func(table map[string]any) { storageOf(table)["Columns"] = columns(name, kind) }
	}
	for name, test := range map[string]struct {
		change    func(map[string]any)
		sql, want string
	}{
		"undeclared column": {nil, `SELECT bill_invoice_id FROM kubecost`,
			"COLUMN_NOT_FOUND: line 1:8: Column 'bill_invoice_id' cannot be resolved or requester is not authorized to access requested resources"},
		"name of a result in GROUP BY": {nil, "SELECT DATE_TRUNC('day', line_item_usage_start_date) AS day\nFROM kubecost GROUP BY day",
			"COLUMN_NOT_FOUND: line 2:24: Column 'day' cannot be resolved"},
		"undeclared column behind a join": {nil, `SELECT a.nope FROM kubecost a JOIN kubecost b ON a.year = b.year`,
			"COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved"},
		"unknown table": {nil, `SELECT 1 FROM "kubecos"`,
			"TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.athenacurcfn_kubecost.kubecos' does not exist"},
		"unknown database": {nil, `SELECT 1 FROM nowhere.kubecost`, "SCHEMA_NOT_FOUND: line 1:15: Schema 'nowhere' does not exist"},
		"unknown catalog":  {nil, `SELECT 1 FROM other.nowhere.kubecost`, "CATALOG_NOT_FOUND"},
		"month as number":  {nil, `SELECT year FROM kubecost WHERE month = 11`, "TYPE_MISMATCH: line 1:39: Cannot apply operator: varchar = integer"},
		"date as text": {nil, `SELECT year FROM kubecost WHERE line_item_usage_start_date >= '2026-11-01'`,
			"TYPE_MISMATCH: line 1:60: Cannot apply operator: timestamp(3) >= varchar"},
		"cost declared as text": {declare("line_item_unblended_cost", "string"), `SELECT line_item_unblended_cost FROM kubecost WHERE ` + november,
			"HIVE_BAD_DATA: Field line_item_unblended_cost's type DOUBLE in parquet file s3://billing/cur/kubecost/kubecost/year=2026/month=11/kubecost-00001.snappy.parquet is incompatible with type varchar defined in table schema"},
		"date declared as number": {declare("line_item_usage_start_date", "double"), `SELECT SUM(line_item_usage_start_date) FROM kubecost WHERE ` + november,
			"HIVE_BAD_DATA: Field line_item_usage_start_date's type INT64"},
		"sum of text": {nil, `SELECT SUM(line_item_resource_id) FROM kubecost`, "FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters (varchar) for function sum"},
		"table in CSV": {func(table map[string]any) {
			storageOf(table)["InputFormat"] = "org.apache.hadoop.mapred.TextInputFormat"
		}, `SELECT year FROM kubecost`, "HIVE_UNSUPPORTED_FORMAT"},
		"unknown type": {declare("x", "money"), `SELECT x FROM kubecost`, "HIVE_INVALID_METADATA"},
		"injected key without a value": {func(table map[string]any) {
			parametersOf(table)["projection.year.type"] = "injected"
		}, `SELECT year FROM kubecost WHERE month = '11'`, "CONSTRAINT_VIOLATION: For the injected projected partition column year"},
		"unknown projection": {func(table map[string]any) {
			parametersOf(table)["projection.year.range"] = "2020"
		}, `SELECT year FROM kubecost`, "INVALID_TABLE_PROPERTY"},
		"no SELECT":       {nil, `DROP TABLE kubecost`, "Queries of this type are not supported"},
		"two statements":  {nil, `SELECT 1; SELECT 2`, "Only one sql statement is allowed"},
		"no SQL":          {nil, `SELECT FROM WHERE`, "SYNTAX_ERROR: line 1:"},
		"a file":          {nil, `SELECT * FROM read_text('/etc/hostname')`, "FUNCTION_NOT_FOUND: line 1:15: Table function 'read_text' not registered"},
		"a file as table": {nil, `SELECT * FROM '/etc/hostname'`, "TABLE_NOT_FOUND"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := deliveredCloud(t, test.change).reason(t, test.sql); !strings.HasPrefix(got, test.want) {
				t.Errorf("%s\nfailed with  %s\nwant         %s", test.sql, got, test.want)
			}
		})
	}
}

func TestAnErrorOfS3ReachesTheCaller(t *testing.T) {
	denied := simaws.QueryFailed("Permission denied on S3 path: s3://billing/cur/kubecost/kubecost/year=2026/month=11")
	q := deliveredCloud(t, nil).query(`SELECT line_item_resource_id FROM kubecost WHERE ` + november)
	q.Get = func(_ context.Context, _, _ string) ([]byte, error) { return nil, denied }
	if _, err := new(Engine).Run(t.Context(), q); !errors.Is(err, denied) {
		t.Errorf("the query ended with %v", err)
	}
}

func TestInformationSchemaDescribesTheGlueTable(t *testing.T) {
	rows, _ := deliveredCloud(t, nil).run(t, `SELECT column_name, data_type FROM information_schema.columns
		WHERE table_schema = 'athenacurcfn_kubecost' AND table_name = 'kubecost' ORDER BY ordinal_position`)
	want := [][]string{
		{"line_item_usage_start_date", "timestamp(3)"}, {"line_item_product_code", "varchar"}, {"line_item_line_item_type", "varchar"},
		{"line_item_unblended_cost", "double"}, {"line_item_resource_id", "varchar"}, {"not_in_the_files", "double"}, {"year", "varchar"}, {"month", "varchar"},
	}
	if fmt.Sprint(rows) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", rows, want)
	}
	if rows, _ := deliveredCloud(t, nil).run(t, `SELECT column_name FROM information_schema.columns WHERE table_schema = 'other'`); len(rows) != 0 {
		t.Errorf("an unknown database has columns %v", rows)
	}
}

func TestPartitionsAreTheRegisteredOnesWithoutProjection(t *testing.T) {
	c := deliveredCloud(t, func(table map[string]any) { delete(parametersOf(table), "projection.enabled") })
	const count = `SELECT COUNT(*) FROM kubecost`
	if rows, _ := c.run(t, count); rows[0][0] != "0" {
		t.Errorf("a table without partitions has %s rows", rows[0][0])
	}
	c.partitions = append(c.partitions, json.RawMessage(`{"Values": ["2026", "10"],
		"StorageDescriptor": {"Location": "s3://billing/cur/kubecost/kubecost/year=2026/month=10/"}}`))
	october, _ := c.run(t, count)
	all, _ := deliveredCloud(t, nil).run(t, count)
	if october[0][0] == "0" || october[0][0] == all[0][0] {
		t.Errorf("one of two months has %s rows of %s", october[0][0], all[0][0])
	}
}

func TestValuesArePrintedAsAthenaPrintsThem(t *testing.T) {
	rows, result := deliveredCloud(t, nil).run(t, `SELECT CAST(1 AS double), 0.000012e0, CAST(10000000 AS double), 5/2, true, NULL, timestamp '2026-11-01 00:00:00', date '2026-11-01',
		CONCAT('a', 'b'), CAST(1.5 AS decimal(10,2)), COALESCE(NULL, 'x') AS named, (CASE 'a' WHEN 'a' THEN 0 ELSE 1 END)`)
	want := "1.0 1.2E-5 1.0E7 2 true NULL 2026-11-01 00:00:00.000 2026-11-01 ab 1.50 x 0"
	if got := strings.Join(rows[0], " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if result.Columns[1].Name != "_col1" || result.Columns[10].Name != "named" || result.Columns[9].Type != "decimal" {
		t.Errorf("columns are %v", result.Columns)
	}
}

func TestQueriesRunAtOnceAndLeaveNothingBehind(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	c := deliveredCloud(t, nil)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			result, err := new(Engine).Run(t.Context(), c.query(`WITH k AS (SELECT * FROM kubecost) SELECT COUNT(*) FROM k`))
			if err != nil || *result.Rows[0][0] != strconv.Itoa(c.summary.Items) {
				t.Errorf("got %v and error %v, want %d rows", result.Rows, err, c.summary.Items)
			}
		})
	}
	wait.Wait()
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
