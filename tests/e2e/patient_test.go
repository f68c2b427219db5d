package e2e

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// patient is a world that the doctor looks at: both stacks are up, and their outputs in files.
type patient struct {
	*world
	dir string
	env map[string]string
}

// newPatient brings both stacks up.
func newPatient(t *testing.T) *patient {
	w := newWorld(t)
	w.up("payer")
	w.up("primary")
	return w.patient()
}

// patient is a world whose stacks are up.
func (w *world) patient() *patient {
	w.t.Helper()
	p := &patient{world: w, dir: w.t.TempDir(), env: map[string]string{}}
	p.outputs()
	for name, account := range map[string]string{"payer": w.payer, "primary": w.primary} {
		keys := box.Env.Accounts[account]
		p.write("credentials", fmt.Sprintf("[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\n", name, keys.AccessKeyID, keys.SecretAccessKey))
	}
	for key, value := range box.Env.Variables(w.payer) {
		p.env[key] = value
	}
	for _, key := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		p.env[key] = ""
	}
	p.env["AWS_SHARED_CREDENTIALS_FILE"] = filepath.Join(p.dir, "credentials")
	return p
}

// write adds text to one of the patient's files.
func (p *patient) write(name, text string) {
	p.t.Helper()
	f, err := os.OpenFile(filepath.Join(p.dir, name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// outputs writes the outputs of both stacks to files.
func (p *patient) outputs() {
	p.t.Helper()
	for _, name := range []string{"payer", "primary"} {
		stack := p.stack(name)
		all, err := stack.Outputs(p.t.Context())
		if err != nil {
			p.t.Fatal(err)
		}
		plain := map[string]any{}
		for key, output := range all {
			plain[key] = output.Value
		}
		b, err := json.Marshal(plain)
		if err == nil {
			err = os.WriteFile(filepath.Join(p.dir, name+".json"), b, 0o600)
		}
		if err != nil {
			p.t.Fatal(err)
		}
	}
}

// run runs kubecost-cur and returns what it wrote and its exit code.
func (p *patient) run(args ...string) (out, said string, code int) {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), filepath.Join(box.Env.Root, ".sandbox", "bin", "kubecost-cur"), args...)
	for key, value := range p.env {
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		p.t.Fatal(err)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// access are the flags that say what is looked at, and as whom.
func (p *patient) access() []string {
	p.t.Helper()
	kubeconfig, err := frontOnce()
	if err != nil {
		p.t.Fatal(err)
	}
	return []string{
		"--payer-outputs", filepath.Join(p.dir, "payer.json"), "--primary-outputs", filepath.Join(p.dir, "primary.json"),
		"--payer-profile", "payer", "--primary-profile", "primary", "--kubeconfig", kubeconfig,
	}
}

// doctor is the doctor's report, with further flags.
func (p *patient) doctor(flags ...string) (doctor.Report, int) {
	p.t.Helper()
	out, said, code := p.run(append(append([]string{"doctor", "--json"}, p.access()...), flags...)...)
	var r doctor.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		p.t.Fatalf("the doctor wrote %q and said %q: %v", out, said, err)
	}
	return r, code
}

func (p *patient) deliver() sandbox.Delivered {
	p.t.Helper()
	delivered, err := box.Deliver(p.t.Context(), p.payer, sandbox.Month(time.Now()), nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return delivered[0]
}

// refresh is an update that looks first at what is there.
func (p *patient) refresh(name string) {
	p.t.Helper()
	stack := p.stack(name)
	if _, err := stack.Up(p.t.Context(), optup.Refresh(), optup.SuppressProgress(), optup.Color("never")); err != nil {
		p.t.Fatalf("mending %s: %v", name, err)
	}
}

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

func (w *world) json(service, region, target string, in any) string {
	w.t.Helper()
	body, err := json.Marshal(in)
	w.must(err)
	return w.call(w.payer, sandbox.Call{
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

func (p *patient) s3(account, method, bucket, key, query, body string) string {
	p.t.Helper()
	return p.call(account, sandbox.Call{
		Service: "s3", Region: sandbox.Region, Method: method, URL: "https://" + bucket + ".s3." + sandbox.Region + ".amazonaws.com/" + key + "?" + query, Body: body,
	})
}

// object is one of a bucket.
type object struct{ Key, ETag string }

// objects are those of a bucket below a prefix.
func (p *patient) objects(bucket, prefix string) []object {
	p.t.Helper()
	var page struct{ Contents []object }
	p.must(xml.Unmarshal([]byte(p.s3(p.payer, http.MethodGet, bucket, "", "list-type=2&prefix="+url.QueryEscape(prefix), "")), &page))
	return page.Contents
}

// keys are their keys.
func (p *patient) keys(bucket, prefix string) []string {
	p.t.Helper()
	var keys []string
	for _, o := range p.objects(bucket, prefix) {
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
