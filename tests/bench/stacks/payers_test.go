package stacks

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The kinds of further payers: entries in a file; stacks, whose states are copies of a real one, each in a project of its own; and stacks
// of the same project, whose states are all in one folder, which the engine's file backend lists to find one of them.
const (
	literal    = "literal"
	projects   = "stacks"
	oneProject = "stacks of one project"
)

// BenchmarkPayers previews, brings up and previews again a primary stack that reads the bills of many payers. Previews of a new stack are
// done in rounds of all sizes, as many as -benchtime says.
func BenchmarkPayers(b *testing.B) {
	for _, kind := range []string{literal, projects, oneProject} {
		b.Run(kind, func(b *testing.B) {
			var all []*many
			for _, n := range []int{1, 10, 100, 250, 500, 750, 1000} {
				t := newOurs(b, nil, true)
				run(b, t, "payer", "first up")
				t.settings(b, "primary", t.payers(b, kind, n))
				all = append(all, &many{ours: t, n: n})
			}
			rounds := 0
			for ; b.Loop(); rounds++ {
				for _, m := range all {
					m.previews = append(m.previews, run(b, m.ours, "primary", "preview new"))
					usage := m.usage(b)
					m.cpu, m.memory = append(m.cpu, usage.CPU), max(m.memory, usage.Memory)
				}
			}
			b.ReportMetric(0, "ns/op")
			fmt.Printf("| %s, median of %d | preview | program's CPU | memory | first up | unchanged preview | AWS, K8s calls of it | secret | policies |\n",
				kind, rounds)
			for _, m := range all {
				up := run(b, m.ours, "primary", "first up")
				before := begin(b, m.ours)
				again := run(b, m.ours, "primary", "preview")
				asked := before.calls(b)
				secret, policies := m.sizes(b)
				fmt.Printf("| %d | %.2f s | %.3f s | %d MB | %.2f s | %.2f s | %s | %d KB | %s |\n", m.n, median(m.previews).Seconds(),
					median(m.cpu).Seconds(), m.memory>>20, up.Seconds(), again.Seconds(), asked.sum(), secret>>10, policies)
				b.ReportMetric(median(m.previews).Seconds(), fmt.Sprintf("preview-s/%d", m.n))
				run(b, m.ours, "primary", "destroy")
			}
			for i, m := range all[1:] {
				m.each(b, all[i], kind)
			}
		})
	}
}

// many is a stack of n payers, and what its previews took.
type many struct {
	*ours
	n             int
	previews, cpu []time.Duration
	memory        int64
}

// each reports what each payer more than with fewer of them takes.
func (m *many) each(b *testing.B, fewer *many, kind string) {
	b.Helper()
	more := time.Duration(m.n - fewer.n)
	fmt.Printf("%s, from %d to %d: each payer takes %s, of which the program's CPU is %s\n", kind, fewer.n, m.n,
		(median(m.previews)-median(fewer.previews))/more, (median(m.cpu)-median(fewer.cpu))/more)
}

// payers returns an edit of the primary's settings with n payers, the first of which is the payer stack.
func (t *ours) payers(b *testing.B, kind string, n int) func(string) string {
	b.Helper()
	state, err := os.ReadFile(t.box.Env.StateFile(t.pair.name, "payer"))
	if err != nil {
		b.Fatal(err)
	}
	var entries []any
	for i := 1; i < n; i++ {
		account := fmt.Sprintf("3%011d", i)
		if kind != literal {
			name, err := t.copyPayer(state, account, kind)
			if err != nil {
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
	if kind == literal {
		if err := os.WriteFile(filepath.Join(t.box.Env.Dir, "work", t.pair.name, "payers.json"), text, 0o600); err != nil {
			b.Fatal(err)
		}
		return func(settings string) string { return settings + "  kubecost-cur:payersFile: payers.json\n" }
	}
	return func(settings string) string { return settings + "  kubecost-cur:payers: " + string(text) + "\n" }
}

// copyPayer makes a stack of another account of the state of the payer stack, and returns its name.
func (t *ours) copyPayer(state []byte, account, kind string) (name string, err error) {
	file := t.box.Env.StateFile(t.pair.name, "payer")
	project, stack := filepath.Base(filepath.Dir(file)), "payer-"+account
	if kind == projects {
		project = "bill-" + account
	}
	file = filepath.Join(filepath.Dir(filepath.Dir(file)), project, stack+".json")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", err
	}
	copied := strings.NewReplacer(t.pair.payer, account, "kubecost-cur/payer", project+"/"+stack).Replace(string(state))
	return "organization/" + project + "/" + stack, os.WriteFile(file, []byte(copied), 0o600)
}

// sizes are the bytes of the secret's file, and of the longest of how many policies.
func (t *ours) sizes(b *testing.B) (secret int, policies string) {
	b.Helper()
	state, err := t.box.Env.Checkpoint(t.pair.name, "primary")
	if err != nil {
		b.Fatal(err)
	}
	var longest, count int
	for _, r := range state.Resources {
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
