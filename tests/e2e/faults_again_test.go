package e2e

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"

	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// A pair of stacks with a protected report is destroyed and made again, while a third of all requests go wrong, once each.
func TestAPairOfStacksIsDestroyedAndMadeAgainWithItsProtectedReport(t *testing.T) {
	w, random := faulty(t)
	w.settings["reportProtect"] = "" // the default
	w.up("payer")
	w.up("primary")
	delivered, ask := w.bill()
	w.reads(delivered, ask)

	stack := w.stack("payer")
	if _, err := stack.Destroy(t.Context(), optdestroy.Color("never")); err == nil || !strings.Contains(err.Error(), "protected") {
		t.Fatalf("destroying the protected report: %v", err)
	}
	// What is not protected may be gone; the report and its data are not, and an up makes the rest again.
	if reports := box.Cloud.Reports(w.payer); len(reports) != 1 {
		t.Errorf("the reports are %v", reports)
	}
	w.consistent()
	w.up("payer")
	w.reads(delivered, ask)

	w.with(map[string]string{"reportProtect": "false"}, func() {
		w.up("payer")
		b := w.breaks(random, sometimes(random))
		for _, name := range []string{"primary", "payer"} {
			w.atLast(name, func(stack auto.Stack) error {
				_, err := w.destroys(stack)
				return err
			})
		}
		b.mend()
		t.Logf("destroy of both: %s", b.byKind())
	})
	w.empty()

	b := w.breaks(random, sometimes(random))
	for _, name := range []string{"payer", "primary"} {
		w.upAtLast(name)
	}
	b.mend()
	t.Logf("up of both, again: %s", b.byKind())
	w.consistent()
	delivered, ask = w.bill()
	w.reads(delivered, ask)
}

// Each call of a destroy is carried out and not answered, once. The provider asks again, and most of what is to be deleted twice counts as
// deleted; an Athena work group does not, and docs/faults.md says what then to do.
func TestWhatWasDeletedWithoutAnAnswerIsMissedByARefresh(t *testing.T) {
	w, random := faulty(t)
	w.with(map[string]string{"reportProtect": "false"}, func() { w.up("payer") })
	w.up("primary")

	b := w.breaks(random, func(simaws.Request) []simaws.Fault { return done })
	for _, name := range []string{"primary", "payer"} {
		missed, err := w.destroys(w.stack(name))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := name == "payer"; missed != want { // the work group is the payer's
			t.Errorf("%s: a refresh was needed: %t, want %t", name, missed, want)
		}
	}
	b.mend()
	b.allHadOne()
	t.Logf("destroy of both: %s", b.byKind())
	w.empty()
}

// destroys destroys a stack as docs/faults.md says, and tells whether it took a refresh, since something to be deleted was missing.
func (w *world) destroys(stack auto.Stack) (missed bool, err error) {
	w.t.Helper()
	_, err = stack.Destroy(w.t.Context(), optdestroy.Color("never"))
	if err == nil || !strings.Contains(err.Error(), "is not found") {
		return false, err
	}
	_, err = stack.Destroy(w.t.Context(), optdestroy.Color("never"), optdestroy.Refresh())
	return true, err
}

// atLast does something with a stack again and again until it succeeds.
func (w *world) atLast(name string, do func(auto.Stack) error) {
	w.t.Helper()
	stack, times := w.stack(name), 1
	for err := do(stack); err != nil; err = do(stack) {
		if times++; times > rungs {
			w.t.Fatalf("%s: %d times it failed: %v", name, times, err)
		}
	}
	w.t.Logf("%s: done after %d times", name, times)
}

// upAtLast brings a stack up again and again until it is up.
func (w *world) upAtLast(name string) {
	w.t.Helper()
	w.atLast(name, func(stack auto.Stack) error {
		_, err := w.tries(stack)
		return err
	})
}

// sometimes has a third of all requests go wrong.
func sometimes(random *rand.Rand) func(simaws.Request) []simaws.Fault {
	return func(r simaws.Request) []simaws.Fault {
		if random.IntN(3) > 0 {
			return nil
		}
		return retried(r)
	}
}
