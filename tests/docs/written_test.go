package docs

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what is worked out into the pages")

func TestTheCostsAreThoseOfTheirInputs(t *testing.T) {
	page := filepath.Join(root, "docs", "costs.md")
	if err := Written(page, "costs", costTable(), *update); err != nil {
		t.Error(err)
	}
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, input := range []string{
		fmt.Sprintf("$%.2f a TB scanned, %d MB a query at least", athenaTB, athenaMinimum>>20),
		fmt.Sprintf("$%.3f a GB and month; $%.3f for 1,000 writes or lists, $%.4f for 1,000 reads", s3GBMonth, s3Writes*1000, s3Reads*1000),
		fmt.Sprintf("$%.2f a DPU-hour, ten minutes a crawl at least; %d DPUs", glueDPUHour, crawlDPUs),
		fmt.Sprintf("$%.2f a key and month, $%.2f for 10,000 requests", kmsKeyMonth, kmsRequests*10_000),
		fmt.Sprintf("every %d hours", 24/runsADay), fmt.Sprintf("in blocks of %d days", blockDays), fmt.Sprintf("%d days back", backDays),
		fmt.Sprintf("%d bytes on disk, %d bytes in the columns", bytesALine, readALine), fmt.Sprintf("%d times a day", deliveriesADay),
	} {
		if !strings.Contains(string(b), input) {
			t.Errorf("%s does not say what it is worked out from: %s", page, input)
		}
	}
	// The arithmetic that the page shows is of the medium bill.
	medium := bills[1]
	if runsAMonth != 120 || costQueries != 220 || queries != 440 || medium.scan(1) != 20_000_000 ||
		dollars(medium.athena()) != "$0.03" || dollars(medium.storage()) != "$0.03" {
		t.Errorf("the arithmetic of %s is another: %d runs, %d queries for costs, %.0f bytes, %s, %s", page, runsAMonth, costQueries, medium.scan(1),
			dollars(medium.athena()), dollars(medium.storage()))
	}
}

// Each thing that the doctor may say is in the page that people open when something is wrong.
func TestEveryFindingIsInTroubleshooting(t *testing.T) {
	findings, err := Findings(filepath.Join(root, "internal", "doctor"))
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) < 50 {
		t.Errorf("only %d findings were found", len(findings))
	}
	known, err := KnownErrors(filepath.Join(root, "internal", "doctor"))
	if err != nil {
		t.Fatal(err)
	}
	if len(known) < 25 {
		t.Errorf("only %d known errors were found", len(known))
	}
	page := filepath.Join(root, "docs", "troubleshooting.md")
	for name, rows := range map[string][]string{"findings": findingRows(findings), "errors": errorRows(known)} {
		if err := Written(page, name, strings.Join(rows, "\n")+"\n", *update); err != nil {
			t.Error(err)
		}
	}
}
