package e2e

import "testing"

func TestAnotherReportReachesKubecostAsANewSecret(t *testing.T) {
	w := newWorld(t)
	w.up("payer")
	before := w.up("primary").Outputs["secretName"].Value

	w.settings["workGroupName"] = "kubecost-other"
	w.up("payer")
	delete(w.settings, "workGroupName")
	changes := w.changes("primary")
	want := map[string]string{"kubecost-cloud-integration": "replace", "kubecost-release": "update"}
	for name, op := range want {
		if changes[name] == "" {
			t.Errorf("a payer with another work group does not %s %s: %v", op, name, changes)
		}
	}
	for name := range changes {
		if want[name] == "" {
			t.Errorf("a payer with another work group changes %s too: %v", name, changes)
		}
	}
	after := w.up("primary").Outputs["secretName"].Value
	if before == after {
		t.Errorf("the secret is still %v, so Kubecost's pods would not restart", after)
	}
	w.unchanged("primary")
}
