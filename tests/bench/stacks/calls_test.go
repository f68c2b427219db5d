package stacks

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// calls are requests to AWS and Kubernetes by service, region, action and resource, with how often each was made.
type calls struct {
	aws, kubernetes map[string]int
}

// mark is the moment before an operation.
type mark struct {
	accounts        *pair
	aws, kubernetes int
}

func begin(b *testing.B, t tool) mark {
	b.Helper()
	kubernetes, err := box(b).Cluster.Requests()
	if err != nil {
		b.Fatal(err)
	}
	return mark{t.accounts(), len(box(b).Cloud.Requests()), len(kubernetes)}
}

// calls are the requests since then.
func (m mark) calls(b *testing.B) calls {
	b.Helper()
	c := calls{map[string]int{}, map[string]int{}}
	for _, r := range box(b).Cloud.Requests()[m.aws:] {
		if r.Account == m.accounts.payer || r.Account == m.accounts.primary {
			c.aws[strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s", r.Service, r.Region, r.Action, r.Resource, r.Error))]++
		}
	}
	kubernetes, err := box(b).Cluster.Requests()
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range kubernetes[m.kubernetes:] {
		if strings.Contains(r.User, m.accounts.primary) {
			c.kubernetes[fmt.Sprintf("kubernetes %s %s %d", r.Verb, r.Path, r.Code)]++
		}
	}
	return c
}

func (c calls) sum() string { return fmt.Sprintf("%d, %d", total(c.aws), total(c.kubernetes)) }

func total(counted map[string]int) int {
	n := 0
	for _, times := range counted {
		n += times
	}
	return n
}

func (c calls) String() string {
	var b strings.Builder
	for _, counted := range []map[string]int{c.aws, c.kubernetes} {
		for _, call := range slices.Sorted(maps.Keys(counted)) {
			fmt.Fprintf(&b, "%4d  %s\n", counted[call], call)
		}
	}
	return b.String()
}
