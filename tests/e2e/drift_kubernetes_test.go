package e2e

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

var clusterDrifts = map[string]drift{
	"kubernetes:core/v1:Namespace": {
		same:   "the program gives it a name, and nothing else",
		remove: func(d *drifting, _ apitype.ResourceV3) { d.must(box.Cluster.DeleteNamespace(d.t.Context(), d.name)) },
		last:   true,
	},
	"kubernetes:core/v1:ServiceAccount": {
		change: func(d *drifting, _ apitype.ResourceV3) {
			d.must(box.Cluster.Merge(d.t.Context(), d.serviceAccount(), map[string]any{
				"metadata": map[string]any{"annotations": map[string]any{"eks.amazonaws.com/role-arn": "arn:aws:iam::" + d.primary + ":role/other"}},
			}))
		},
		shows:  "metadata",
		remove: func(d *drifting, _ apitype.ResourceV3) { d.must(box.Cluster.Delete(d.t.Context(), d.serviceAccount())) },
	},
	"kubernetes:core/v1:Secret": {
		same:   "it is immutable; that it is made again: anotherSecretIsNamed",
		remove: func(d *drifting, _ apitype.ResourceV3) { d.deleteSecret(d.integration().Metadata.Name) },
	},
	"kubernetes:helm.sh/v3:Release": {
		change: func(d *drifting, _ apitype.ResourceV3) { d.helmUpgrade() }, shows: "version",
		remove: func(d *drifting, _ apitype.ResourceV3) {
			for _, name := range d.revisions() {
				d.deleteSecret(name)
			}
		},
	},
}

func (d *drifting) serviceAccount() string {
	return "/api/v1/namespaces/" + d.name + "/serviceaccounts/kubecost-serviceaccount"
}

// integration is the secret with cloud-integration.json.
func (d *drifting) integration() secretObject {
	d.t.Helper()
	var found struct{ Items []secretObject }
	d.must(box.Cluster.Get(d.t.Context(), d.secrets(), &found))
	i := slices.IndexFunc(found.Items, func(s secretObject) bool { return strings.HasPrefix(s.Metadata.Name, "cloud-integration-") })
	if i < 0 {
		d.t.Fatal("there is no secret with cloud-integration.json")
	}
	return found.Items[i]
}

// revisions are the names of the secrets in which Helm keeps the release.
func (d *drifting) revisions() []string {
	d.t.Helper()
	var found struct{ Items []secretObject }
	d.must(box.Cluster.Get(d.t.Context(), d.secrets()+"?labelSelector=owner%3Dhelm", &found))
	var names []string
	for _, s := range found.Items {
		names = append(names, s.Metadata.Name)
	}
	return names
}

// helmUpgrade adds a revision of another version of the chart, as `helm upgrade` does.
func (d *drifting) helmUpgrade() {
	d.t.Helper()
	n := len(d.revisions())
	var last secretObject
	name := "sh.helm.release.v1.kubecost.v"
	d.must(box.Cluster.Get(d.t.Context(), fmt.Sprintf("%s/%s%d", d.secrets(), name, n), &last))
	release, err := unzip(last.Data["release"])
	d.must(err)
	release["version"] = n + 1
	release["chart"].(map[string]any)["metadata"].(map[string]any)["version"] = "9.9.9"
	revision, err := keptByHelm(release)
	d.must(err)
	d.must(box.Cluster.Merge(d.t.Context(), fmt.Sprintf("%s/%s%d", d.secrets(), name, n), map[string]any{
		"metadata": map[string]any{"labels": map[string]string{"status": "superseded"}},
	}))
	d.must(box.Cluster.Create(d.t.Context(), d.secrets(), revision))
}
