package stacks

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkProgram is what it takes to build and to start the program: until it says that nobody runs it. What it does for a stack
// is with BenchmarkStack.
func BenchmarkProgram(b *testing.B) {
	program := built(b, "BENCH_PROGRAM")
	file := b.TempDir() + "/program"
	for name, args := range map[string][]string{
		"built":          {program},
		"go build, warm": {"go", "build", "-o", file, "."},
		"go run, warm":   {"go", "run", "."},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				cmd := exec.CommandContext(b.Context(), args[0], args[1:]...)
				cmd.Dir = "../../.."
				if ended := (*exec.ExitError)(nil); !errors.As(cmd.Run(), &ended) && args[0] != "go" {
					b.Fatal("the program runs without an engine")
				}
				b.ReportMetric(float64(used(cmd.ProcessState)>>20), "MB-memory")
			}
		})
	}
	info, err := os.Stat(program)
	if err != nil {
		b.Fatal(err)
	}
	fmt.Printf("the program has %d MB\n%s", info.Size()>>20, inits(b, program))
}

var initLine = regexp.MustCompile(`(?m)^init (\S+) @\S+ ms, (\S+) ms clock, (\d+) bytes`)

// inits are the packages that take longest to initialise when the program starts.
func inits(b *testing.B, program string) string {
	b.Helper()
	type one struct {
		name string
		took float64
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(b.Context(), program)
	cmd.Env, cmd.Stderr = append(os.Environ(), "GODEBUG=inittrace=1"), &said
	begin := time.Now()
	_ = cmd.Run() // nobody runs it
	all, sum := []one{}, 0.0
	for _, m := range initLine.FindAllStringSubmatch(said.String(), -1) {
		took, _ := strconv.ParseFloat(m[2], 64)
		all, sum = append(all, one{m[1], took}), sum+took
	}
	slices.SortFunc(all, func(x, y one) int { return cmp.Compare(y.took, x.took) })
	var text strings.Builder
	fmt.Fprintf(&text, "of %d ms that a start takes, packages initialise for %.1f ms:\n", time.Since(begin).Milliseconds(), sum)
	for _, o := range all[:min(8, len(all))] {
		fmt.Fprintf(&text, "  %5.2f ms  %s\n", o.took, o.name)
	}
	return text.String()
}
