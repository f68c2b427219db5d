package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// kills is more than an engine can be killed on the way up to a stack, with the ups that say what to import in between.
const kills = 150

// killsWanted is how often it is killed on that way at least.
const killsWanted = 10

// The engine is killed at each request that makes or changes something of a resource: once before it is carried out, and once after,
// with nobody left to note it. What docs/faults.md says to do then is done, and the next up is killed at the next request.
func TestAfterTheEngineIsKilledAtAnyResourceTheNextUpGoesOn(t *testing.T) {
	w, interrupted := climbs(t, 1)
	for _, name := range []string{"payer", "primary"} {
		for _, r := range w.checkpoint(name).Resources {
			if r.Custom && !strings.HasPrefix(string(r.Type), "pulumi:") && !interrupted[r.URN] {
				t.Errorf("no engine was killed while it made %s", r.URN)
			}
		}
	}
}

// The same with all that the engine makes at a time, so that more is unknown after a kill than the resource that it was killed at.
func TestAfterTheEngineIsKilledAmongManyResourcesTheNextUpGoesOn(t *testing.T) { climbs(t, 0) }

// climbs brings both stacks up by way of all kills, and returns which resources were being made at one of them.
func climbs(t *testing.T, parallel int) (*world, map[resource.URN]bool) {
	t.Helper()
	k := &killer{parallel: parallel, done: map[string]moment{}}
	w, _ := faultyOf(t, sandbox.WorldOptions{Intercept: k.between})
	k.w = w
	interrupted := map[resource.URN]bool{}
	for _, name := range []string{"payer", "primary"} {
		stack, ups, killed, begin := w.stack(name), 1, 0, time.Now()
		for ; ; ups++ {
			said, err := k.up(stack)
			if ups > kills {
				t.Fatalf("%s is not up after %d times; its engine was killed at\n%s", name, ups, k.all())
			}
			if k.killedAt != "" {
				killed++
				w.afterAKill(stack, interrupted)
				continue
			}
			if err == nil {
				break
			}
			w.importWhatExists(stack, said)
		}
		if killed < killsWanted {
			t.Errorf("the engine of %s was killed %d times, want %d at least", name, killed, killsWanted)
		}
		w.pulumi(stack, "refresh", "--yes", "--skip-preview", "--clear-pending-creates")
		t.Logf("%s was up after %d times and %.0f s; its engine was killed %d times", name, ups, time.Since(begin).Seconds(), killed)
		w.consistent()
		w.unchanged(name)
	}
	t.Logf("how often an engine was killed, and at what:\n%s", k.all())
	delivered, ask := w.bill()
	w.reads(delivered, ask)
	return w, interrupted
}

// afterAKill expects that the state can be read, and says what was being made: all that exists and is not in it. Then it does what
// docs/faults.md says to do: it takes away what was being written of the state's attributes, the lock, and Helm's record of the
// installation or upgrade with which nobody goes on.
func (w *world) afterAKill(stack auto.Stack, interrupted map[resource.URN]bool) {
	w.t.Helper()
	pending := w.checkpoint(stack.Name()).PendingOperations
	if len(pending) == 0 {
		w.t.Errorf("%s: the state does not say what was being made", stack.Name())
	}
	for _, op := range pending {
		interrupted[op.Resource.URN] = true
	}
	for _, thing := range w.unrecorded() {
		if !slices.ContainsFunc(pending, func(op apitype.OperationV2) bool {
			kind := listed[string(op.Resource.Type)]
			return op.Type == apitype.OperationTypeCreating && kind != "" && strings.HasPrefix(thing, kind+" ")
		}) {
			w.t.Errorf("%s exists, and the state does not know of it", thing)
		}
	}
	attributes := box.Env.StateFile(w.name, stack.Name()) + ".attrs"
	if info, err := os.Stat(attributes); err == nil && info.Size() == 0 {
		w.t.Logf("an engine was killed while it wrote %s", filepath.Base(attributes))
		if err := os.Remove(attributes); err != nil {
			w.t.Fatal(err)
		}
	}
	w.pulumi(stack, "cancel", "--yes")
	w.forgetPendingReleases()
}
