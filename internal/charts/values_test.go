package charts

import (
	"encoding/json"
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
		"a text for a map":   {`{"serviceAccount":"mine"}`, []string{`"name":"sa"`}, []string{"serviceAccount"}},
		"nothing for a map":  {`{"serviceAccount":null}`, []string{`"name":"sa"`}, []string{"serviceAccount"}},
		"a list for our map": {`{"persistentVolume":[]}`, []string{`"persistentVolume":[]`}, nil},
	} {
		s.User = object(t, c.user)
		got, err := json.Marshal(Values(s))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range c.want {
			if !strings.Contains(string(got), part) {
				t.Errorf("%s: the values lack %s: %s", name, part, got)
			}
		}
		if got := Overridden(s); !slices.Equal(got, c.overridden) {
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
	got, err := json.Marshal(Values(Settings{StorageClass: "gp3"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		`"persistentVolume":{"storageClass":"gp3"},"prometheus"`, `"server":{"persistentVolume":{"storageClass":"gp3"}}`,
		`"aggregatorDbStorage":{"storageClass":"gp3"}`,
	} {
		if !strings.Contains(string(got), part) {
			t.Errorf("the values lack %s: %s", part, got)
		}
	}
	if got, _ := json.Marshal(Values(Settings{})); strings.Contains(string(got), "storageClass") {
		t.Errorf("without a storage class the values are %s", got)
	}
}

func TestValuesWithWhichTheChartDoesNotRenderAreNamed(t *testing.T) {
	err := CheckValues(object(t, `{"kubecostProductConfigs":{"athenaTable":"t","masterPayerARN":"a","clusterName":"c"}}`))
	for _, want := range []string{"kubecostProductConfigs.athenaTable", "kubecostProductConfigs.masterPayerARN", "remove it"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
	for _, fine := range []string{`{}`, `{"kubecostProductConfigs":{"clusterName":"c"}}`, `{"kubecostProductConfigs":null}`} {
		if err := CheckValues(object(t, fine)); err != nil {
			t.Errorf("%s was refused: %v", fine, err)
		}
	}
}
