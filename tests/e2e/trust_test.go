package e2e

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
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
	month := sandbox.Month(time.Now())
	delivered, err := box.Deliver(t.Context(), w.payer, month, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.settings["readerRolePath"], w.settings["permissionsBoundary"] = "/team/", boundary
	w.up("primary")
	ask := func() {
		t.Helper()
		answer, err := box.Ask(t.Context(), w.name, month, month.AddDate(0, 1, 0))
		if err != nil {
			t.Fatal(err)
		}
		if answer.Total != delivered[0].Kubecost {
			t.Errorf("Kubecost reads %d micro-dollars of %d delivered", answer.Total, delivered[0].Kubecost)
		}
		if want := "arn:aws:iam::" + w.payer + ":role/billing/kubecost-cur-access"; answer.Payer != want {
			t.Errorf("Kubecost assumed %s, want %s", answer.Payer, want)
		}
	}
	ask()

	w.unchanged("primary", optpreview.Refresh())

	// The reader exists now, so the trust may name it; the further reader does not, and IAM would refuse its name.
	delete(payerSettings, "furtherReaderRoleArns")
	payerSettings["strictTrust"] = "true"
	payer()
	ask()

	// A reader whose account is in no such organization is turned away, with the same role and policies.
	payerSettings["organizationId"] = "o-anotherone"
	payer()
	if answer, err := box.Ask(t.Context(), w.name, month, month.AddDate(0, 1, 0)); err == nil {
		t.Errorf("a reader outside the organization read %v", answer.Total)
	}
}
