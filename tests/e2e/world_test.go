// Package e2e runs both stacks for real, in the sandbox.
package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// box is the one sandbox of all tests.
var box *sandbox.Sandbox

func TestMain(m *testing.M) {
	if is, err := sandbox.RunAs(os.Args, os.Stdout); is {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code, err := runAll(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
	os.Exit(code)
}

func runAll(m *testing.M) (code int, err error) {
	root, err := filepath.Abs("../..")
	if err != nil {
		return 1, err
	}
	box, err = sandbox.Start(context.Background(), sandbox.Options{
		Root: root, Dir: filepath.Join(root, ".sandbox", "e2e"), Out: os.Stderr, Optimised: true,
	})
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, box.Stop()) }()
	code = m.Run()
	return code, errors.Join(nodesReady(), enoughFaults())
}

// nodesReady says whether the cluster was fit to run pods until the end.
func nodesReady() error {
	var nodes struct {
		Items []struct {
			Status struct {
				Conditions []struct{ Type, Status, Message string }
			}
		}
	}
	if err := box.Cluster.Get(context.Background(), "/api/v1/nodes", &nodes); err != nil {
		return fmt.Errorf("looking at the nodes after the tests: %w", err)
	}
	for _, n := range nodes.Items {
		for _, c := range n.Status.Conditions {
			if c.Type == "Ready" && c.Status != "True" {
				return fmt.Errorf("after the tests a node is not ready: %s", c.Message)
			}
		}
	}
	return nil
}

// world is a pair of accounts that no other test uses.
type world struct {
	t              testing.TB
	payer, primary string
	name           string // of its namespace and state
	// settings are changed or added lines of the stack files, by key without the project's name.
	settings map[string]string
	// from are the files that the settings of its stacks start from, by stack; without one, the stack's own.
	from map[string]string
	// further are its accounts that stand for others of the examples.
	further    map[string]string
	variables  map[string]string // further environment variables of its engine
	passphrase bool              // in place of a KMS key, for the secrets in its states
}

var (
	worlds   atomic.Int64
	parallel sync.Map // names of the tests that run beside others
)

// newWorld makes a world. A test that has one runs beside others: much of its time it waits for the cluster.
func newWorld(t testing.TB) *world {
	t.Helper()
	return newWorldOf(t, sandbox.WorldOptions{})
}

// newWorldOf makes a world whose accounts differ from others.
func newWorldOf(t testing.TB, o sandbox.WorldOptions) *world {
	t.Helper()
	if t, isTest := t.(*testing.T); isTest {
		if _, already := parallel.LoadOrStore(t.Name(), true); !already {
			t.Parallel()
		}
	}
	n := worlds.Add(1)
	w := &world{
		t: t, payer: fmt.Sprintf("%012d", 100000000000+n), primary: fmt.Sprintf("%012d", 200000000000+n),
		name: fmt.Sprintf("world%d", n), settings: map[string]string{}, from: map[string]string{"both": "examples/Pulumi.both.yaml"},
	}
	if err := box.AddWorld(t.Context(), w.payer, w.primary, o); err != nil {
		t.Fatal(err)
	}
	return w
}

// edit turns the example settings into this world's.
func (w *world) edit(text string) string {
	accounts := []string{sandbox.PayerAccount, w.payer, sandbox.PrimaryAccount, w.primary}
	for example, own := range w.further {
		accounts = append(accounts, example, own)
	}
	text = strings.NewReplacer(accounts...).Replace(text)
	settings := map[string]string{}
	if !strings.Contains(text, "side: payer") {
		settings["namespace"] = w.name
	}
	for key, value := range w.settings {
		settings[key] = value
	}
	for key, value := range settings {
		full := key
		if !strings.Contains(key, ":") {
			full = "kubecost-cur:" + key
		}
		text = without(text, full)
		if value != "" {
			text += "  " + full + ": " + value + "\n"
		}
	}
	return text
}

