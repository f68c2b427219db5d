package charts

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

// named is a line that there is.
func named(t *testing.T, name string) Line {
	t.Helper()
	l, err := Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestALineIsFoundByItsNameAndAnUnknownOneSaysWhichThereAre(t *testing.T) {
	if l := named(t, ""); l.Name != "cost-analyzer-2" {
		t.Errorf("the default line is %s", l.Name)
	}
	_, err := Named("kubecost-4")
	for _, l := range lines {
		if got := named(t, l.Name); got.Chart != l.Chart {
			t.Errorf("%s is the chart %s", l.Name, got.Chart)
		}
		if err == nil || !strings.Contains(err.Error(), l.Name) {
			t.Errorf("the error does not name %s: %v", l.Name, err)
		}
		if err := l.CheckVersion(l.Version("")); err != nil {
			t.Errorf("%s: its own default is refused: %v", l.Name, err)
		}
	}
}

func TestOnlyVersionsOfTheLineAreTaken(t *testing.T) {
	for line, versions := range map[string]map[string]string{
		"cost-analyzer-2": {
			"2.8.0": "", "2.8.99": "", "2.9.7": "", "2.7.2": "cost-analyzer 2.8 and 2.9", "3.2.1": "set chartLine to kubecost-3",
			"1.108.1": "set chartLine to cost-analyzer-1", "2.5.17": "set chartLine to opencost", "2.8.0-rc.1": "pre-release",
			"": "written like 2.8.7", "2.8": "written like", "latest": "written like", "v2.8.7": "written like", "~2.8.0": "written like",
		},
		"cost-analyzer-1": {"1.103.0": "", "1.108.1": "", "1.102.3": "1.103 to 1.108", "2.8.7": "set chartLine to cost-analyzer-2"},
		"kubecost-3":      {"3.0.3": "", "3.9.0": "", "3.0.2": "from 3.0.3", "4.0.0": "from 3.0.3", "2.9.7": "set chartLine to cost-analyzer-2"},
		"opencost":        {"2.0.0": "", "2.5.99": "", "1.45.0": "opencost 2.0 to 2.5", "2.8.7": "set chartLine to cost-analyzer-2"},
	} {
		for version, want := range versions {
			switch err := named(t, line).CheckVersion(version); {
			case want == "" && err != nil:
				t.Errorf("%s %s was refused: %v", line, version, err)
			case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
				t.Errorf("%s %s gave %v, want an error with %q", line, version, err, want)
			}
		}
	}
}

func TestEachChartUsesTheGivenServiceAccountAndSecret(t *testing.T) {
	s := Settings{Account: "222222222222", ServiceAccount: "sa", Secret: "cloud-integration-1", ClusterID: "prod"}
	for line, want := range map[string]string{
		"cost-analyzer-1": `{"kubecostProductConfigs":{"cloudIntegrationSecret":"cloud-integration-1","projectID":"222222222222"},` +
			`"serviceAccount":{"create":false,"name":"sa"}}`,
		"cost-analyzer-2": `{"kubecostProductConfigs":{"cloudIntegrationSecret":"cloud-integration-1","projectID":"222222222222"},` +
			`"serviceAccount":{"create":false,"name":"sa"}}`,
		"kubecost-3": `{"cloudCost":{"cloudIntegrationSecret":"cloud-integration-1","enabled":true,"serviceAccountName":"sa"},` +
			`"finopsagent":{"agent":{"kubecost":{"projectID":"222222222222"}}},"global":{"clusterId":"prod"},` +
			`"serviceAccount":{"create":false,"name":"sa"}}`,
		"opencost": `{"opencost":{"cloudCost":{"enabled":true},"cloudIntegrationSecret":"cloud-integration-1"},` +
			`"serviceAccount":{"create":false,"name":"sa"}}`,
	} {
		got, err := json.Marshal(named(t, line).Values(s))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s: values %s\nwant   %s", line, got, want)
		}
	}
}

func TestOnlyTheLineThatAsksForAClusterIDTakesOne(t *testing.T) {
	for _, l := range lines {
		asks := l.Name == "kubecost-3"
		if l.NeedsClusterID() != asks || (l.CheckClusterID("prod") == nil) != asks || (l.CheckClusterID("") == nil) == asks {
			t.Errorf("%s: needs one %t; with one %v, without %v", l.Name, l.NeedsClusterID(), l.CheckClusterID("prod"), l.CheckClusterID(""))
		}
	}
	if err := named(t, "kubecost-3").CheckClusterID("my cluster"); err == nil {
		t.Error("an ID with a space was taken")
	}
	if err := named(t, "opencost").CheckClusterID("prod"); err == nil || !strings.Contains(err.Error(), "opencost.exporter.defaultClusterId") {
		t.Errorf("the error does not say which value it is: %v", err)
	}
}

func TestWhatALineReadsIsKnown(t *testing.T) {
	for line, want := range map[string]struct {
		formats      []cloudintegration.Format
		cur2, no2yet []string // versions
	}{
		"cost-analyzer-1": {flatOnly, nil, []string{"", "1.108.1"}},
		"cost-analyzer-2": {bothFormats, nil, []string{"", "2.8.7"}},
		"kubecost-3":      {bothFormats, nil, []string{"", "3.2.1"}},
		"opencost":        {bothFormats, []string{"", "2.5.17", "2.5.18"}, []string{"2.5.16", "2.0.0"}},
	} {
		l := named(t, line)
		for _, format := range []cloudintegration.Format{cloudintegration.Flat, cloudintegration.Athena, "yaml"} {
			if got := l.Reads(format); got != slices.Contains(want.formats, format) {
				t.Errorf("%s reads %s: %t", line, format, got)
			}
		}
		for _, v := range want.cur2 {
			if l.CheckCUR2(l.Version(v)) != nil {
				t.Errorf("%s %q does not read CUR 2.0", line, v)
			}
		}
		for _, v := range want.no2yet {
			if l.CheckCUR2(l.Version(v)) == nil {
				t.Errorf("%s %q reads CUR 2.0", line, v)
			}
		}
	}
}

func TestCommandsNameTheReleasesObjects(t *testing.T) {
	for line, want := range map[string]Commands{
		"cost-analyzer-1": {"deployment/kc-cost-analyzer -c cost-model", "kc-cost-analyzer:9090/proxy/model/etl/status", "deployment/kc-cost-analyzer", "", ""},
		"cost-analyzer-2": {"deployment/kc-cost-analyzer -c cloud-cost", "kc-cost-analyzer:9090/proxy/model/cloudCost/status", "deployment/kc-cost-analyzer", "", ""},
		"kubecost-3":      {"deployment/kc-cloud-cost -c cloud-cost", "kc-frontend:9090/proxy/model/cloudCost/status", "service/kc-frontend", "", ""},
		"opencost":        {"deployment/kc-opencost -c kc-opencost", "kc-opencost:9003/proxy/cloudCost/status", "service/kc-opencost", "", ""},
	} {
		got := named(t, line).Look("costs", "kc")
		for command, part := range map[string]string{got.Logs: want.Logs, got.Status: want.Status, got.UI: want.UI} {
			if !strings.HasPrefix(command, "kubectl ") || !strings.Contains(command, part) || !strings.Contains(command, "costs") {
				t.Errorf("%s: %q does not look at %s in namespace costs", line, command, part)
			}
		}
	}
	if got := named(t, "opencost").Look("costs", "opencost").UI; !strings.Contains(got, "service/opencost ") {
		t.Errorf("a release that is called as its chart is looked at with %q", got)
	}
}
