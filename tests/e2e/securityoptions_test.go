package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"

	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
	"github.com/kubecost-cur/kubecost-cur/tests/security"
)

// optionPolicies brings both stacks up with settings that add to the policies, then the payer's with those that exclude some of the first,
// and returns the policies. Those that no setting changes are among them.
func (w *world) optionPolicies() security.Policies {
	w.t.Helper()
	// Whoever may use the key is asked of the statements that the stack puts out.
	key := box.Cloud.AddKey(w.payer, sandbox.Region, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]}`)
	box.Cloud.UseLakeFormation(w.payer)
	w.settings["identity"] = "pod-identity"
	w.settings["payers"] = fmt.Sprintf(`[{athenaBucketName: s3://another-results-bucket, athenaRegion: %s, athenaDatabase: athenacurcfn_kubecost, athenaTable: kubecost, `+
		`athenaWorkgroup: kubecost-cur, projectID: %q, masterPayerARN: "arn:aws:iam::%s:role/kubecost-cur-access"}]`, sandbox.Region, security.OtherPayer, security.OtherPayer)

	all := w.payerPolicies(map[string]string{
		"kmsKeyArn": key, "lakeFormation": "true", "catalogMode": "crawler", "crawlerTrigger": "event", "organizationId": security.Organization,
		"furtherReaderRoleArns": fmt.Sprintf("[%q]", security.FurtherReader), "payers": "",
	}, security.Key, map[string]security.Name{
		"kubecost-payer-role": security.TaggedTrust, "kubecost-payer-role-query-bill": security.KeyedQuery,
		"kubecost-catalog-crawler-role": security.CrawlerTrust, "kubecost-catalog-crawler-crawl-report": security.CrawlReport,
		"kubecost-catalog-crawler-events-role": security.RuleTrust, "kubecost-catalog-crawler-notify-workflow": security.NotifyWorkflow,
	})
	w.up("primary")
	maps.Copy(all, w.policiesOf("primary", map[string]security.Name{"kubecost-identity": security.PodTrust, "kubecost-identity-assume-payer": security.AssumePayers}))

	second := w.payerPolicies(map[string]string{
		"kmsKeyArn": key, "reportVersion": `"2"`, "costAllocationTags": "", "resultsPrefix": security.ResultsPrefix, "strictTrust": "true", "identity": "", "payers": "",
	}, security.ExportKey, map[string]security.Name{
		"kubecost-payer-role": security.StrictTrust, "kubecost-payer-role-query-bill": security.ExportQuery, "kubecost-report-bucket-policy": security.ExportBucket,
	})
	for name, document := range second {
		if first, there := all[name]; there && !reflect.DeepEqual(first, document) {
			w.t.Errorf("with other settings %q is %+v, and was %+v", name, document, first)
		}
		all[name] = document
	}
	return all
}

// payerPolicies brings the payer's stack up with settings and returns its policies, by the names of those that the settings change, and
// the statements that the key's policy needs.
func (w *world) payerPolicies(settings map[string]string, key security.Name, changed map[string]security.Name) (all security.Policies) {
	w.t.Helper()
	names := maps.Clone(securityNames)
	maps.Copy(names, changed)
	w.with(settings, func() {
		text, _ := w.up("payer").Outputs["kmsKeyPolicyStatements"].Value.(string)
		document := iampolicy.Document{Version: "2012-10-17"}
		if err := json.Unmarshal([]byte(w.example(text)), &document.Statement); err != nil {
			w.t.Fatalf("the output kmsKeyPolicyStatements is %q: %v", text, err)
		}
		all = w.policiesOf("payer", names)
		all[key] = document
	})
	return all
}
