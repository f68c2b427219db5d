package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// fault is one thing that is spoilt, and what the doctor is to say of it first.
type fault struct {
	name  string
	spoil func()
	mend  func()   // nil where nothing was changed
	flags []string // in the place of something spoilt: another value than the stack's
	check string   // the finding
	says  string   // part of it
}

const (
	payerRole  = "kubecost-cur-access"
	readerRole = "kubecost-cur-reader"
	queryName  = "kubecost-payer-account-cur-athena-glue-s3-access"
	assumeName = "kubecost-access-cur-in-payer-account"
)

// faults are those of the whole chain.
func faults(p *patient) []fault {
	report := box.Cloud.Reports(p.payer)[0]
	definition := func(change func(map[string]any)) map[string]any {
		d := map[string]any{
			"ReportName": report.ReportName, "TimeUnit": report.TimeUnit, "Format": report.Format, "Compression": report.Compression,
			"AdditionalSchemaElements": report.AdditionalSchemaElements, "AdditionalArtifacts": report.AdditionalArtifacts,
			"S3Bucket": report.S3Bucket, "S3Prefix": report.S3Prefix, "S3Region": report.S3Region, "ReportVersioning": report.ReportVersioning,
			"RefreshClosedReports": true,
		}
		change(d)
		return d
	}
	remake := func(change func(map[string]any)) {
		p.billing("DeleteReportDefinition", map[string]any{"ReportName": report.ReportName})
		p.billing("PutReportDefinition", map[string]any{"ReportDefinition": definition(change)})
	}
	asItWas := func() { remake(func(map[string]any) {}); p.deliver() }
	bucketPolicy := p.s3(p.payer, http.MethodGet, report.S3Bucket, "", "policy", "")
	setPolicy := func(text string) { p.s3(p.payer, http.MethodPut, report.S3Bucket, "", "policy", text) }
	mendPolicy := func() { setPolicy(bucketPolicy) }
	table := p.table()
	setTable := func(change func(map[string]any)) func() {
		return func() { p.updateTable(table, change) }
	}
	mendTable := setTable(func(map[string]any) {})
	storage := func(t map[string]any) map[string]any { return t["StorageDescriptor"].(map[string]any) }
	trust := func(account, role string) string { return p.role(account, role) }
	payerTrust, readerTrust := trust(p.payer, payerRole), trust(p.primary, readerRole)
	queryPolicy, assumePolicy := p.policy(p.payer, payerRole, queryName), p.policy(p.primary, readerRole, assumeName)
	setTrust := func(account, role, text string) {
		p.iam(account, "UpdateAssumeRolePolicy", url.Values{"RoleName": {role}, "PolicyDocument": {text}})
	}
	setQuery := func(text string) { p.putPolicy(p.payer, payerRole, queryName, text) }
	setAssume := func(text string) { p.putPolicy(p.primary, readerRole, assumeName, text) }
	replaced := func(text, old, new string) string {
		if !strings.Contains(text, old) {
			p.t.Errorf("%q is not in %s, so nothing is spoilt", old, text)
		}
		return strings.ReplaceAll(text, old, new)
	}
	provider, secret := p.provider(), p.secret()
	issuer := "https://" + strings.SplitN(provider, "/", 2)[1]
	deleteProvider := func() {
		p.iam(p.primary, "DeleteOpenIDConnectProvider", url.Values{"OpenIDConnectProviderArn": {provider}})
	}
	createProvider := func() {
		_, err := box.Cloud.CreateOIDCProvider(p.t.Context(), p.primary, issuer)
		p.must(err)
	}
	account := "/api/v1/namespaces/" + p.name + "/serviceaccounts/kubecost-serviceaccount"
	annotate := func(value any) {
		p.must(box.Cluster.Merge(p.t.Context(), account, map[string]any{"metadata": map[string]any{"annotations": map[string]any{"eks.amazonaws.com/role-arn": value}}}))
	}
	readerARN := "arn:aws:iam::" + p.primary + ":role/" + readerRole
	dataKey := fmt.Sprintf("cur/kubecost/kubecost/year=%d/month=%d/", time.Now().UTC().Year(), time.Now().UTC().Month())

	return []fault{
		{name: "the report was deleted", check: "report-definition", says: "has no report kubecost",
			spoil: func() { p.billing("DeleteReportDefinition", map[string]any{"ReportName": report.ReportName}) },
			mend: func() {
				p.billing("PutReportDefinition", map[string]any{"ReportDefinition": definition(func(map[string]any) {})})
				p.deliver()
			}},
		{name: "the report has no resource IDs", check: "report-definition", says: "RESOURCES",
			spoil: func() { remake(func(d map[string]any) { d["AdditionalSchemaElements"] = []string{} }) }, mend: asItWas},
		{name: "the report goes to another prefix", check: "report-definition", says: `its prefix is "elsewhere"`,
			spoil: func() { remake(func(d map[string]any) { d["S3Prefix"] = "elsewhere" }) }, mend: asItWas},
		{name: "the report is a monthly one", check: "report-definition", says: "MONTHLY",
			spoil: func() { remake(func(d map[string]any) { d["TimeUnit"] = "MONTHLY" }) }, mend: asItWas},
		{name: "AWS could not deliver", check: "report-definition", says: "ERROR_PERMISSIONS",
			spoil: func() {
				setPolicy(replaced(bucketPolicy, "s3:PutObject", "s3:PutObjectTagging"))
				if _, err := box.Deliver(p.t.Context(), p.payer, sandbox.Month(time.Now()), nil); err == nil {
					p.t.Error("a bill was delivered against the bucket's policy")
				}
				mendPolicy()
			}, mend: func() { p.deliver() }},
		{name: "the bucket policy lets nobody deliver", check: "bucket-policy", says: "s3:PutObject",
			spoil: func() { setPolicy(replaced(bucketPolicy, "s3:PutObject", "s3:PutObjectTagging")) }, mend: mendPolicy},
		{name: "the bucket policy has the bucket's region in the report's ARN", check: "bucket-policy", says: "billingreports.amazonaws.com",
			spoil: func() { setPolicy(replaced(bucketPolicy, ":cur:us-east-1:", ":cur:us-east-2:")) }, mend: mendPolicy},
		{name: "CSV was delivered", check: "delivery", says: ".csv.gz",
			spoil: func() {
				for _, key := range p.keys(report.S3Bucket, dataKey) {
					p.s3(p.payer, http.MethodDelete, report.S3Bucket, key, "", "")
				}
				p.s3(p.payer, http.MethodPut, report.S3Bucket, "cur/kubecost/20260101-20260201/kubecost-1.csv.gz", "", "x")
			},
			mend: func() {
				p.s3(p.payer, http.MethodDelete, report.S3Bucket, "cur/kubecost/20260101-20260201/kubecost-1.csv.gz", "", "")
				p.deliver()
			}},
		{name: "the table was deleted", check: "table", says: "no table",
			spoil: func() {
				p.glue("DeleteTable", map[string]any{"DatabaseName": "athenacurcfn_kubecost", "Name": "kubecost"})
			},
			mend: func() {
				p.glue("CreateTable", map[string]any{"DatabaseName": "athenacurcfn_kubecost", "TableInput": tableInput(table)})
			}},
		{name: "the table's key month is a number", check: "table", says: "month",
			spoil: setTable(func(t map[string]any) { t["PartitionKeys"].([]any)[1].(map[string]any)["Type"] = "int" }), mend: mendTable},
		{name: "the table expects months of two digits", check: "table", says: "projection.month.digits",
			spoil: setTable(func(t map[string]any) { t["Parameters"].(map[string]any)["projection.month.digits"] = "2" }), mend: mendTable},
		{name: "the table is over another folder", check: "table", says: "location",
			spoil: setTable(func(t map[string]any) { storage(t)["Location"] = "s3://" + report.S3Bucket + "/cur/" }), mend: mendTable},
		{name: "the table lacks a column", check: "table", says: "line_item_resource_id",
			spoil: setTable(func(t map[string]any) {
				var kept []any
				for _, c := range storage(t)["Columns"].([]any) {
					if c.(map[string]any)["Name"] != "line_item_resource_id" {
						kept = append(kept, c)
					}
				}
				storage(t)["Columns"] = kept
			}), mend: mendTable},
		{name: "a cost is text in the table", check: "table", says: "line_item_unblended_cost",
			spoil: setTable(func(t map[string]any) {
				for _, c := range storage(t)["Columns"].([]any) {
					if c.(map[string]any)["Name"] == "line_item_unblended_cost" {
						c.(map[string]any)["Type"] = "string"
					}
				}
			}), mend: mendTable},
		{name: "the table has neither projection nor partitions", check: "table", says: "no partitions",
			spoil: setTable(func(t map[string]any) {
				t["Parameters"] = map[string]any{"classification": "parquet", "EXTERNAL": "TRUE"}
			}), mend: mendTable},
		{name: "the results bucket is given without s3://", check: "results-bucket", says: "not a valid S3 path",
			spoil: func() {}, flags: []string{"--payer", "athenaBucketName=kubecost-athena-" + p.payer + "-us-east-2"}},
		{name: "there is no results bucket", check: "results-bucket", says: "no bucket",
			spoil: func() {}, flags: []string{"--payer", "athenaBucketName=s3://not-there-" + p.payer}},
		{name: "the work group is disabled", check: "work-group", says: "disabled",
			spoil: func() { p.athena("UpdateWorkGroup", map[string]any{"WorkGroup": "kubecost-cur", "State": "DISABLED"}) },
			mend:  func() { p.athena("UpdateWorkGroup", map[string]any{"WorkGroup": "kubecost-cur", "State": "ENABLED"}) }},
		{name: "the work group enforces another location", check: "work-group", says: "s3://elsewhere/",
			spoil: func() { p.locate("s3://elsewhere/") }, mend: func() { p.locate("s3://kubecost-athena-" + p.payer + "-us-east-2/") }},
		{name: "there is no such work group", check: "work-group", says: "no work group", spoil: func() {}, flags: []string{"--payer", "athenaWorkgroup=other"}},
		{name: "the payer role trusts another role", check: "payer-role", says: "trust policy",
			spoil: func() { setTrust(p.payer, payerRole, replaced(payerTrust, "role/"+readerRole, "role/other")) },
			mend:  func() { setTrust(p.payer, payerRole, payerTrust) }},
		{name: "the payer role asks for an external ID", check: "payer-role", says: "external ID",
			spoil: func() {
				setTrust(p.payer, payerRole, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+p.primary+
					`:root"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"kubecost"}}}]}`)
			}, mend: func() { setTrust(p.payer, payerRole, payerTrust) }},
		{name: "the payer role may not read partitions", check: "payer-role", says: "glue:GetPartitions",
			spoil: func() { setQuery(replaced(queryPolicy, "glue:GetPartitions", "glue:GetTags")) }, mend: func() { setQuery(queryPolicy) }},
		{name: "the payer role may read another prefix", check: "payer-role", says: "s3:GetObject",
			spoil: func() { setQuery(replaced(queryPolicy, "cur/kubecost/kubecost", "other/kubecost")) }, mend: func() { setQuery(queryPolicy) }},
		{name: "the payer role may not write results", check: "payer-role", says: "s3:PutObject",
			spoil: func() { setQuery(replaced(queryPolicy, "s3:PutObject", "s3:PutObjectTagging")) }, mend: func() { setQuery(queryPolicy) }},
		{name: "another policy denies the payer role the bill", check: "payer-role", says: "s3:GetObject",
			spoil: func() {
				p.putPolicy(p.payer, payerRole, "deny", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:Get*","Resource":"*"}]}`)
			},
			mend: func() {
				p.iam(p.payer, "DeleteRolePolicy", url.Values{"RoleName": {payerRole}, "PolicyName": {"deny"}})
			}},
		{name: "the OIDC provider was deleted", check: "oidc-provider", says: "no provider", spoil: deleteProvider, mend: createProvider},
		{name: "the OIDC provider does not take the pods' audience", check: "oidc-provider", says: "add-client-id",
			spoil: func() {
				deleteProvider()
				p.iam(p.primary, "CreateOpenIDConnectProvider", url.Values{
					"Url": {issuer}, "ClientIDList.member.1": {"other"}, "ThumbprintList.member.1": {strings.Repeat("a", 40)},
				})
			}, mend: func() { deleteProvider(); createProvider() }},
		{name: "the reader role trusts another service account", check: "reader-role", says: "sts:AssumeRoleWithWebIdentity",
			spoil: func() {
				setTrust(p.primary, readerRole, replaced(readerTrust, ":kubecost-serviceaccount", ":other"))
			}, mend: func() { setTrust(p.primary, readerRole, readerTrust) }},
		{name: "the reader role trusts another cluster", check: "reader-role", says: "trust policy",
			spoil: func() {
				setTrust(p.primary, readerRole, replaced(readerTrust, "/id/EXAMPLE", "/id/ANOTHER"))
			}, mend: func() { setTrust(p.primary, readerRole, readerTrust) }},
		{name: "the reader role may assume another payer role", check: "reader-role", says: "sts:AssumeRole",
			spoil: func() { setAssume(replaced(assumePolicy, "role/"+payerRole, "role/other")) }, mend: func() { setAssume(assumePolicy) }},
		{name: "the secret was deleted", check: "secret", says: "ContainerCreating",
			spoil: func() { p.deleteSecret(secret.Metadata.Name) }, mend: func() { p.createSecret(secret, secret.file()) }},
		{name: "the secret's file is no JSON", check: "secret", says: "cannot be read",
			spoil: func() { p.recreateSecret(secret, "{") }, mend: func() { p.recreateSecret(secret, secret.file()) }},
		{name: "the secret names an older work group", check: "secret", says: `"older"`,
			spoil: func() { p.recreateSecret(secret, replaced(secret.file(), `"kubecost-cur"`, `"older"`)) }, mend: func() { p.recreateSecret(secret, secret.file()) }},
		{name: "the secret has no entry of the payer", check: "secret", says: "no entry of account",
			spoil: func() { p.recreateSecret(secret, replaced(secret.file(), p.payer, "333333333333")) }, mend: func() { p.recreateSecret(secret, secret.file()) }},
		{name: "the service account has no annotation", check: "service-account", says: "eks.amazonaws.com/role-arn",
			spoil: func() { annotate(nil) }, mend: func() { annotate(readerARN) }},
		{name: "Kubecost is scaled down", check: "pods", says: "no pod mounts",
			spoil: func() { p.scale(0) }, mend: func() { p.scale(1) }},
		{name: "the pod was started before its role was there", check: "pods", says: "no web identity token",
			spoil: func() { annotate(nil); p.scale(0); p.scale(1); annotate(readerARN) }, mend: func() { p.scale(0); p.scale(1) }},
		{name: "an upgrade failed", check: "release", says: "failed",
			spoil: func() { p.revision("failed", "2.8.7") }, mend: p.deleteRevision},
		{name: "an upgrade was interrupted", check: "release", says: "pending-upgrade",
			spoil: func() { p.revision("pending-upgrade", "2.8.7") }, mend: p.deleteRevision},
		{name: "somebody upgraded to a bridge version", check: "release", says: "2.9.7",
			spoil: func() { p.revision("deployed", "2.9.7") }, mend: p.deleteRevision},
		// Last: these are mended by an update, or not at all.
		{name: "the payer role was deleted", check: "payer-role", says: "no role",
			spoil: func() { p.deleteRole(p.payer, payerRole) }, mend: func() { p.refresh("payer") }},
		{name: "the reader role was deleted", check: "reader-role", says: "no role",
			spoil: func() { p.deleteRole(p.primary, readerRole) }, mend: func() { p.refresh("primary") }},
		{name: "the account uses Lake Formation, and the stack does not know", check: "query", says: "lakeFormation: true",
			spoil: func() { box.Cloud.UseLakeFormation(p.payer) },
			mend: func() {
				p.settings["lakeFormation"] = "true"
				p.refresh("payer")
			}},
	}
}
