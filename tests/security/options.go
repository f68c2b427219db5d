package security

import (
	"reflect"
	"slices"

	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// The policies that further settings add, or put in the place of the usual ones.
const (
	Key            Name = "The key, by the statements of the output `kmsKeyPolicyStatements`"
	KeyedQuery     Name = "What the payer role may do: query the bill, with `kmsKeyArn` and `lakeFormation`"
	CrawlerTrust   Name = "Who may assume the crawler's role"
	CrawlReport    Name = "What the crawler's role may do"
	RuleTrust      Name = "Who may assume the rule's role"
	NotifyWorkflow Name = "What the rule's role may do"
	PodTrust       Name = "Who may assume the reader role, by EKS Pod Identity"
	AssumePayers   Name = "What the reader role may do, by EKS Pod Identity, with two payers"
	TaggedTrust    Name = "Who may assume the payer role, by EKS Pod Identity, with two readers and `organizationId`"
	StrictTrust    Name = "Who may assume the payer role, with `strictTrust`"
	ExportBucket   Name = "The report's bucket, with CUR 2.0"
	ExportKey      Name = "The key, with CUR 2.0"
	ExportQuery    Name = "What the payer role may do: query the bill, with CUR 2.0, `kmsKeyArn` and `resultsPrefix`"
)

// The names of what the installations with these settings have.
const (
	FurtherReader = "arn:aws:iam::" + furtherAccount + ":role/kubecost-cur-reader"
	OtherPayer    = "444444444444"
	ResultsPrefix = "kubecost/prod"
	KeyARN        = "arn:aws:kms:" + region + ":" + payer + ":key/1234abcd-12ab-34cd-56ef-1234567890ab"

	furtherAccount = "555555555555"
	cluster        = "arn:aws:eks:" + region + ":" + primary + ":cluster/primary"
	crawlerName    = "AWSCURCrawler-kubecost"
	exportPrefix   = "cur/kubecost/data"
	exportParquet  = "/" + exportPrefix + "/BILLING_PERIOD=2026-01/kubecost-00001.snappy.parquet"
)

// The settings by which the cases of the options are grouped.
const (
	keySetting     = "`kmsKeyArn`"
	lakeSetting    = "`lakeFormation`"
	crawlerSetting = "`catalogMode: crawler`"
	eventSetting   = "`crawlerTrigger: event`"
	podSetting     = "`identity: pod-identity`"
	furtherSetting = "`furtherReaderRoleArns`"
	orgSetting     = "`organizationId`"
	strictSetting  = "`strictTrust`"
	payersSetting  = "`payers`"
	exportSetting  = "`reportVersion: \"2\"`"
	prefixSetting  = "`resultsPrefix`"
)

// Option is a setting, what it adds to the policies, and why.
type Option struct {
	Setting, Adds, Why string
}

// Options are the settings that add to the policies, or change them. What only names something else is none.
var Options = []Option{
	{keySetting, "payer role, crawler: use that key through S3. Key's policy, by you: the billing service for this account's reports, those roles", "bill and results are encrypted with it"},
	{lakeSetting, "payer role: `lakeformation:GetDataAccess`; grants on one database and table", "Lake Formation hands out the table's data"},
	{crawlerSetting, "a role that Glue alone has, for one crawler: read the bill, change one table, write its log", "it registers months and adds columns"},
	{eventSetting, "a role that EventBridge alone has, for one rule: start one workflow", "a delivery starts the crawler"},
	{podSetting, "reader role: trust in EKS Pod Identity for one cluster, namespace and service account; `sts:TagSession` on both hops", "its sessions carry tags that must be handed on"},
	{furtherSetting, "payer role: trust in those roles", "further clusters read the same bill"},
	{orgSetting, "payer role: a condition on the reader's organisation", "an account that leaves it reads no more"},
	{strictSetting, "payer role: those roles as `Principal`, not their accounts", "a role that is made again under the name is another one"},
	{payersSetting, "reader role: `sts:AssumeRole` on their roles", "Kubecost reads several bills"},
	{exportSetting, "report's bucket: Data Exports in the place of the legacy reports; payer role: the export's data", "the bill is an export"},
	{prefixSetting, "payer role: results below that prefix only", "the bucket holds results of others too"},
}

// usual are the policies whose statements another has too. Those say nothing new, and rows ask for them there.
var usual = map[Name][]Name{
	KeyedQuery:   {QueryBill},
	ExportQuery:  {QueryBill, KeyedQuery},
	ExportBucket: {ReportBucket},
}

// added are the statements of a policy that none of the usual ones has.
func added(policies Policies, name Name) []iampolicy.Statement {
	var all []iampolicy.Statement
	for _, s := range policies[name].Statement {
		if !slices.ContainsFunc(usual[name], func(n Name) bool {
			return slices.ContainsFunc(policies[n].Statement, func(other iampolicy.Statement) bool { return reflect.DeepEqual(s, other) })
		}) {
			all = append(all, s)
		}
	}
	return all
}

// OptionCases are the requests that the options' policies must allow, and those that they must deny.
func OptionCases() []Case {
	return slices.Concat(keyCases(), lakeCases(), crawlerCases(), eventCases(), podCases(), readerCases(), payersCases(), exportCases(), prefixCases())
}

func granted(group, note string, who []caller, context map[string]string, on []target, actions ...string) Case {
	return Case{group, who, actions, on, context, note, true}
}

// Callers and targets of the installations with further settings.
var (
	keyedRole    = policed("payer role", payer, "kubecost-cur-access", KeyedQuery, ListAccounts)
	exportRole   = policed("payer role", payer, "kubecost-cur-access", ExportQuery, ListAccounts)
	crawlerRole  = policed("crawler's role", payer, "kubecost-cur-crawler", CrawlReport)
	ruleRole     = policed("rule's role", payer, "kubecost-cur-crawler-events", NotifyWorkflow)
	taggedReader = policed("reader role", primary, "kubecost-cur-reader", AssumePayers)
	anyPayerRole = role("payer role, if its own account let it do everything", payer, "kubecost-cur-access")
	anyReader    = role("reader role, if its own account let it do everything", primary, "kubecost-cur-reader")
	further      = role("further reader role", furtherAccount, "kubecost-cur-reader")
	glue         = service("glue.amazonaws.com")
	eventBridge  = service("events.amazonaws.com")
	pods         = service(iampolicy.PodIdentityService)
	dataExports  = service(iampolicy.ExportService)

	theKey        = target{"the key", KeyARN, payer, Key, false}
	theExportsKey = target{"the key", KeyARN, payer, ExportKey, false}
	openKey       = foreign("the key, if its own policy let everybody use it", payer, KeyARN)
	anotherKey    = foreign("another key, open to all", payer, "arn:aws:kms:"+region+":"+payer+":key/00000000-0000-0000-0000-000000000000")

	crawlersRole     = target{"crawler's role", "arn:aws:iam::" + payer + ":role/kubecost-cur-crawler", payer, CrawlerTrust, false}
	rulesRole        = target{"rule's role", "arn:aws:iam::" + payer + ":role/kubecost-cur-crawler-events", payer, RuleTrust, false}
	podsRole         = target{"reader role", readerRole.arn, primary, PodTrust, false}
	payerRoleTagged  = target{"payer role", payerRoleItself.arn, payer, TaggedTrust, false}
	payerRoleStrict  = target{"payer role", payerRoleItself.arn, payer, StrictTrust, false}
	otherPayersRole  = foreign("other payer's role, which trusts the reader's account", OtherPayer, "arn:aws:iam::"+OtherPayer+":role/kubecost-cur-access")
	ownWorkflow      = in("the workflow", "glue", payer, region, "workflow/"+crawlerName)
	throughS3        = map[string]string{"kms:ViaService": "s3." + region + ".amazonaws.com"}
	throughElsewhere = map[string]string{"kms:ViaService": "s3." + another + ".amazonaws.com"}
)

// exported is a bucket of reports whose policy is that for CUR 2.0, or an object in it.
func exported(name, key string) target {
	return target{name, "arn:aws:s3:::" + reportBucket + key, payer, ExportBucket, false}
}

// count is how many of the rows of a group must be allowed, and denied.
func count(rows []Row, group string) (allowed, denied int) {
	for _, r := range rows {
		switch {
		case r.Group != group:
		case r.Allowed:
			allowed++
		default:
			denied++
		}
	}
	return allowed, denied
}
