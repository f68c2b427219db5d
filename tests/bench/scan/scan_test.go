package scan

import (
	"fmt"
	"testing"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/bill"
)

var modes = []mode{projection, crawler, version2}

// newest is the month that is asked for: Kubecost reads back what came last.
var newest = time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC)

// month before newest, by how many.
func before(months int) time.Time { return newest.AddDate(0, -months, 0) }

// days are the last n of the newest month.
func days(n int) (from, to time.Time) {
	end := newest.AddDate(0, 1, 0).Add(-24 * time.Hour)
	return end.AddDate(0, 0, -n), end
}

func deliverMonths(t testing.TB, m mode, months, lineItems int) *catalog {
	t.Helper()
	c := newCatalog(m)
	for n := range months {
		c.deliver(filesOf(t, m, before(n), lineItems))
		if m == crawler {
			c.crawl(before(n))
		}
	}
	return c
}

func filesOf(t testing.TB, m mode, first time.Time, lineItems int) []bill.Object {
	t.Helper()
	files, err := month(m.report(), first, lineItems)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func scanned(t testing.TB, c *catalog, from, to time.Time) (bytes int64, rows int) {
	t.Helper()
	result, err := c.ask(t.Context(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	return result.ScannedBytes, len(result.Rows)
}

func TestAQueryForOneMonthScansThatMonthsObjectsOnlyInEveryMode(t *testing.T) {
	from, to := days(7)
	for _, m := range modes {
		t.Run(string(m), func(t *testing.T) {
			alone, rows := scanned(t, deliverMonths(t, m, 1, 2000), from, to)
			if alone == 0 || rows == 0 {
				t.Fatalf("%d bytes scanned for %d rows: the query has no data", alone, rows)
			}
			among, same := scanned(t, deliverMonths(t, m, 24, 2000), from, to)
			if among != alone || same != rows {
				t.Errorf("with 24 months delivered, %d bytes are scanned for %d rows; with that month alone, %d bytes for %d rows",
					among, same, alone, rows)
			}
		})
	}
}

// Without partitions the same question reads all months: what the test above would find.
func TestATableWithoutPartitionsIsScannedWhole(t *testing.T) {
	from, to := days(7)
	one, rows := scanned(t, deliverMonths(t, unpartitioned, 1, 2000), from, to)
	three, same := scanned(t, deliverMonths(t, unpartitioned, 3, 2000), from, to)
	if rows == 0 || same != rows {
		t.Errorf("%d rows with three months and %d with one, want the same ones", same, rows)
	}
	if three < 2*one {
		t.Errorf("%d bytes with three months and %d with one, want about three times as many", three, one)
	}
}

func TestDaysInTwoMonthsScanBoth(t *testing.T) {
	from, to := newest.AddDate(0, 0, -3), newest.AddDate(0, 0, 3)
	for _, m := range modes {
		c := deliverMonths(t, m, 3, 2000)
		both, _ := scanned(t, c, from, to)
		first, _ := scanned(t, c, before(1), newest.Add(-24*time.Hour))
		second, _ := scanned(t, c, newest, to)
		if both != first+second {
			t.Errorf("%s: %d bytes scanned of two months, which have %d and %d", m, both, first, second)
		}
	}
}

// What is delivered is there at once, unless a crawl has to register its month.
func TestANewMonthIsAnsweredOnceItIsDeliveredAndInCrawlerModeOnceItIsCrawled(t *testing.T) {
	from, to := days(7)
	for _, m := range modes {
		c := newCatalog(m)
		c.deliver(filesOf(t, m, newest, 2000))
		_, rows := scanned(t, c, from, to)
		if there := rows > 0; there != (m != crawler) {
			t.Errorf("%s: %d rows after the delivery", m, rows)
		}
		if m == crawler {
			c.crawl(newest)
			if _, rows := scanned(t, c, from, to); rows == 0 {
				t.Error("no rows after the crawl")
			}
		}
	}
}

// BenchmarkScan reports the bytes that one query of seven days scans. The months before the newest one have the files of the newest
// one, under their own names: what they hold does not matter to a query that is not for them.
func BenchmarkScan(b *testing.B) {
	from, to := days(7)
	for _, lineItems := range []int{10_000, 100_000, 1_000_000} {
		for _, m := range append(modes, unpartitioned) {
			files := filesOf(b, m, newest, lineItems)
			for _, months := range []int{1, 6, 24} {
				if m == unpartitioned && lineItems*months > 6_000_000 {
					continue // all of it would be loaded into memory
				}
				b.Run(fmt.Sprintf("lineitems=%d/months=%d/%s", lineItems, months, m), func(b *testing.B) {
					c := newCatalog(m)
					for n := range months {
						c.deliver(copied(m.report(), files, before(n)))
						if m == crawler {
							c.crawl(before(n))
						}
					}
					var bytes, rows = int64(0), 0
					for b.Loop() {
						bytes, rows = scanned(b, c, from, to)
					}
					b.ReportMetric(float64(bytes), "scanned-bytes")
					b.ReportMetric(float64(rows), "rows")
				})
			}
		}
	}
}
