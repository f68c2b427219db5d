package e2e

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"github.com/kubecost-cur/kubecost-cur/tests/bill"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

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
	for _, other := range []*world{stackPayer, literalPayer} {
		other.settings["primaryAccountId"] = fmt.Sprintf("%q", w.primary)
	}
	w.up("payer")
	deliver(w.payer)
	second, err := box.Env.Stack(t.Context(), "payer-b", sandbox.StackOptions{
		Settings: "Pulumi.payer.yaml", Account: stackPayer.payer, Edit: stackPayer.edit, State: w.name,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.Up(t.Context(), optup.SuppressProgress()); err != nil {
		t.Fatal(err)
	}
	deliver(stackPayer.payer)
	literal := ""
	outputs := literalPayer.up("payer").Outputs
	for _, key := range []string{"athenaBucketName", "athenaRegion", "athenaDatabase", "athenaTable", "athenaWorkgroup", "projectID", "masterPayerARN"} {
		literal += fmt.Sprintf("%s: %q, ", key, outputs[key].Value)
	}
	deliver(literalPayer.payer)

	w.settings["payers"] = fmt.Sprintf("[{stack: payer-b, accountId: %q}, {%s}]", stackPayer.payer, literal)
	w.up("primary")
	answers, err := box.AskAll(t.Context(), w.name, month, month.AddDate(0, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bill.Micros{}
	for _, a := range answers {
		got[a.Payer] = a.Total
	}
	if !maps.Equal(got, want) || len(want) != 3 {
		t.Errorf("Kubecost reads %v, delivered was %v", got, want)
	}

	w.settings["payers"] = fmt.Sprintf("[{stack: payer-b, accountId: %q}]", stackPayer.payer)
	changes := slices.Sorted(maps.Keys(w.changes("primary")))
	if want := []string{"kubecost-cloud-integration", "kubecost-identity-assume-payer", "kubecost-release"}; !slices.Equal(changes, want) {
		t.Errorf("taking a payer out would change %v, want %v", changes, want)
	}
}
