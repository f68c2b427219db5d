package graph

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"pgregory.net/rapid"
)

// names are the types and names of all resources, which must stay the same for Pulumi to keep the resources.
func (r *recorder) names() []string {
	var all []string
	for _, res := range r.resources {
		all = append(all, res.token+" "+res.name)
	}
	slices.Sort(all)
	return all
}

// graphOf is what the program registers for settings that it takes.
func graphOf(t *testing.T, rt *rapid.T, stack string, settings map[string]string) *recorder {
	r := &recorder{payerOutputs: payerOutputs()}
	if err := run(t, r, stack, settings); err != nil {
		rt.Fatalf("%v is refused: %v", settings, err)
	}
	return r
}

func list(rt *rapid.T, items []string) string {
	b, err := json.Marshal(items)
	if err != nil {
		rt.Fatal(err)
	}
	return string(b)
}

// some draws some of several items, in any order.
func some(rt *rapid.T, name string, of ...string) []string {
	shuffled := rapid.Permutation(of).Draw(rt, name)
	return shuffled[:rapid.IntRange(0, len(of)).Draw(rt, "how many")]
}

// payerLists are the lists among a payer stack's settings.
func payerLists(rt *rapid.T) map[string][]string {
	tags := some(rt, "tags", "team", "environment", "aws:eks:cluster-name", "CostCenter", "user:owner")
	return map[string][]string{
		"costAllocationTags": tags, "activatedCostAllocationTags": some(rt, "activated", tags...),
		"reportSchemaElements":  some(rt, "elements", "SPLIT_COST_ALLOCATION_DATA", "MANUAL_DISCOUNT_COMPATIBILITY"),
		"furtherReaderRoleArns": some(rt, "readers", "arn:aws:iam::222222222222:role/staging", "arn:aws:iam::333333333333:role/kubecost-cur-reader", "arn:aws:iam::333333333333:role/team/a"),
		"resourceTags":          some(rt, "resource tags", "team=finops", "env=prod", "owner=a b"),
	}
}

func TestTheOrderOfASettingsListRenamesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		lists := payerLists(rt)
		one, other := map[string]string{}, map[string]string{}
		for _, key := range slices.Sorted(maps.Keys(lists)) {
			one["kubecost-cur:"+key] = list(rt, lists[key])
			other["kubecost-cur:"+key] = list(rt, rapid.Permutation(lists[key]).Draw(rt, key))
		}
		mode := rapid.SampledFrom([]string{"projection", "crawler"}).Draw(rt, "mode")
		one["kubecost-cur:catalogMode"], other["kubecost-cur:catalogMode"] = mode, mode
		a, b := graphOf(t, rt, "payer", with(payerSettings, one)), graphOf(t, rt, "payer", with(payerSettings, other))
		if !slices.Equal(a.names(), b.names()) {
			rt.Errorf("with %v the resources are %v, and with %v %v", one, a.names(), other, b.names())
		}
	})
}

// billOf is the bill of an account, which no stack of the program has made.
func billOf(account string) map[string]string {
	return map[string]string{
		"athenaBucketName": "s3://results-" + account, "athenaRegion": "us-east-2", "athenaDatabase": "athenacurcfn_bill", "athenaTable": "bill",
		"athenaWorkgroup": "kubecost-cur", "projectID": account, "masterPayerARN": "arn:aws:iam::" + account + ":role/kubecost-cur-access",
	}
}

// payersOf are the accounts in cloud-integration.json, and the roles that the reader role may assume.
func payersOf(t *testing.T, r *recorder) (accounts, roles []string) {
	t.Helper()
	data := r.one(t, "kubernetes:core/v1:Secret", "").inputs["stringData"].(*resource.Secret)
	var file struct{ AWS []map[string]string }
	if err := json.Unmarshal([]byte(data.Element.ObjectValue()["cloud-integration.json"].StringValue()), &file); err != nil {
		t.Fatal(err)
	}
	for _, entry := range file.AWS {
		accounts = append(accounts, entry["projectID"])
	}
	var policy struct {
		Statement []struct{ Resource []string }
	}
	text, _ := r.one(t, "aws:iam/rolePolicy:RolePolicy", "assume-payer").inputs["policy"].(string)
	if err := json.Unmarshal([]byte(text), &policy); err != nil || len(policy.Statement) != 1 {
		t.Fatalf("the reader role's policy is %s, %v", text, err)
	}
	return accounts, policy.Statement[0].Resource
}

