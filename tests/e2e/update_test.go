package e2e

import (
	"maps"
	"testing"
)

func TestOneSettingChangesOnlyWhatItMust(t *testing.T) {
	w := newWorld(t)
	w.up("payer")
	w.up("primary")
	for _, c := range []struct {
		stack, key, value string
		want              map[string]string
	}{
		{"payer", "bytesScannedCutoff", "20000000", map[string]string{"kubecost-queries-workgroup": "update"}},
		{"payer", "resultsExpirationDays", "3", map[string]string{"kubecost-queries-bucket-lifecycle": "update"}},
		{"payer", "reportExpirationDays", "120", map[string]string{"kubecost-report-bucket-lifecycle": "create"}},
		{"payer", "listAccounts", "false", map[string]string{"kubecost-payer-role-list-accounts": "delete"}},
		{"payer", "costAllocationTags", `["team"]`, map[string]string{"kubecost-catalog-table": "update"}},
		{"payer", "resultsPrefix", "kubecost/prod", map[string]string{
			"kubecost-queries-workgroup": "update", "kubecost-queries-bucket-lifecycle": "update", "kubecost-payer-role-query-bill": "update",
		}},
		{"payer", "kmsKeyArn", "arn:aws:kms:us-east-2:" + w.payer + ":key/1234abcd-12ab-34cd-56ef-1234567890ab", map[string]string{
			"kubecost-report-bucket-encryption": "update", "kubecost-queries-bucket-encryption": "update",
			"kubecost-queries-workgroup": "update", "kubecost-payer-role-query-bill": "update",
		}},
		{"primary", "storageClass", "gp2", map[string]string{"kubecost-release": "update"}},
		{"primary", "values", "{service: {port: 9091}}", map[string]string{"kubecost-release": "update"}},
		{"primary", "chartVersion", "2.8.6", map[string]string{"kubecost-release": "update"}},
	} {
		before := w.settings[c.key]
		w.settings[c.key] = c.value
		if got := w.changes(c.stack); !maps.Equal(got, c.want) {
			t.Errorf("%s: %s would change %v, want %v", c.key, c.value, got, c.want)
		}
		w.settings[c.key] = before
		if before == "" {
			delete(w.settings, c.key)
		}
	}
}

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
