package e2e

import (
	"fmt"
	"time"

	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

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
	revision, err := keptByHelm(map[string]any{
		"version": 99, "info": map[string]any{"status": status, "description": "timed out waiting for the condition"},
		"chart": map[string]any{"metadata": map[string]any{"name": "cost-analyzer", "version": version}},
	})
	p.must(err)
	p.must(box.Cluster.Create(p.t.Context(), p.secrets(), revision))
}

func (p *patient) deleteRevision() { p.deleteSecret("sh.helm.release.v1.kubecost.v99") }
