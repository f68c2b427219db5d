package charts

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func object(t *testing.T, text string) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestAUsersValuesWinUnlessTheBillWouldNotBeRead(t *testing.T) {
	l := named(t, "cost-analyzer-2")
	s := Settings{Account: "222222222222", ServiceAccount: "sa", Secret: "secret-1", StorageClass: "gp3"}
	for name, c := range map[string]struct {
		user       string
		want       []string // parts of the values
		overridden []string
	}{
		"none":               {`{}`, []string{`"cloudIntegrationSecret":"secret-1"`, `"projectID":"222222222222"`, `"create":false`, `"name":"sa"`}, nil},
		"beside ours":        {`{"serviceAccount":{"annotations":{"a":"b"}},"x":{"y":[1]}}`, []string{`"annotations":{"a":"b"}`, `"create":false`, `"x":{"y":[1]}`}, nil},
		"over a default":     {`{"kubecostProductConfigs":{"projectID":"other"},"persistentVolume":{"storageClass":"io2","size":"1Gi"}}`, []string{`"projectID":"other"`, `"persistentVolume":{"size":"1Gi","storageClass":"io2"}`}, nil},
		"the same as ours":   {`{"serviceAccount":{"create":false,"name":"sa"}}`, []string{`"create":false`}, nil},
		"another account":    {`{"serviceAccount":{"create":true,"name":"other"}}`, []string{`"create":false`, `"name":"sa"`}, []string{"serviceAccount.create", "serviceAccount.name"}},
		"another secret":     {`{"kubecostProductConfigs":{"cloudIntegrationSecret":"mine"}}`, []string{`"cloudIntegrationSecret":"secret-1"`}, []string{"kubecostProductConfigs.cloudIntegrationSecret"}},
		"a string for a map": {`{"serviceAccount":"mine"}`, []string{`"name":"sa"`}, []string{"serviceAccount"}},
		"nothing for a map":  {`{"serviceAccount":null}`, []string{`"name":"sa"`}, []string{"serviceAccount"}},
		"a list for our map": {`{"persistentVolume":[]}`, []string{`"persistentVolume":[]`}, nil},
	} {
		s.User = object(t, c.user)
		got, err := json.Marshal(l.Values(s))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range c.want {
			if !strings.Contains(string(got), part) {
				t.Errorf("%s: the values lack %s: %s", name, part, got)
			}
		}
		if got := l.Overridden(s); !slices.Equal(got, c.overridden) {
			t.Errorf("%s: not taken are %v, want %v", name, got, c.overridden)
		}
		if again, _ := json.Marshal(s.User); string(again) != mustCompact(t, c.user) {
			t.Errorf("%s: the user's own values were changed to %s", name, again)
		}
	}
}

