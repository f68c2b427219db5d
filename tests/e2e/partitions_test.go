package e2e

import (
	"strings"
	"testing"
)

// The sandbox's AWS has one partition. In China it knows who the caller is, so that the engine and the AWS provider can preview a
// stack there.
func TestAPayerInChinaIsPreviewed(t *testing.T) {
	w := newWorld(t)
	w.settings["aws:region"] = "cn-north-1"
	changes := w.changes("payer")
	for _, name := range []string{"cn-northwest-1", "kubecost-report-definition", "kubecost-report-bucket-policy", "kubecost-catalog-table", "kubecost-payer-role"} {
		if changes[name] != "create" {
			t.Errorf("a preview would %s %s: %v", changes[name], name, changes)
		}
	}
	w.empty()
}

func TestNoPayerIsReadAcrossPartitionsAndNoneIsMadeInGovCloud(t *testing.T) {
	w := newWorld(t)
	w.up("payer")
	w.settings["aws:region"] = "cn-north-1"
	w.refuse(w.stack("primary"), "payerStack", `athenaRegion is "us-east-2"`, "partition aws,", "aws-cn", "nothing was changed")
	w.settings["aws:region"] = "us-gov-west-1"
	w.refuse(w.stack("primary"), "partition aws,", "aws-us-gov", "nothing was changed")
	for _, r := range w.resources("primary") {
		if !strings.HasPrefix(string(r.Type), "pulumi:") { // beside the reference to the payer's stack
			t.Errorf("it registered %s", r.URN)
		}
	}
	w.refuse(w.stack("payer"), "aws:region", "us-gov-west-1", "no Cost and Usage Report", "standard account", "nothing was changed")
	delete(w.settings, "aws:region")
	w.unchanged("payer")
}
