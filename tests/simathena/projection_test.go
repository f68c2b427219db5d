package simathena

import (
	"slices"
	"testing"
	"time"
)

func TestProjectedValuesAreThoseOfAthena(t *testing.T) {
	now := time.Date(2026, time.November, 20, 10, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		parameters map[string]string
		want       []string
	}{
		"integers":             {map[string]string{"type": "integer", "range": "9,11"}, []string{"9", "10", "11"}},
		"integers with digits": {map[string]string{"type": "integer", "range": "8, 12", "interval": "2", "digits": "2"}, []string{"08", "10", "12"}},
		"values":               {map[string]string{"type": "enum", "values": "a, b"}, []string{"a", "b"}},
		"months": {map[string]string{"type": "date", "format": "yyyy-MM", "range": "2026-09,NOW", "interval": "1", "interval.unit": "MONTHS"},
			[]string{"2026-09", "2026-10", "2026-11"}},
		"days back from now": {map[string]string{"type": "date", "format": "yyyy/MM/dd", "range": "NOW-2DAYS,NOW"},
			[]string{"2026/11/18", "2026/11/19", "2026/11/20"}},
	} {
		t.Run(name, func(t *testing.T) {
			table := &table{Name: "t", Parameters: map[string]string{}}
			for key, value := range test.parameters {
				table.Parameters["projection.p."+key] = value
			}
			got, err := table.projection("p", nil, now)
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("got %v and error %v, want %v", got, err, test.want)
			}
		})
	}
}

func TestAnInjectedKeyTakesItsValuesFromTheQuery(t *testing.T) {
	c := deliveredCloud(t, func(table map[string]any) { parametersOf(table)["projection.year.type"] = "injected" })
	rows, _ := c.run(t, `SELECT DISTINCT year, month FROM kubecost WHERE year = '2026' AND line_item_unblended_cost > 0 ORDER BY month`)
	if len(rows) != 2 || rows[0][1] != "10" || rows[1][1] != "11" {
		t.Errorf("got %v, want the two delivered months", rows)
	}
}

func TestWithoutATemplatePartitionsAreInHivesLayout(t *testing.T) {
	c := deliveredCloud(t, func(table map[string]any) { delete(parametersOf(table), "storage.location.template") })
	rows, _ := c.run(t, `SELECT COUNT(*) FROM kubecost WHERE `+november)
	if rows[0][0] == "0" {
		t.Error("no rows of the delivered month")
	}
}
