package e2e

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
	"github.com/kubecost-cur/kubecost-cur/tests/security"
	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

var updateSecurity = flag.Bool("update-security", false, "write what the policies allow into docs/security.md")

// TestSecurityKubecostGetsTheBillAndNobodyAnythingElse asks the policies of both stacks, as they are in their states, all requests of
// the matrix, and compares docs/security.md with the answers.
func TestSecurityKubecostGetsTheBillAndNobodyAnythingElse(t *testing.T) {
	w := newWorld(t)
	policies := w.policies()
	rows := append(security.Rows(security.Allowed()), security.Rows(security.Denied())...)
	wrong, err := security.Wrong(box.Cloud.Decide, policies, rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range wrong {
		t.Errorf("%s: %s: must be allowed is %v, and is not so", r.Group, r, r.Allowed)
	}
	t.Run("each limit is guarded and each right needed", func(t *testing.T) {
		unnoticed, err := security.Unnoticed(box.Cloud.Decide, policies, rows)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range unnoticed {
			t.Errorf("no request notices %s", m)
		}
	})
	t.Run("the page says what is so", func(t *testing.T) {
		page, err := security.Page(box.Cloud.Decide, policies)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(box.Env.Root, "docs", "security.md")
		if *updateSecurity {
			if err := os.WriteFile(name, []byte(page), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		documented, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, difference := range differences(string(documented), page) {
			t.Errorf("docs/security.md differs from what was seen; -update-security writes it: %s", difference)
		}
	})
}

// securityNames are the policies of the matrix by the resources that have them.
var securityNames = map[string]security.Name{
	"kubecost-payer-role":               security.PayerTrust,
	"kubecost-payer-role-query-bill":    security.QueryBill,
	"kubecost-payer-role-list-accounts": security.ListAccounts,
	"kubecost-report-bucket-policy":     security.ReportBucket,
	"kubecost-queries-bucket-policy":    security.ResultsBucket,
	"kubecost-identity":                 security.ReaderTrust,
	"kubecost-identity-assume-payer":    security.AssumePayer,
}

// policies brings both stacks up and returns all policies in their states, and then the payer role's trust with organizationId.
func (w *world) policies() security.Policies {
	w.t.Helper()
	w.up("payer")
	w.up("primary")
	all := w.policiesOf("payer").With(w.policiesOf("primary"))
	if len(all) != len(securityNames) {
		w.t.Errorf("the stacks have %d policies, want %d", len(all), len(securityNames))
	}
	box.Cloud.AddOrganization(simaws.Organization{ID: security.Organization, Management: w.payer, Members: []simaws.Member{{ID: w.primary}}})
	w.settings["organizationId"] = security.Organization
	w.up("payer")
	all[security.OrgTrust] = w.policiesOf("payer")[security.PayerTrust]
	delete(w.settings, "organizationId")
	return all
}

// policiesOf are the policies in a stack's state, with this world's accounts and namespace made those of the examples. One that the
// matrix does not know fails the test.
func (w *world) policiesOf(stack string) security.Policies {
	w.t.Helper()
	example := strings.NewReplacer(w.payer, sandbox.PayerAccount, w.primary, sandbox.PrimaryAccount, ":"+w.name+":", ":kubecost:")
	found := security.Policies{}
	for _, r := range w.resources(stack) {
		for _, input := range []string{"policy", "assumeRolePolicy", "managedPolicyArns", "policyArn", "inlinePolicies"} {
			text, ok := r.Inputs[input].(string)
			if !ok {
				if r.Inputs[input] != nil {
					w.t.Errorf("%s has %s: %v, which the matrix does not know", r.URN.Name(), input, r.Inputs[input])
				}
				continue
			}
			name, known := securityNames[r.URN.Name()]
			var document iampolicy.Document
			if err := json.Unmarshal([]byte(example.Replace(text)), &document); err != nil || !known {
				w.t.Errorf("%s has a policy that the matrix does not know (%v): %s", r.URN.Name(), err, text)
				continue
			}
			found[name] = document
		}
	}
	return found
}
