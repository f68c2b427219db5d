package sandbox

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/bill"
)

// Delivered is what the billing service wrote for one report.
type Delivered struct {
	Report   string // s3://bucket/prefix/name
	Month    time.Time
	Files    int
	Bytes    int
	Items    int         // line items
	Invoice  bill.Micros // of all of them
	Kubecost bill.Micros // of those that Kubecost asks for, at list price
	Days     []DayCost   // the same of each day, as a report by the day has it
}

// Deliver writes a month of line items for every report and export of a payer account, as the billing service does: only where the
// bucket's policy lets it. The current month is delivered up to today. tags are the active cost allocation tags; nil delivers
// all that the resources have.
func (s *Sandbox) Deliver(ctx context.Context, payer string, month time.Time, tags []string) ([]Delivered, error) {
	reports, exports := s.Cloud.Reports(payer), s.Cloud.Exports(payer)
	if len(reports)+len(exports) == 0 {
		return nil, fmt.Errorf("account %s has no report definition or export to deliver: bring the payer stack up first", payer)
	}
	days := 0
	if now := time.Now().UTC(); month.Year() == now.Year() && month.Month() == now.Month() {
		days = now.Day()
	}
	items := bill.Month(bill.Options{
		Payer:  payer,
		Linked: []string{"333333333333", "444444444444", "555555555555", "666666666666"},
		Year:   month.Year(), Month: month.Month(), Days: days, Seed: 1, Tags: tags,
	})
	for _, item := range items {
		s.Cloud.SeeCostTags(payer, slices.Collect(maps.Keys(item.Tags))...)
	}
	var all []Delivered
	for _, r := range reports {
		items := items
		if r.TimeUnit == "HOURLY" {
			items = bill.Hourly(items)
		}
		if slices.Contains(r.AdditionalSchemaElements, "SPLIT_COST_ALLOCATION_DATA") {
			items = bill.Split(items)
		}
		objects, summary, err := bill.Delivery(bill.Report{
			Name: r.ReportName, Bucket: r.S3Bucket, Prefix: r.S3Prefix, Account: payer,
		}, items)
		if err != nil {
			return nil, fmt.Errorf("writing the bill of report %s: %w", r.ReportName, err)
		}
		d := Delivered{
			Report: "s3://" + r.S3Bucket + "/" + r.S3Prefix + "/" + r.ReportName,
			Month:  month, Files: len(objects), Items: summary.Items, Invoice: summary.Total, Kubecost: summary.Kubecost.List,
		}
		for _, o := range objects {
			if err := s.Cloud.BillingPutObject(ctx, payer, r.ReportName, o.Key, o.Body); err != nil {
				return nil, fmt.Errorf("delivering report %s: %w", r.ReportName, err)
			}
			d.Bytes += len(o.Body)
		}
		all = append(all, d)
	}
	for _, e := range exports {
		d, err := s.deliverExport(ctx, payer, e, month, items)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	sums := map[bill.DayService]bill.Micros{}
	for key, costs := range bill.Summarize(items).KubecostByDay {
		sums[key] = costs.List
	}
	for i := range all {
		all[i].Days = dayCosts(sums)
	}
	return all, nil
}
