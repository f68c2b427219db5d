package e2e

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// crawl runs the crawler of a world's report.
func (w *world) crawl() simaws.Crawl {
	w.t.Helper()
	crawl, err := box.Cloud.Crawl(w.t.Context(), w.payer, sandbox.Region, "AWSCURCrawler-kubecost")
	if err != nil {
		w.t.Fatal(err)
	}
	return crawl
}

// crawls runs it, and expects that it does what it is there for.
func (w *world) crawls() simaws.Crawl {
	w.t.Helper()
	crawl := w.crawl()
	if crawl.Status != "SUCCEEDED" || crawl.Deprecated {
		w.t.Fatalf("the crawl is %+v", crawl)
	}
	return crawl
}

// undrifted expects that with some settings neither a preview nor one with a refresh would change the payer's stack.
func (w *world) undrifted(settings map[string]string) {
	w.t.Helper()
	w.with(settings, func() {
		w.unchanged("payer")
		w.unchanged("payer", optpreview.Refresh())
	})
}

func TestACrawlerBringsTheBillAndItsNewColumns(t *testing.T) {
	w := newWorld(t)
	settings := map[string]string{"catalogMode": "crawler", "costAllocationTags": `["aws:eks:cluster-name"]`}
	w.upPayer(settings)
	w.up("primary")
	month := sandbox.Month(time.Now())
	empty := func(when string) int {
		t.Helper()
		answer, err := box.Ask(t.Context(), w.name, month, month.AddDate(0, 1, 0))
		if err != nil {
			t.Fatal(err)
		}
		if answer.Total != 0 {
			t.Errorf("%s Kubecost reads %d", when, answer.Total)
		}
		return answer.Columns
	}
	empty("before a delivery")
	delivered, ask := w.bill()
	before := empty("before a crawl has registered a partition")

	crawl := w.crawls()
	const column = "resource_tags_user_kubernetes_io_service_name"
	if !slices.Contains(crawl.Columns, column) || len(crawl.Partitions) != 1 {
		t.Errorf("the crawl added the columns %v and the partitions %v", crawl.Columns, crawl.Partitions)
	}
	if answer := w.reads(delivered, ask); answer.Columns != before+len(crawl.Columns) {
		t.Errorf("the table has %d columns, before the crawl %d, and %d were added", answer.Columns, before, len(crawl.Columns))
	}
	w.undrifted(settings)
	w.destroy("payer")
	if left, err := box.Env.Leftovers(t.Context(), w.payer); err != nil || len(left) > 0 {
		t.Errorf("left in the payer account: %v, %v", left, err)
	}
}

func TestADeliveryStartsTheCrawler(t *testing.T) {
	w := newWorld(t)
	settings := map[string]string{"catalogMode": "crawler", "crawlerTrigger": "event"}
	w.upPayer(settings)
	delivered, ask := w.bill()
	crawls, err := box.Cloud.EndBatchWindows(t.Context(), w.payer, sandbox.Region)
	if err != nil || len(crawls) != 1 || crawls[0].Status != "SUCCEEDED" {
		t.Fatalf("the delivery started the crawls %+v, %v", crawls, err)
	}
	w.up("primary")
	w.reads(delivered, ask)
	w.undrifted(settings)
	w.destroy("primary")
	w.destroy("payer")
	w.empty()
}

func TestACatalogChangesItsModeInPlace(t *testing.T) {
	w := newWorld(t)
	w.up("payer")
	delivered, ask := w.bill()
	w.up("primary")
	settings := map[string]string{}
	wants := func(want map[string]string) {
		t.Helper()
		w.with(settings, func() {
			if got := w.changes("payer"); !maps.Equal(got, want) {
				t.Errorf("with %v a preview would %v, want %v", settings, got, want)
			}
		})
	}

	settings["catalogMode"] = "crawler"
	wants(map[string]string{
		"kubecost-catalog-table": "update", "kubecost-catalog-crawler": "create", "kubecost-catalog-crawler-role": "create",
		"kubecost-catalog-crawler-crawl-report": "create",
	})
	w.upPayer(settings)
	w.crawls()
	w.reads(delivered, ask)
	w.undrifted(settings)

	settings["crawlerTrigger"] = "event"
	wants(map[string]string{
		"kubecost-catalog-crawler": "update", "kubecost-catalog-crawler-workflow": "create", "kubecost-catalog-crawler-trigger": "create",
		"kubecost-catalog-crawler-events-role": "create", "kubecost-catalog-crawler-notify-workflow": "create",
		"kubecost-catalog-crawler-rule": "create", "kubecost-catalog-crawler-target": "create", "kubecost-report-bucket-notification": "create",
	})
	w.upPayer(settings)
	w.undrifted(settings)

	clear(settings)
	w.with(settings, func() {
		if got := w.changes("payer"); got["kubecost-catalog-table"] != "update" || got["kubecost-catalog-crawler"] != "delete" {
			t.Errorf("back to projection a preview would %v", got)
		}
	})
	w.upPayer(settings)
	w.reads(delivered, ask)
	w.undrifted(settings)
}
