package doctor

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// What Athena takes for a query, in US dollars a TB of 10^12 bytes, and the least that it counts.
// Source: https://aws.amazon.com/athena/pricing/
const (
	dollarsPerTB = 5.0
	leastScanned = 10_000_000
)

// realQuery is one query with the rights of Kubecost's pod: the newest day of the bill, from the columns that Kubecost asks for.
var realQuery = Check{
	Name:  "query",
	Title: func(s *Subject) string { return "a query as Kubecost's pod" },
	Needs: []Need{Cluster},
	Run: func(ctx context.Context, s *Subject) Finding {
		h := s.sessions(ctx)
		if h.payer == nil {
			return notChecked("needs both hops")
		}
		p := s.Payer
		result, err := h.payer.Query(ctx, Query{
			Region: p.AthenaRegion, WorkGroup: p.AthenaWorkgroup, Database: p.AthenaDatabase, OutputLocation: p.AthenaBucketName,
			SQL: newestDaySQL(p, s.now()),
		})
		if err != nil {
			return s.recognised(err, query)
		}
		if len(result.Rows) != 1 || len(result.Rows[0]) != 3 {
			return failed(fmt.Sprintf("%d rows", len(result.Rows)), "Athena answered something else than what was asked", "report this")
		}
		day, lines, cost := result.Rows[0][0], result.Rows[0][1], result.Rows[0][2]
		if n, err := strconv.ParseInt(lines, 10, 64); err != nil || n == 0 {
			return s.noRows(ctx)
		}
		return ok(fmt.Sprintf("the newest day with costs is %s; %s line items, %s USD in its month and the one before; %s", firstTen(day), lines, money(cost), Price(result.ScannedBytes)))
	},
}

// noRows is the finding for a query that finds nothing, which Kubecost shows as "Data Missing".
func (s *Subject) noRows(ctx context.Context) Finding {
	const seen = "the query runs and finds no line items in this month and the one before"
	if s.PayerAWS == nil {
		return waiting(seen, "AWS delivers the first report within 24 hours of its creation", s.now().Add(firstDelivery))
	}
	files, err := s.PayerAWS.Objects(ctx, s.Payer.CurBucketName, s.Payer.report().DataPrefix()+"/", 1000)
	if err != nil {
		return unasked(err, "s3:ListBucket on "+s.Payer.CurBucketName)
	}
	if n, _ := parquet(files); n == 0 {
		f := s.undelivered(ctx)
		f.Seen = seen + ": " + f.Seen
		return f
	}
	return failed(seen+", though there is data", "the table does not see the data: another location, month folders of another form, or partitions that no crawler registered", mendPayer)
}

// newestDaySQL asks for the newest day, the line items and the cost of this month and the one before, as Kubecost asks: by partition, for
// the columns that it cannot do without.
func newestDaySQL(p Payer, now time.Time) string {
	this := time.Date(now.UTC().Year(), now.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	return fmt.Sprintf(`SELECT CAST(MAX(line_item_usage_start_date) AS VARCHAR), CAST(COUNT(line_item_line_item_type) AS VARCHAR), `+
		`CAST(SUM(line_item_unblended_cost) AS VARCHAR) FROM "%s" WHERE %s`, strings.ReplaceAll(p.AthenaTable, `"`, `""`), p.report().InMonths(this.AddDate(0, -1, 0), this))
}

func firstTen(text string) string { return text[:min(10, len(text))] }

// money is a sum as Athena writes it, with two decimals.
func money(text string) string {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return strconv.FormatFloat(value, 'f', 2, 64)
}

// Price is what a query that scanned so much cost.
func Price(scanned int64) string {
	counted := max(scanned, leastScanned)
	return fmt.Sprintf("scanned %s, which costs %.6f USD", size(scanned), float64(counted)/1e12*dollarsPerTB)
}
