package release

import (
	"strings"
	"testing"
)

func TestTheOtherChartsRefuseWhatTheRealOnesRefuse(t *testing.T) {
	for name, c := range map[string]struct{ chart, values, want string }{
		"3 with the secret of 2":   {"kubecost", `kubecostProductConfigs: {cloudIntegrationSecret: billing}`, "Please use cloudCost.cloudIntegrationSecret"},
		"3 with the aggregator":    {"kubecost", `kubecostAggregator: {deployMethod: singlepod}`, "Please use aggregator"},
		"3 with the service of 2":  {"kubecost", `service: {port: 9091}`, "Please use frontend.service"},
		"3 with a Prometheus":      {"kubecost", `prometheus: {server: {enabled: false}}`, "prometheus is no longer supported"},
		"3 with global values":     {"kubecost", `global: {amp: {enabled: true}}`, "global.amp is no longer supported"},
		"3 with the agent's name":  {"kubecost", `finops-agent: {enabled: true}`, "Please use finopsagent"},
		"3 without a cluster's ID": {"kubecost", `global: {clusterId: ""}`, "global.clusterId is required"},
		"3 with a product key":     {"kubecost", `kubecostProductConfigs: {productKey: {enabled: true}}`, "global.acknowledged=true"},
		"3 with two bills":         {"kubecost", `cloudCost: {cloudIntegrationSecret: billing, cloudIntegrationJSON: "{}"}`, "mutually exclusive"},
		"OpenCost with two bills":  {"opencost", `opencost: {cloudIntegrationSecret: billing, cloudIntegrationJSON: "{}"}`, "mutually exclusive"},
		"two Prometheuses":         {"opencost", `opencost: {prometheus: {external: {enabled: true}}}`, "Only use one of the prometheus setups"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := renderChart(t, c.chart, "", c.values)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestTheOtherChartsReadTheSecretAsTheServiceAccountThatIsThere(t *testing.T) {
	const account = "serviceAccount: {create: false, name: reader}\n"
	for name, c := range map[string]struct{ chart, values, workload, container, path string }{
		"1": {"cost-analyzer-1", account + `kubecostProductConfigs: {cloudIntegrationSecret: billing}`,
			"Deployment/kubecost-cost-analyzer", "cost-model", "/var/configs/cloud-integration"},
		"3": {"kubecost", account + `cloudCost: {cloudIntegrationSecret: billing}`,
			"Deployment/kubecost-cloud-cost", "cloud-cost", "/var/configs/cloud-integration.json"},
		"OpenCost": {"opencost", account + `opencost: {cloudIntegrationSecret: billing, cloudCost: {enabled: true}}`,
			"Deployment/kubecost-opencost", "kubecost-opencost", "/var/configs/cloud-integration.json"},
	} {
		objects, err := renderChart(t, c.chart, "", c.values)
		if err != nil {
			t.Fatal(err)
		}
		pod := podOf(t, objects, c.workload)
		if pod["serviceAccountName"] != "reader" || !mounts(pod, c.container, c.path, "billing") {
			t.Errorf("%s runs as %v, or without the secret", name, pod["serviceAccountName"])
		}
		for object := range objects {
			if strings.HasPrefix(object, "ServiceAccount/") {
				t.Errorf("%s makes %s", name, object)
			}
		}
	}
}

func TestAClusterRoleIsNamedAsTheRealChartsNameIt(t *testing.T) {
	const values = "{serviceAccount: {create: false, name: reader}, sandbox: {clusterRole: true}}"
	for chart, want := range map[string]string{
		"cost-analyzer": "reader", "cost-analyzer-1": "reader", "opencost": "kubecost-opencost",
	} {
		objects, err := renderChart(t, chart, "", values)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{"ClusterRole", "ClusterRoleBinding"} {
			if objects[kind+"/"+want] == nil {
				t.Errorf("%s has no %s of the name %s", chart, kind, want)
			}
		}
	}
}
