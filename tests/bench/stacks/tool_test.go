package stacks

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The operations, in the order in which a stack goes through them.
var operations = []string{"preview new", "first up", "preview", "unchanged up", "looked-at up", "refresh", "destroy"}

// tool does the operations of a stack from its command line.
type tool interface {
	name() string
	// command is the command line of an operation.
	command(stack, operation string) []string
	// place is the folder that it runs in, and its environment.
	place(stack string) (dir string, env map[string]string)
	accounts() *pair
}

// pair is a payer account and a primary account that nothing else uses.
type pair struct{ payer, primary, name string }

func (p *pair) of(stack string) string {
	if stack == "payer" {
		return p.payer
	}
	return p.primary
}

var pairs int

// newPair makes a pair of accounts.
func newPair(b *testing.B) *pair {
	b.Helper()
	pairs++
	p := &pair{
		payer: fmt.Sprintf("%012d", 100000000000+pairs), primary: fmt.Sprintf("%012d", 200000000000+pairs),
		name: fmt.Sprintf("bench%d", pairs),
	}
	if err := box(b).AddAccounts(b.Context(), p.payer, p.primary); err != nil {
		b.Fatal(err)
	}
	return p
}

// run does an operation and returns how long it took.
func run(b *testing.B, t tool, stack, operation string) time.Duration {
	b.Helper()
	took, said, err := try(b, t, stack, t.command(stack, operation))
	if err != nil {
		b.Fatalf("%s, %s of %s: %v\n%s", t.name(), operation, stack, err, said)
	}
	if strings.HasSuffix(operation, "ed up") && !unchanged(said) {
		b.Fatalf("%s, %s of %s, which changes something:\n%s", t.name(), operation, stack, said)
	}
	return took
}

func try(b *testing.B, t tool, stack string, args []string) (time.Duration, string, error) {
	b.Helper()
	dir, env := t.place(stack)
	cmd := exec.CommandContext(b.Context(), args[0], args[1:]...)
	cmd.Dir = dir
	for key, value := range env {
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	begin := time.Now()
	err := cmd.Run()
	return time.Since(begin), said.String(), err
}

// unchanged says whether what a tool said is that it has changed nothing.
func unchanged(said string) bool {
	if strings.Contains(said, "0 added, 0 changed, 0 destroyed") {
		return true
	}
	for _, change := range []string{" created", " updated", " deleted", " replaced", " changed"} {
		if strings.Contains(said, change) {
			return false
		}
	}
	return strings.Contains(said, " unchanged")
}

// used is the most memory that an ended process had, in bytes.
func used(ended *os.ProcessState) int64 {
	if usage, ok := ended.SysUsage().(*syscall.Rusage); ok {
		return usage.Maxrss << 10
	}
	return 0
}
