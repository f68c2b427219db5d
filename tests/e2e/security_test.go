package e2e

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
	"github.com/kubecost-cur/kubecost-cur/tests/security"
	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

var updateSecurity = flag.Bool("update-security", false, "write what the policies allow into docs/security.md")

// TestSecurityKubecostGetsTheBillAndNobodyAnythingElse asks the policies of the stacks, as they are in their states, all requests of
// the matrix, and compares docs/security.md and docs/security-options.md with the answers.
func TestSecurityKubecostGetsTheBillAndNobodyAnythingElse(t *testing.T) {
	usual := newWorld(t).policies()
	options := newWorldOf(t, sandbox.WorldOptions{PodIdentityAgent: true}).optionPolicies()
	if t.Failed() {
		return
	}
	// What no setting changes is the same.
	maps.DeleteFunc(options, func(name security.Name, document iampolicy.Document) bool {
		before, there := usual[name]
		if there && !reflect.DeepEqual(before, document) {
			t.Errorf("with further settings %q is %+v, and else %+v", name, document, before)
		}
		return there
	})
	both := usual.With(options)
	answered(t, both, security.Rows(slices.Concat(security.Allowed(), security.Denied(), security.OptionCases())))
	t.Run("each limit is guarded and each right needed", func(t *testing.T) {
		guarded(t, both, usual, security.Rows(slices.Concat(security.Allowed(), security.Denied())))
		guarded(t, both, options, security.Rows(security.OptionCases()))
	})
	t.Run("the pages say what is so", func(t *testing.T) {
		page, err := security.Page(box.Cloud.Decide, usual)
		if err != nil {
			t.Fatal(err)
		}
		documented(t, "security.md", page)
		if page, err = security.OptionsPage(usual, options); err != nil {
			t.Fatal(err)
		}
		documented(t, "security-options.md", page)
	})
}

// answered expects of each request the answer that it must have.
func answered(t *testing.T, policies security.Policies, rows []security.Row) {
	t.Helper()
	wrong, err := security.Wrong(box.Cloud.Decide, policies, rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range wrong {
		t.Errorf("%s: %s: must be allowed is %v, and is not so", r.Group, r, r.Allowed)
	}
}

// guarded expects that a request notices each change of a policy of of.
func guarded(t *testing.T, policies, of security.Policies, rows []security.Row) {
	t.Helper()
	unnoticed, err := security.Unnoticed(box.Cloud.Decide, policies, of, rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range unnoticed {
		t.Errorf("no request notices %s", m)
	}
}

// documented expects that a page of the docs is this text, or writes it.
func documented(t *testing.T, file, page string) {
	t.Helper()
	name := filepath.Join(box.Env.Root, "docs", file)
	if *updateSecurity {
		if err := os.WriteFile(name, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, difference := range differences(string(text), page) {
		t.Errorf("docs/%s differs from what was seen; -update-security writes it: %s", file, difference)
	}
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
	all := w.policiesOf("payer", securityNames).With(w.policiesOf("primary", securityNames))
	if len(all) != len(securityNames) {
		w.t.Errorf("the stacks have %d policies, want %d", len(all), len(securityNames))
	}
	box.Cloud.AddOrganization(simaws.Organization{ID: security.Organization, Management: w.payer, Members: []simaws.Member{{ID: w.primary}}})
	w.settings["organizationId"] = security.Organization
	w.up("payer")
	all[security.OrgTrust] = w.policiesOf("payer", securityNames)[security.PayerTrust]
	delete(w.settings, "organizationId")
	return all
}

var keyARN = regexp.MustCompile(`arn:aws:kms:[a-z0-9-]+:[0-9]+:key/[0-9a-f-]+`)

// example is a string of this world's stacks with its accounts, namespace and key made those of the examples.
func (w *world) example(text string) string {
	example := strings.NewReplacer(w.payer, sandbox.PayerAccount, w.primary, sandbox.PrimaryAccount, ":"+w.name+":", ":kubecost:", `"`+w.name+`"`, `"kubecost"`)
	return example.Replace(keyARN.ReplaceAllString(text, security.KeyARN))
}

// policiesOf are the policies in a stack's state, as examples. One that names do not have fails the test.
func (w *world) policiesOf(stack string, names map[string]security.Name) security.Policies {
	w.t.Helper()
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
			name, known := names[r.URN.Name()]
			var document iampolicy.Document
			if err := json.Unmarshal([]byte(w.example(text)), &document); err != nil || !known {
				w.t.Errorf("%s has a policy that the matrix does not know (%v): %s", r.URN.Name(), err, text)
				continue
			}
			found[name] = document
		}
	}
	return found
}
