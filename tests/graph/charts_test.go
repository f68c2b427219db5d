package graph

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
)

func TestEachChartLineIsInstalledFromItsRepositoryWithItsOwnValues(t *testing.T) {
	for line, want := range map[string]struct {
		chart, version, repository string
		values                     []string
	}{
		"": {"cost-analyzer", "2.8.7", "https://kubecost.github.io/cost-analyzer/",
			[]string{`"cloudIntegrationSecret":"cloud-integration-`, `"projectID":"222222222222"`}},
		"cost-analyzer-1": {"cost-analyzer", "1.108.1", "https://kubecost.github.io/cost-analyzer/",
			[]string{`"cloudIntegrationSecret":"cloud-integration-`, `"projectID":"222222222222"`}},
		"kubecost-3": {"kubecost", "3.2.1", "https://kubecost.github.io/kubecost/",
			[]string{`"cloudIntegrationSecret":"cloud-integration-`, `"clusterId":"primary"`, `"serviceAccountName":"kubecost-serviceaccount"`}},
		"opencost": {"opencost", "2.5.17", "https://opencost.github.io/opencost-helm-chart",
			[]string{`"cloudIntegrationSecret":"cloud-integration-`, `"cloudCost":{"enabled":true}`}},
	} {
		settings := map[string]string{}
		if line != "" {
			settings["kubecost-cur:chartLine"] = line
		}
		r := primaryGraph(t, settings)
		release := r.one(t, "kubernetes:helm.sh/v3:Release", "")
		if release.inputs["chart"] != want.chart || release.inputs["version"] != want.version {
			t.Errorf("line %q is %v %v, want %s %s", line, release.inputs["chart"], release.inputs["version"], want.chart, want.version)
		}
		if got := text(t, release.inputs["repositoryOpts"]); got != `{"repo":"`+want.repository+`"}` {
			t.Errorf("line %q is from %s", line, got)
		}
		values := text(t, release.inputs["values"])
		for _, part := range append(want.values, `"create":false`, `"name":"kubecost-serviceaccount"`) {
			if !strings.Contains(values, part) {
				t.Errorf("line %q: the values lack %s: %s", line, part, values)
			}
		}
		if len(release.after) == 0 {
			t.Errorf("line %q: the release waits for nothing, neither for the secret nor for the service account", line)
		}
	}
}

func TestTheClusterIsNamedInTheCostsAsTheSettingsSay(t *testing.T) {
	for name, c := range map[string]struct{ id, values, want string }{
		"by a setting":    {"prod-eu", `{}`, `"clusterId":"prod-eu"`},
		"by a Helm value": {"", `{"global":{"clusterId":"mine"}}`, `"clusterId":"mine"`},
	} {
		r := primaryGraph(t, map[string]string{
			"kubecost-cur:chartLine": "kubecost-3", "kubecost-cur:clusterId": c.id, "kubecost-cur:values": c.values,
		})
		if values := text(t, r.one(t, "kubernetes:helm.sh/v3:Release", "").inputs["values"]); !strings.Contains(values, c.want) {
			t.Errorf("%s: the values lack %s: %s", name, c.want, values)
		}
	}
}

