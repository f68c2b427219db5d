package release

import (
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/releaseutil"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/fake"
	"sigs.k8s.io/yaml"
)

// secrets is what a chart's lookup finds.
type secrets struct{ dynamic.Interface }

func (s secrets) GetClientFor(apiVersion, kind string) (dynamic.NamespaceableResourceInterface, bool, error) {
	return s.Resource(schema.GroupVersionResource{Version: apiVersion, Resource: strings.ToLower(kind) + "s"}), true, nil
}

// render renders the sandbox's cost-analyzer chart, as renderChart does.
func render(t *testing.T, version, values string) (map[string]*unstructured.Unstructured, error) {
	t.Helper()
	return renderChart(t, "cost-analyzer", version, values)
}

// renderChart renders one of the sandbox's charts, in its own version if none is given, for a release named kubecost in namespace
// kubecost, in which there is a secret "billing" with a cloud-integration.json and a secret "empty" without one. It
// returns the objects by kind and name.
func renderChart(t *testing.T, folder, version, values string) (map[string]*unstructured.Unstructured, error) {
	t.Helper()
	chart, err := loader.LoadDir("../../../../helmrepo/" + folder)
	if err != nil {
		t.Fatal(err)
	}
	if version != "" {
		chart.Metadata.Version = version
	}
	set, err := chartutil.ReadValues([]byte(values))
	if err != nil {
		t.Fatal(err)
	}
	capabilities := *chartutil.DefaultCapabilities
	capabilities.APIVersions = append(capabilities.APIVersions, "v1/Secret")
	all, err := chartutil.ToRenderValues(chart, set,
		chartutil.ReleaseOptions{Name: "kubecost", Namespace: "kubecost", IsInstall: true}, &capabilities)
	if err != nil {
		t.Fatal(err)
	}
	secret := func(name, key string) runtime.Object {
		return &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": name, "namespace": "kubecost"},
			"data": map[string]any{key: "e30="},
		}}
	}
	files, err := engine.RenderWithClientProvider(chart, all, secrets{fake.NewSimpleDynamicClient(runtime.NewScheme(),
		secret("billing", "cloud-integration.json"), secret("empty", "other.json"))})
	if err != nil {
		return nil, err
	}
	objects := map[string]*unstructured.Unstructured{}
	for name, file := range files {
		if strings.HasSuffix(name, ".txt") {
			continue
		}
		for _, document := range releaseutil.SplitManifests(file) {
			o := &unstructured.Unstructured{}
			if err := yaml.Unmarshal([]byte(document), &o.Object); err != nil {
				t.Fatalf("%s: %v\n%s", name, err, document)
			}
			if o.GetKind() != "" {
				objects[o.GetKind()+"/"+o.GetName()] = o
			}
		}
	}
	return objects, nil
}

