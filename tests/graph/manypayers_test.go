package graph

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// many runs the primary stack with n payers beside that of payerStack, stacks or literal ones.
func many(t testing.TB, n int, stacks bool) *recorder {
	t.Helper()
	r := &recorder{payerOutputs: payerOutputs(), otherStacks: map[string]map[string]any{}}
	var payers []any
	for i := range n {
		a := account(i + 1)
		if !stacks {
			payers = append(payers, literal(a))
			continue
		}
		r.otherStacks["organization/kubecost-cur/payer-"+a] = outputsOf(a)
		payers = append(payers, map[string]any{"stack": "payer-" + a, "accountId": a})
	}
	if err := run(t, r, "primary", with(primarySettings, map[string]string{"kubecost-cur:payers": text(t, payers)})); err != nil {
		t.Fatal(err)
	}
	return r
}

// The limits are the cluster's and IAM's: a secret of 1 MiB, and eleven policies of a role.
func TestAThousandPayersFitIntoTheSecretAndTheRolesPolicies(t *testing.T) {
	for _, stacks := range []bool{false, true} {
		r := many(t, 999, stacks)
		if got := len(bills(t, r)); got != 1000 {
			t.Errorf("the secret has %d payers", got)
		}
		var policies, roles int
		for _, res := range r.resources {
			if res.token == "aws:iam/rolePolicy:RolePolicy" || res.token == "aws:iam/policy:Policy" {
				policy := res.inputs["policy"].(string)
				policies, roles = policies+1, roles+strings.Count(policy, "role/kubecost-cur-access")
				if len(policy) > 6144 {
					t.Errorf("%s has %d characters, and IAM takes 6144", res.name, len(policy))
				}
			}
		}
		if policies > 11 || roles != 1000 {
			t.Errorf("%d policies name %d roles, want 1000 in at most 11", policies, roles)
		}
	}
}

func TestPayersBeyondIAMsLimitsAreRefusedBeforeAnythingIsRegistered(t *testing.T) {
	long := func(n int) []any {
		var payers []any
		for i := range n {
			p := literal(account(i + 1))
			p["masterPayerARN"] = fmt.Sprintf("arn:aws:iam::%s:role/%s", account(i+1), strings.Repeat("r", 64))
			payers = append(payers, p)
		}
		return payers
	}
	tooMany := []any{}
	for i := range 1210 {
		tooMany = append(tooMany, literal(account(i+1)))
	}
	for _, newCluster := range []string{"false", "true"} {
		for want, payers := range map[string][]any{
			"at most 1210 payers": tooMany,
			"and IAM takes 6144":  long(79),
		} {
			r := &recorder{payerOutputs: payerOutputs()}
			err := run(t, r, "primary", with(primarySettings, map[string]string{
				"kubecost-cur:payers": text(t, payers), "kubecost-cur:createCluster": newCluster,
			}))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%d payers: the error does not say %q: %v", len(payers)+1, want, err)
			}
			if len(r.resources) > 0 {
				t.Errorf("with createCluster %s, it registered %v first", newCluster, r.count())
			}
		}
	}
}

// BenchmarkPayers is the program's own part of a run: its time and what it allocates, without an engine.
func BenchmarkPayers(b *testing.B) {
	for _, stacks := range []bool{false, true} {
		for _, n := range []int{1, 10, 100, 500, 1000} {
			b.Run(fmt.Sprintf("payers=%d/stacks=%t", n, stacks), func(b *testing.B) {
				b.ReportAllocs()
				begin := time.Now()
				for b.Loop() {
					many(b, n-1, stacks)
				}
				b.ReportMetric(time.Since(begin).Seconds()*1000/float64(b.N)/float64(n), "ms/payer")
				var memory runtime.MemStats
				runtime.ReadMemStats(&memory)
				b.ReportMetric(float64(memory.Sys)/1e6, "MB-memory")
			})
		}
	}
}
