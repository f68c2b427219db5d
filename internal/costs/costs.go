// Package costs asks the bill for the costs of the last days, by what they belong to: Kubecost's list
// cost, from the line items that it counts for it.
package costs

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

// The ways to group costs; a tag is grouped by as tag:KEY.
const (
	ByService = "service"
	ByAccount = "account"
	tagPrefix = "tag:"
)

// lineItemTypes are those of Kubecost's list cost: discounts, taxes, credits and refunds are not among them.
// Source: OpenCost, pkg/cloud/aws/athenaintegration.go.
var lineItemTypes = []string{"DiscountedUsage", "SavingsPlanCoveredUsage", "Usage"}

// Question is what is asked.
type Question struct {
	Table   string
	By      string    // service, account or tag:KEY
	Until   time.Time // the first day that is not asked for
	Days    int
	Version string // billing.Version2 for CUR 2.0
}

// MaxDays bounds what a question may scan: a year and a bit.
const MaxDays = 400

// SQL is the query, whose rows are a day, a group and a cost. It returns an error for a number of days or a way to group that there is
// not.
func (q Question) SQL() (string, error) {
	if q.Days < 1 || q.Days > MaxDays {
		return "", fmt.Errorf("the number of days is %d: it is 1 to %d", q.Days, MaxDays)
	}
	group, err := q.group()
	if err != nil {
		return "", err
	}
	until := day(q.Until)
	from := until.AddDate(0, 0, -q.Days)
	months := billing.Report{Version: q.Version}.InMonths(from, until.AddDate(0, 0, -1))
	return fmt.Sprintf(`SELECT CAST(DATE_TRUNC('day', line_item_usage_start_date) AS VARCHAR), %s, CAST(SUM(line_item_unblended_cost) AS VARCHAR) `+
		`FROM "%s" WHERE (%s) AND line_item_usage_start_date >= DATE '%s' AND line_item_usage_start_date < DATE '%s' `+
		`AND line_item_line_item_type IN ('%s') GROUP BY 1, 2`,
		group, strings.ReplaceAll(q.Table, `"`, `""`), months,
		from.Format(time.DateOnly), until.Format(time.DateOnly), strings.Join(lineItemTypes, "', '")), nil
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// group is the column that costs are grouped by.
func (q Question) group() (string, error) {
	switch key, isTag := strings.CutPrefix(q.By, tagPrefix); {
	case q.By == ByService:
		return "line_item_product_code", nil
	case q.By == ByAccount:
		return "line_item_usage_account_id", nil
	case !isTag || key == "":
		return "", fmt.Errorf("costs are grouped by %q: it is %s, %s or %sKEY", q.By, ByService, ByAccount, tagPrefix)
	default:
		column, err := billing.TagColumn(key)
		if err != nil {
			return "", err
		}
		if q.Version == billing.Version2 {
			return fmt.Sprintf("resource_tags['%s']", strings.TrimPrefix(column, "resource_tags_")), nil
		}
		return `"` + column + `"`, nil
	}
}

// Cost is what a group cost on a day, in the bill's currency.
type Cost struct {
	Day   string // 2006-01-02
	Group string
	Cost  float64
}

// maxCost is more than any group costs on a day. NaN and the infinities, which are numbers to Athena too, cannot be summed up or drawn.
const maxCost = 1e15

// Read reads the query's rows, to one cost for each day and group. It returns an error for one that is not what SQL asks for.
func Read(rows [][]string) ([]Cost, error) {
	var all []Cost
	for _, row := range rows {
		if len(row) != 3 || len(row[0]) < len(time.DateOnly) {
			return nil, fmt.Errorf("reading costs: a row is %q", row)
		}
		on := row[0][:len(time.DateOnly)]
		_, err := time.Parse(time.DateOnly, on)
		cost, err2 := strconv.ParseFloat(row[2], 64)
		if err != nil || err2 != nil || !(math.Abs(cost) <= maxCost) {
			return nil, fmt.Errorf("reading costs: a row is %q: it is a day, what the costs are of, and a sum", row)
		}
		all = append(all, Cost{Day: on, Group: cmp.Or(row[1], none), Cost: cost})
	}
	slices.SortFunc(all, func(a, b Cost) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Cost, b.Cost))
	})
	var sums []Cost // a group that is empty and one that is missing are two to Athena, and one here
	for _, c := range all {
		if last := len(sums) - 1; last >= 0 && sums[last].Day == c.Day && sums[last].Group == c.Group {
			sums[last].Cost += c.Cost
			continue
		}
		sums = append(sums, c)
	}
	return sums, nil
}

// none is the group of costs without one, such as those without a tag.
const none = "(none)"

// WriteCSV writes costs as CSV with a header, a line a day and group.
func WriteCSV(w io.Writer, by string, all []Cost) error {
	out := csv.NewWriter(w)
	err := out.Write([]string{"day", by, "cost"})
	for _, c := range all {
		err = errors.Join(err, out.Write([]string{c.Day, c.Group, strconv.FormatFloat(c.Cost, 'f', 6, 64)}))
	}
	out.Flush()
	if err = errors.Join(err, out.Error()); err != nil {
		return fmt.Errorf("writing costs: %w", err)
	}
	return nil
}

// Sum is what a group, or a day, cost together.
type Sum struct {
	Name  string
	Cost  float64
	Share float64 // of all, from 0 to 1
}

// ByGroup sums costs up by group, the dearest first; beyond the first most the rest is one group.
func ByGroup(all []Cost, most int) []Sum {
	sums := sum(all, func(c Cost) string { return c.Group })
	slices.SortFunc(sums, func(a, b Sum) int { return cmp.Or(cmp.Compare(b.Cost, a.Cost), cmp.Compare(a.Name, b.Name)) })
	if len(sums) <= most {
		return sums
	}
	rest := Sum{Name: fmt.Sprintf("%d more", len(sums)-most)}
	for _, s := range sums[most:] {
		rest.Cost, rest.Share = rest.Cost+s.Cost, rest.Share+s.Share
	}
	return append(sums[:most:most], rest)
}

// ByDay sums costs up by day, the oldest first.
func ByDay(all []Cost) []Sum {
	sums := sum(all, func(c Cost) string { return c.Day })
	slices.SortFunc(sums, func(a, b Sum) int { return cmp.Compare(a.Name, b.Name) })
	return sums
}

func sum(all []Cost, name func(Cost) string) []Sum {
	var sums []Sum
	index, total := map[string]int{}, 0.0
	for _, c := range all {
		i, there := index[name(c)]
		if !there {
			i = len(sums)
			index[name(c)] = i
			sums = append(sums, Sum{Name: name(c)})
		}
		sums[i].Cost += c.Cost
		total += c.Cost
	}
	for i := range sums {
		if total != 0 {
			sums[i].Share = sums[i].Cost / total
		}
	}
	return sums
}

var eighths = []rune(" ▏▎▍▌▋▊▉")

// Bar is a bar of the given width for a value from 0 to most, in eighths of a character.
func Bar(value, most float64, width int) string {
	if most <= 0 || value <= 0 {
		return ""
	}
	n := int(value/most*float64(width)*8 + 0.5)
	n = min(n, width*8)
	bar := strings.Repeat("█", n/8)
	if n%8 > 0 {
		bar += string(eighths[n%8])
	}
	return bar
}