func TestChartRefuses(t *testing.T) {
	for name, c := range map[string]struct{ version, values, want string }{
		"a secret and JSON": {
			"2.8.7", `kubecostProductConfigs: {cloudIntegrationSecret: billing, cloudIntegrationJSON: "{}"}`, "mutually exclusive"},
		"a secret and athena values": {
			"2.8.7", `kubecostProductConfigs: {cloudIntegrationSecret: billing, athenaTable: t}`, "cannot be combined"},
		"a secret that is missing": {
			"2.8.7", `kubecostProductConfigs: {cloudIntegrationSecret: absent}`, `"absent" does not exist`},
		"a secret without the key": {
			"2.8.7", `kubecostProductConfigs: {cloudIntegrationSecret: empty}`, "has no key cloud-integration.json"},
		"an unknown deploy method": {
			"2.8.7", `kubecostAggregator: {deployMethod: twopods}`, "Unknown kubecostAggregator.deployMethod"},
		"a federated store without a cluster ID": {
			"2.8.7", `kubecostModel: {federatedStorageConfigSecret: store}`, "unique"},
		"2.9 without a federated store": {
			"2.9.7", `kubecostProductConfigs: {cloudIntegrationSecret: billing}`, "Missing global federated-store"},
		"2.9 with its agent off": {
			"2.9.7", `{global: {federatedStorage: {existingSecret: s}}, finopsagent: {enabled: false}}`, "finopsagent.enabled"},
		"2.9 with the store of 2.8": {
			"2.9.7", `{global: {federatedStorage: {existingSecret: s}}, kubecostModel: {federatedStorageConfigSecret: s},
				prometheus: {server: {global: {external_labels: {cluster_id: main}}}}}`, "must be removed"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := render(t, c.version, c.values)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestChartRenders29WithFederatedStore(t *testing.T) {
	_, err := render(t, "2.9.7", `
global: {clusterId: main, federatedStorage: {existingSecret: store}}
finopsagent: {enabled: true}
prometheus: {server: {global: {external_labels: {cluster_id: main}}}}`)
	if err != nil {
		t.Error(err)
	}
}

func TestChartSkipsSecretCheckInPipelines(t *testing.T) {
	_, err := render(t, "2.8.7", `
global: {platforms: {cicd: {enabled: true, skipSanityChecks: true}}}
kubecostProductConfigs: {cloudIntegrationSecret: absent}`)
	if err != nil {
		t.Error(err)
	}
}

func TestChartNamesAndServiceAccounts(t *testing.T) {
	for name, c := range map[string]struct {
		values  string
		account string
		made    bool
	}{
		"by default its own":      {"", "kubecost-cost-analyzer", true},
		"one that exists":         {`serviceAccount: {create: false, name: kubecost-serviceaccount}`, "kubecost-serviceaccount", false},
		"default without a name":  {`serviceAccount: {create: false}`, "default", false},
		"its own, named and made": {`serviceAccount: {name: mine, annotations: {a: b}}`, "mine", true},
	} {
		t.Run(name, func(t *testing.T) {
			objects, err := render(t, "2.8.7", c.values)
			if err != nil {
				t.Fatal(err)
			}
			pod := podOf(t, objects, "Deployment/kubecost-cost-analyzer")
			if pod["serviceAccountName"] != c.account {
				t.Errorf("the pod runs as %v, want %s", pod["serviceAccountName"], c.account)
			}
			if _, made := objects["ServiceAccount/"+c.account]; made != c.made {
				t.Errorf("service account made: %t, want %t", made, c.made)
			}
			for _, want := range []string{"Service/kubecost-cost-analyzer", "PersistentVolumeClaim/kubecost-cost-analyzer",
				"Deployment/kubecost-prometheus-server", "PersistentVolumeClaim/kubecost-prometheus-server"} {
				if objects[want] == nil {
					t.Errorf("there is no %s", want)
				}
			}
		})
	}
}

func TestChartRunsCloudCostByDeployMethod(t *testing.T) {
	const secret = `kubecostProductConfigs: {cloudIntegrationSecret: billing}` + "\n"
	t.Run("singlepod", func(t *testing.T) {
		objects, err := render(t, "2.8.7", secret)
		if err != nil {
			t.Fatal(err)
		}
		pod := podOf(t, objects, "Deployment/kubecost-cost-analyzer")
		if got := strings.Join(containers(pod), " "); got != "cost-model cost-analyzer-frontend aggregator cloud-cost" {
			t.Errorf("the pod's containers are %s", got)
		}
		if !mounts(pod, "cloud-cost", "/var/configs/cloud-integration", "billing") {
			t.Error("cloud-cost does not mount the secret")
		}
	})
	t.Run("statefulset", func(t *testing.T) {
		objects, err := render(t, "2.8.7", secret+`kubecostAggregator: {deployMethod: statefulset, cloudCost: {serviceAccountName: biller}}`)
		if err != nil {
			t.Fatal(err)
		}
		pod := podOf(t, objects, "Deployment/kubecost-cloud-cost")
		if pod["serviceAccountName"] != "biller" || !mounts(pod, "cloud-cost", "/var/configs/cloud-integration", "billing") {
			t.Errorf("cloud-cost runs as %v, or without the secret", pod["serviceAccountName"])
		}
		if objects["StatefulSet/kubecost-aggregator"] == nil {
			t.Error("there is no aggregator")
		}
	})
	t.Run("disabled", func(t *testing.T) {
		objects, err := render(t, "2.8.7", `kubecostAggregator: {deployMethod: disabled}`)
		if err != nil {
			t.Fatal(err)
		}
		if got := containers(podOf(t, objects, "Deployment/kubecost-cost-analyzer")); len(got) != 2 {
			t.Errorf("the pod's containers are %v, want two", got)
		}
	})
}

func TestChartWritesAthenaValuesAsSecret(t *testing.T) {
	objects, err := render(t, "2.8.7", `
kubecostProductConfigs:
  {athenaProjectID: "111111111111", athenaBucketName: s3://results, athenaRegion: us-east-2, athenaDatabase: d, athenaTable: t}`)
	if err != nil {
		t.Fatal(err)
	}
	secret := objects["Secret/cloud-integration"]
	if secret == nil {
		t.Fatal("there is no secret cloud-integration")
	}
	text, _, _ := unstructured.NestedString(secret.Object, "stringData", "cloud-integration.json")
	for _, want := range []string{`"athenaWorkgroup": "primary"`, `"projectID": "111111111111"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
	if !mounts(podOf(t, objects, "Deployment/kubecost-cost-analyzer"), "cloud-cost", "/var/configs/cloud-integration", "cloud-integration") {
		t.Error("cloud-cost does not mount the chart's own secret")
	}
}

// podOf returns the pod's specification of a workload.
func podOf(t *testing.T, objects map[string]*unstructured.Unstructured, name string) map[string]any {
	t.Helper()
	if objects[name] == nil {
		t.Fatalf("there is no %s", name)
	}
	pod, _, _ := unstructured.NestedMap(objects[name].Object, "spec", "template", "spec")
	return pod
}

func containers(pod map[string]any) []string {
	var names []string
	for _, c := range pod["containers"].([]any) {
		names = append(names, c.(map[string]any)["name"].(string))
	}
	return names
}

// mounts reports whether a container has the secret's cloud-integration.json in the directory.
func mounts(pod map[string]any, container, directory, secret string) bool {
	volume := ""
	for _, v := range pod["volumes"].([]any) {
		v := v.(map[string]any)
		if name, _, _ := unstructured.NestedString(v, "secret", "secretName"); name == secret {
			volume = v["name"].(string)
		}
	}
	for _, c := range pod["containers"].([]any) {
		c := c.(map[string]any)
		mounted, _ := c["volumeMounts"].([]any)
		for _, m := range mounted {
			m := m.(map[string]any)
			if c["name"] == container && m["name"] == volume && m["mountPath"] == directory {
				return true
			}
		}
	}
	return false
}
