package e2e

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// seedVariable sets what the tests of faults choose at random; what they print repeats a run.
const seedVariable = "KUBECOST_CUR_FAULT_SEED"

// injected counts the faults of all tests, by kind.
var (
	injectedMu sync.Mutex
	injected   = map[string]int{}
)

func countFault(kind string) {
	injectedMu.Lock()
	defer injectedMu.Unlock()
	injected[kind]++
}

// faultsWanted is how many faults the tests of faults inject at least, over all of them.
const faultsWanted = 300

// callsWanted is how many different calls an up of a stack makes at least.
const callsWanted = 8

// enoughFaults says what all tests of faults together have had go wrong, and returns an error if that is too little. A part of the tests
// has a part of the faults.
func enoughFaults() error {
	injectedMu.Lock()
	defer injectedMu.Unlock()
	total := 0
	for _, n := range injected {
		total += n
	}
	if total > 0 {
		fmt.Println(inWords(injected))
	}
	if part := flag.Lookup("test.run").Value.String(); part == "" && total < faultsWanted {
		return fmt.Errorf("the tests had %d faults, want %d at least", total, faultsWanted)
	}
	return nil
}

// faulty makes the world of a test of faults, and what it chooses at random.
func faulty(t *testing.T) (*world, *rand.Rand) {
	t.Helper()
	return faultyOf(t, sandbox.WorldOptions{})
}

// faultyOf is faulty for a world that differs from others.
func faultyOf(t *testing.T, o sandbox.WorldOptions) (*world, *rand.Rand) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv(seedVariable); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("%s is %q, no number: %v", seedVariable, text, err)
		}
	}
	t.Logf("%s=%d", seedVariable, seed)
	return newWorldOf(t, o), rand.New(rand.NewPCG(seed, 0))
}

// breaker has requests of a world's accounts go wrong: each of those that ask the same once.
type breaker struct {
	w      *world
	random *rand.Rand
	// kinds are the faults that a request may have; none leaves it alone.
	kinds func(simaws.Request) []simaws.Fault
	began time.Time

	mu   sync.Mutex
	seen map[uint64]bool
	all  []simaws.Request // that went wrong
	// oneEach, unless nil, has only one request of each resource go wrong until it is emptied: those that did.
	oneEach map[string]bool
}

// breaks has requests go wrong until the test ends, or mend is called.
func (w *world) breaks(random *rand.Rand, kinds func(simaws.Request) []simaws.Fault) *breaker {
	b := &breaker{w: w, random: random, kinds: kinds, began: time.Now(), seen: map[uint64]bool{}}
	b.start()
	w.t.Cleanup(b.mend)
	return b
}

func (b *breaker) start() {
	for _, account := range []string{b.w.payer, b.w.primary} {
		box.Cloud.Inject(account, b.decide)
	}
}

func (b *breaker) mend() {
	for _, account := range []string{b.w.payer, b.w.primary} {
		box.Cloud.Inject(account, nil)
	}
}

func (b *breaker) decide(r simaws.Request) simaws.Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	subject := r.Service + " " + r.Resource
	if ofTheState(r) || b.seen[r.Same] || b.oneEach[subject] {
		return simaws.NoFault
	}
	kinds := b.kinds(r)
	if len(kinds) == 0 {
		return simaws.NoFault
	}
	b.seen[r.Same] = true
	if b.oneEach != nil {
		b.oneEach[subject] = true
	}
	r.Fault = kinds[b.random.IntN(len(kinds))]
	b.all = append(b.all, r)
	countFault(string(r.Fault))
	return r.Fault
}

// ofTheState says whether a request is the engine's, for the key of its state's secrets, and not one of the stack. S3 asks KMS for the keys
// of objects by itself.
func ofTheState(r simaws.Request) bool { return r.Service == "kms" }

// next starts again, with one request of each resource.
func (b *breaker) next() {
	b.mu.Lock()
	b.oneEach = map[string]bool{}
	b.mu.Unlock()
	b.start()
}

// count is how many requests went wrong so far.
func (b *breaker) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.all)
}

// allHadOne expects that each call since it started was among those that went wrong, and that there were some.
func (b *breaker) allHadOne() {
	b.w.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.all) < callsWanted {
		b.w.t.Errorf("%d calls went wrong, want %d at least", len(b.all), callsWanted)
	}
	for _, r := range box.Cloud.Requests() {
		if (r.Account == b.w.payer || r.Account == b.w.primary) && r.Time.After(b.began) && !ofTheState(r) && !b.seen[r.Same] {
			b.w.t.Errorf("no %s %s of %s went wrong", r.Service, r.Action, r.Resource)
		}
	}
}

// byKind says how many requests went wrong in which way.
func (b *breaker) byKind() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	kinds := map[simaws.Fault]int{}
	for _, r := range b.all {
		kinds[r.Fault]++
	}
	return inWords(kinds)
}

func inWords[K ~string](counts map[K]int) string {
	var b bytes.Buffer
	total := 0
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "\n  %4d %s", counts[kind], kind)
		total += counts[kind]
	}
	return fmt.Sprintf("%d faults:%s", total, b.String())
}

// tries brings a stack up and returns what the engine said, and its error.
func (w *world) tries(stack auto.Stack, opts ...optup.Option) (string, error) {
	w.t.Helper()
	var said bytes.Buffer
	_, err := stack.Up(w.t.Context(), append(opts, optup.Color("never"), optup.ProgressStreams(&said), optup.ErrorProgressStreams(&said))...)
	return said.String(), err
}
