// Package bill makes up the bill of an AWS organisation as AWS delivers it: line items of a legacy Cost and Usage Report with
// daily granularity and resource IDs, as Parquet files in the layout of a report with Athena integration.
//
// A bill is a function of its options alone. Amounts are whole micro-dollars until they are written as the floating-point
// numbers that AWS delivers, so that whoever reads the files can be checked to the cent. Nothing here does any I/O.
package bill

import (
	"slices"
	"time"
)

// Options say whose bill it is, of which month, and what it shows.
type Options struct {
	Payer  string   // account ID of the organisation's management account
	Linked []string // account IDs of its members; they take the workloads of this package in turn
	Year   int
	Month  time.Month
	Days   int      // days of the month billed so far; 0 for the whole month
	Seed   uint64   // bills with different seeds have different resources
	Tags   []string // keys of the active cost allocation tags (team, aws:eks:cluster-name); all that resources have if nil
}

// Month returns the line items of one month's bill, ordered by day. Resources keep their IDs from month to month.
func Month(o Options) []LineItem {
	first := time.Date(o.Year, o.Month, 1, 0, 0, 0, 0, time.UTC)
	days := first.AddDate(0, 1, -1).Day()
	if o.Days > 0 && o.Days < days {
		days = o.Days
	}
	m := meter{seed: o.Seed, payer: o.Payer}
	var resources []resource
	for i, account := range o.Linked {
		resources = append(resources, m.workload(i, account)...)
	}
	var items []LineItem
	for d := range days {
		day := first.AddDate(0, 0, d)
		usage := m.usage(resources, day)
		usage = append(usage, m.commitments(usage, day)...)
		usage = append(usage, discounts(usage)...)
		if d == 0 {
			usage = append(usage, m.invoiceItems(usage, first, days)...)
		}
		items = append(items, usage...)
	}
	for i := range items {
		items[i].ID = lineItemID(o.Seed, items[i].Start, i)
		items[i].Payer = o.Payer
		items[i].Month = first
		if o.Tags != nil {
			items[i].Tags = activeTags(items[i].Tags, o.Tags)
		}
	}
	return items
}

// Recent returns the bills that an organisation has seen at a point in time: the whole month before, and the current month up
// to and including that day. The options' year, month and days are not looked at.
func Recent(o Options, now time.Time) (previous, current []LineItem) {
	now = now.UTC()
	o.Year, o.Month, o.Days = now.Year(), now.Month(), now.Day()
	current = Month(o)
	before := time.Date(o.Year, o.Month, 1, 0, 0, 0, 0, time.UTC).AddDate(0, -1, 0)
	o.Year, o.Month, o.Days = before.Year(), before.Month(), 0
	return Month(o), current
}

func activeTags(tags map[string]string, active []string) map[string]string {
	kept := map[string]string{}
	for key, value := range tags {
		if slices.Contains(active, key) {
			kept[key] = value
		}
	}
	return kept
}
