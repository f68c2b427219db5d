package e2e

import (
	"testing"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

func TestAnHourlyReportGivesKubecostTheSameDays(t *testing.T) {
	w := newWorld(t)
	w.settings["reportTimeUnit"] = "HOURLY"
	w.up("payer")
	month := sandbox.Month(time.Now())
	delivered, err := box.Deliver(t.Context(), w.payer, month, nil)
	if err != nil {
		t.Fatal(err)
	}
	delete(w.settings, "reportTimeUnit")
	w.up("primary")
	answer, err := box.Ask(t.Context(), w.name, month, month.AddDate(0, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	if answer.Total != delivered[0].Kubecost || answer.Total <= 0 {
		t.Errorf("Kubecost reads %d micro-dollars of %d delivered in %d lines", answer.Total, delivered[0].Kubecost, delivered[0].Items)
	}
}

func TestAReportsTimeUnitIsChangedOnlyOnPurpose(t *testing.T) {
	w := newWorld(t)
	w.settings["reportProtect"] = "" // the default
	w.up("payer")
	w.settings["reportTimeUnit"] = "HOURLY"
	w.refuse(w.stack("payer"), "kubecost-report-definition", "marked for protection")
	if reports := box.Cloud.Reports(w.payer); len(reports) != 1 || reports[0].TimeUnit != "DAILY" {
		t.Errorf("the protected report is now %+v", reports)
	}

	w.settings["reportProtect"] = "false"
	delete(w.settings, "reportTimeUnit")
	w.up("payer")
	w.settings["reportTimeUnit"] = "HOURLY"
	w.up("payer")
	if reports := box.Cloud.Reports(w.payer); len(reports) != 1 || reports[0].TimeUnit != "HOURLY" {
		t.Errorf("the report is %+v; want an hourly one", reports)
	}
	w.unchanged("payer")
}
