package e2e

import (
	"fmt"
	"maps"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"

	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

func TestANarrowTrustStillLetsKubecostRead(t *testing.T) {
	w := newWorld(t)
	organization := "o-" + w.payer // AWS's IDs are as long
	box.Cloud.AddOrganization(simaws.Organization{ID: organization, Management: w.payer, Members: []simaws.Member{{ID: w.primary}}})
	const boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
	further := "arn:aws:iam::" + w.primary + ":role/kubecost-staging"
	payerSettings := map[string]string{
		"payerRolePath": "/billing/", "readerRolePath": "/team/", "furtherReaderRoleArns": fmt.Sprintf("[%q]", further),
		"organizationId": organization, "permissionsBoundary": boundary,
	}
	payer := func() {
		t.Helper()
		maps.Copy(w.settings, payerSettings)
		w.up("payer")
		for key := range payerSettings {
			delete(w.settings, key)
		}
	}
	payer()
	delivered, ask := w.bill()
	w.settings["readerRolePath"], w.settings["permissionsBoundary"] = "/team/", boundary
	w.up("primary")
	reads := func() {
		t.Helper()
		answer := w.reads(delivered, ask)
		if want := "arn:aws:iam::" + w.payer + ":role/billing/kubecost-cur-access"; answer.Payer != want {
			t.Errorf("Kubecost assumed %s, want %s", answer.Payer, want)
		}
	}
	reads()

	w.unchanged("primary", optpreview.Refresh())

	// The reader exists now, so the trust may name it; the further reader does not, and IAM would refuse its name.
	delete(payerSettings, "furtherReaderRoleArns")
	payerSettings["strictTrust"] = "true"
	payer()
	reads()

	// A reader whose account is in no such organization is turned away, with the same role and policies.
	payerSettings["organizationId"] = "o-anotherone"
	payer()
	if answer, err := ask(); err == nil {
		t.Errorf("a reader outside the organization read %v", answer.Total)
	}
}
