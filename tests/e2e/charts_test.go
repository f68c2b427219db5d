package e2e

import (
	"maps"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// A chart line each: they run beside one another.

func TestTheChartCostAnalyzer1ReadsTheBillAndFollowsItsChanges(t *testing.T) {
	readsAndFollows(t, "cost-analyzer-1", "")
}

func TestTheChartCostAnalyzer2ReadsTheBillAndFollowsItsChanges(t *testing.T) {
	readsAndFollows(t, "cost-analyzer-2", "")
}

func TestTheChartKubecost3ReadsTheBillAndFollowsItsChanges(t *testing.T) {
	readsAndFollows(t, "kubecost-3", "examples/Pulumi.primary-kubecost-3.yaml")
}

func TestTheChartOpenCostReadsTheBillAndFollowsItsChanges(t *testing.T) {
	readsAndFollows(t, "opencost", "examples/Pulumi.primary-opencost.yaml")
}

// readsAndFollows installs a chart line with the settings of a file: the pod that reads the bill gets its file where it looks for it,
// and the role; and a new pod reads the new file when a payer's stack has changed, also where the file is mounted so that a running
// pod never sees the change.
func readsAndFollows(t *testing.T, line, settings string) {
	t.Helper()
	w := newWorld(t)
	w.up("payer")
	delivered, ask := w.bill()
	w.settings["chartLine"] = line
	w.from["primary"] = settings
	outputs := w.up("primary").Outputs
	if got := outputs["releaseStatus"].Value; got != "deployed" {
		t.Errorf("the release is %v", got)
	}
	asks := func() *sandbox.Answer {
		t.Helper()
		answer := w.reads(delivered, ask)
		if want := outputs["readerRoleArn"].Value; answer.RoleARN != want {
			t.Errorf("the pod has the role %s, want %v", answer.RoleARN, want)
		}
		return answer
	}
	before := asks()
	w.unchanged("primary")

	w.settings["chartLine"], w.settings["workGroupName"] = "", "kubecost-other"
	w.up("payer")
	delete(w.settings, "workGroupName")
	w.settings["chartLine"] = line
	w.up("primary")
	if after := asks(); after.Pod == before.Pod {
		t.Errorf("pod %s is still there, with the old file", after.Pod)
	}
	w.unchanged("primary")
}

func TestAStackMovesFromKubecost2To3InPlaceAndKeepsItsVolume(t *testing.T) {
	w := newWorld(t)
	w.up("payer")
	delivered, ask := w.bill()
	w.settings["values"] = "{persistentVolume: {annotations: {helm.sh/resource-policy: keep}}}"
	w.up("primary")

	w.settings["chartLine"] = "kubecost-3"
	w.refuse(w.stack("primary"), "kubecost-cur:values", "persistentVolume went to localStore.persistentVolume")

	w.settings["values"] = "{localStore: {persistentVolume: {existingClaim: kubecost-cost-analyzer}}}"
	if got, want := w.changes("primary"), map[string]string{"kubecost-release": "update"}; !maps.Equal(got, want) {
		t.Errorf("moving to Kubecost 3 would change %v, want %v", got, want)
	}
	w.up("primary")
	w.reads(delivered, ask)
	var claims, deployments struct {
		Items []struct{ Metadata struct{ Name string } }
	}
	for path, list := range map[string]any{
		"/api/v1/namespaces/" + w.name + "/persistentvolumeclaims": &claims,
		"/apis/apps/v1/namespaces/" + w.name + "/deployments":      &deployments,
	} {
		if err := box.Cluster.Get(t.Context(), path, list); err != nil {
			t.Fatal(err)
		}
	}
	kept := false
	for _, c := range claims.Items {
		kept = kept || c.Metadata.Name == "kubecost-cost-analyzer"
	}
	if !kept {
		t.Errorf("the volume of Kubecost 2 is not among %+v", claims.Items)
	}
	for _, d := range deployments.Items {
		if d.Metadata.Name == "kubecost-cost-analyzer" {
			t.Error("Kubecost 2 is still there")
		}
	}
	w.unchanged("primary")
}
