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

// byService is how many calls each service got.
func (c calls) byService() string {
	counted := map[string]int{}
	for call, times := range c.aws {
		service, _, _ := strings.Cut(call, " ")
		counted[service] += times
	}
	if n := total(c.kubernetes); n > 0 {
		counted["kubernetes"] = n
	}
	var parts []string
	for _, service := range slices.Sorted(maps.Keys(counted)) {
		parts = append(parts, fmt.Sprintf("%s %d", service, counted[service]))
	}
	return strings.Join(parts, ", ")
}

// repeated are the calls that were made more than once, a line each.
func (c calls) repeated() string {
	var b strings.Builder
	for _, counted := range []map[string]int{c.aws, c.kubernetes} {
		for _, call := range slices.Sorted(maps.Keys(counted)) {
			if counted[call] > 1 {
				fmt.Fprintf(&b, "%6d times %s\n", counted[call], call)
			}
		}
	}
	return b.String()
}
