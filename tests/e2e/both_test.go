package e2e

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
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
	delivered, ask := w.bill()
	w.reads(delivered, ask)
	if _, err := stack.Preview(t.Context(), optpreview.Refresh(), optpreview.ExpectNoChanges()); err != nil {
		t.Errorf("a preview after the update: %v", err)
	}
	if _, err := stack.Destroy(t.Context(), optdestroy.SuppressProgress()); err != nil {
		t.Fatal(err)
	}
	w.empty()
}
