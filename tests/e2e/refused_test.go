package e2e

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

func TestThePrimaryBeforeThePayerSaysWhatToRunAndChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.refuse(w.stack("primary"), "organization/kubecost-cur/payer", "pulumi up")
	w.empty()

	w.stack("payer") // made, but never up
	w.refuse(w.stack("primary"), "organization/kubecost-cur/payer", "never been up", "pulumi up")
	w.empty()
}

func TestAPayerOutputThatIsMissingOrMalformedIsNamed(t *testing.T) {
	w := newWorld(t)
	outputs := map[string]string{
		"athenaBucketName": "s3://kubecost-athena-" + w.payer + "-us-east-2", "athenaRegion": "us-east-2",
		"athenaDatabase": "athenacurcfn_kubecost", "athenaTable": "kubecost", "athenaWorkgroup": "kubecost-cur",
		"projectID": w.payer, "masterPayerARN": "arn:aws:iam::" + w.payer + ":role/kubecost-cur-access",
		"curBucketName": "b", "curPrefix": "cur", "reportName": "kubecost",
		"trustedRoleArn": "arn:aws:iam::" + w.primary + ":role/kubecost-cur-reader", "contractVersion": "1",
	}
	exporting := func(change func(map[string]string)) {
		t.Helper()
		changed := map[string]string{}
		for key, value := range outputs {
			changed[key] = value
		}
		change(changed)
		other := w.stackOf("payer", w.payer, func(ctx *pulumi.Context) error {
			for key, value := range changed {
				ctx.Export(key, pulumi.String(value))
			}
			return nil
		})
		if _, err := other.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	exporting(func(o map[string]string) { delete(o, "athenaTable") })
	w.refuse(w.stack("primary"), "output athenaTable is missing")
	exporting(func(o map[string]string) { o["athenaBucketName"] = "no-scheme" })
	w.refuse(w.stack("primary"), "output athenaBucketName", `"no-scheme"`, "s3://")
	exporting(func(o map[string]string) { o["athenaDatabase"] = `x","projectID":"` })
	w.refuse(w.stack("primary"), "output athenaDatabase")
	w.empty()
}

func TestCredentialsOfAnotherAccountAreRefused(t *testing.T) {
	w := newWorld(t)
	w.refuse(w.stackOf("payer", w.primary, nil), w.primary, "not allowed")
	w.empty()
}

func TestAReportWhoseBucketAWSMayNotWriteToIsRefused(t *testing.T) {
	w := newWorld(t)
	// The component as it is, for another account than the one whose credentials there are: its policy lets the billing
	// service deliver the reports of that other account only.
	bad := w.stackOf("payer", w.payer, func(ctx *pulumi.Context) error {
		_, err := components.NewBillingReport(ctx, "report", &components.BillingReportArgs{
			AccountID: "999999999999", Region: sandbox.Region, ReportName: "kubecost", Prefix: "cur",
			BucketName: "bad-policy-" + w.payer, ForceDestroy: true,
		})
		return err
	})
	w.refuse(bad, "Failed to verify customer bucket permission")
	if reports := box.Cloud.Reports(w.payer); len(reports) > 0 {
		t.Errorf("there is a report all the same: %v", reports)
	}
}

func TestWrongSettingsComeInOneMessageAndChangeNothing(t *testing.T) {
	w := newWorld(t)
	w.settings["reportName"] = "Kube Cost"
	w.settings["reportPrefix"] = "/cur"
	w.settings["primaryAccountId"] = "012345678901" // not in quotes: YAML reads a number
	w.settings["aws:region"] = "us-east-9"
	w.settings["clusterName"] = "primary"
	said := w.refuse(w.stack("payer"), "faults; nothing was changed",
		"kubecost-cur:reportName", "kubecost-cur:reportPrefix", "kubecost-cur:primaryAccountId", "in quotes", "aws:region", "kubecost-cur:clusterName")
	if strings.Contains(said, "panic") {
		t.Errorf("it panicked:\n%s", said)
	}
	for _, r := range w.resources("payer") {
		if r.Type != "pulumi:pulumi:Stack" {
			t.Errorf("it registered %s", r.URN)
		}
	}
	w.empty()
}

func TestAProtectedReportSurvivesDestroy(t *testing.T) {
	w := newWorld(t)
	w.settings["reportProtect"] = "" // the default
	w.up("payer")
	stack := w.stack("payer")
	if _, err := stack.Destroy(t.Context(), optdestroy.Color("never")); err == nil || !strings.Contains(err.Error(), "protected") {
		t.Errorf("destroying the protected report: %v", err)
	}
	if reports := box.Cloud.Reports(w.payer); len(reports) != 1 {
		t.Errorf("reports after a refused destroy: %v", reports)
	}
	var protected []resource.URN
	for _, r := range w.resources("payer") {
		if r.Protect {
			protected = append(protected, r.URN)
		}
	}
	if len(protected) != 2 {
		t.Errorf("protected are %v; want the report and its bucket", protected)
	}
}
