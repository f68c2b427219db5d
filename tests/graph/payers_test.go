package graph

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// account is the ID of the nth further payer account, from 1.
func account(n int) string { return fmt.Sprintf("3%011d", n) }

// outputsOf are the outputs of another account's payer stack.
func outputsOf(account string) map[string]any {
	outputs := payerOutputs()
	for key, value := range outputs {
		outputs[key] = strings.ReplaceAll(value.(string), payerAccount, account)
	}
	return outputs
}

// literal is a payer that no stack has, as a setting.
func literal(account string) map[string]any {
	entry := map[string]any{}
	for _, key := range []string{"athenaBucketName", "athenaRegion", "athenaDatabase", "athenaTable", "athenaWorkgroup", "projectID", "masterPayerARN"} {
		entry[key] = outputsOf(account)[key]
	}
	return entry
}

// withPayers runs the primary stack with the payer of payerStack and further ones, every second of them a stack.
func withPayers(t *testing.T, accounts ...string) *recorder {
	t.Helper()
	r := &recorder{payerOutputs: payerOutputs(), otherStacks: map[string]map[string]any{}}
	var payers []any
	for i, a := range accounts {
		if i%2 == 1 {
			payers = append(payers, literal(a))
			continue
		}
		r.otherStacks["organization/kubecost-cur/payer-"+a] = outputsOf(a)
		payers = append(payers, map[string]any{"stack": "payer-" + a, "accountId": a})
	}
	if err := run(t, r, "primary", with(primarySettings, map[string]string{"kubecost-cur:payers": text(t, payers)})); err != nil {
		t.Fatal(err)
	}
	return r
}

// bills are the accounts in the secret, in order.
func bills(t *testing.T, r *recorder) []string {
	t.Helper()
	data := r.one(t, "kubernetes:core/v1:Secret", "").inputs["stringData"].(*resource.Secret)
	var read struct{ AWS []map[string]string }
	if err := json.Unmarshal([]byte(data.Element.ObjectValue()["cloud-integration.json"].StringValue()), &read); err != nil {
		t.Fatal(err)
	}
	var accounts []string
	for _, e := range read.AWS {
		accounts = append(accounts, e["projectID"])
	}
	return accounts
}

func TestEveryPayersBillIsReadWhereverItsSettingsAre(t *testing.T) {
	for _, n := range []int{0, 2, 199} {
		var accounts []string
		for i := range n {
			accounts = append(accounts, account(i+1))
		}
		r := withPayers(t, accounts...)
		want := append([]string{payerAccount}, accounts...)
		if got := bills(t, r); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%d payers: the secret has %v, want %v", n+1, got, want)
		}
		var policies []string
		for _, res := range r.resources {
			if res.token == "aws:iam/rolePolicy:RolePolicy" || res.token == "aws:iam/policy:Policy" {
				policies = append(policies, res.inputs["policy"].(string))
			}
		}
		for _, a := range want {
			role := `"arn:aws:iam::` + a + `:role/kubecost-cur-access"`
			if got := strings.Count(strings.Join(policies, ""), role); got != 1 {
				t.Errorf("%d payers: the policies name the role of %s %d times", n+1, a, got)
			}
		}
		for _, p := range policies {
			if len(p) > 6144 || strings.Count(p, "Sid") != 1 {
				t.Errorf("%d payers: a policy has %d characters; IAM takes 6144, in one statement", n+1, len(p))
			}
		}
		if attached := r.count()["aws:iam/rolePolicyAttachment:RolePolicyAttachment"]; attached != len(policies)-1 || n < 3 && attached > 0 {
			t.Errorf("%d payers: %d policies, %d of them attached", n+1, len(policies), attached)
		}
	}
}

func TestAPayerTakenOutLeavesTheOthersAsTheyWere(t *testing.T) {
	before, after := withPayers(t, account(1), account(2), account(3)), withPayers(t, account(1), account(3))
	changed := map[string]bool{}
	for _, was := range before.resources {
		if text(t, was.inputs) != text(t, after.one(t, was.token, was.name).inputs) {
			changed[was.name] = true
		}
	}
	for _, name := range []string{"kubecost-identity-assume-payer", "kubecost-cloud-integration", "kubecost-release"} {
		if !changed[name] {
			t.Errorf("%s is the same without the payer", name)
		}
		delete(changed, name)
	}
	if len(changed) > 0 {
		t.Errorf("also changed: %v", changed)
	}
}

func TestPayersThatDoNotFitStopEverything(t *testing.T) {
	twin := literal(payerAccount)
	trusting := outputsOf(account(1))
	trusting["trustedRoleArn"] = "arn:aws:iam::222222222222:role/other"
	for name, c := range map[string]struct {
		payer map[string]any
		want  []string
	}{
		"the account and results of another": {twin, []string{"takes for one", payerAccount}},
		"a stack that is not there":          {map[string]any{"stack": "gone", "accountId": account(1)}, []string{"organization/kubecost-cur/gone", "payers[0]"}},
		"a stack of another account":         {map[string]any{"stack": "b", "accountId": account(2)}, []string{"payers[0].accountId", account(2), account(1)}},
		"a stack that trusts another role":   {map[string]any{"stack": "b", "accountId": account(1)}, []string{"organization/kubecost-cur/b", "trustedRoleArn"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{payerOutputs: payerOutputs(), otherStacks: map[string]map[string]any{
				"organization/kubecost-cur/gone": nil, "organization/kubecost-cur/b": trusting,
			}}
			err := run(t, r, "primary", with(primarySettings, map[string]string{"kubecost-cur:payers": text(t, []any{c.payer})}))
			if err == nil {
				t.Fatal("the primary stack went on")
			}
			for _, want := range append(c.want, "nothing was changed") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
			if len(r.resources) > 0 {
				t.Errorf("it registered %v first", r.count())
			}
		})
	}
}

func TestAPrimaryWithoutAPayerStackReadsThePayersOfItsSettings(t *testing.T) {
	r := &recorder{}
	err := run(t, r, "primary", with(primarySettings, map[string]string{
		"kubecost-cur:payerStack": "(removed)", "kubecost-cur:payerAccountId": "(removed)",
		"kubecost-cur:payers": text(t, []any{literal(account(1))}),
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got := bills(t, r); len(got) != 1 || got[0] != account(1) {
		t.Errorf("the secret has %v", got)
	}
}
