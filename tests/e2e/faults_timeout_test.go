package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
)

// Helm waits for the volumes, and for the pods that a chart wants available. The first installation asks for volumes of a class that
// there is not, and an upgrade for more processors than any node has.
func TestAReleaseThatTimesOutIsMendedByTheNextUp(t *testing.T) {
	w, _ := faulty(t)
	w.up("payer")
	impatient := func(key, value string) map[string]string {
		return map[string]string{key: value, "timeoutSeconds": "5"}
	}
	processors := func(n string) string { return "{prometheus: {server: {resources: {requests: {cpu: " + n + "}}}}}" }
	mended := func() {
		w.up("primary")
		w.consistent()
		w.unchanged("primary")
	}
	w.with(impatient("storageClass", "no-such-class"), func() { w.timesOut() })
	w.settings["storageClass"] = "gp2"
	w.refuse(w.stack("primary"), "spec is immutable after creation") // of a claim
	w.forgetPendingClaims()
	mended()

	p := w.patient()
	w.with(impatient("values", processors("9000")), func() {
		w.timesOut()
		r, code := p.doctor()
		i := slices.IndexFunc(r.Findings, func(f doctor.Finding) bool { return f.Check == "release" })
		if code != doctor.ExitFailed || i < 0 || r.Findings[i].State != doctor.Failed || !strings.Contains(r.Findings[i].Cause, "not ready in time") {
			t.Errorf("the doctor ends with %d: %+v", code, r.Findings)
		}
	})
	// Helm compares with the last revision that was deployed, which did not have the value: it stays in the cluster.
	w.with(impatient("values", "{}"), func() { w.timesOut() })
	w.with(map[string]string{"values": processors("10m")}, mended)
	mended()
	delivered, ask := w.bill()
	w.reads(delivered, ask)
}

// timesOut brings the primary stack up, and expects that Helm waits in vain: the release has failed, nothing is pending, and a preview
// would go on with it.
func (w *world) timesOut() {
	w.t.Helper()
	countFault("release timed out")
	w.refuse(w.stack("primary"), "failed to become available within the allotted timeout", w.name+"/kubecost")
	if pending := w.checkpoint("primary").PendingOperations; len(pending) > 0 {
		w.t.Errorf("pending after a release timed out: %v", pending)
	}
	objects, err := w.objects(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, o := range objects {
		if o.status != "" && o.status != "failed" {
			w.t.Errorf("%s timed out and is %s", o.name, o.status)
		}
	}
	if changes := w.changes("primary"); changes["kubecost-release"] != "update" {
		w.t.Errorf("a preview after a release timed out would %v", changes)
	}
}

// forgetPendingClaims takes away the claims that no volume was made for: there is no data behind them.
func (w *world) forgetPendingClaims() {
	w.t.Helper()
	path := fmt.Sprintf("/api/v1/namespaces/%s/persistentvolumeclaims", w.name)
	var claims struct {
		Items []struct {
			Metadata struct{ Name string }
			Status   struct{ Phase string }
		}
	}
	if err := box.Cluster.Get(w.t.Context(), path, &claims); err != nil {
		w.t.Fatal(err)
	}
	for _, c := range claims.Items {
		if c.Status.Phase != "Pending" {
			continue
		}
		if err := box.Cluster.Delete(w.t.Context(), path+"/"+c.Metadata.Name); err != nil {
			w.t.Fatal(err)
		}
	}
}
