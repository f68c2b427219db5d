package e2e

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// call asks AWS as an account's administrator and returns the answer.
func (w *world) call(account string, c sandbox.Call) string {
	w.t.Helper()
	answer, err := box.Env.Call(w.t.Context(), account, c)
	w.must(err)
	return string(answer)
}

func s3Call(method, bucket, key, query, body string) sandbox.Call {
	return sandbox.Call{
		Service: "s3", Region: sandbox.Region, Method: method, URL: "https://" + bucket + ".s3." + sandbox.Region + ".amazonaws.com/" + key + "?" + query, Body: body,
	}
}

func jsonCall(service, region, target string, in any) (sandbox.Call, error) {
	body, err := json.Marshal(in)
	return sandbox.Call{
		Service: service, Region: region, Method: http.MethodPost, URL: "https://" + service + "." + region + ".amazonaws.com/",
		ContentType: "application/x-amz-json-1.1", Target: target, Body: string(body),
	}, err
}

func iamCall(action string, in url.Values) sandbox.Call {
	in.Set("Action", action)
	in.Set("Version", "2010-05-08")
	return sandbox.Call{
		Service: "iam", Region: "us-east-1", Method: http.MethodPost, URL: "https://iam.amazonaws.com/",
		ContentType: "application/x-www-form-urlencoded", Body: in.Encode(),
	}
}

func (w *world) json(service, region, target string, in any) string {
	w.t.Helper()
	c, err := jsonCall(service, region, target, in)
	w.must(err)
	return w.call(w.payer, c)
}

func (p *patient) billing(action string, in any) {
	p.t.Helper()
	p.json("cur", "us-east-1", "AWSOrigamiServiceGatewayService."+action, in)
}

func (p *patient) glue(action string, in any) string {
	p.t.Helper()
	return p.json("glue", sandbox.Region, "AWSGlue."+action, in)
}

func (w *world) athena(action string, in any) {
	w.t.Helper()
	w.json("athena", sandbox.Region, "AmazonAthena."+action, in)
}

// locate has the work group enforce a location.
func (p *patient) locate(location string) {
	p.t.Helper()
	p.athena("UpdateWorkGroup", map[string]any{"WorkGroup": "kubecost-cur", "ConfigurationUpdates": map[string]any{
		"ResultConfigurationUpdates": map[string]any{"OutputLocation": location},
	}})
}

func (w *world) s3(account, method, bucket, key, query, body string) string {
	w.t.Helper()
	return w.call(account, s3Call(method, bucket, key, query, body))
}

// object is one of a bucket.
type object struct{ Key, ETag string }

// stored are the objects of one of the payer's buckets below a prefix.
func (w *world) stored(bucket, prefix string) []object {
	w.t.Helper()
	var page struct{ Contents []object }
	w.must(xml.Unmarshal([]byte(w.s3(w.payer, http.MethodGet, bucket, "", "list-type=2&prefix="+url.QueryEscape(prefix), "")), &page))
	return page.Contents
}

// keys are their keys.
func (w *world) keys(bucket, prefix string) []string {
	w.t.Helper()
	var keys []string
	for _, o := range w.stored(bucket, prefix) {
		keys = append(keys, o.Key)
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
	return p.call(account, iamCall(action, in))
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
