package e2e

import (
	"testing"

	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// The faults that the provider gets over by asking again. What is made must not have been made when it does.
var (
	notDone = []simaws.Fault{simaws.Throttled, simaws.InternalError, simaws.Unavailable, simaws.DroppedBefore}
	done    = []simaws.Fault{simaws.FailedAfter, simaws.DroppedAfter, simaws.TimedOut}
)

func retried(r simaws.Request) []simaws.Fault {
	if r.Makes() {
		return notDone
	}
	return append(notDone[:len(notDone):len(notDone)], done...)
}

func TestAnUpGetsOverAFaultOfEveryCall(t *testing.T) {
	w, random := faulty(t)
	for _, name := range []string{"payer", "primary"} {
		b := w.breaks(random, retried)
		w.up(name)
		b.mend()
		b.allHadOne()
		t.Logf("up of %s: %s", name, b.byKind())
		w.consistent()
		w.unchanged(name)
	}
}

// rungs is more than an up that breaks off again and again can have.
const rungs = 60

// The provider asks once only, as if each fault lasted until it gives up. What breaks off one resource leaves the others to be made,
// so that an up has as many faults as resources that it has got to.
func TestAnUpThatBreaksOffAtAnyCallGoesOnWithTheNext(t *testing.T) {
	w, random := faulty(t)
	w.settings["aws:maxRetries"] = "1"
	for _, name := range []string{"payer", "primary"} {
		stack := w.stack(name)
		b := w.breaks(random, lasting)
		ups := 0
		for before := -1; b.count() > before; ups++ {
			before = b.count()
			b.next()
			said, err := w.tries(stack)
			b.mend()
			switch broken := b.count() > before; {
			case ups > rungs:
				t.Fatalf("%s is not up after %d times", name, ups)
			case !broken && err != nil:
				t.Fatalf("nothing went wrong, and %s is not up: %v\n%s", name, err, said)
			case broken && err == nil:
				t.Logf("up in spite of %+v", b.all[before:])
			}
			if unrecorded := w.unrecorded(); len(unrecorded) > 0 {
				t.Fatalf("made, and in no state: %v\n%s", unrecorded, said)
			}
		}
		t.Logf("%s was up after %d times: %s", name, ups, b.byKind())
		w.consistent()
		w.unchanged(name)
	}
}

// lasting are faults of a provider that asks once. Of those after which what was made is unknown, there is another test.
func lasting(r simaws.Request) []simaws.Fault {
	if r.Makes() {
		return notDone
	}
	return append(notDone[:len(notDone):len(notDone)], simaws.FailedAfter, simaws.DroppedAfter)
}
