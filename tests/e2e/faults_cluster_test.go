package e2e

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// The API server is that of all tests, so this one runs alone.
func TestAfterTheAPIServerWasRestartedTheNextUpGoesOn(t *testing.T) {
	parallel.Store(t.Name(), true)
	w, _ := faulty(t)
	w.up("payer")
	stack := w.stack("primary")
	for _, at := range []string{"kubernetes:core/v1:Namespace ", "kubernetes:helm.sh/v3:Release "} {
		var restarting sync.WaitGroup
		restarting.Go(func() {
			if err := w.waitFor(at); err != nil {
				t.Error(err)
				return
			}
			countFault("API server killed")
			if err := box.Cluster.RestartAPIServer(t.Context(), time.Second); err != nil {
				t.Error(err)
			}
		})
		said, err := w.tries(stack)
		restarting.Wait()
		t.Logf("the API server was killed at %s: %v", at, err)
		if t.Failed() {
			t.Fatal(said)
		}
		w.forgetPendingReleases()
	}
	w.up("primary")
	w.consistent()
	w.unchanged("primary")
	delivered, ask := w.bill()
	w.reads(delivered, ask)
}

// waitFor returns when the cluster has something that the primary stack makes.
func (w *world) waitFor(prefix string) error {
	for {
		objects, err := w.objects(w.t.Context())
		if err != nil {
			return err
		}
		for _, o := range objects {
			if len(o.name) > len(prefix) && o.name[:len(prefix)] == prefix {
				return nil
			}
		}
		select {
		case <-w.t.Context().Done():
			return w.t.Context().Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestAReleaseThatFailsIsMendedByTheNextUp(t *testing.T) {
	w, _ := faulty(t)
	w.up("payer")
	// Kubernetes refuses a part of it: of a first installation, and of an upgrade.
	failure := map[string]string{"values": "{service: {port: 999999}}"}
	for range 2 {
		w.with(failure, func() {
			countFault("release failed")
			w.refuse(w.stack("primary"), "999999")
			if pending := w.checkpoint("primary").PendingOperations; len(pending) > 0 {
				t.Errorf("pending after %v: %v", failure, pending)
			}
		})
		w.up("primary")
		w.consistent()
		w.unchanged("primary")
	}
	delivered, ask := w.bill()
	w.reads(delivered, ask)
}

func TestOfTwoUpsAtOnceOneIsRefusedAndTwoStacksDoNotMeet(t *testing.T) {
	w, _ := faulty(t)
	first, second := w.stack("payer"), w.stack("payer")
	var running sync.WaitGroup
	var firstErr error
	running.Go(func() { _, firstErr = w.tries(first) })
	end := time.Now().Add(time.Minute)
	for locked := false; !locked; time.Sleep(5 * time.Millisecond) {
		pid, err := box.Env.EnginePID(w.name, "payer")
		if locked = err == nil && pid > 0; !locked && time.Now().After(end) {
			t.Fatalf("the first up has not locked the stack after a minute: %v", err)
		}
	}
	countFault("two ups at once")
	w.refuse(second, "the stack is currently locked by 1 lock", "pulumi cancel")
	running.Wait()
	if firstErr != nil {
		t.Fatalf("the first up did not go on: %v", firstErr)
	}
	w.consistent()
	w.unchanged("payer")

	w.up("primary")
	w.settings["resourceTags"] = "[owner=finops]"
	payer, primary := w.stack("payer"), w.stack("primary")
	var payerErr error
	running.Go(func() { _, payerErr = w.tries(payer) })
	_, primaryErr := w.tries(primary)
	running.Wait()
	if payerErr != nil || primaryErr != nil {
		t.Fatalf("both stacks at once: %v, %v", payerErr, primaryErr)
	}
	w.consistent()
	w.unchanged("payer")
	w.unchanged("primary")
}

// forgetPendingReleases takes away Helm's records of installations and upgrades that nobody goes on with: Helm refuses to touch their
// releases.
func (w *world) forgetPendingReleases() {
	w.t.Helper()
	objects, err := w.objects(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, o := range objects {
		if strings.HasPrefix(o.status, "pending-") {
			if err := box.Cluster.Delete(w.t.Context(), o.path); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}
