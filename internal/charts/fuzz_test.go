package charts

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// hostile are Helm values that would take the bill away, or the place of what connects the chart to it.
var hostile = []string{
	`{}`, `null`, `{"serviceAccount":null}`, `{"serviceAccount":[]}`, `{"serviceAccount":{"create":true,"name":"admin"}}`, `{"serviceAccount":{"name":{"a":1}}}`,
	`{"kubecostProductConfigs":{"cloudIntegrationSecret":"mine","cloudIntegrationJSON":"{}"}}`, `{"kubecostProductConfigs":"x"}`, `{"kubecostProductConfigs":{"projectID":null}}`,
	`{"kubecostProductConfigs.cloudIntegrationSecret":"mine"}`, `{"cloudCost":{"enabled":false,"cloudIntegrationSecret":"mine","serviceAccountName":"x"}}`, `{"cloudCost":0}`,
	`{"opencost":{"cloudCost":{"enabled":"false"},"cloudIntegrationSecret":["x"]}}`, `{"opencost":{"prometheus":{"external":{"enabled":true},"amp":{"enabled":true}}}}`,
	`{"global":{"federatedStorage":{"config":"x","existingSecret":"y"},"clusterId":"a"},"prometheus":{"server":{"global":{"external_labels":{"cluster_id":"b"}}}}}`,
	`{"global":[{"clusterId":"x"}]}`, `{"a":{"b":{"c":{"d":[1,2.5,true,null,"x\"\n"]}}}}`, `{"":{"":""}}`, `{"serviceAccount":{"create":false,"name":"sa","annotations":{"x":"{{ .Values }}"}}}`,
	`{"persistentVolume":{"storageClass":"\u0000"}}`, `{"SERVICEACCOUNT":{"create":true}}`, `{"finopsagent":{"enabled":false}}`, `{"kubecostProductConfigs":{"productKey":{"enabled":true}}}`,
}

// holds says whether values have all of required, as it is.
func holds(v any, required any) bool {
	want, isMap := required.(values)
	if !isMap {
		return reflect.DeepEqual(v, required)
	}
	have, _ := v.(values)
	for key, below := range want {
		if !holds(have[key], below) {
			return false
		}
	}
	return true
}

// dig returns the value at keys, and whether there is one.
func dig(v any, keys ...string) (any, bool) {
	for _, key := range keys {
		object, isMap := v.(values)
		below, there := object[key]
		if !isMap || !there {
			return nil, false
		}
		v = below
	}
	return v, true
}

func FuzzAUsersValuesNeverTakeTheBillAway(f *testing.F) {
	for _, user := range hostile {
		f.Add(user, "secret-1", "gp3")
	}
	f.Fuzz(func(t *testing.T, text, secret, class string) {
		var user map[string]any
		if json.Unmarshal([]byte(text), &user) != nil {
			return
		}
		var before map[string]any
		_ = json.Unmarshal([]byte(text), &before)
		for _, line := range lines {
			s := Settings{Account: "222222222222", ServiceAccount: "sa", Secret: secret, StorageClass: class, ClusterID: "c", User: user}
			got := line.Values(s)
			if required := line.required(s); !holds(got, required) {
				t.Errorf("%s: of %v the values lack some with %s: %v", line.Name, required, text, got)
			}
			overridden := line.Overridden(s)
			if !slices.IsSorted(overridden) {
				t.Errorf("%s: not taken are %q", line.Name, overridden)
			}
			// What is not ours is the user's, to the last value.
			var walk func(v any, at []string)
			walk = func(v any, at []string) {
				path := strings.Join(at, ".")
				if object, isMap := v.(values); isMap && len(object) > 0 {
					for key, below := range object {
						walk(below, append(slices.Clone(at), key))
					}
					return
				}
				if have, there := dig(got, at...); len(at) > 0 && (!there || !reflect.DeepEqual(have, v)) {
					object, isMap := v.(values)
					ours := slices.ContainsFunc(overridden, func(o string) bool { return o == path || strings.HasPrefix(path, o+".") })
					if !ours && !(isMap && len(object) == 0) {
						t.Errorf("%s: the user's %s is %v, and not told to be: %v", line.Name, path, have, v)
					}
				}
			}
			walk(user, nil)
			if again := line.Values(Settings{Account: s.Account, ServiceAccount: s.ServiceAccount, Secret: secret, StorageClass: class, ClusterID: "c", User: got}); len(overridden) == 0 && !reflect.DeepEqual(again, got) {
				t.Errorf("%s: merged again, the values are %v and not %v", line.Name, again, got)
			}
			for _, version := range []string{line.DefaultVersion, "2.9.7", "3.2.1", ""} {
				err := line.CheckValues(version, user)
				if err != nil && strings.ContainsFunc(err.Error(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
					t.Errorf("%s: the error is %q", line.Name, err)
				}
			}
			if b, err := json.Marshal(got); err != nil || !json.Valid(b) {
				t.Errorf("%s: the values are no JSON: %v", line.Name, err)
			}
			// The result is the release's alone: what is changed in it changes nothing of the user's.
			scribble(got)
			if !reflect.DeepEqual(user, before) {
				t.Fatalf("%s: the user's own values %s were changed to %v", line.Name, text, user)
			}
		}
	})
}

// scribble changes every map of some values.
func scribble(v any) {
	if object, isMap := v.(values); isMap {
		for _, below := range object {
			scribble(below)
		}
		object["scribbled"] = true
	}
}

func FuzzAVersionIsOfOneLineAndAnIDIsOneWord(f *testing.F) {
	for _, text := range []string{"", "2.8.7", "2.9.7", "1.108.1", "3.2.1", "2.5.17", "v2.8.7", "2.8", "2.8.7-rc.1", "2.8.7+x\x1b", "2.8.7+build", "2.8.7\n", "999999999999999999999.0.0", "*", ">=2.0.0",
		"../2.8.7", "cost-analyzer-2", "a b", "a/b", "a\u00a0b", "a\x00", "{{ .x }}", "x\u202e"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if line, err := Named(text); err == nil && text != "" && line.Name != text {
			t.Errorf("%q is the line %s", text, line.Name)
		}
		charts := map[string]string{}
		for _, line := range lines {
			for _, err := range []error{line.CheckVersion(text), line.CheckCUR2(text), line.CheckClusterID(text)} {
				if err != nil && strings.ContainsFunc(err.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) {
					t.Errorf("%s: the error is %q", line.Name, err)
				}
			}
			if line.CheckVersion(text) == nil {
				if strings.Trim(text, "0123456789.") != "" {
					t.Errorf("%s: %q is taken for a version", line.Name, text)
				}
				if other := charts[line.Chart]; other != "" {
					t.Errorf("%q is a version of %s and of %s", text, other, line.Name)
				}
				charts[line.Chart] = line.Name
			}
			if line.asksID && line.CheckClusterID(text) == nil && strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == '/' }) {
				t.Errorf("%s: %q is taken for a cluster's ID", line.Name, text)
			}
		}
	})
}
