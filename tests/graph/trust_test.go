package graph

import (
	"encoding/json"
	"slices"
	"testing"
)

// trusted is what the trust policy of a stack's role says.
type trusted struct {
	Principal map[string][]string
	Condition map[string]map[string][]string
}

func payerTrust(t *testing.T, changes map[string]string) (registered, trusted) {
	t.Helper()
	r := &recorder{}
	if err := run(t, r, "payer", with(payerSettings, changes)); err != nil {
		t.Fatal(err)
	}
	role := r.one(t, "aws:iam/role:Role", "")
	var policy struct{ Statement []trusted }
	if err := json.Unmarshal([]byte(role.inputs["assumeRolePolicy"].(string)), &policy); err != nil || len(policy.Statement) != 1 {
		t.Fatalf("the trust policy is %v: %v", role.inputs["assumeRolePolicy"], err)
	}
	return role, policy.Statement[0]
}

func TestSeveralClustersReadThroughOnePayerRoleAndNobodyElse(t *testing.T) {
	const staging = "arn:aws:iam::333333333333:role/platform/kubecost-staging"
	readers := []string{"arn:aws:iam::222222222222:role/team/kubecost-cur-reader", staging}
	changes := map[string]string{
		"kubecost-cur:readerRolePath": "/team/", "kubecost-cur:furtherReaderRoleArns": text(t, []string{staging}),
		"kubecost-cur:organizationId": "o-a1b2c3d4e5",
	}
	_, trust := payerTrust(t, changes)
	if got := trust.Principal["AWS"]; !slices.Equal(got, []string{"arn:aws:iam::222222222222:root", "arn:aws:iam::333333333333:root"}) {
		t.Errorf("the principals are %v", got)
	}
	if got := trust.Condition["ArnEquals"]["aws:PrincipalArn"]; !slices.Equal(got, readers) {
		t.Errorf("the condition names %v, want %v", got, readers)
	}
	if got := trust.Condition["StringEquals"]["aws:PrincipalOrgID"]; !slices.Equal(got, []string{"o-a1b2c3d4e5"}) {
		t.Errorf("the condition names the organizations %v", got)
	}

	changes["kubecost-cur:strictTrust"] = "true"
	if _, trust := payerTrust(t, changes); !slices.Equal(trust.Principal["AWS"], readers) {
		t.Errorf("the strict principals are %v, want %v", trust.Principal["AWS"], readers)
	}
}

func TestARolesPathAndBoundaryAreThoseOfTheSettings(t *testing.T) {
	role, _ := payerTrust(t, map[string]string{
		"kubecost-cur:payerRolePath": "/billing/", "kubecost-cur:permissionsBoundary": "arn:aws:iam::111111111111:policy/b",
	})
	if role.inputs["path"] != "/billing/" || role.inputs["permissionsBoundary"] != "arn:aws:iam::111111111111:policy/b" {
		t.Errorf("the payer role is %v", role.inputs)
	}
	if role, _ := payerTrust(t, nil); role.inputs["path"] != "/" || role.inputs["permissionsBoundary"] != nil {
		t.Errorf("without settings the payer role is %v", role.inputs)
	}

	outputs := payerOutputs()
	outputs["trustedRoleArn"] = "arn:aws:iam::333333333333:role/other,arn:aws:iam::222222222222:role/team/kubecost-cur-reader"
	r := &recorder{payerOutputs: outputs}
	if err := run(t, r, "primary", with(primarySettings, map[string]string{
		"kubecost-cur:readerRolePath": "/team/", "kubecost-cur:permissionsBoundary": "arn:aws:iam::222222222222:policy/b",
	})); err != nil {
		t.Fatal(err)
	}
	reader := r.one(t, "aws:iam/role:Role", "")
	if reader.inputs["path"] != "/team/" || reader.inputs["permissionsBoundary"] != "arn:aws:iam::222222222222:policy/b" {
		t.Errorf("the reader role is %v", reader.inputs)
	}
}
