package e2e

import (
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

func TestOneStackWithBothSidesIsTheSameIntegration(t *testing.T) {
	w := newWorld(t)
	stack := w.stack("both")
	result, err := stack.Up(t.Context(), optup.Color("never"), optup.SuppressProgress())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := result.Outputs["masterPayerARN"].Value, "arn:aws:iam::"+w.payer+":role/kubecost-cur-access"; got != want {
		t.Errorf("the payer role is %v, want %s", got, want)
	}
	month := sandbox.Month(time.Now())
	delivered, err := box.Deliver(t.Context(), w.payer, month, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := box.Ask(t.Context(), w.name, month, month.AddDate(0, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	if answer.Total != delivered[0].Kubecost || answer.Total <= 0 {
		t.Errorf("Kubecost reads %d micro-dollars of %d delivered", answer.Total, delivered[0].Kubecost)
	}
	if _, err := stack.Preview(t.Context(), optpreview.Refresh(), optpreview.ExpectNoChanges()); err != nil {
		t.Errorf("a preview after the update: %v", err)
	}
	if _, err := stack.Destroy(t.Context(), optdestroy.SuppressProgress()); err != nil {
		t.Fatal(err)
	}
	w.empty()
}
