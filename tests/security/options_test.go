package security

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// builtOptions are the options' policies as internal/iampolicy makes them. The end-to-end test takes them from the stacks.
func builtOptions(t *testing.T) Policies {
	t.Helper()
	parsed := func(text string) arn.ARN {
		a, err := arn.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	access, crawler := parsed(payerRoleItself.arn), parsed(crawlersRole.arn)
	statements := func(use iampolicy.KeyUse) iampolicy.Document {
		text, err := iampolicy.KeyStatements(use)
		var all []iampolicy.Statement
		if err != nil || json.Unmarshal([]byte(text), &all) != nil {
			t.Fatalf("the key's statements are %s, %v", text, err)
		}
		return document(all...)
	}
	own := parsed(readerRole.arn)
	crawl := iampolicy.Crawl{
		Partition: "aws", Region: region, Account: payer, Crawler: crawlerName, Database: database, Table: "kubecost", ReportBucket: reportBucket,
		DataPrefix: dataPrefix, KmsKeyArn: KeyARN,
	}
	query := iampolicy.BillQuery{
		Partition: "aws", Region: region, Account: payer, WorkGroup: workGroup, Database: database, Table: "kubecost", ReportBucket: reportBucket,
		DataPrefix: dataPrefix, ResultsBucket: resultsBucket, KmsKeyArn: KeyARN, LakeFormation: true,
	}
	export := query
	export.DataPrefix, export.ResultsPrefix, export.LakeFormation = exportPrefix, ResultsPrefix, false
	use := iampolicy.KeyUse{Partition: "aws", Region: region, Account: payer, Roles: []arn.ARN{access, crawler}}
	exportUse := use
	exportUse.Roles, exportUse.Exports = []arn.ARN{access}, true
	return Policies{
		Key: statements(use), ExportKey: statements(exportUse), KeyedQuery: iampolicy.QueryBill(query), ExportQuery: iampolicy.QueryBill(export),
		CrawlerTrust: iampolicy.TrustCrawler(crawl), CrawlReport: iampolicy.CrawlReport(crawl),
		RuleTrust: iampolicy.TrustDeliveryRule(crawl), NotifyWorkflow: iampolicy.NotifyWorkflow(crawl),
		PodTrust:     iampolicy.TrustPodIdentity(parsed(cluster), "kubecost", "kubecost-serviceaccount"),
		AssumePayers: iampolicy.AssumePayerRolesWithTags(payerRoleItself.arn, otherPayersRole.arn),
		TaggedTrust:  iampolicy.TrustReaders(iampolicy.ReaderTrust{Readers: []arn.ARN{own, parsed(FurtherReader)}, OrganizationID: Organization, SessionTags: true}),
		StrictTrust:  iampolicy.TrustReaders(iampolicy.ReaderTrust{Readers: []arn.ARN{own}, Strict: true}),
		ExportBucket: iampolicy.ExportDelivery("aws", payer, reportBucket),
	}
}

func TestWhatSettingsAddLetsInWhomTheyAreForAndNobodyElse(t *testing.T) {
	decide, policies, rows := simulator(t), built().With(builtOptions(t)), Rows(OptionCases())
	wrong, err := Wrong(decide, policies, rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range wrong {
		t.Errorf("%s: %s: must be allowed is %v, and is not so", r.Group, r, r.Allowed)
	}
	for _, o := range Options {
		allowed, denied := count(rows, o.Setting)
		if allowed == 0 || denied < 2 {
			t.Errorf("of %s %d requests are allowed and %d denied", o.Setting, allowed, denied)
		}
		t.Logf("%s: %d allowed, %d denied", o.Setting, allowed, denied)
	}
	t.Logf("%d rows", len(rows))
}

func TestEachLimitOfWhatSettingsAddIsGuardedAndEachRightNeeded(t *testing.T) {
	noticesEachMutation(t, built().With(builtOptions(t)), builtOptions(t), Rows(OptionCases()))
}

func TestEachRequestThatAnOptionDeniesIsOneThatOpenPoliciesAllow(t *testing.T) {
	openPoliciesAllow(t, Rows(OptionCases()))
}

// The end-to-end test compares the page with the stacks' own policies, and writes it.
func TestThePageOfTheSettingsSaysWhatTheyAdd(t *testing.T) {
	page, err := OptionsPage(built(), builtOptions(t))
	if err != nil {
		t.Fatal(err)
	}
	documented, err := os.ReadFile("../../docs/security-options.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(documented) != page {
		t.Error("docs/security-options.md is not what the policies are: make e2e ARGS='-test.run=TestSecurity -update-security' writes it")
	}
}
