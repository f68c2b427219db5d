package e2e

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"

	"github.com/kubecost-cur/kubecost-cur/tests/bill"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

func TestOneResultsBucketServesTwoReports(t *testing.T) {
	w := newWorld(t)
	month := sandbox.Month(time.Now())
	before := month.AddDate(0, -1, 0)
	want := map[string]bill.Micros{}
	deliver := func(month time.Time, roles map[string]string) {
		t.Helper()
		delivered, err := box.Deliver(t.Context(), w.payer, month, nil)
		if err != nil || len(delivered) != len(roles) {
			t.Fatalf("delivered were %d reports, %v; want %d", len(delivered), err, len(roles))
		}
		for _, d := range delivered {
			want["arn:aws:iam::"+w.payer+":role/"+roles[d.Report]] += d.Kubecost
		}
	}
	results := w.up("payer").Outputs["athenaBucketName"].Value.(string)
	bucket := strings.Trim(strings.TrimPrefix(results, "s3://"), "/")
	first := "s3://kubecost-cur-" + w.payer + "-" + sandbox.Region + "/cur/kubecost"
	deliver(before, map[string]string{first: "kubecost-cur-access"}) // so that the two totals differ

	reports := "team-b-bills-" + w.payer
	var second auto.Stack
	w.further = map[string]string{"333333333333": w.payer} // the example's second payer is this one
	w.with(map[string]string{
		"adopt": "[resultsBucket]", "resultsBucketName": bucket, "resultsPrefix": "team/b",
		"reportName": "team_b", "reportBucketName": reports, "workGroupName": "team-b", "payerRoleName": "team-b-access",
	}, func() { second = w.upSecondPayer(w) })
	deliver(month, map[string]string{first: "kubecost-cur-access", "s3://" + reports + "/cur/team_b": "team-b-access"})

	w.settings["payers"] = fmt.Sprintf("[{stack: payer-b, accountId: %q}]", w.payer)
	w.up("primary")
	delete(w.settings, "payers")
	if got := w.totals(before, month.AddDate(0, 1, 0)); !maps.Equal(got, want) || len(want) != 2 {
		t.Errorf("Kubecost reads %v, delivered was %v", got, want)
	}
	at := map[bool]int{}
	for _, key := range w.keys(bucket, "") {
		at[strings.HasPrefix(key, "team/b/")]++
	}
	if at[true] == 0 || at[false] == 0 {
		t.Errorf("%d results are below the prefix and %d beside it; want some of each", at[true], at[false])
	}

	if _, err := second.Destroy(t.Context(), optdestroy.Color("never"), optdestroy.SuppressProgress()); err != nil {
		t.Fatal(err)
	}
	w.unchanged("payer", optpreview.Refresh()) // its bucket is as it was
	if left := box.Cloud.Reports(w.payer); len(left) != 1 || left[0].ReportName != "kubecost" {
		t.Errorf("the reports are %+v, want the first stack's", left)
	}
}
