package e2e

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
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

// refresh is an update that looks first at what is there.
func (p *patient) refresh(name string) {
	p.t.Helper()
	stack := p.stack(name)
	if _, err := stack.Up(p.t.Context(), optup.Refresh(), optup.SuppressProgress(), optup.Color("never")); err != nil {
		p.t.Fatalf("mending %s: %v", name, err)
	}
}

func (p *patient) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// call asks AWS as an account's administrator and returns the answer.
func (p *patient) call(account string, c sandbox.Call) string {
	p.t.Helper()
	answer, err := box.Env.Call(p.t.Context(), account, c)
	p.must(err)
	return string(answer)
}

func (p *patient) json(service, region, target string, in any) string {
	p.t.Helper()
	body, err := json.Marshal(in)
	p.must(err)
	return p.call(p.payer, sandbox.Call{
		Service: service, Region: region, Method: http.MethodPost, URL: "https://" + service + "." + region + ".amazonaws.com/",
		ContentType: "application/x-amz-json-1.1", Target: target, Body: string(body),
	})
}

func (p *patient) billing(action string, in any) {
	p.t.Helper()
	p.json("cur", "us-east-1", "AWSOrigamiServiceGatewayService."+action, in)
}

func (p *patient) glue(action string, in any) string {
	p.t.Helper()
	return p.json("glue", sandbox.Region, "AWSGlue."+action, in)
}

func (p *patient) athena(action string, in any) {
	p.t.Helper()
	p.json("athena", sandbox.Region, "AmazonAthena."+action, in)
}

// locate has the work group enforce a location.
func (p *patient) locate(location string) {
	p.t.Helper()
	p.athena("UpdateWorkGroup", map[string]any{"WorkGroup": "kubecost-cur", "ConfigurationUpdates": map[string]any{
		"ResultConfigurationUpdates": map[string]any{"OutputLocation": location},
	}})
}

func (p *patient) s3(account, method, bucket, key, query, body string) string {
	p.t.Helper()
	return p.call(account, sandbox.Call{
		Service: "s3", Region: sandbox.Region, Method: method, URL: "https://" + bucket + ".s3." + sandbox.Region + ".amazonaws.com/" + key + "?" + query, Body: body,
	})
}

// keys are the objects of a bucket below a prefix.
func (p *patient) keys(bucket, prefix string) []string {
	p.t.Helper()
	var keys []string
	for i, part := range strings.Split(p.s3(p.payer, http.MethodGet, bucket, "", "list-type=2&prefix="+url.QueryEscape(prefix), ""), "<Key>") {
		if i > 0 {
			key, _, _ := strings.Cut(part, "</Key>")
			keys = append(keys, key)
		}
	}
	return keys
}

// table is the Glue table as its API gives it.
func (p *patient) table() []byte {
	p.t.Helper()
	var got struct{ Table json.RawMessage }
	p.must(json.Unmarshal([]byte(p.glue("GetTable", map[string]any{"DatabaseName": "athenacurcfn_kubecost", "Name": "kubecost"})), &got))
	return got.Table
}

// tableInput is a table as the API takes it.
func tableInput(table []byte) map[string]any {
	var all map[string]any
	if err := json.Unmarshal(table, &all); err != nil {
		panic(err) // AWS gave it
	}
	input := map[string]any{}
	for _, key := range []string{"Name", "Description", "TableType", "Parameters", "PartitionKeys", "StorageDescriptor"} {
		if value, there := all[key]; there {
			input[key] = value
		}
	}
	return input
}

func (p *patient) updateTable(table []byte, change func(map[string]any)) {
	p.t.Helper()
	input := tableInput(table)
	change(input)
	p.glue("UpdateTable", map[string]any{"DatabaseName": "athenacurcfn_kubecost", "TableInput": input})
}

func (p *patient) iam(account, action string, in url.Values) string {
	p.t.Helper()
	in.Set("Action", action)
	in.Set("Version", "2010-05-08")
	return p.call(account, sandbox.Call{
		Service: "iam", Region: "us-east-1", Method: http.MethodPost, URL: "https://iam.amazonaws.com/", ContentType: "application/x-www-form-urlencoded", Body: in.Encode(),
	})
}

// element is the content of an element of an answer in XML, which IAM encodes as in a URL.
func (p *patient) element(answer, name string) string {
	p.t.Helper()
	_, rest, found := strings.Cut(answer, "<"+name+">")
	content, _, _ := strings.Cut(rest, "</"+name+">")
	text, err := url.PathUnescape(content)
	if !found || err != nil {
		p.t.Fatalf("no %s in %s: %v", name, answer, err)
	}
	return strings.NewReplacer("&quot;", `"`, "&#34;", `"`, "&amp;", "&").Replace(text)
}

// role is a role's trust policy.
func (p *patient) role(account, name string) string {
	p.t.Helper()
	return p.element(p.iam(account, "GetRole", url.Values{"RoleName": {name}}), "AssumeRolePolicyDocument")
}