func TestASettingThatDoesNotFitTheChartLineIsRefused(t *testing.T) {
	of := func(line string) map[string]string {
		return with(primarySettings, map[string]string{"kubecost-cur:chartLine": line})
	}
	bridge := with(primarySettings, map[string]string{"kubecost-cur:chartVersion": "2.9.7"})
	const values = "kubecost-cur:values"
	refuses(t, map[string]refusal{
		"a line that is none":            {primarySettings, "kubecost-cur:chartLine", "kubecost-4", []string{"cost-analyzer-2", "kubecost-3", "opencost"}},
		"a line in the payer's stack":    {payerSettings, "kubecost-cur:chartLine", "kubecost-3", []string{"primary side"}},
		"a version of Kubecost 3":        {primarySettings, "kubecost-cur:chartVersion", "3.2.1", []string{"set chartLine to kubecost-3"}},
		"a version of Kubecost 2":        {of("kubecost-3"), "kubecost-cur:chartVersion", "2.8.7", []string{"set chartLine to cost-analyzer-2"}},
		"a version before the guide's":   {of("cost-analyzer-1"), "kubecost-cur:chartVersion", "1.90.0", []string{"1.103 to 1.108"}},
		"Kubecost 3 before its renaming": {of("kubecost-3"), "kubecost-cur:chartVersion", "3.0.1", []string{"from 3.0.3"}},
		"OpenCost's app for its chart":   {of("opencost"), "kubecost-cur:chartVersion", "1.120.1", []string{"opencost 2.0 to 2.5"}},
		"a version that is a range":      {of("kubecost-3"), "kubecost-cur:chartVersion", ">=3", []string{"written like 3.2.1"}},
		"a release candidate":            {of("kubecost-3"), "kubecost-cur:chartVersion", "3.2.1-rc.4", []string{"pre-release"}},
		"2.9 without a store":            {primarySettings, "kubecost-cur:chartVersion", "2.9.7", []string{values, "federatedStorage.existingSecret", "clusterId"}},
		"2.9 with an agent that is off":  {bridge, values, `{"finopsagent":{"enabled":false}}`, []string{"finopsagent.enabled must be true"}},
		"2.9 with the store of 2":        {bridge, values, `{"kubecostModel":{"federatedStorageConfigSecret":"s"}}`, []string{"federatedStorageConfigSecret is no longer used"}},
		"a cluster's ID without a use":   {primarySettings, "kubecost-cur:clusterId", "prod", []string{"kubecostProductConfigs.clusterName", "remove it"}},
		"a cluster's ID of OpenCost":     {of("opencost"), "kubecost-cur:clusterId", "prod", []string{"opencost.exporter.defaultClusterId"}},
		"a cluster's ID with a space":    {of("kubecost-3"), "kubecost-cur:clusterId", "my cluster", []string{"neither spaces"}},
		"the aggregator of 2 in 3":       {of("kubecost-3"), values, `{"kubecostAggregator":{"deployMethod":"statefulset"}}`, []string{"went to aggregator"}},
		"the service of 2 in 3":          {of("kubecost-3"), values, `{"service":{"port":9091}}`, []string{"went to frontend.service"}},
		"the Prometheus of 2 in 3":       {of("kubecost-3"), values, `{"prometheus":{"server":{"retention":"5d"}}}`, []string{"prometheus", "no such part"}},
		"the cluster's name of 2 in 3":   {of("kubecost-3"), values, `{"kubecostProductConfigs":{"clusterName":"c"}}`, []string{"setting clusterId"}},
		"another bill of 3":              {of("kubecost-3"), values, `{"cloudCost":{"cloudIntegrationJSON":"{}"}}`, []string{"cloudCost.cloudIntegrationJSON", "remove it"}},
		"another bill of OpenCost":       {of("opencost"), values, `{"opencost":{"cloudIntegrationJSON":"{}"}}`, []string{"opencost.cloudIntegrationJSON"}},
		"OpenCost's other namespace":     {of("opencost"), values, `{"namespaceOverride":"opencost"}`, []string{"setting namespace"}},
		"OpenCost, two Prometheuses":     {of("opencost"), values, `{"opencost":{"prometheus":{"external":{"enabled":true,"url":"u"}}}}`, []string{"internal.enabled to false"}},
	})
}

func TestOpenCostReadsAPayerWithCUR2(t *testing.T) {
	outputs := payerOutputs()
	outputs["contractVersion"] = "2"
	for version, taken := range map[string]bool{"": true, "2.5.17": true, "2.5.16": false} {
		r := &recorder{payerOutputs: outputs}
		err := run(t, r, "primary", with(primarySettings, map[string]string{
			"kubecost-cur:chartLine": "opencost", "kubecost-cur:chartVersion": version,
		}))
		if (err == nil) != taken {
			t.Errorf("with OpenCost's chart %q: %v", version, err)
		}
	}
}

func TestAComponentRefusesAChartThatItCannotInstall(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*components.PrimaryArgs)
		want   []string
	}{
		"a line that is none":  {func(p *components.PrimaryArgs) { p.ChartLine = "kubecost-4" }, []string{"ChartLine", "kubecost-4", "opencost"}},
		"a version of another": {func(p *components.PrimaryArgs) { p.ChartLine = "opencost" }, []string{"ChartVersion", "2.8.7", "cost-analyzer-2"}},
		"no cluster's ID":      {func(p *components.PrimaryArgs) { p.ChartLine, p.ChartVersion = "kubecost-3", "" }, []string{"ClusterID", "needs one"}},
	} {
		r := &recorder{}
		err := pulumi.RunErr(func(ctx *pulumi.Context) error {
			primary := primaryArgs()
			c.change(primary)
			_, err := components.NewCurIntegration(ctx, "kubecost", &components.CurIntegrationArgs{Payer: payerArgs(), Primary: primary})
			return err
		}, pulumi.WithMocks("kubecost-cur", "both", r))
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the error does not say %q: %v", name, want, err)
			}
		}
		if len(r.resources) > 0 {
			t.Errorf("%s: it registered %v first", name, r.count())
		}
	}
}
