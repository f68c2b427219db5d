package e2e

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// moment is when an engine is killed.
type moment int

const (
	never  moment = iota
	before        // a request is carried out: nothing is made
	after         // it is carried out: what was made is unknown
)

// killer kills the engine that updates a stack: at each kind of request that changes something once before it is carried out and once
// after, one an up.
type killer struct {
	w *world
	// parallel is how many resources the engine may make at a time; 0 for its own choice.
	parallel int

	mu   sync.Mutex
	done map[string]moment // the last moment that an engine was killed at, by kind of request
	// Of this up: the stack, empty while there is none; the kind of request that its engine was killed at, empty for none; and whether
	// that request has come to its end.
	stack, killedAt string
	ended           chan struct{}
}

// up brings a stack up until its engine is killed, and returns what it said.
func (k *killer) up(stack auto.Stack) (string, error) {
	k.w.t.Helper()
	k.mu.Lock()
	k.stack, k.killedAt, k.ended = stack.Name(), "", make(chan struct{})
	k.mu.Unlock()
	account := k.w.account(stack.Name())
	var opts []optup.Option
	if k.parallel > 0 {
		opts = append(opts, optup.Parallel(k.parallel))
	}
	box.Cloud.Inject(account, k.aws)
	defer box.Cloud.Inject(account, nil)
	said, err := k.w.tries(stack, opts...)
	k.mu.Lock()
	k.stack = ""
	k.mu.Unlock()
	if k.killedAt == "" {
		return said, err
	}
	if err == nil {
		k.w.t.Fatalf("the engine of %s was killed at %s, and brought it up:\n%s", stack.Name(), k.killedAt, said)
	}
	select {
	case <-k.ended:
	case <-time.After(time.Minute):
		k.w.t.Fatalf("the request that an engine was killed at, %s, has no end", k.killedAt)
	}
	return said, err
}

// aws kills the engine at requests to AWS.
func (k *killer) aws(r simaws.Request) simaws.Fault {
	if ofTheState(r) || !r.Changes() {
		return simaws.NoFault
	}
	fault := simaws.NoFault
	switch k.at(r.Service + " " + r.Action + " " + r.Resource) {
	case never:
		return fault
	case before:
		fault = simaws.DroppedBefore
	case after:
		fault = simaws.DroppedAfter
	}
	go func() {
		defer close(k.ended)
		logged := func(o simaws.Request) bool { return o.Account == r.Account && o.Same == r.Same && o.Fault == fault }
		for !slices.ContainsFunc(box.Cloud.Requests(), logged) {
			time.Sleep(5 * time.Millisecond)
		}
	}()
	return fault
}

// helmRecord begins the names of the secrets that Helm keeps its records in, whose labels have their status.
const helmRecord = "sh.helm.release."

var helmStatus = regexp.MustCompile(`(?:pending-[a-z]+|deployed|superseded|failed)`)

// between kills the engine at requests to Kubernetes: of what the chart makes, at the deployments, since all of it is one resource.
func (k *killer) between(r *http.Request, carryOut func()) {
	kind, name := filepath.Base(filepath.Dir(r.URL.Path)), filepath.Base(r.URL.Path)
	if r.Method == http.MethodPost {
		kind, name = name, ""
	}
	what := "kubernetes " + r.Method + " " + kind + " " + name
	if strings.HasPrefix(name, helmRecord) || kind == "secrets" && name == "" {
		// Each revision of the release has a record of its own, so what tells them apart is the status that is put down in them.
		body, _ := io.ReadAll(r.Body) // it is here in full
		what = "kubernetes " + r.Method + " a release's record: " + string(helmStatus.Find(body))
	}
	at := never
	if slices.Contains([]string{"namespaces", "serviceaccounts", "secrets", "deployments"}, kind) {
		at = k.at(what)
	}
	if at != before {
		carryOut()
	}
	if at != never {
		close(k.ended)
	}
}

// at kills the engine at a request, unless one was killed in this up, or twice at such a request.
func (k *killer) at(what string) moment {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stack == "" || k.killedAt != "" || k.done[what] == after {
		return never
	}
	pid, err := box.Env.EnginePID(k.w.name, k.stack)
	if err != nil || pid == 0 {
		k.w.t.Errorf("no engine to kill at %s: %v", what, err)
		return never
	}
	k.done[what]++
	k.killedAt = what
	countFault("engine killed")
	for _, p := range append([]int{pid}, childrenOf(pid)...) { // all of them, as when their machine or container ends
		_ = syscall.Kill(p, syscall.SIGKILL) // it may have ended
	}
	return k.done[what]
}

// all are the kinds of requests that engines were killed at, with how often.
func (k *killer) all() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var b strings.Builder
	for _, what := range slices.Sorted(maps.Keys(k.done)) {
		fmt.Fprintf(&b, "  %d %s\n", k.done[what], what)
	}
	return b.String()
}

// childrenOf are the processes that a process has started, and those that they have.
func childrenOf(pid int) []int {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is right
	for _, name := range stats {
		var child, parent int
		var state string
		b, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		program := string(b)
		if _, err := fmt.Sscan(program[strings.LastIndex(program, ")")+1:], &state, &parent); err != nil {
			continue
		}
		if _, err := fmt.Sscan(program, &child); err == nil {
			children[parent] = append(children[parent], child)
		}
	}
	var all []int
	for next := children[pid]; len(next) > 0; next = next[1:] {
		all = append(all, next[0])
		next = append(next, children[next[0]]...)
	}
	return all
}
