package charts

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestOnlyVersionsThatRenderWithTheseValuesAreTaken(t *testing.T) {
	for version, want := range map[string]string{
		DefaultVersion: "", "2.8.0": "", "2.8.99": "",
		"2.9.7": "federated store", "1.108.1": "cost-analyzer 2.8", "3.2.1": "cost-analyzer 2.8", "2.8.0-rc.1": "cost-analyzer 2.8",
		"": "written like", "2.8": "written like", "latest": "written like", "v2.8.7": "written like", "~2.8.0": "written like",
	} {
		switch err := CheckVersion(version); {
		case want == "" && err != nil:
			t.Errorf("%s was refused: %v", version, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s gave %v, want an error with %q", version, err, want)
		}
	}
}

func TestTheChartUsesTheGivenServiceAccountAndSecret(t *testing.T) {
	got, err := json.Marshal(Values(Settings{Account: "222222222222", ServiceAccount: "sa", Secret: "cloud-integration-1"}))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"kubecostProductConfigs":{"cloudIntegrationSecret":"cloud-integration-1","projectID":"222222222222"},` +
		`"serviceAccount":{"create":false,"name":"sa"}}`
	if string(got) != want {
		t.Errorf("values %s\nwant   %s", got, want)
	}
}

func TestCommandsNameTheReleasesObjects(t *testing.T) {
	look := Look("costs", "kc")
	for _, command := range []string{look.Logs, look.Status, look.UI} {
		if !strings.HasPrefix(command, "kubectl ") || !strings.Contains(command, "costs") || !strings.Contains(command, "kc-cost-analyzer") {
			t.Errorf("%q does not look at release kc in namespace costs", command)
		}
	}
}
