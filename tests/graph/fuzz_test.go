package graph

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// keys are the names of all settings, and of those of AWS that the program reads.
func keys(t testing.TB) []string {
	keys := slices.Sorted(maps.Keys(project(t).Config))
	for i, key := range keys {
		if !strings.Contains(key, ":") {
			keys[i] = "kubecost-cur:" + key
		}
	}
	keys = append(keys, "aws:region", "aws:allowedAccountIds")
	for _, key := range append(slices.Sorted(maps.Keys(awsSettings)), "accessKey", "secretKey", "token", "endpoints", "forbiddenAccountIds") {
		keys = append(keys, "aws:"+key)
	}
	return keys
}

// odd are values that are of the right kind for some setting, and mean something else than they should.
var odd = []string{
	"true", "-1", "0", "1e9", "99999999999999999999", "null", "[]", "{}", `[null]`, `[""]`, `["*"]`, `["a","a"]`, `[{}]`, `[[]]`, `{"a":null}`, `{"a":[null,{"b":null}]}`, `{"":""}`, `{"__proto__":1}`,
	`{"serviceAccount":null}`, `{"a.b":{"c":1}}`, `{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270"}`, `["user:a","a"]`, `["=x"]`, `["a=b","a=c"]`, `["AWS:a=b"]`, `["4dabf18193072939515e22adb298388d=1b47061264138c4ac30d75fd1eb44270"]`, `{"tags":{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270"}}`, `["a\nb=c"]`, `["<a>=b"]`,
	`["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]`,
	`["arn:aws:iam::333333333333:role/*"]`, `[{"stack":"a/b"}]`, `[{"stack":"payer\n","accountId":"333333333333"}]`, `[{"projectID":"*"}]`, `["report","reportBucket"]`,
	"arn:aws:iam::222222222222:oidc-provider/a.example", "crawler", "cron(0 2 ? * ſUN *)", "kubecost-3", "opencost", "payer", "primary", "both", "us-gov-west-1",
	`{"clusters":[{"name":"k","cluster":{"server":"https://127.0.0.1:1"}}],"contexts":[{"name":"c","context":{"cluster":"k","user":"u"}}],"users":[{"name":"u","user":{}}],"current-context":"c"}`,
}

// textsIn are a setting's value, and all texts in it.
func textsIn(value string) []string {
	found := []string{value}
	var all any
	if json.Unmarshal([]byte(value), &all) != nil {
		return found
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			found = append(found, v)
		case []any:
			for _, below := range v {
				walk(below)
			}
		case map[string]any:
			for key, below := range v {
				found = append(found, key)
				walk(below)
			}
		}
	}
	walk(all)
	return found
}

// safe fails if what was registered has a policy that is no policy, or one that has a text in it that is more than a name.
func safe(t *testing.T, r *recorder, texts []string) {
	t.Helper()
	for _, res := range r.resources {
		for _, key := range []string{"policy", "assumeRolePolicy"} {
			policy, isText := res.inputs[key].(string)
			if !isText {
				continue
			}
			var read struct {
				Version   string
				Statement []struct{ Sid, Effect string }
			}
			if err := json.Unmarshal([]byte(policy), &read); err != nil || len(read.Statement) == 0 {
				t.Errorf("%s has the policy %s", res.name, policy)
			}
			for _, s := range read.Statement {
				if s.Sid == "" || s.Effect != "Allow" && s.Effect != "Deny" {
					t.Errorf("%s has a statement that the program does not make: %s", res.name, policy)
				}
			}
			for _, text := range texts {
				escaped, _ := json.Marshal(text)
				if len(text) > 2 && strings.ContainsAny(text, "*?$\"\\ \n") && strings.Contains(policy, strings.Trim(string(escaped), `"`)) {
					t.Errorf("%q is in the policy of %s: %s", text, res.name, policy)
				}
			}
		}
	}
}

// refusedPlainly fails if what is refused has registered more than providers, or is told with what a terminal takes for more than text.
func refusedPlainly(t *testing.T, r *recorder, err error) {
	t.Helper()
	for _, res := range r.resources {
		if !strings.HasPrefix(res.token, "pulumi:providers:") {
			t.Errorf("it registered %v, and then said: %v", r.count(), err)
			break
		}
	}
	if strings.ContainsFunc(err.Error(), func(c rune) bool { return c != '\n' && c != '\t' && !unicode.IsPrint(c) }) {
		t.Errorf("the error is %q", err)
	}
	if !strings.Contains(err.Error(), "nothing was changed") {
		t.Errorf("the error does not say that nothing was changed: %v", err)
	}
}

func FuzzASettingIsTakenOrRefusedBeforeAnythingIsMade(f *testing.F) {
	all := keys(f)
	newCluster := map[string]string{"kubecost-cur:createCluster": "true"}
	stacks := []map[string]string{payerSettings, primarySettings, bothSettings, with(primarySettings, newCluster), with(bothSettings, newCluster)}
	for stack := range stacks {
		for key := range all {
			for i, value := range append(slices.Sorted(maps.Values(hostile)), odd...) {
				if (key+i+stack)%5 == 0 { // the fuzzer finds the others
					f.Add(uint8(stack), uint8(key), value)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, stack, key uint8, value string) {
		if !utf8.ValidString(value) {
			return // Pulumi's settings are YAML
		}
		settings, name := stacks[int(stack)%len(stacks)], all[int(key)%len(all)]
		changes := map[string]string{name: value}
		if name != "kubecost-cur:checkCluster" && settings["kubecost-cur:side"] != "payer" {
			changes["kubecost-cur:checkCluster"] = "false" // or it would call the servers that the fuzzer makes up
		}
		r := &recorder{payerOutputs: payerOutputs()}
		if err := run(t, r, settings["kubecost-cur:side"], with(settings, changes)); err != nil {
			refusedPlainly(t, r, err)
			return
		}
		safe(t, r, textsIn(value))
	})
}

func FuzzAPayersOutputIsTakenAsItIsOrRefused(f *testing.F) {
	own := payerOutputs()
	own["readerIdentity"] = "irsa"
	names := slices.Sorted(maps.Keys(own))
	for i, name := range names {
		for _, value := range hostile {
			f.Add(uint8(i), value)
		}
		f.Add(uint8(i), own[name].(string))
	}
	for _, c := range swapped {
		f.Add(uint8(slices.Index(names, c.output)), c.value)
	}
	f.Fuzz(func(t *testing.T, output uint8, value string) {
		if !utf8.ValidString(value) {
			return // the engine hands over none
		}
		name := names[int(output)%len(names)]
		r := &recorder{payerOutputs: payerOutputs()}
		r.payerOutputs[name] = value
		if err := run(t, r, "primary", primarySettings); err != nil {
			refusedPlainly(t, r, err)
			if !strings.Contains(err.Error(), name) {
				t.Errorf("the error does not name %s: %v", name, err)
			}
			return
		}
		safe(t, r, []string{value})
		data := r.one(t, "kubernetes:core/v1:Secret", "").inputs["stringData"].(*resource.Secret)
		var file struct{ AWS []map[string]string }
		if err := json.Unmarshal([]byte(data.Element.ObjectValue()["cloud-integration.json"].StringValue()), &file); err != nil || len(file.AWS) != 1 || len(file.AWS[0]) != 7 {
			t.Fatalf("the file is %v, %v", data, err)
		}
		for key, got := range file.AWS[0] {
			if !reflect.DeepEqual(got, r.payerOutputs[key]) {
				t.Errorf("%s is %q, and in the file %q", key, r.payerOutputs[key], got)
			}
		}
	})
}