func TestAFurtherPayerIsAddedAndChangesNoOther(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.StringMatching(`[3-9][0-9]{11}`), 1, 4, rapid.ID[string]).Draw(rt, "payers")
		settings := func(ids []string) map[string]string {
			var entries []map[string]string
			for _, id := range ids {
				entries = append(entries, billOf(id))
			}
			b, err := json.Marshal(entries)
			if err != nil {
				rt.Fatal(err)
			}
			return with(primarySettings, map[string]string{"kubecost-cur:payers": string(b)})
		}
		fewer, more := graphOf(t, rt, "primary", settings(ids[1:])), graphOf(t, rt, "primary", settings(ids))
		shuffled := graphOf(t, rt, "primary", settings(rapid.Permutation(ids).Draw(rt, "another order")))
		for _, name := range fewer.names() {
			if !slices.Contains(more.names(), name) {
				rt.Errorf("with a payer more, %s is gone", name)
			}
		}
		if !slices.Equal(more.names(), shuffled.names()) {
			rt.Errorf("in another order the resources are %v, and were %v", shuffled.names(), more.names())
		}
		want := append([]string{payerAccount}, ids...)
		slices.Sort(want)
		for _, r := range []*recorder{more, shuffled} {
			accounts, roles := payersOf(t, r)
			slices.Sort(accounts)
			if !slices.Equal(accounts, want) || len(roles) != len(want) {
				rt.Errorf("of the payers %v the file has %v, and the reader may assume %v", want, accounts, roles)
			}
		}
		before, _ := payersOf(t, fewer)
		for _, account := range before {
			if !slices.Contains(want, account) {
				rt.Errorf("before, the file had %s", account)
			}
		}
	})
}

func TestAPayersOutputsAreReadAsTheyAre(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		word := func(name string) string { return rapid.StringMatching(`[a-z][a-z0-9]{2,20}`).Draw(rt, name) }
		outputs := payerOutputs()
		outputs["athenaBucketName"] = "s3://" + word("bucket") + rapid.SampledFrom([]string{"", "/", "/kubecost/prod"}).Draw(rt, "prefix")
		outputs["athenaRegion"] = rapid.SampledFrom([]string{"us-east-1", "eu-west-1", "us-east-2"}).Draw(rt, "region")
		outputs["athenaDatabase"], outputs["athenaTable"], outputs["athenaWorkgroup"] = word("database"), word("table"), word("work group")
		outputs["masterPayerARN"] = "arn:aws:iam::" + payerAccount + ":role" + rapid.SampledFrom([]string{"/", "/billing/"}).Draw(rt, "path") + word("role")
		r := &recorder{payerOutputs: outputs}
		if err := run(t, r, "primary", primarySettings); err != nil {
			rt.Fatalf("%v is refused: %v", outputs, err)
		}
		data := r.one(t, "kubernetes:core/v1:Secret", "").inputs["stringData"].(*resource.Secret)
		file := data.Element.ObjectValue()["cloud-integration.json"].StringValue()
		for _, key := range []string{"athenaBucketName", "athenaRegion", "athenaDatabase", "athenaTable", "athenaWorkgroup", "projectID", "masterPayerARN"} {
			if !strings.Contains(file, fmt.Sprintf("%q: %q", key, outputs[key])) {
				rt.Errorf("%s is %q, and the file %s", key, outputs[key], file)
			}
		}
		if _, roles := payersOf(t, r); !slices.Equal(roles, []string{outputs["masterPayerARN"].(string)}) {
			rt.Errorf("the reader may assume %v, and not %v", roles, outputs["masterPayerARN"])
		}
	})
}
