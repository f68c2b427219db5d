package properties

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/charts"
	"github.com/kubecost-cur/kubecost-cur/internal/costs"
	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
)

// A query has each month of its days once, and no other: a day is in the months that are asked for if it is asked for.
func TestAQueryHasEachMonthOfItsDaysOnceAndNoOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 5000).Draw(t, "first"))
		last := first.AddDate(0, 0, rapid.IntRange(0, 500).Draw(t, "days"))
		want := map[string]bool{}
		for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
			want[d.Format("2006-1")] = true
		}
		for version, key := range map[string]*regexp.Regexp{
			billing.Version1: regexp.MustCompile(`year = '(\d{4})' AND month = '(\d+)'`), billing.Version2: regexp.MustCompile(`billing_period = '(\d{4})-0?(\d+)'`),
		} {
			got := map[string]bool{}
			for _, m := range key.FindAllStringSubmatch((billing.Report{Name: "kubecost", Version: version}).InMonths(first, last), -1) {
				month := m[1] + "-" + m[2]
				if got[month] {
					t.Errorf("version %s: %s twice", version, month)
				}
				got[month] = true
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("version %s: of %s to %s the months are %v, want %v", version, first, last, got, want)
			}
		}
	})
}

// Tags that are taken have a column each, whatever their order; two that would share one are refused.
func TestTagsHaveAColumnEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfNDistinct(tags, 0, 8, func(s string) string { return s }).Draw(t, "tags")
		columns, err := billing.Columns(list)
		if _, again := billing.Columns(shuffled(t, list)); (again == nil) != (err == nil) {
			t.Errorf("in one order they are refused, in another not: %v, %v", err, again)
		}
		if err != nil {
			if !strings.Contains(err.Error(), "same column") {
				t.Errorf("tags without a fault are refused: %v", err)
			}
			return
		}
		bare, _ := billing.Columns(nil)
		seen := map[string]bool{}
		for _, c := range columns {
			if seen[c.Name] {
				t.Errorf("two columns are called %s", c.Name)
			}
			seen[c.Name] = true
		}
		if len(columns) != len(bare)+len(list) || !reflect.DeepEqual(columns[:len(bare)], bare) {
			t.Errorf("%d tags make of %d columns %d", len(list), len(bare), len(columns))
		}
	})
}

// What costs are together does not depend on how they are grouped.
func TestCostsAreTheSameByDayAndByGroup(t *testing.T) {
	cost := rapid.Custom(func(t *rapid.T) []string {
		return []string{
			fmt.Sprintf("2026-11-%02d 00:00:00.000", rapid.IntRange(1, 30).Draw(t, "day")), rapid.StringMatching(`[A-Za-z]{0,6}`).Draw(t, "group"),
			fmt.Sprint(rapid.Float64Range(-1000, 100000).Draw(t, "cost")),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		all, err := costs.Read(rapid.SliceOfN(cost, 0, 40).Draw(t, "rows"))
		if err != nil {
			t.Fatal(err)
		}
		together := func(sums []costs.Sum) (total float64) {
			for _, s := range sums {
				total += s.Cost
			}
			return total
		}
		most := rapid.IntRange(1, 10).Draw(t, "most")
		days, groups, few := together(costs.ByDay(all)), together(costs.ByGroup(all, 1000)), together(costs.ByGroup(all, most))
		if math.Abs(days-groups) > 1e-4 || math.Abs(days-few) > 1e-4 {
			t.Errorf("by day they are %f, by group %f, by the %d dearest and the rest %f", days, groups, most, few)
		}
		if n := len(costs.ByGroup(all, most)); n > most+1 {
			t.Errorf("of the %d dearest groups there are %d", most, n)
		}
	})
}

// A user's values are taken, but for what connects the chart to the bill; taken twice they are the same; and what is not taken is said.
func TestAUsersValuesAreTakenOnceAndForAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, name := range []string{"cost-analyzer-1", "cost-analyzer-2", "kubecost-3", "opencost"} {
			line, err := charts.Named(name)
			if err != nil {
				t.Fatal(err)
			}
			s := charts.Settings{Account: "222222222222", ServiceAccount: "kubecost", Secret: "cloud-integration-0123456789", ClusterID: "c"}
			plain := line.Values(s)
			s.User = values(2).Draw(t, "values")
			once := line.Values(s)
			s.User = once
			if again := line.Values(s); !reflect.DeepEqual(once, again) {
				t.Errorf("%s: taken again, %v became %v", name, once, again)
			}
			if said := line.Overridden(s); len(said) > 0 {
				t.Errorf("%s: of values that were taken, %v is said not to be", name, said)
			}
			s.User = nil
			if after := line.Values(s); !reflect.DeepEqual(after, plain) {
				t.Errorf("%s: a user's values have stayed: %v, before %v", name, after, plain)
			}
		}
	})
}

// The doctor's answer is as bad as its worst finding, in whatever order they come, and is read by scripts as it was written.
func TestTheDoctorIsAsContentAsItsWorstFinding(t *testing.T) {
	worse := []doctor.State{doctor.NotChecked, doctor.OK, doctor.Waiting, doctor.Failed}
	finding := rapid.Custom(func(t *rapid.T) doctor.Finding {
		return doctor.Finding{Check: names.Draw(t, "check"), State: rapid.SampledFrom(worse).Draw(t, "state"), Seen: rapid.String().Draw(t, "seen")}
	})
	rapid.Check(t, func(t *rapid.T) {
		findings := rapid.SliceOfN(finding, 1, 20).Draw(t, "findings")
		at := time.Unix(1_700_000_000, 0)
		r := doctor.NewReport(at, findings)
		if other := doctor.NewReport(at, shuffled(t, findings)); other.State != r.State || other.ExitCode() != r.ExitCode() {
			t.Errorf("in another order it is %s, not %s", other.State, r.State)
		}
		one := finding.Draw(t, "one more")
		more := doctor.NewReport(at, append(slices.Clone(findings), one))
		if worst := max(slices.Index(worse, r.State), slices.Index(worse, one.State)); more.State != worse[worst] {
			t.Errorf("%s with a finding that is %s is %s", r.State, one.State, more.State)
		}
		text, err := r.JSON()
		if err != nil {
			t.Fatal(err)
		}
		var back doctor.Report
		if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, r) {
			t.Errorf("%+v is read back as %+v (%v)", r, back, err)
		}
	})
}
