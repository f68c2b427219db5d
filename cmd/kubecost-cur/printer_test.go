package main

import (
	"strings"
	"testing"
	"time"

	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
)

func TestFindingsAreWrittenForPeople(t *testing.T) {
	var b strings.Builder
	p := newPrinter(&b, false)
	until := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	findings := []doctor.Finding{
		{Check: "a", Title: "report definition kubecost", State: doctor.OK, Seen: "as Kubecost needs it"},
		{Check: "b", Title: "files", State: doctor.Waiting, Seen: "nothing yet", Cause: "AWS takes a day", Until: &until},
		{Check: "c", Title: "payer role", State: doctor.Failed, Seen: "gone", Cause: "deleted", Remedy: "pulumi up", Docs: "docs/doctor.md#c"},
		{Check: "d", Title: "secret", State: doctor.NotChecked, Remedy: "needs a kubeconfig"},
		{Check: "e", Title: "pods", State: doctor.NotChecked, Remedy: "needs a kubeconfig"},
	}
	for _, f := range findings {
		p.finding(f)
	}
	p.summary(doctor.NewReport(until, findings))
	want := `✓ report definition kubecost: as Kubecost needs it
… files
    seen  nothing yet
    why   AWS takes a day
    until 2026-03-10T12:00:00Z
✗ payer role
    seen  gone
    why   deleted
    do    pulumi up
    more  docs/doctor.md#c
- secret
    it    needs a kubeconfig
- pods
1 ok, 1 waiting, 1 failed, 2 not checked; begin with the first that failed: payer role
`
	if b.String() != want {
		t.Errorf("written was\n%s\nwant\n%s", b.String(), want)
	}
}
