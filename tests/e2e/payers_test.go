package e2e

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"github.com/kubecost-cur/kubecost-cur/tests/bill"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// upSecondPayer brings the example's stack payer-b of this world's project up, in the account of payer.
func (w *world) upSecondPayer(payer *world) auto.Stack {
	w.t.Helper()
	stack, err := box.Env.Stack(w.t.Context(), "payer-b", sandbox.StackOptions{
		Settings: "examples/Pulumi.payer-b.yaml", Account: payer.payer, Edit: w.edit, State: w.name,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := stack.Up(w.t.Context(), optup.Color("never"), optup.SuppressProgress()); err != nil {
		w.t.Fatalf("bringing payer-b up: %v", err)
	}
	return stack
}

// totals are what Kubecost reads over [from, to), by the payer role that it goes by.
func (w *world) totals(from, to time.Time) map[string]bill.Micros {
	w.t.Helper()
	answers, err := box.AskAll(w.t.Context(), w.name, from, to)
	if err != nil {
		w.t.Fatal(err)
	}
	totals := map[string]bill.Micros{}
	for _, a := range answers {
		totals[a.Payer] = a.Total
	}
	return totals
}

func TestKubecostReadsTheBillsOfThreePayers(t *testing.T) {
	w, stackPayer, literalPayer := newWorld(t), newWorld(t), newWorld(t)
	month := sandbox.Month(time.Now())
	want := map[string]bill.Micros{}
	deliver := func(payer string) {
		t.Helper()
		delivered, err := box.Deliver(t.Context(), payer, month, nil)
		if err != nil {
			t.Fatal(err)
		}
		want["arn:aws:iam::"+payer+":role/kubecost-cur-access"] = delivered[0].Kubecost
	}
	literalPayer.settings["primaryAccountId"] = fmt.Sprintf("%q", w.primary)
	w.further = map[string]string{"333333333333": stackPayer.payer}
	w.from["primary"] = "examples/Pulumi.primary-of-two.yaml"
	w.up("payer")
	deliver(w.payer)
	w.upSecondPayer(stackPayer)
	deliver(stackPayer.payer)
	literal := ""
	outputs := literalPayer.up("payer").Outputs
	for _, key := range []string{"athenaBucketName", "athenaRegion", "athenaDatabase", "athenaTable", "athenaWorkgroup", "projectID", "masterPayerARN"} {
		literal += fmt.Sprintf("%s: %q, ", key, outputs[key].Value)
	}
	deliver(literalPayer.payer)

	w.settings["payers"] = fmt.Sprintf("[{stack: payer-b, accountId: %q}, {%s}]", stackPayer.payer, literal)
	w.up("primary")
	if got := w.totals(month, month.AddDate(0, 1, 0)); !maps.Equal(got, want) || len(want) != 3 {
		t.Errorf("Kubecost reads %v, delivered was %v", got, want)
	}

	delete(w.settings, "payers") // what is left are those of the example
	changes := slices.Sorted(maps.Keys(w.changes("primary")))
	if want := []string{"kubecost-cloud-integration", "kubecost-identity-assume-payer", "kubecost-release"}; !slices.Equal(changes, want) {
		t.Errorf("taking a payer out would change %v, want %v", changes, want)
	}
	w.up("primary")
	delete(want, "arn:aws:iam::"+literalPayer.payer+":role/kubecost-cur-access")
	if got := w.totals(month, month.AddDate(0, 1, 0)); !maps.Equal(got, want) || len(want) != 2 {
		t.Errorf("with the example's settings Kubecost reads %v, delivered was %v", got, want)
	}
}
