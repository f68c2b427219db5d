package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// The program is run by pulumi's command line from its own folder, and what its outputs tell Argo CD is put to use by a pod as
// Kubecost's chart makes it.
func TestTheGoExampleGivesTheBillToAKubecostThatIsInstalledOtherwise(t *testing.T) {
	w := newWorld(t)
	s := newShell(t)
	s.build("examples/go")
	s.inSandbox(w.payer, w.primary)
	s.env["AWS_PROFILE"] = "primary"
	const settings = "examples/go/Pulumi.example.yaml"
	s.write(settings, strings.NewReplacer(sandbox.PayerAccount, w.payer, sandbox.PrimaryAccount, w.primary).Replace(s.read(settings))+
		"  kubecost-by-argocd:namespace: "+w.name+"\n")
	kubeconfig, err := os.ReadFile(box.Env.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	s.write("kubeconfig", string(kubeconfig))
	run := func(script string) string {
		t.Helper()
		out, err := s.run("cd examples/go\n" + script)
		if err != nil {
			t.Fatalf("%s: %v\n%s", script, err, out)
		}
		return out
	}
	run("pulumi stack init example\npulumi config set --secret kubeconfig < ../../kubeconfig\npulumi up")
	delivered, ask := w.bill()
	var outputs struct{ Namespace, ServiceAccountName, CloudIntegrationSecret string }
	if err := json.Unmarshal([]byte(run("pulumi stack output --json")), &outputs); err != nil {
		t.Fatal(err)
	}
	err = box.Cluster.Create(t.Context(), "/api/v1/namespaces/"+outputs.Namespace+"/pods", json.RawMessage(fmt.Sprintf(`{
		"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "kubecost", "labels": {"app": "cost-analyzer"}},
		"spec": {
			"serviceAccountName": %q,
			"containers": [{"name": "cloud-cost", "image": "kubecost", "volumeMounts": [{"name": "bill", "mountPath": "/var/configs/cloud-integration"}]}],
			"volumes": [{"name": "bill", "secret": {"secretName": %q, "items": [{"key": "cloud-integration.json", "path": "cloud-integration.json"}]}}]
		}}`, outputs.ServiceAccountName, outputs.CloudIntegrationSecret)))
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if _, err := ask(); err == nil { // the pod is ready
			break
		}
	}
	w.reads(delivered, ask)
	run("pulumi preview --expect-no-changes")
	if err := box.Cluster.Delete(t.Context(), "/api/v1/namespaces/"+outputs.Namespace+"/pods/kubecost"); err != nil {
		t.Fatal(err)
	}
	run("pulumi destroy")
	w.empty()
}
