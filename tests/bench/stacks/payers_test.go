package stacks

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkPayers previews, brings up and previews again a primary stack that reads the bills of many payers: literal entries in a file, or
// stacks, whose states are copies of a real one.
func BenchmarkPayers(b *testing.B) {
	for _, kind := range []string{"literal", "stacks"} {
		b.Run(kind, func(b *testing.B) {
			var table strings.Builder
			fmt.Fprintf(&table, "| %s | preview | program's CPU | memory | first up | unchanged preview | AWS, K8s calls of it | secret | policies |\n", kind)
			for _, n := range []int{1, 10, 100, 500, 1000} {
				t := newOurs(b, nil)
				run(b, t, "payer", "first up")
				t.settings(b, "primary", t.payers(b, kind, n))
				fresh := run(b, t, "primary", "preview new")
				usage := t.usage(b)
				up := run(b, t, "primary", "first up")
				before := begin(b, t)
				again := run(b, t, "primary", "preview")
				asked := before.calls(b)
				secret, policies := t.sizes(b)
				fmt.Fprintf(&table, "| %d | %.2f s | %.2f s | %d MB | %.2f s | %.2f s | %s | %d KB | %s |\n", n, fresh.Seconds(),
					usage.CPU.Seconds(), usage.Memory>>20, up.Seconds(), again.Seconds(), asked.sum(), secret>>10, policies)
				b.ReportMetric(fresh.Seconds(), fmt.Sprintf("preview-s/%d", n))
				run(b, t, "primary", "destroy")
			}
			b.ReportMetric(0, "ns/op")
			fmt.Println(table.String())
		})
	}
}

// payers returns an edit of the primary's settings with n payers, the first of which is the payer stack.
func (t *ours) payers(b *testing.B, kind string, n int) func(string) string {
	b.Helper()
	states := filepath.Join(t.box.Env.Dir, "state", t.pair.name, ".pulumi", "stacks", "kubecost-cur")
	state, err := os.ReadFile(filepath.Join(states, "payer.json"))
	if err != nil {
		b.Fatal(err)
	}
	var entries []any
	for i := 1; i < n; i++ {
		account := fmt.Sprintf("3%011d", i)
		if kind == "stacks" {
			name := "payer-" + account
			copied := strings.NewReplacer(t.pair.payer, account, "kubecost-cur/payer", "kubecost-cur/"+name).Replace(string(state))
			if err := os.WriteFile(filepath.Join(states, name+".json"), []byte(copied), 0o600); err != nil {
				b.Fatal(err)
			}
			entries = append(entries, map[string]string{"stack": name, "accountId": account})
			continue
		}
		entries = append(entries, map[string]string{
			"athenaBucketName": "s3://kubecost-athena-" + account + "-us-east-2", "athenaRegion": "us-east-2",
			"athenaDatabase": "athenacurcfn_kubecost", "athenaTable": "kubecost", "athenaWorkgroup": "kubecost-cur",
			"projectID": account, "masterPayerARN": "arn:aws:iam::" + account + ":role/kubecost-cur-access",
		})
	}
	if entries == nil {
		return nil
	}
	text, err := json.Marshal(entries)
	if err != nil {
		b.Fatal(err)
	}
	if kind == "literal" {
		if err := os.WriteFile(filepath.Join(t.box.Env.Dir, "work", t.pair.name, "payers.json"), text, 0o600); err != nil {
			b.Fatal(err)
		}
		return func(settings string) string { return settings + "  kubecost-cur:payersFile: payers.json\n" }
	}
	return func(settings string) string { return settings + "  kubecost-cur:payers: " + string(text) + "\n" }
}

// sizes are the bytes of the secret's file, and of the longest of how many policies.
func (t *ours) sizes(b *testing.B) (secret int, policies string) {
	b.Helper()
	state, err := os.ReadFile(filepath.Join(t.box.Env.Dir, "state", t.pair.name, ".pulumi", "stacks", "kubecost-cur", "primary.json"))
	if err != nil {
		b.Fatal(err)
	}
	var s struct {
		Checkpoint struct {
			Latest struct {
				Resources []struct {
					Type   string
					Inputs map[string]any
				}
			}
		}
	}
	if err := json.Unmarshal(state, &s); err != nil {
		b.Fatal(err)
	}
	var longest, count int
	for _, r := range s.Checkpoint.Latest.Resources {
		if policy, is := r.Inputs["policy"].(string); is {
			count, longest = count+1, max(longest, len(policy))
		}
	}
	var list struct {
		Items []struct {
			Metadata struct{ Name string }
			Data     map[string][]byte
		}
	}
	if err := t.box.Cluster.Get(b.Context(), "/api/v1/namespaces/"+t.pair.name+"/secrets", &list); err != nil {
		b.Fatal(err)
	}
	for _, item := range list.Items {
		if strings.HasPrefix(item.Metadata.Name, "cloud-integration") {
			secret = max(secret, len(item.Data["cloud-integration.json"]))
		}
	}
	return secret, fmt.Sprintf("%d, %d characters at most", count, longest)
}