func mustCompact(t *testing.T, text string) string {
	t.Helper()
	b, err := json.Marshal(object(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEveryVolumeGetsTheStorageClass(t *testing.T) {
	for line, paths := range map[string][]string{
		"cost-analyzer-1": {
			"persistentVolume.storageClass", "prometheus.server.persistentVolume.storageClass",
			"kubecostAggregator.aggregatorDbStorage.storageClass",
		},
		"cost-analyzer-2": {
			"persistentVolume.storageClass", "prometheus.server.persistentVolume.storageClass",
			"kubecostAggregator.aggregatorDbStorage.storageClass",
		},
		"kubecost-3": {
			"global.defaultStorageClass", "aggregator.aggregatorDbStorage.storageClass", "aggregator.persistentConfigsStorage.storageClass",
			"cloudCost.persistentConfigsStorage.storageClass", "localStore.persistentVolume.storageClass", "finopsagent.persistence.storageClass",
		},
		"opencost": {"opencost.exporter.persistence.storageClass"},
	} {
		l := named(t, line)
		got := l.Values(Settings{StorageClass: "gp3"})
		for _, path := range paths {
			if at(got, path) != "gp3" {
				t.Errorf("%s: %s is %v", line, path, at(got, path))
			}
		}
		if got, _ := json.Marshal(l.Values(Settings{})); strings.Contains(strings.ToLower(string(got)), "storageclass") {
			t.Errorf("%s: without a storage class the values are %s", line, got)
		}
	}
}

func TestValuesWithWhichAChartDoesNotReadTheBillAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		line, version, user string
		want                []string // none if it is taken
	}{
		"nothing":            {"cost-analyzer-2", "", `{}`, nil},
		"the cluster's name": {"cost-analyzer-2", "", `{"kubecostProductConfigs":{"clusterName":"c"}}`, nil},
		"a null":             {"cost-analyzer-2", "", `{"kubecostProductConfigs":null}`, nil},
		"empty keys":         {"cost-analyzer-2", "", `{"kubecostProductConfigs":{"athenaTable":"","cloudIntegrationJSON":null}}`, nil},
		"two other ways": {"cost-analyzer-2", "", `{"kubecostProductConfigs":{"athenaTable":"t","masterPayerARN":"a","clusterName":"c"}}`,
			[]string{"kubecostProductConfigs.athenaTable", "kubecostProductConfigs.masterPayerARN", "remove it"}},
		"another way of 1": {"cost-analyzer-1", "", `{"kubecostProductConfigs":{"athenaTable":"t"}}`, []string{"kubecostProductConfigs.athenaTable"}},
		"2.9 with nothing": {"cost-analyzer-2", "2.9.7", `{}`,
			[]string{"global.federatedStorage.existingSecret", "set both global.clusterId and prometheus.server.global.external_labels.cluster_id", "take 2.8"}},
		"2.9 without its agent": {"cost-analyzer-2", "2.9.7", ready29(`"finopsagent":{"enabled":false}`), []string{"finopsagent.enabled must be true"}},
		"2.9 with two IDs": {"cost-analyzer-2", "2.9.7",
			`{"global":{"clusterId":"a","federatedStorage":{"config":"x"}},"prometheus":{"server":{"global":{"external_labels":{"cluster_id":"b"}}}}}`,
			[]string{"must be the same"}},
		"2.9 with two stores":   {"cost-analyzer-2", "2.9.7", ready29(`"global":{"clusterId":"a","federatedStorage":{"config":"x","existingSecret":"y"}}`), []string{"both existingSecret and config"}},
		"2.9 with an old store": {"cost-analyzer-2", "2.9.7", ready29(`"kubecostModel":{"federatedStorageConfigSecret":"s"}`), []string{"kubecostModel.federatedStorageConfigSecret"}},
		"2.9 that is ready":     {"cost-analyzer-2", "2.9.7", ready29(`"finopsagent":{"enabled":true}`), nil},
		"3 with values of 2": {"kubecost-3", "", `{"kubecostAggregator":{"deployMethod":"singlepod"},"service":{"port":9091},"prometheus":{"server":{"enabled":false}}}`,
			[]string{"kubecostAggregator went to aggregator", "service went to frontend.service", "prometheus is of Kubecost 2"}},
		"3 with a store of 2":        {"kubecost-3", "", `{"kubecostModel":{"federatedStorageConfigSecret":"s"}}`, []string{"went to global.federatedStorage.existingSecret"}},
		"3 with the agent's hyphen":  {"kubecost-3", "", `{"finops-agent":{"enabled":true}}`, []string{"finops-agent is spelt finopsagent"}},
		"3 with a bill of its own":   {"kubecost-3", "", `{"cloudCost":{"cloudIntegrationJSON":"{}"},"kubecostProductConfigs":{"athenaTable":"t"}}`, []string{"cloudCost.cloudIntegrationJSON", "kubecostProductConfigs.athenaTable"}},
		"3 with a product key":       {"kubecost-3", "", `{"kubecostProductConfigs":{"productKey":{"enabled":true}}}`, []string{"global.acknowledged"}},
		"3 with one, acknowledged":   {"kubecost-3", "", `{"kubecostProductConfigs":{"productKey":{"enabled":true}},"global":{"acknowledged":true}}`, nil},
		"3 with empty values of 2":   {"kubecost-3", "", `{"prometheus":{},"grafana":null,"kubecostModel":{}}`, nil},
		"3 with its own":             {"kubecost-3", "", `{"aggregator":{"logLevel":"debug"},"frontend":{"service":{"port":9091}}}`, nil},
		"OpenCost with another way":  {"opencost", "", `{"opencost":{"cloudIntegrationJSON":"{}"}}`, []string{"opencost.cloudIntegrationJSON"}},
		"OpenCost in two namespaces": {"opencost", "", `{"namespaceOverride":"opencost"}`, []string{"namespaceOverride", "setting namespace"}},
		"OpenCost, two Prometheuses": {"opencost", "", `{"opencost":{"prometheus":{"external":{"enabled":true}}}}`, []string{"opencost.prometheus.internal.enabled to false"}},
		"OpenCost, an outer and AMP": {"opencost", "", `{"opencost":{"prometheus":{"internal":{"enabled":false},"external":{"enabled":true},"amp":{"enabled":true,"workspaceId":"w"}}}}`, []string{"both external and amp"}},
		"OpenCost, AMP of no name":   {"opencost", "", `{"opencost":{"prometheus":{"internal":{"enabled":false},"amp":{"enabled":true}}}}`, []string{"amp.workspaceId is missing"}},
		"OpenCost, an outer":         {"opencost", "", `{"opencost":{"prometheus":{"internal":{"enabled":false},"external":{"enabled":true,"url":"https://p"}}}}`, nil},
	} {
		l := named(t, c.line)
		err := l.CheckValues(l.Version(c.version), object(t, c.user))
		if len(c.want) == 0 && err != nil {
			t.Errorf("%s was refused: %v", name, err)
		}
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the error does not say %q: %v", name, want, err)
			}
		}
	}
}

