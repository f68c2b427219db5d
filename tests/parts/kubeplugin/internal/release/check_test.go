package release

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/cluster"
	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/wire"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/repo"
)

// repositoryOf serves the sandbox's chart in the given versions.
func repositoryOf(t *testing.T, versions ...string) string {
	t.Helper()
	chart, err := loader.LoadDir("../../../../helmrepo/cost-analyzer")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)
	for _, version := range versions {
		chart.Metadata.Version = version
		if _, err := chartutil.Save(chart, dir); err != nil {
			t.Fatal(err)
		}
	}
	index, err := repo.IndexDirectory(dir, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := index.WriteFile(filepath.Join(dir, "index.yaml"), 0o644); err != nil {
		t.Fatal(err)
	}
	return server.URL
}

// check checks a release's inputs without a cluster.
func check(t *testing.T, inputs resource.PropertyMap) (resource.PropertyMap, []*pulumirpc.CheckFailure) {
	t.Helper()
	releases := &Releases{Cluster: cluster.Connect(cluster.Settings{Kubeconfig: "{}", Namespace: "tools"})}
	checked, failures, err := releases.Check(context.Background(), wire.Check{
		URN: "urn:pulumi:dev::kubecost::" + Type + "::kubecost", New: inputs,
	})
	if err != nil {
		t.Fatal(err)
	}
	return checked, failures
}

// inputs asks for a version of the chart in a repository.
func inputs(url, version string) resource.PropertyMap {
	return resource.NewPropertyMapFromMap(map[string]any{
		"name": "kubecost", "chart": "cost-analyzer", "version": version, "repositoryOpts": map[string]any{"repo": url},
	})
}

func TestCheckSettlesTheVersion(t *testing.T) {
	url := repositoryOf(t, "2.8.6", "2.8.7", "2.9.7")
	for constraint, want := range map[string]string{"2.8.7": "2.8.7", "~2.8.0": "2.8.7", "": "2.9.7"} {
		checked, failures := check(t, inputs(url, constraint))
		if len(failures) > 0 || checked["version"].StringValue() != want {
			t.Errorf("version %q became %v, %v; want %s", constraint, checked["version"], failures, want)
		}
	}
}

func TestCheckCompletesTheInputs(t *testing.T) {
	given := inputs(repositoryOf(t, "2.8.7"), "2.8.7")
	delete(given, "name")
	checked, _ := check(t, given)
	if name := checked["name"].StringValue(); !strings.HasPrefix(name, "kubecost-") {
		t.Errorf("got name %q, want one made from the resource's", name)
	}
	if timeout := checked["timeout"].NumberValue(); timeout != 300 {
		t.Errorf("got timeout %v, want 300", timeout)
	}
}

func TestCheckSaysWhichChartCannotBeHad(t *testing.T) {
	url := repositoryOf(t, "2.8.7")
	for name, given := range map[string]resource.PropertyMap{
		"a version that is not there":    inputs(url, "2.8.99"),
		"a repository that is not there": inputs("http://127.0.0.1:1/", "2.8.7"),
	} {
		_, failures := check(t, given)
		if len(failures) != 1 || failures[0].Property != "chart" {
			t.Errorf("%s: got %v, want one failure of the chart", name, failures)
		}
	}
}

func TestCheckWaitsForWhatIsUnknown(t *testing.T) {
	given := inputs("http://127.0.0.1:1/", "2.8.7")
	given["values"] = resource.NewProperty(resource.PropertyMap{"role": resource.MakeComputed(resource.NewProperty(""))})
	if checked, failures := check(t, given); len(failures) > 0 || !checked.ContainsUnknowns() {
		t.Errorf("got %v, %v; want the inputs as they were", checked, failures)
	}
}

func TestChartLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("HOME", dir)
	check(t, inputs(repositoryOf(t, "2.8.7"), "2.8.7"))
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("got %v, %v; want an empty folder", left, err)
	}
}

func TestValuesGoOverValueFiles(t *testing.T) {
	file, err := asset.FromText("a: {x: 1, y: 1}\nb: 1\n")
	if err != nil {
		t.Fatal(err)
	}
	o, err := optionsOf(resource.PropertyMap{
		"valueYamlFiles": resource.NewProperty([]resource.PropertyValue{resource.NewProperty(file)}),
		"values":         resource.MakeSecret(resource.NewProperty(resource.NewPropertyMapFromMap(map[string]any{"a": map[string]any{"y": 2}}))),
	})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := o.Values["a"].(map[string]any)
	if a["x"] != 1.0 || a["y"] != 2.0 || o.Values["b"] != 1.0 {
		t.Errorf("got %v", o.Values)
	}
}

func TestResourceNamesAreGroupedByKind(t *testing.T) {
	names, err := resourceNames("---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: b, namespace: tools}\n" +
		"---\n# nothing\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: tools}\n")
	if err != nil {
		t.Fatal(err)
	}
	got, _ := names["Deployment.apps/apps/v1"].([]any)
	if len(names) != 1 || len(got) != 2 || got[0] != "tools/a" || got[1] != "tools/b" {
		t.Errorf("got %v", names)
	}
}
