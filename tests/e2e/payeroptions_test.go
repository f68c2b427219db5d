package e2e

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
)

// previewed is what a preview of the payer's stack says, and the outputs it shows.
func (w *world) previewed(settings map[string]string) (said string, outputs map[string]any) {
	w.t.Helper()
	var out bytes.Buffer
	channel := make(chan events.EngineEvent)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e := range channel {
			if r := e.ResOutputsEvent; r != nil && r.Metadata.Type == "pulumi:pulumi:Stack" && r.Metadata.New != nil {
				outputs = r.Metadata.New.Outputs
			}
		}
	}()
	w.with(settings, func() {
		stack := w.stack("payer")
		if _, err := stack.Preview(w.t.Context(), optpreview.Color("never"), optpreview.ProgressStreams(&out), optpreview.EventStreams(channel)); err != nil {
			w.t.Fatalf("previewing the payer's stack: %v\n%s", err, out.String())
		}
	})
	<-done
	return out.String(), outputs
}

func TestSplitCostsLeaveKubecostsTotalAsItIs(t *testing.T) {
	w := newWorld(t)
	split := map[string]string{"reportSchemaElements": `["SPLIT_COST_ALLOCATION_DATA", "MANUAL_DISCOUNT_COMPATIBILITY"]`}
	w.upPayer(split)
	if reports := box.Cloud.Reports(w.payer); len(reports) != 1 || !slices.Contains(reports[0].AdditionalSchemaElements, "SPLIT_COST_ALLOCATION_DATA") {
		t.Fatalf("the reports are %+v", reports)
	}
	delivered, ask := w.bill()
	w.up("primary")
	answer := w.reads(delivered, ask)
	if answer.Columns < 40 {
		t.Errorf("the table has %d columns; those of split costs are missing", answer.Columns)
	}
	w.with(split, func() { w.unchanged("payer", optpreview.Refresh()) })

	split["reportProtect"] = "true"
	w.upPayer(split)
	w.with(map[string]string{"reportProtect": "true"}, func() {
		w.refuse(w.stack("payer"), "kubecost-report-definition", "marked for protection")
	})
}

func TestTheAccountsOwnWorkGroupWritesBelowThePrefix(t *testing.T) {
	w := newWorld(t)
	settings := map[string]string{"workGroupName": "primary", "resultsPrefix": "kubecost/prod"}
	if said, _ := w.previewed(settings); !strings.Contains(said, "scan limit") {
		t.Errorf("the preview does not say that there is no scan limit:\n%s", said)
	}
	w.upPayer(settings)
	delivered, ask := w.bill()
	w.up("primary")
	w.reads(delivered, ask) // the role may write below the prefix only
	w.with(settings, func() { w.unchanged("payer", optpreview.Refresh()) })
	w.destroy("primary")
	w.destroy("payer")
	w.empty()
}

func TestATagThatBillingHasSeenIsActivatedAndStaysActive(t *testing.T) {
	w := newWorld(t)
	settings := map[string]string{"costAllocationTags": `["team", "environment"]`, "activatedCostAllocationTags": `["team"]`}
	w.with(settings, func() {
		w.refuse(w.stack("payer"), "kubecost-report-tag-team", "Cost Allocation Tag (team): empty result")
	})
	if active := box.Cloud.ActiveCostTags(w.payer); len(active) > 0 {
		t.Errorf("active are %v", active)
	}

	box.Cloud.SeeCostTags(w.payer, "team", "environment")
	w.upPayer(settings)
	active := func(when string) {
		t.Helper()
		if got := box.Cloud.ActiveCostTags(w.payer); !slices.Equal(got, []string{"team"}) {
			t.Errorf("%s active are %v, want team", when, got)
		}
	}
	active("after an update")
	w.with(settings, func() { w.unchanged("payer", optpreview.Refresh()) })

	delete(settings, "activatedCostAllocationTags")
	w.upPayer(settings)
	active("after it was taken out")
	w.destroy("payer")
	active("after all was destroyed")
}
