package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

func TestCUR2GivesOpenCostTheDeliveredBill(t *testing.T) {
	w := newWorld(t)
	w.settings["reportVersion"] = `"2"`
	w.settings["costAllocationTags"] = ""
	outputs := w.up("payer").Outputs
	if got := outputs["contractVersion"].Value; got != "2" {
		t.Errorf("the contract's version is %v", got)
	}
	if reports, exports := box.Cloud.Reports(w.payer), box.Cloud.Exports(w.payer); len(reports) != 0 || len(exports) != 1 {
		t.Fatalf("there are %d report definitions and %d exports", len(reports), len(exports))
	}
	delivered, ask := w.bill()
	w.unchanged("payer")
	w.unchanged("payer", optpreview.Refresh())

	// A chart whose client reads the legacy report only refuses this payer.
	delete(w.settings, "reportVersion")
	w.refuse(w.stack("primary"), "organization/kubecost-cur/payer", "CUR 2.0", "cost-analyzer", "opencost from 2.5.17")

	// As settings, the payer is taken as it is.
	w.settings["payerStack"], w.settings["payerAccountId"] = "", ""
	w.settings["payers"] = fmt.Sprintf(`[{athenaBucketName: %v, athenaRegion: %v, athenaDatabase: %v, athenaTable: %v, athenaWorkgroup: %v, projectID: %q, masterPayerARN: %v}]`,
		outputs["athenaBucketName"].Value, outputs["athenaRegion"].Value, outputs["athenaDatabase"].Value, outputs["athenaTable"].Value,
		outputs["athenaWorkgroup"].Value, w.payer, outputs["masterPayerARN"].Value)
	if changes := w.changes("primary"); changes["kubecost-release"] != "create" {
		t.Errorf("a preview with the payer among the settings would %v", changes)
	}
	for _, key := range []string{"payerStack", "payerAccountId", "payers"} {
		delete(w.settings, key)
	}

	w.from["primary"] = "examples/Pulumi.primary-opencost.yaml"
	w.up("primary")
	w.reads(delivered, ask)
	w.unchanged("primary")
	delete(w.from, "primary")
	w.destroy("primary")
	w.settings["reportVersion"] = `"2"`
	w.destroy("payer")
	w.empty()
}

func TestAReportsVersionIsChangedOnlyOnPurpose(t *testing.T) {
	w := newWorld(t)
	w.settings["reportProtect"] = "" // the default
	w.up("payer")
	w.settings["reportVersion"] = `"2"`
	w.settings["costAllocationTags"] = ""
	stack := w.stack("payer")
	if result, err := stack.Preview(t.Context(), optpreview.Color("never")); err == nil {
		t.Errorf("a preview would change the version of a protected report:\n%s", result.StdOut)
	} else if !strings.Contains(err.Error(), "kubecost-report-definition") || !strings.Contains(err.Error(), "protected") {
		t.Errorf("the preview is refused with %v", err)
	}
	if reports, exports := box.Cloud.Reports(w.payer), box.Cloud.Exports(w.payer); len(reports) != 1 || len(exports) != 0 {
		t.Errorf("after a refused preview there are %d report definitions and %d exports", len(reports), len(exports))
	}

	w.settings["reportProtect"] = "false"
	w.settings["reportVersion"] = ""
	w.up("payer")
	w.settings["reportVersion"] = `"2"`
	w.up("payer")
	if reports, exports := box.Cloud.Reports(w.payer), box.Cloud.Exports(w.payer); len(reports) != 0 || len(exports) != 1 {
		t.Errorf("after the change there are %d report definitions and %d exports", len(reports), len(exports))
	}
	w.unchanged("payer")
	delivered, err := box.Deliver(t.Context(), w.payer, sandbox.Month(time.Now()), nil)
	if err != nil || len(delivered) != 1 {
		t.Errorf("delivered were %v, %v", delivered, err)
	}
}

// Pulumi deletes last, so without a preview the export is there before the deletion is refused.
func TestWithoutAPreviewAProtectedReportIsKeptBesideTheExport(t *testing.T) {
	w := newWorld(t)
	w.settings["reportProtect"] = "" // the default
	w.up("payer")
	w.settings["reportVersion"] = `"2"`
	w.settings["costAllocationTags"] = ""
	w.refuse(w.stack("payer"), "kubecost-report-definition", "protected", "pulumi state unprotect")
	if reports, exports := box.Cloud.Reports(w.payer), box.Cloud.Exports(w.payer); len(reports) != 1 || len(exports) != 1 {
		t.Errorf("there are %d report definitions and %d exports", len(reports), len(exports))
	}
}
