package stacks

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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
	fmt.Printf("the program has %d MB\n%s%s", info.Size()>>20, inits(b, program), compiled(b))
}

// compiled are the packages that take longest to compile with an empty cache, and the modules, by the compiler's time.
func compiled(b *testing.B) string {
	b.Helper()
	graph := b.TempDir() + "/graph.json"
	cmd := exec.CommandContext(b.Context(), "go", "build", "-debug-actiongraph="+graph, "-o", b.TempDir(), ".")
	cmd.Dir, cmd.Env = "../../..", append(os.Environ(), "GOFLAGS=", "GOCACHE="+b.TempDir())
	begin := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	took := time.Since(begin)
	text, err := os.ReadFile(graph)
	if err != nil {
		b.Fatal(err)
	}
	var actions []struct {
		Mode, Package   string
		CmdUser, CmdSys time.Duration
	}
	if err := json.Unmarshal(text, &actions); err != nil {
		b.Fatal(err)
	}
	packages, modules, sum := map[string]time.Duration{}, map[string]time.Duration{}, time.Duration(0)
	for _, a := range actions {
		if a.Mode == "build" {
			spent := a.CmdUser + a.CmdSys
			packages[a.Package] += spent
			modules[module(a.Package)] += spent
			sum += spent
		}
	}
	return fmt.Sprintf("with an empty cache it is built in %.0f s, of which compilers take %.0f s of the cores:\n%s%s",
		took.Seconds(), sum.Seconds(), longest(packages), longest(modules))
}

// module is roughly the module of a package: the first three parts of its path, and the standard library.
func module(name string) string {
	parts := strings.Split(name, "/")
	if !strings.Contains(parts[0], ".") {
		return "the standard library"
	}
	return strings.Join(parts[:min(3, len(parts))], "/")
}

func longest(took map[string]time.Duration) string {
	names := slices.SortedFunc(maps.Keys(took), func(x, y string) int { return cmp.Compare(took[y], took[x]) })
	var text strings.Builder
	for _, name := range names[:min(8, len(names))] {
		fmt.Fprintf(&text, "  %6.1f s  %s\n", took[name].Seconds(), name)
	}
	return text.String()
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