// ready29 are values with which 2.9 renders, but for one that is given.
func ready29(but string) string {
	return `{"global":{"clusterId":"a","federatedStorage":{"existingSecret":"s"}},` +
		`"prometheus":{"server":{"global":{"external_labels":{"cluster_id":"a"}}}},` + but + `}`
}

func TestAValueThatIsNotTakenTakesNoDefaultAway(t *testing.T) {
	line := named(t, "cost-analyzer-2")
	s := Settings{Account: "222222222222", ServiceAccount: "kubecost", Secret: "secret-1"}
	want := line.Values(s)
	for _, value := range []any{false, "x", nil, []any{"x"}} {
		s.User = map[string]any{"kubecostProductConfigs": value}
		if got := line.Values(s); !reflect.DeepEqual(got, want) {
			t.Errorf("with kubecostProductConfigs: %v the values are %v, want %v", value, got, want)
		}
		if said := line.Overridden(s); !slices.Equal(said, []string{"kubecostProductConfigs"}) {
			t.Errorf("with kubecostProductConfigs: %v, %v is said not to be taken", value, said)
		}
	}
}

func TestNullsAreNamedByTheirPaths(t *testing.T) {
	user := object(t, `{"a":null,"b":{"c":null,"d":1,"e.f":null},"g":[1,null,{"h":null}],"i\n":{"j":null},"k":"null","l":{},"m":[]}`)
	want := []string{"a", "b.c", `b["e.f"]`, "g[1]", "g[2].h", `["i\n"].j`}
	if got := Nulls(user); !slices.Equal(got, want) {
		t.Errorf("the nulls are %q, want %q", got, want)
	}
	if got := Nulls(nil); len(got) > 0 {
		t.Errorf("without values, the nulls are %q", got)
	}
}
