package e2e

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// with runs something while the payer's stack has further settings; the primary's would refuse them.
func (w *world) with(settings map[string]string, run func()) {
	w.t.Helper()
	before := maps.Clone(w.settings)
	maps.Copy(w.settings, settings)
	run()
	w.settings = before
}

func (w *world) upPayer(settings map[string]string) {
	w.t.Helper()
	w.with(settings, func() { w.up("payer") })
}

// bill delivers this month's bill and returns what Kubecost has to read of it, and a function that has Kubecost read it.
func (w *world) bill() (sandbox.Delivered, func() (*sandbox.Answer, error)) {
	w.t.Helper()
	month := sandbox.Month(time.Now())
	delivered, err := box.Deliver(w.t.Context(), w.payer, month, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return delivered[0], func() (*sandbox.Answer, error) {
		return box.Ask(w.t.Context(), w.name, month, month.AddDate(0, 1, 0))
	}
}

// reads expects that Kubecost reads all that was delivered.
func (w *world) reads(delivered sandbox.Delivered, ask func() (*sandbox.Answer, error)) *sandbox.Answer {
	w.t.Helper()
	answer, err := ask()
	if err != nil {
		w.t.Fatal(err)
	}
	if answer.Total != delivered.Kubecost || answer.Total <= 0 {
		w.t.Errorf("Kubecost reads %d micro-dollars of %d delivered in %d lines", answer.Total, delivered.Kubecost, delivered.Items)
	}
	return answer
}

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
