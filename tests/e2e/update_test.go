package e2e

import (
	"fmt"
	"maps"
	"testing"
)

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

// The cluster role that the chart makes is named alike in both namespaces, and belongs to one release.
func TestKubecostMovesToAnotherNamespaceAndToAnotherName(t *testing.T) {
	w := newWorld(t)
	maps.Copy(w.settings, map[string]string{
		"payerStack": "", "payerAccountId": "", "payers": fmt.Sprintf(`[{athenaBucketName: "s3://results", athenaRegion: us-east-2, athenaDatabase: d, athenaTable: t, `+
			`athenaWorkgroup: w, projectID: %q, masterPayerARN: "arn:aws:iam::%s:role/kubecost-cur-access"}]`, w.payer, w.payer),
		"serviceAccountName": w.name, "values": "{sandbox: {clusterRole: true}}",
	})
	w.up("primary")
	for _, change := range []struct{ key, value, owner string }{
		{"namespace", w.name + "-other", "meta.helm.sh/release-namespace"}, {"releaseName", "costs", "meta.helm.sh/release-name"},
	} {
		w.settings[change.key] = change.value
		w.up("primary")
		w.unchanged("primary")
		var role struct {
			Metadata struct{ Annotations map[string]string }
		}
		if err := box.Cluster.Get(t.Context(), "/apis/rbac.authorization.k8s.io/v1/clusterroles/"+w.name, &role); err != nil {
			t.Fatal(err)
		}
		if role.Metadata.Annotations[change.owner] != change.value {
			t.Errorf("after a change of %s to %s, the cluster role belongs to %v", change.key, change.value, role.Metadata.Annotations)
		}
	}
}
