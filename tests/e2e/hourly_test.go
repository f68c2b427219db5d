package e2e

import (
	"testing"
)

func TestAnHourlyReportGivesKubecostTheSameDays(t *testing.T) {
	w := newWorld(t)
	w.settings["reportTimeUnit"] = "HOURLY"
	w.up("payer")
	delivered, ask := w.bill()
	delete(w.settings, "reportTimeUnit")
	w.up("primary")
	w.reads(delivered, ask)
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