// without takes a key of the configuration out of a stack file, with the list below it.
func without(text, key string) string {
	var kept []string
	inside := false
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		inside = strings.HasPrefix(line, "  "+key+":") || inside && strings.HasPrefix(line, "    ")
		if !inside {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n") + "\n"
}

// stack is one of the world's stacks: payer or primary, with that account's credentials.
func (w *world) stack(name string) auto.Stack { return w.stackOf(name, w.account(name), nil) }

func (w *world) account(stack string) string {
	if stack == "payer" || stack == "payer-ci" {
		return w.payer
	}
	return w.primary
}

// stackOf is a stack with the credentials of some account and, unless it is nil, another program than the project's.
func (w *world) stackOf(name, account string, program pulumi.RunFunc) auto.Stack {
	w.t.Helper()
	options := sandbox.StackOptions{
		Account: account, Settings: w.from[name], Edit: w.edit, State: w.name, Program: program, Env: maps.Clone(w.variables), Passphrase: w.passphrase,
	}
	if name == "both" {
		options.Env = map[string]string{"AWS_SHARED_CREDENTIALS_FILE": w.profiles()}
		maps.Copy(options.Env, w.variables)
	}
	s, err := box.Env.Stack(w.t.Context(), name, options)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// profiles is a file with the profile payer, of the payer account's administrator.
func (w *world) profiles() string {
	w.t.Helper()
	name := filepath.Join(w.t.TempDir(), "credentials")
	if err := os.WriteFile(name, []byte(profile("payer", w.payer)), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return name
}

// profile is the text of a profile of an account's administrator.
func profile(name, account string) string {
	keys := box.Env.Accounts[account]
	return fmt.Sprintf("[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\n", name, keys.AccessKeyID, keys.SecretAccessKey)
}

func (w *world) up(name string) auto.UpResult {
	w.t.Helper()
	stack := w.stack(name)
	result, err := stack.Up(w.t.Context(), optup.Color("never"), optup.SuppressProgress())
	if err != nil {
		w.t.Fatalf("bringing %s up: %v", name, err)
	}
	return result
}

// refuse brings a stack up, expects that it fails with all of the given texts, and returns what it said.
func (w *world) refuse(s auto.Stack, texts ...string) string {
	w.t.Helper()
	var said bytes.Buffer
	_, err := s.Up(w.t.Context(), optup.Color("never"), optup.ProgressStreams(&said), optup.ErrorProgressStreams(&said))
	if err == nil {
		w.t.Fatalf("stack %s came up:\n%s", s.Name(), said.String())
	}
	for _, text := range texts {
		if !strings.Contains(said.String(), text) {
			w.t.Errorf("it does not say %q:\n%s", text, said.String())
		}
	}
	if strings.Contains(said.String(), "invocation of") {
		w.t.Errorf("it tells how it looked up, and not only what for:\n%s", said.String())
	}
	return said.String()
}

// unchanged expects a preview without changes.
func (w *world) unchanged(name string, opts ...optpreview.Option) {
	w.t.Helper()
	if changes := w.changes(name, opts...); len(changes) > 0 {
		w.t.Errorf("stack %s: a preview after an update would %v", name, changes)
	}
}

// changes are what a preview of a stack would do, by the resource's name.
func (w *world) changes(name string, opts ...optpreview.Option) map[string]string {
	w.t.Helper()
	changes, said, err := w.preview(name, opts...)
	if err != nil {
		w.t.Fatalf("previewing %s: %v\n%s", name, err, said)
	}
	return changes
}

// preview is what a preview of a stack would do, by the resource's name, and what it said.
func (w *world) preview(name string, opts ...optpreview.Option) (changes map[string]string, said string, err error) {
	w.t.Helper()
	recorded, said, err := w.record(name, opts...)
	if err != nil {
		return nil, said, err
	}
	return recorded.steps, said, nil
}

// record is all that the engine tells of a preview.
func (w *world) record(name string, opts ...optpreview.Option) (recorded *recordedEvents, said string, err error) {
	w.t.Helper()
	recorder := newEvents()
	var out bytes.Buffer
	opts = append(opts, optpreview.Color("never"), optpreview.EventStreams(recorder.channel),
		optpreview.ProgressStreams(&out), optpreview.ErrorProgressStreams(&out))
	stack := w.stack(name)
	if _, err := stack.Preview(w.t.Context(), opts...); err != nil {
		return nil, out.String() + err.Error(), err // an engine that did not start tells of no events, nor of their end
	}
	recorder.done.Wait()
	return recorder, out.String(), nil
}

func (w *world) destroy(name string) {
	w.t.Helper()
	stack := w.stack(name)
	if _, err := stack.Destroy(w.t.Context(), optdestroy.Color("never"), optdestroy.SuppressProgress()); err != nil {
		w.t.Fatalf("destroying %s: %v", name, err)
	}
}

// leftovers are what the program makes and is in the world's accounts.
func (w *world) leftovers() []string {
	w.t.Helper()
	left, err := box.Env.Leftovers(w.t.Context(), w.payer, w.primary)
	if err != nil {
		w.t.Fatal(err)
	}
	return left
}

// empty expects that nothing the program makes is in the world's accounts, and nothing in its stacks.
func (w *world) empty() {
	w.t.Helper()
	if left := w.leftovers(); len(left) > 0 {
		w.t.Errorf("left in AWS: %v", left)
	}
}

// resources are those in a stack's state, with what is secret encrypted.
func (w *world) resources(name string) []apitype.ResourceV3 {
	w.t.Helper()
	return w.checkpoint(name).Resources
}
