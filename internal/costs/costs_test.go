package costs

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

var until = time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)

func TestOnlyTheMonthsOfTheDaysAreScanned(t *testing.T) {
	for name, c := range map[string]struct {
		q    Question
		want []string
	}{
		"across a year": {Question{Table: "kubecost", By: ByService, Until: until, Days: 70}, []string{
			"(year = '2025' AND month = '12') OR (year = '2026' AND month = '1') OR (year = '2026' AND month = '2') OR (year = '2026' AND month = '3')",
			"DATE '2025-12-22'", "DATE '2026-03-02'", "line_item_product_code", `FROM "kubecost"`,
		}},
		"one day":          {Question{Table: "t", By: ByAccount, Until: until, Days: 1}, []string{"((year = '2026' AND month = '3'))", "line_item_usage_account_id"}},
		"by a tag":         {Question{Table: "t", By: "tag:CostCenter", Until: until, Days: 1}, []string{`"resource_tags_user_cost_center"`}},
		"CUR 2.0":          {Question{Table: "t", By: "tag:team", Until: until, Days: 2, Version: billing.Version2}, []string{"resource_tags['user_team']", "billing_period = '2026-02' OR billing_period = '2026-03'"}},
		"a hostile table":  {Question{Table: `t" --`, By: ByService, Until: until, Days: 1}, []string{`FROM "t"" --"`}},
		"a hostile tag":    {Question{Table: "t", By: `tag:x' OR "1"='1`, Until: until, Days: 1}, []string{`"resource_tags_user_x_o_r_1_1"`}},
		"the first of all": {Question{Table: "t", By: ByService, Until: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Days: 1}, []string{"((year = '2026' AND month = '2'))"}},
	} {
		got, err := c.q.SQL()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: the query lacks %s:\n%s", name, want, got)
			}
		}
	}
	for _, q := range []Question{
		{By: ByService, Days: 0}, {By: ByService, Days: MaxDays + 1}, {By: "team", Days: 1}, {By: "tag:", Days: 1}, {By: "tag:///", Days: 1},
	} {
		if sql, err := q.SQL(); err == nil {
			t.Errorf("%+v was taken: %s", q, sql)
		}
	}
}

func TestCostsAreSummedUpAndWritten(t *testing.T) {
	all, err := Read([][]string{
		{"2026-03-01 00:00:00.000", "AmazonEC2", "3"}, {"2026-02-28 00:00:00.000", "", "1.5"}, {"2026-03-01 00:00:00.000", "AmazonS3", "0.5"},
		{"2026-02-28 00:00:00.000", "AmazonS3", "1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	groups := ByGroup(all, 2)
	if len(groups) != 3 || groups[0] != (Sum{"AmazonEC2", 3, 0.5}) || groups[2] != (Sum{"1 more", 1.5, 0.25}) {
		t.Errorf("by group: %+v", groups)
	}
	if days := ByDay(all); len(days) != 2 || days[0].Name != "2026-02-28" || days[0].Cost != 2.5 {
		t.Errorf("by day: %+v", days)
	}
	var b strings.Builder
	if err := WriteCSV(&b, ByService, all); err != nil {
		t.Fatal(err)
	}
	if want := "day,service,cost\n2026-02-28,(none),1.500000\n2026-02-28,AmazonS3,1.000000\n"; !strings.HasPrefix(b.String(), want) {
		t.Errorf("the CSV is %s", b.String())
	}
	for _, wrong := range [][]string{{"2026-03-01", "x"}, {"today", "x", "1"}, {"2026-03-01", "x", "much"}} {
		if _, err := Read([][]string{wrong}); err == nil {
			t.Errorf("%q was read", wrong)
		}
	}
}

func TestABarIsAsLongAsItsShare(t *testing.T) {
	for want, got := range map[string]string{
		"██████████": Bar(5, 5, 10), "█████": Bar(1, 2, 10), "▏": Bar(1, 80, 10), "": Bar(0, 0, 10), "█▌": Bar(3, 4, 2),
	} {
		if got != want {
			t.Errorf("a bar is %q, want %q", got, want)
		}
	}
	if got := Bar(-1, 5, 10); got != "" {
		t.Errorf("a refund has the bar %q", got)
	}
}

// A line item without a tag has an empty text in some columns and nothing in others, which are two groups to Athena.
func TestCostsOfNoGroupAreOneGroup(t *testing.T) {
	const on = "2026-03-01 00:00:00.000"
	for _, rows := range [][][]string{{{on, "", "1.5"}, {on, "(none)", "2"}, {on, "a", "4"}}, {{on, "a", "4"}, {on, "(none)", "2"}, {on, "", "1.5"}}} {
		got, err := Read(rows)
		if want := []Cost{{"2026-03-01", "(none)", 3.5}, {"2026-03-01", "a", 4}}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%q is read as %+v, %v, want %+v", rows, got, err, want)
		}
	}
}
