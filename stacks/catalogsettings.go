package stacks

import (
	"fmt"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

// catalogSettings say how the report's table is kept, checked. Without a crawler all but the mode is empty, and so is the schedule of a
// crawler that deliveries start.
type catalogSettings struct {
	Mode            string
	CrawlerTrigger  string
	CrawlerSchedule string
	CrawlerRoleName string
}

// catalog reads the settings of the catalog. One that has no effect in the mode, or with the trigger, is a fault unless it is the
// default, which Pulumi gives to every stack of the project.
func (r *reader) catalog() catalogSettings {
	c := catalogSettings{Mode: r.text("catalogMode")}
	if err := billing.CheckCatalogMode(c.Mode); err != nil {
		r.fault("catalogMode", c.Mode, err)
		return c
	}
	if c.Mode != billing.Crawler {
		r.idle("catalogMode", c.Mode, "crawlerTrigger", "crawlerSchedule", "crawlerRoleName")
		return c
	}
	c.CrawlerTrigger, c.CrawlerRoleName = r.text("crawlerTrigger"), r.text("crawlerRoleName")
	r.fault("crawlerTrigger", c.CrawlerTrigger, billing.CheckCrawlerTrigger(c.CrawlerTrigger))
	r.fault("crawlerRoleName", c.CrawlerRoleName, components.CheckCrawlerRoleName(c.CrawlerRoleName, c.CrawlerTrigger))
	if c.CrawlerTrigger == billing.OnEvent {
		r.idle("crawlerTrigger", c.CrawlerTrigger, "crawlerSchedule")
		return c
	}
	c.CrawlerSchedule = r.text("crawlerSchedule")
	r.fault("crawlerSchedule", c.CrawlerSchedule, billing.CheckSchedule(c.CrawlerSchedule))
	return c
}

// idle records a fault for each of some settings that is set to anything but its default, and of which another one's value makes no use.
func (r *reader) idle(key, value string, unused ...string) {
	for _, other := range unused {
		if v := r.text(other); v != of(other).def {
			r.fault(other, v, fmt.Errorf("it has no effect while %s is %q: remove it, or change that", r.full(key), value))
		}
	}
}

// crawler checks the names that a crawler shares with what else the payer side makes.
func (r *reader) crawler(p payerSettings) {
	if p.Catalog.Mode != billing.Crawler {
		return
	}
	r.fault("catalogMode", p.Catalog.Mode, billing.CheckCrawledVersion(p.ReportVersion))
	if err := components.CheckCrawledCatalog(p.Adopt.Catalog); err != nil {
		r.fault("catalogMode", p.Catalog.Mode, fmt.Errorf("%s has catalog, and %w; take one of them out", r.full("adopt"), err))
	}
	if err := components.CheckNotifiedBucket(p.Adopt.ReportBucket, p.Catalog.CrawlerTrigger); err != nil {
		r.fault("crawlerTrigger", p.Catalog.CrawlerTrigger, fmt.Errorf("%s has reportBucket, and %w; use schedule", r.full("adopt"), err))
	}
	if billing.CheckName(p.ReportName, p.Adopt.Report) == nil {
		r.fault("reportName", p.ReportName, billing.CheckCrawledReport(p.ReportName, p.Catalog.CrawlerTrigger))
	}
	if role := p.Catalog.CrawlerRoleName; arn.CheckRoleName(role) == nil && components.SameRole(p.RoleName, role, p.Catalog.CrawlerTrigger) {
		r.fault("crawlerRoleName", role, fmt.Errorf("%s is %q, and the crawler has roles of its own: choose another name", r.full("payerRoleName"), p.RoleName))
	}
}
