package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// keyPolicy is the policy of a key that its account's administrator made: nobody else may use it, but by further statements.
func (w *world) keyPolicy(statements ...json.RawMessage) string {
	w.t.Helper()
	administrator := fmt.Sprintf(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:user/administrator"},"Action":"kms:*","Resource":"*"}`, w.payer)
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": append([]json.RawMessage{json.RawMessage(administrator)}, statements...)})
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

// keyStatements are what a preview of the payer's stack says that the key's policy needs: that of billing, then that of the roles.
func (w *world) keyStatements(settings map[string]string) []json.RawMessage {
	w.t.Helper()
	_, outputs := w.previewed(settings)
	shown, _ := outputs["kmsKeyPolicyStatements"].(string)
	var statements []json.RawMessage
	if err := json.Unmarshal([]byte(shown), &statements); err != nil || len(statements) != 2 {
		w.t.Fatalf("the preview shows kmsKeyPolicyStatements %q: %v", shown, err)
	}
	return statements
}

func TestACustomersKeyIsUsedByBillingAndByKubecostOnly(t *testing.T) {
	w := newWorld(t)
	key := box.Cloud.AddKey(w.payer, sandbox.Region, w.keyPolicy())
	settings := map[string]string{"kmsKeyArn": key}

	// The preview says what the key's policy needs; before it has that, AWS refuses the report.
	statements := w.keyStatements(settings)
	w.with(settings, func() { w.refuse(w.stack("payer"), "Failed to verify customer bucket permission") })
	box.Cloud.SetKeyPolicy(key, w.keyPolicy(statements...))
	w.upPayer(settings)
	delivered, ask := w.bill()
	w.up("primary")
	w.reads(delivered, ask)
	w.with(settings, func() { w.unchanged("payer", optpreview.Refresh()) })

	box.Cloud.SetKeyPolicy(key, w.keyPolicy(statements[0]))
	if answer, err := ask(); err == nil || !strings.Contains(err.Error(), "allowed to access your KMS key") {
		t.Errorf("without the key Kubecost reads %+v, %v", answer, err)
	}
	box.Cloud.SetKeyPolicy(key, w.keyPolicy(statements[1]))
	if _, err := box.Deliver(t.Context(), w.payer, sandbox.Month(time.Now()), nil); err == nil {
		t.Error("without the key the billing service delivers")
	}
}

func TestWhereLakeFormationDecidesTheGrantsLetKubecostRead(t *testing.T) {
	w := newWorld(t)
	box.Cloud.UseLakeFormation(w.payer)
	w.up("payer")
	delivered, ask := w.bill()
	w.up("primary")
	if answer, err := ask(); err == nil || !strings.Contains(err.Error(), "asking for the columns") {
		t.Errorf("without grants Kubecost reads %+v, %v", answer, err)
	}

	settings := map[string]string{"lakeFormation": "true"}
	w.with(settings, func() {
		want := map[string]string{
			"kubecost-payer-role-grants-database": "create", "kubecost-payer-role-grants-table": "create",
			"kubecost-payer-role-query-bill": "update",
		}
		if got := w.changes("payer"); !maps.Equal(got, want) {
			t.Errorf("the setting would change %v, want %v", got, want)
		}
	})
	w.upPayer(settings)
	w.reads(delivered, ask)
	w.with(settings, func() { w.unchanged("payer", optpreview.Refresh()) })
	w.destroy("primary")
	w.destroy("payer")
	w.empty()
}

func TestACrawlerReadsUnderAKeyWhereLakeFormationDecides(t *testing.T) {
	w := newWorld(t)
	settings := map[string]string{"catalogMode": "crawler", "costAllocationTags": `["aws:eks:cluster-name"]`, "reportSchemaElements": `["SPLIT_COST_ALLOCATION_DATA"]`}
	box.Cloud.UseLakeFormation(w.payer)
	settings["kmsKeyArn"] = box.Cloud.AddKey(w.payer, sandbox.Region, w.keyPolicy())
	statements := w.keyStatements(settings)
	box.Cloud.SetKeyPolicy(settings["kmsKeyArn"], w.keyPolicy(statements...))
	w.upPayer(settings)
	delivered, ask := w.bill()
	if crawl := w.crawl(); crawl.Status != "FAILED" || !strings.Contains(crawl.Error, "Lake Formation") {
		t.Errorf("without grants the crawl is %+v", crawl)
	}

	settings["lakeFormation"] = "true"
	w.upPayer(settings)
	w.crawls()
	w.up("primary")
	w.reads(delivered, ask)
	w.undrifted(settings)

	box.Cloud.SetKeyPolicy(settings["kmsKeyArn"], w.keyPolicy(statements[0]))
	if crawl := w.crawl(); crawl.Status != "FAILED" || !strings.Contains(crawl.Error, "kms:Decrypt") {
		t.Errorf("without the key the crawl is %+v", crawl)
	}
	w.destroy("primary")
	w.destroy("payer")
	w.empty()
}

func TestAnExportIsDeliveredUnderAKeyWhosePolicyLetsDataExports(t *testing.T) {
	w := newWorld(t)
	settings := map[string]string{"reportVersion": `"2"`, "costAllocationTags": "", "reportSchemaElements": `["SPLIT_COST_ALLOCATION_DATA"]`}
	settings["kmsKeyArn"] = box.Cloud.AddKey(w.payer, sandbox.Region, w.keyPolicy())
	statements := w.keyStatements(settings)
	box.Cloud.SetKeyPolicy(settings["kmsKeyArn"], w.keyPolicy(statements...))
	w.upPayer(settings)
	w.bill()
	w.with(settings, func() { w.unchanged("payer", optpreview.Refresh()) })

	box.Cloud.SetKeyPolicy(settings["kmsKeyArn"], w.keyPolicy(statements[1]))
	if _, err := box.Deliver(t.Context(), w.payer, sandbox.Month(time.Now()), nil); err == nil {
		t.Error("without the key Data Exports delivers")
	}
}
