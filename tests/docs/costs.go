package docs

import (
	"fmt"
	"math"
	"strings"
)

// Prices of us-east-1 and us-east-2, in dollars.
const (
	athenaTB       = 5.00          // scanned
	athenaMinimum  = 10 * 1 << 20  // bytes that a query is charged for at least
	s3GBMonth      = 0.023         // standard storage
	s3Writes       = 0.005 / 1000  // PUT, LIST
	s3Reads        = 0.0004 / 1000 // GET
	glueDPUHour    = 0.44
	kmsKeyMonth    = 1.00
	kmsRequests    = 0.03 / 10_000
	crawlDPUs      = 2
	crawlHours     = 10.0 / 60 // billed at least
	daysAMonth     = 30
	deliveriesADay = 3
)

// How often Kubecost asks, by its defaults.
const (
	runsADay        = 24 / 6 // CLOUD_COST_REFRESH_RATE_HOURS
	blockDays       = 7      // of one query
	monthlyEvery    = 6      // runs: one of them reads the month to date
	backDays        = 91     // that a new installation reads
	runsAMonth      = runsADay * daysAMonth
	blocksAMonth    = (daysAMonth + blockDays - 1) / blockDays
	costQueries     = runsAMonth + runsAMonth/monthlyEvery*blocksAMonth
	queries         = 2 * costQueries // each asks for the columns first
	backfillQueries = backDays / blockDays
)

// What is assumed of a bill.
const (
	bytesALine = 100 // on disk, compressed
	readALine  = 20  // of the columns that Kubecost reads
	linesAFile = 1_000_000
	readsAFile = 10 // GET requests of a query
	keptMonths = 12
)

// bill is a size of a bill.
type bill struct {
	name  string
	lines float64 // line items a month
}

var bills = []bill{{"small", 50_000}, {"medium", 1_000_000}, {"large", 20_000_000}}

// scan is what one query over a full month is charged for, in bytes.
func (b bill) scan(months float64) float64 { return math.Max(months*b.lines*readALine, athenaMinimum) }

func (b bill) files() float64 { return math.Ceil(b.lines / linesAFile) }

func (b bill) athena() float64 {
	return costQueries * (b.scan(1) + athenaMinimum) / (1 << 40) * athenaTB // the list of columns scans next to nothing
}

func (b bill) storage() float64 { return keptMonths * b.lines * bytesALine / (1 << 30) * s3GBMonth }

func (b bill) requests() float64 {
	writes := deliveriesADay*daysAMonth*(b.files()+1) + 2*queries // a manifest; a result and its metadata
	reads := costQueries*b.files()*readsAFile + queries
	return writes*s3Writes + reads*s3Reads
}

// backfill is the first reading of a new Kubecost; each of its blocks may touch two months.
func (b bill) backfill() float64 {
	return backfillQueries * (b.scan(2) + athenaMinimum) / (1 << 40) * athenaTB
}

func (b bill) month() float64 { return b.athena() + b.storage() + b.requests() }

const (
	crawlerMonth = crawlDPUs * crawlHours * glueDPUHour * daysAMonth
)

// kms is a key's month: with S3's bucket keys, KMS is asked once for many objects; counted is once for each request of a query.
func (b bill) kms() float64 { return kmsKeyMonth + costQueries*b.files()*kmsRequests }

// costTable is the table of docs/costs.md.
func costTable() string {
	rows := []struct {
		what string
		of   func(bill) string
	}{
		{"line items a month", func(b bill) string { return thousands(b.lines) }},
		{"report's data a month", func(b bill) string { return size(b.lines * bytesALine) }},
		{"a query scans, charged", func(b bill) string { return size(b.scan(1)) }},
		{fmt.Sprintf("Athena: %d queries", queries), func(b bill) string { return dollars(b.athena()) }},
		{fmt.Sprintf("S3: %d months kept", keptMonths), func(b bill) string { return dollars(b.storage()) }},
		{"S3: requests", func(b bill) string { return dollars(b.requests()) }},
		{"**a month**", func(b bill) string { return "**" + dollars(b.month()) + "**" }},
		{"once: Kubecost reads 91 days back", func(b bill) string { return dollars(b.backfill()) }},
		{"with a crawler each night", func(bill) string { return "+ " + dollars(crawlerMonth) }},
		{"with a KMS key of your own", func(b bill) string { return "+ " + dollars(b.kms()) }},
	}
	var t strings.Builder
	t.WriteString("| |")
	for _, b := range bills {
		t.WriteString(" " + b.name + " |")
	}
	t.WriteString("\n|---|" + strings.Repeat("---:|", len(bills)) + "\n")
	for _, r := range rows {
		t.WriteString("| " + r.what + " |")
		for _, b := range bills {
			t.WriteString(" " + r.of(b) + " |")
		}
		t.WriteString("\n")
	}
	return t.String()
}

func dollars(d float64) string { return fmt.Sprintf("$%.2f", d) }

func size(bytes float64) string {
	if bytes < 1<<30 {
		return fmt.Sprintf("%.0f MB", bytes/(1<<20))
	}
	return fmt.Sprintf("%.1f GB", bytes/(1<<30))
}

func thousands(n float64) string {
	text := fmt.Sprintf("%.0f", n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
