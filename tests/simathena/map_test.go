package simathena

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/bill"
)

const period = `billing_period = '2026-11'`

// cur2Cloud has a month of a bill as CUR 2.0, and a table over it whose months Athena works out.
func cur2Cloud(t *testing.T, change func(table map[string]any)) *cloud {
	t.Helper()
	c := deliveredCloud(t, func(table map[string]any) {
		table["PartitionKeys"] = columns("billing_period", "string")
		table["Parameters"] = map[string]any{
			"projection.enabled": "true", "projection.billing_period.type": "date", "projection.billing_period.format": "yyyy-MM",
			"projection.billing_period.range": "2020-01,NOW", "projection.billing_period.interval": "1", "projection.billing_period.interval.unit": "MONTHS",
			"storage.location.template": "s3://billing/cur/kubecost/data/BILLING_PERIOD=${billing_period}",
		}
		storageOf(table)["Columns"] = columns("line_item_resource_id", "string", "line_item_unblended_cost", "double",
			"resource_tags", "map<string,string>", "cost_category", "map<string,string>")
		if change != nil {
			change(table)
		}
	})
	items := bill.Month(bill.Options{Payer: "111111111111", Linked: []string{"222222222222"}, Year: 2026, Month: time.November, Days: 2, Tags: []string{"team", "aws:eks:cluster-name"}})
	objects, summary, err := bill.ExportDelivery(bill.Export{Name: "kubecost", Bucket: "billing", Prefix: "cur", Columns: []string{
		"line_item_resource_id", "line_item_unblended_cost", "resource_tags", "cost_category",
	}}, items)
	if err != nil {
		t.Fatal(err)
	}
	c.objects, c.summary = map[string][]byte{}, summary
	for _, o := range objects {
		c.objects[o.Key] = o.Body
	}
	return c
}

func TestAMapIsReadByItsKeysAndAsJSON(t *testing.T) {
	c := cur2Cloud(t, nil)
	rows, result := c.run(t, `SELECT element_at(resource_tags, 'user_team') AS team, CAST(resource_tags AS JSON) AS tags, resource_tags, CAST(cost_category AS JSON)
		FROM kubecost WHERE `+period+` GROUP BY element_at(resource_tags, 'user_team'), CAST(resource_tags AS JSON), resource_tags, CAST(cost_category AS JSON)
		ORDER BY 1 NULLS LAST, 2`)
	var types []string
	for _, column := range result.Columns {
		types = append(types, column.Type)
	}
	if got := fmt.Sprint(types); got != "[varchar json map json]" {
		t.Errorf("the columns have types %s", got)
	}
	team := rows[0][0]
	if tags, ok := strings.CutPrefix(rows[0][1], "{"); !ok || !strings.Contains(tags, `"user_team":"`+team+`"`) {
		t.Errorf("the tags of team %s are %s", team, rows[0][1])
	}
	if !strings.Contains(rows[0][2], "user_team="+team) || !strings.HasPrefix(rows[0][2], "{") {
		t.Errorf("as a map they are %s", rows[0][2])
	}
	last := rows[len(rows)-1]
	if last[0] != "NULL" || last[3] != "{}" {
		t.Errorf("a line without tags is %v", last)
	}
}

func TestOnlyTheMonthsThatAreAskedForAreReadOfCUR2(t *testing.T) {
	c := cur2Cloud(t, nil)
	rows, result := c.run(t, `SELECT COUNT(*) FROM kubecost WHERE `+period+` AND line_item_unblended_cost IS NOT NULL`)
	if rows[0][0] != fmt.Sprint(c.summary.Items) || result.ScannedBytes == 0 {
		t.Errorf("%s lines and %d bytes were read of %d delivered lines", rows[0][0], result.ScannedBytes, c.summary.Items)
	}
	_, wide := c.run(t, `SELECT COUNT(*) FROM kubecost WHERE `+period+` AND line_item_unblended_cost IS NOT NULL AND resource_tags IS NOT NULL`)
	if wide.ScannedBytes <= result.ScannedBytes {
		t.Errorf("a map more scans %d bytes, without it %d", wide.ScannedBytes, result.ScannedBytes)
	}
	if rows, result := c.run(t, `SELECT COUNT(*) FROM kubecost WHERE billing_period = '2026-10'`); rows[0][0] != "0" || result.ScannedBytes != 0 {
		t.Errorf("a month without a delivery has %s lines and scans %d bytes", rows[0][0], result.ScannedBytes)
	}
}

func TestAMapIsNoText(t *testing.T) {
	got := cur2Cloud(t, nil).reason(t, `SELECT line_item_resource_id FROM kubecost WHERE resource_tags = 'x'`)
	if !strings.HasPrefix(got, "TYPE_MISMATCH: line 1:64: Cannot apply operator: map(varchar, varchar) = varchar") {
		t.Errorf("a comparison with text failed with %s", got)
	}
	text := cur2Cloud(t, func(table map[string]any) { storageOf(table)["Columns"] = columns("resource_tags", "string") })
	if got := text.reason(t, `SELECT resource_tags FROM kubecost WHERE `+period); !strings.HasPrefix(got, "HIVE_BAD_DATA: Field resource_tags's type group") {
		t.Errorf("a map that is declared as text failed with %s", got)
	}
	maps := cur2Cloud(t, func(table map[string]any) {
		storageOf(table)["Columns"] = columns("line_item_resource_id", "map<string,string>")
	})
	if got := maps.reason(t, `SELECT line_item_resource_id FROM kubecost WHERE `+period); !strings.HasPrefix(got, "HIVE_BAD_DATA: Field line_item_resource_id's type BINARY") {
		t.Errorf("text that is declared as a map failed with %s", got)
	}
}
