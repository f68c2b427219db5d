package e2e

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"

	"github.com/kubecost-cur/kubecost-cur/tests/bill"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

const crawlerName = "AWSCURCrawler-kubecost"

// crawls is a world whose payer stack has settings of its own.
type crawls struct {
	*world
	month time.Time
	own   map[string]string
}

func newCrawls(t *testing.T, own map[string]string) crawls {
	t.Helper()
	return crawls{newWorld(t), sandbox.Month(time.Now()), own}
}

// asPayer does something with the payer stack's settings.
func (w crawls) asPayer(do func()) {
	w.t.Helper()
	before := maps.Clone(w.settings)
	maps.Copy(w.settings, w.own)
	do()
	w.settings = before
}

func (w crawls) upPayer() { w.t.Helper(); w.asPayer(func() { w.up("payer") }) }

func (w crawls) deliver() bill.Micros {
	w.t.Helper()
	delivered, err := box.Deliver(w.t.Context(), w.payer, w.month, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return delivered[0].Kubecost
}

// read is what Kubecost reads of the month, and how many columns the table has.
func (w crawls) read() (bill.Micros, int) {
	w.t.Helper()
	answer, err := box.Ask(w.t.Context(), w.name, w.month, w.month.AddDate(0, 1, 0))
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.Total, answer.Columns
}

func (w crawls) crawl() simaws.Crawl {
	w.t.Helper()
	crawl, err := box.Cloud.Crawl(w.t.Context(), w.payer, sandbox.Region, crawlerName)
	if err != nil {
		w.t.Fatal(err)
	}
	if crawl.Status != "SUCCEEDED" || crawl.Deprecated {
		w.t.Fatalf("the crawl is %+v", crawl)
	}
	return crawl
}

// undrifted expects that neither a preview nor one with a refresh would change the payer stack.
func (w crawls) undrifted() {
	w.t.Helper()
	w.asPayer(func() {
		w.unchanged("payer")
		w.unchanged("payer", optpreview.Refresh())
	})
}

func (w crawls) gone() {
	w.t.Helper()
	w.destroy("primary")
	w.asPayer(func() { w.destroy("payer") })
	w.empty()
}

func TestACrawlerBringsTheBillAndItsNewColumns(t *testing.T) {
	w := newCrawls(t, map[string]string{"catalogMode": "crawler", "costAllocationTags": `["aws:eks:cluster-name"]`})
	w.upPayer()
	w.up("primary")
	total, before := w.read()
	if total != 0 {
		t.Errorf("before a delivery Kubecost reads %d", total)
	}
	delivered := w.deliver()
	if total, _ := w.read(); total != 0 {
		t.Errorf("before a crawl Kubecost reads %d: of partitions that nobody registered", total)
	}

	crawl := w.crawl()
	const column = "resource_tags_user_kubernetes_io_service_name"
	if !slices.Contains(crawl.Columns, column) || len(crawl.Partitions) != 1 {
		t.Errorf("the crawl added the columns %v and the partitions %v", crawl.Columns, crawl.Partitions)
	}
	total, after := w.read()
	if total != delivered || after != before+len(crawl.Columns) {
		t.Errorf("Kubecost reads %d of %d delivered, in a table of %d columns, before %d", total, delivered, after, before)
	}
	w.undrifted()
	w.gone()
}

func TestADeliveryStartsTheCrawler(t *testing.T) {
	w := newCrawls(t, map[string]string{"catalogMode": "crawler", "crawlerTrigger": "event"})
	w.upPayer()
	delivered := w.deliver()
	crawls, err := box.Cloud.EndBatchWindows(t.Context(), w.payer, sandbox.Region)
	if err != nil || len(crawls) != 1 || crawls[0].Status != "SUCCEEDED" {
		t.Fatalf("the delivery started the crawls %+v, %v", crawls, err)
	}
	w.up("primary")
	if total, _ := w.read(); total != delivered {
		t.Errorf("Kubecost reads %d of %d delivered", total, delivered)
	}
	w.undrifted()
	w.gone()
}

func TestACatalogChangesItsModeInPlace(t *testing.T) {
	w := newCrawls(t, map[string]string{})
	w.upPayer()
	delivered := w.deliver()
	w.up("primary")
	wants := func(want map[string]string) {
		t.Helper()
		w.asPayer(func() {
			if got := w.changes("payer"); !maps.Equal(got, want) {
				t.Errorf("with %v a preview would %v, want %v", w.own, got, want)
			}
		})
	}
	reads := func(when string) {
		t.Helper()
		if total, _ := w.read(); total != delivered {
			t.Errorf("%s Kubecost reads %d of %d", when, total, delivered)
		}
	}

	w.own["catalogMode"] = "crawler"
	wants(map[string]string{
		"kubecost-catalog-table": "update", "kubecost-catalog-crawler": "create", "kubecost-catalog-crawler-role": "create",
		"kubecost-catalog-crawler-crawl-report": "create",
	})
	w.upPayer()
	w.crawl()
	reads("after a crawl")
	w.undrifted()

	w.own["crawlerTrigger"] = "event"
	wants(map[string]string{
		"kubecost-catalog-crawler": "update", "kubecost-catalog-crawler-workflow": "create", "kubecost-catalog-crawler-trigger": "create",
		"kubecost-catalog-crawler-events-role": "create", "kubecost-catalog-crawler-notify-workflow": "create",
		"kubecost-catalog-crawler-rule": "create", "kubecost-catalog-crawler-target": "create", "kubecost-report-bucket-notification": "create",
	})
	w.upPayer()
	w.undrifted()

	clear(w.own)
	w.asPayer(func() {
		if got := w.changes("payer"); got["kubecost-catalog-table"] != "update" || got["kubecost-catalog-crawler"] != "delete" {
			t.Errorf("back to projection a preview would %v", got)
		}
	})
	w.upPayer()
	reads("without a crawler")
	w.undrifted()
}
