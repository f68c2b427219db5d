package e2e

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
)

// anotherReportIsRefused has somebody make a report of which Pulumi could only make another one: that is refused, since it is
// protected, and nothing of it is changed.
func (d *drifting) anotherReportIsRefused(spoil, mend func()) {
	d.t.Helper()
	before := d.delivered()
	spoil()
	reports, exports := box.Cloud.Reports(d.payer), box.Cloud.Exports(d.payer)
	stack := d.stacks[0]
	d.with(d.sides[stack], func() {
		if _, said, err := d.record(stack, optpreview.Refresh()); err == nil || !protection.MatchString(said) {
			d.t.Errorf("replacing the report would not be refused: %v\n%s", err, said)
		}
		s := d.stack(stack)
		_, err := s.Up(d.t.Context(), optup.Refresh(), optup.SuppressProgress(), optup.Color("never"))
		if err == nil || !protection.MatchString(err.Error()) {
			d.t.Errorf("replacing the report is not refused: %v", err)
		}
	})
	if now := fmt.Sprint(box.Cloud.Reports(d.payer), box.Cloud.Exports(d.payer)); now != fmt.Sprint(reports, exports) {
		d.t.Errorf("the reports were %v %v, and are %s", reports, exports, now)
	}
	mend()
	d.with(d.sides[stack], func() { d.refresh(stack) }) // its tags
	d.mended(before, stack)
}

// byTheHour makes the report again as one by the hour, and back.
func (d *drifting) byTheHour() (spoil, mend func()) {
	report := box.Cloud.Reports(d.payer)[0]
	remake := func(unit string) func() {
		return func() {
			d.t.Helper()
			d.billing("DeleteReportDefinition", map[string]any{"ReportName": report.ReportName})
			report.TimeUnit, report.ReportStatus = unit, nil
			d.billing("PutReportDefinition", map[string]any{"ReportDefinition": report})
		}
	}
	return remake("HOURLY"), remake("DAILY")
}

// elsewhere has the export deliver elsewhere, and back.
func (d *drifting) elsewhere() (spoil, mend func()) {
	arn := box.Cloud.Exports(d.payer)[0].ExportArn
	return func() { d.deliverTo(arn, "elsewhere") }, func() { d.deliverTo(arn, "cur") }
}

// anotherSecretIsNamed has somebody make the secret again with other content. It is immutable, and the cluster does not even try its
// replacement: a preview fails with its name, and an update mends it.
func (d *drifting) anotherSecretIsNamed() {
	d.t.Helper()
	before, secret := d.delivered(), d.integration()
	d.recreateSecret(secret, "{}")
	stack := d.stacks[len(d.stacks)-1]
	d.with(d.sides[stack], func() {
		_, said, err := d.record(stack, optpreview.Refresh())
		if err == nil {
			d.t.Error("the preview of another secret does not fail")
		}
		d.says(said, "kubecost-cloud-integration", "field is immutable")
		d.refresh(stack)
	})
	if d.integration().file() != secret.file() {
		d.t.Error("the secret still has other content")
	}
	d.mended(before, stack)
}