func (p *patient) policy(account, role, name string) string {
	p.t.Helper()
	return p.element(p.iam(account, "GetRolePolicy", url.Values{"RoleName": {role}, "PolicyName": {name}}), "PolicyDocument")
}

func (p *patient) putPolicy(account, role, name, text string) {
	p.t.Helper()
	p.iam(account, "PutRolePolicy", url.Values{"RoleName": {role}, "PolicyName": {name}, "PolicyDocument": {text}})
}

func (p *patient) deleteRole(account, name string) {
	p.t.Helper()
	for i, part := range strings.Split(p.iam(account, "ListRolePolicies", url.Values{"RoleName": {name}}), "<member>") {
		if i > 0 {
			policy, _, _ := strings.Cut(part, "</member>")
			p.iam(account, "DeleteRolePolicy", url.Values{"RoleName": {name}, "PolicyName": {policy}})
		}
	}
	p.iam(account, "DeleteRole", url.Values{"RoleName": {name}})
}

// provider is the ARN of the OIDC provider of the world's cluster.
func (p *patient) provider() string {
	p.t.Helper()
	return p.element(p.iam(p.primary, "ListOpenIDConnectProviders", url.Values{}), "Arn")
}

// secretObject is the secret with cloud-integration.json.
type secretObject struct {
	Metadata struct{ Name string } `json:"metadata"`
	Data     map[string][]byte     `json:"data"`
}

func (s secretObject) file() string { return string(s.Data[cloudintegration.FileName]) }

func (p *patient) secrets() string { return "/api/v1/namespaces/" + p.name + "/secrets" }

func (p *patient) secret() secretObject {
	p.t.Helper()
	stack := p.stack("primary")
	outputs, err := stack.Outputs(p.t.Context())
	p.must(err)
	var s secretObject
	p.must(box.Cluster.Get(p.t.Context(), fmt.Sprintf("%s/%v", p.secrets(), outputs["secretName"].Value), &s))
	return s
}

func (p *patient) deleteSecret(name string) {
	p.t.Helper()
	p.must(box.Cluster.Delete(p.t.Context(), p.secrets()+"/"+name))
}

func (p *patient) createSecret(s secretObject, file string) {
	p.t.Helper()
	p.must(box.Cluster.Create(p.t.Context(), p.secrets(), map[string]any{
		"apiVersion": "v1", "kind": "Secret", "immutable": true, "metadata": map[string]any{"name": s.Metadata.Name, "namespace": p.name},
		"stringData": map[string]string{cloudintegration.FileName: file},
	}))
}

func (p *patient) recreateSecret(s secretObject, file string) {
	p.t.Helper()
	p.deleteSecret(s.Metadata.Name)
	p.createSecret(s, file)
}

// scale changes how many pods read the bill, and waits until there are so many that are ready.
func (p *patient) scale(replicas int) {
	p.t.Helper()
	path := "/apis/apps/v1/namespaces/" + p.name + "/deployments/kubecost-cost-analyzer"
	p.must(box.Cluster.Merge(p.t.Context(), path, map[string]any{"spec": map[string]any{"replicas": replicas}}))
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(200 * time.Millisecond) {
		var pods struct {
			Items []struct {
				Status struct {
					Conditions []struct{ Type, Status string }
				}
			}
		}
		p.must(box.Cluster.Get(p.t.Context(), "/api/v1/namespaces/"+p.name+"/pods?labelSelector=app%3Dcost-analyzer", &pods))
		ready := 0
		for _, pod := range pods.Items {
			for _, c := range pod.Status.Conditions {
				if c.Type == "Ready" && c.Status == "True" {
					ready++
				}
			}
		}
		if len(pods.Items) == replicas && ready == replicas {
			return
		}
	}
	p.t.Fatalf("after a minute there are not %d pods", replicas)
}

// revision adds a revision to the release, as Helm keeps it.
func (p *patient) revision(status, version string) {
	p.t.Helper()
	b, err := json.Marshal(map[string]any{
		"version": 99, "info": map[string]any{"status": status, "description": "timed out waiting for the condition"},
		"chart": map[string]any{"metadata": map[string]any{"name": "cost-analyzer", "version": version}},
	})
	p.must(err)
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, err = w.Write(b)
	p.must(err)
	p.must(w.Close())
	p.must(box.Cluster.Create(p.t.Context(), p.secrets(), map[string]any{
		"apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
		"metadata":   map[string]any{"name": "sh.helm.release.v1.kubecost.v99", "labels": map[string]string{"owner": "helm", "name": "kubecost", "status": status, "version": "99"}},
		"stringData": map[string]string{"release": base64.StdEncoding.EncodeToString(zipped.Bytes())},
	}))
}

func (p *patient) deleteRevision() { p.deleteSecret("sh.helm.release.v1.kubecost.v99") }
