package billing

import (
	"fmt"
	"strings"
	"testing"
)

func TestFurtherSchemaElementsAreThoseOfAWS(t *testing.T) {
	for _, c := range []struct {
		elements []string
		want     string
	}{
		{nil, ""},
		{[]string{SplitCostAllocationData, ManualDiscountCompatibility}, ""},
		{[]string{Resources}, "always"},
		{[]string{"split_cost_allocation_data"}, "none of"},
		{[]string{""}, "none of"},
		{[]string{SplitCostAllocationData, SplitCostAllocationData}, "twice"},
	} {
		refused(t, fmt.Sprint(c.elements), CheckSchemaElements(c.elements), c.want)
	}
}

func TestSplitCostsHaveTheirColumnsOnlyWhereTheReportHasThem(t *testing.T) {
	count := func(elements ...string) (n int) {
		columns, err := Columns(nil, elements...)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range columns {
			if strings.HasPrefix(c.Name, "split_line_item_") {
				n++
			}
		}
		return n
	}
	if got := count(); got != 0 {
		t.Errorf("a report without split costs has %d of their columns", got)
	}
	if got := count(ManualDiscountCompatibility); got != 0 {
		t.Errorf("another element gives %d columns of split costs", got)
	}
	if got := count(SplitCostAllocationData); got != 11 {
		t.Errorf("split costs have %d columns; AWS's dictionary has 11", got)
	}
}

func TestATagIsActivatedOnceAndOnlyIfItHasAColumn(t *testing.T) {
	tags := []string{"team", "user:team2", "aws:eks:cluster-name"}
	for _, c := range []struct {
		activated []string
		want      string
	}{
		{nil, ""},
		{[]string{"team", "user:team2", "aws:eks:cluster-name"}, ""},
		{[]string{"owner"}, "not among"},
		{[]string{"Team"}, "not among"},
		{[]string{"team", "team"}, "twice"},
	} {
		refused(t, fmt.Sprint(c.activated), CheckActivatedTags(c.activated, tags), c.want)
	}
	if got := TagKey("user:team2"); got != "team2" {
		t.Errorf("the billing API would be asked for %q", got)
	}
}

func TestAPrefixOfResultsIsNoneOrAPlainPath(t *testing.T) {
	for p, want := range map[string]string{
		"": "", "kubecost": "", "a/b": "", "/a": "no slash", "a/": "no slash", "a*": "letters", "${a}": "letters", "a//b": "single slashes",
	} {
		refused(t, p, CheckResultsPrefix(p), want)
	}
}
