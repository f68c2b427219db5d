package stacks

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// stacks are those that are compared: of the primary all, beside what OpenTofu has of it, and that part alone.
var stacks = []string{"payer", "primary", "primary's AWS part"}

// BenchmarkStack does each operation on each stack with both tools, OpenTofu with its state encrypted too, one after the other and each of
// them first in its turn, and reports the medians and their ratios.
func BenchmarkStack(b *testing.B) {
	for _, stack := range stacks {
		b.Run(stack, func(b *testing.B) { alternate(b, stack) })
	}
}

func alternate(b *testing.B, what string) {
	own := newOurs(b, nil, false)
	peers := []tool{newPeer(b, false), newPeer(b, true)}
	tools := append([]tool{own}, peers...)
	stack, _, part := strings.Cut(what, "'")
	if part {
		own.program["primary"] = built(b, "BENCH_AWS_PART")
	}
	if stack == "primary" { // which reads the payer's outputs
		for _, t := range tools {
			run(b, t, "payer", "first up")
		}
	}
	took := map[string]map[string][]time.Duration{}
	asked := map[string]map[string]calls{}
	for _, operation := range operations {
		took[operation], asked[operation] = map[string][]time.Duration{}, map[string]calls{}
	}
	round := 0
	for b.Loop() {
		for _, operation := range operations {
			for i := range tools {
				t := tools[(i+round)%len(tools)]
				before := begin(b, t)
				d := run(b, t, stack, operation)
				took[operation][t.name()] = append(took[operation][t.name()], d)
				asked[operation][t.name()] = before.calls(b)
			}
		}
		round++
	}
	b.ReportMetric(0, "ns/op")
	fmt.Printf("| %s, median of %d | ours | OpenTofu | ratio | encrypted | ratio | AWS, K8s calls of ours | of OpenTofu |\n", what, round)
	fmt.Println("|---|---|---|---|---|---|---|---|")
	for _, operation := range operations {
		mine := median(took[operation][own.name()])
		fmt.Printf("| %s | %.2f s |", operation, mine.Seconds())
		for _, t := range peers {
			other := median(took[operation][t.name()])
			ratio := mine.Seconds() / other.Seconds()
			fmt.Printf(" %.2f s | %.2f |", other.Seconds(), ratio)
			b.ReportMetric(ratio, strings.NewReplacer(" ", "-", ",", "").Replace(operation+"-ratio-"+t.name()))
		}
		fmt.Printf(" %s | %s |\n", asked[operation][own.name()].sum(), asked[operation][peers[0].name()].sum())
	}
	for _, operation := range operations {
		for _, t := range tools {
			fmt.Printf("%s, %s of %s: %s\n%s", t.name(), operation, what, asked[operation][t.name()].byService(), asked[operation][t.name()].repeated())
		}
	}
	u := own.usage(b)
	fmt.Printf("of its last update, the program itself: %.2f s, of which CPU %.2f s, and %d MB\n", u.Wall.Seconds(), u.CPU.Seconds(), u.Memory>>20)
}

func median(d []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(d))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
