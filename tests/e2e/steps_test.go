package e2e

import (
	"maps"
	"slices"
	"time"

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

// reads expects that Kubecost reads all that was delivered, of each service on each day.
func (w *world) reads(delivered sandbox.Delivered, ask func() (*sandbox.Answer, error)) *sandbox.Answer {
	w.t.Helper()
	answer, err := ask()
	if err != nil {
		w.t.Fatal(err)
	}
	if answer.Total != delivered.Kubecost || answer.Total <= 0 {
		w.t.Errorf("Kubecost reads %d micro-dollars of %d delivered in %d lines", answer.Total, delivered.Kubecost, delivered.Items)
	}
	if len(delivered.Days) == 0 || !slices.EqualFunc(answer.Costs, delivered.Days, sandbox.DayCost.Equal) {
		w.t.Errorf("Kubecost reads %v\nof %v delivered", answer.Costs, delivered.Days)
	}
	return answer
}
