package e2e

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/guardrails"
	"github.com/kubecost-cur/kubecost-cur/stacks"
	"github.com/kubecost-cur/kubecost-cur/tests/policypack"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// kept are the payer's settings for an account whose bill matters: those of the example but for its last section.
var kept = map[string]string{"reportProtect": "", "forceDestroy": ""}

// policed is a world whose engine runs the policy pack.
type policed struct {
	*world
	pack string // its folder
	path string // for the engine, with what starts a pack
	// program is run instead of the project's; nil for that one.
	program pulumi.RunFunc
}

// newPoliced makes a world with the policy pack. Pulumi's language host for Node is no Go module, so that it cannot be built here;
// without it the engine looks for a program of this name, and starts it in the pack's folder.
func newPoliced(t *testing.T) policed {
	t.Helper()
	p := policed{world: newWorld(t), path: t.TempDir()}
	var err error
	if p.pack, err = policypack.Install(t.Context(), box.Env.Root, os.Stderr); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\nexec node '" + policypack.RunPolicyPack(p.pack) + "' \"$@\"\n"
	if err := os.WriteFile(filepath.Join(p.path, "pulumi-analyzer-policy-nodejs"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p policed) stack(name string) auto.Stack {
	p.t.Helper()
	account := p.account(name)
	s, err := box.Env.Stack(p.t.Context(), name, sandbox.StackOptions{
		Account: account, Edit: p.edit, State: p.name, Program: p.program,
		Env: map[string]string{"PATH": p.path + string(os.PathListSeparator) + box.Env.Variables(account)["PATH"]},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

// preview previews a stack with the pack, and returns what was said.
func (p policed) preview(name string) (string, error) {
	p.t.Helper()
	var said bytes.Buffer
	stack := p.stack(name)
	_, err := stack.Preview(p.t.Context(), optpreview.Color("never"), optpreview.PolicyPacks(p.pack),
		optpreview.ProgressStreams(&said), optpreview.ErrorProgressStreams(&said))
	return said.String(), err
}

func (p policed) update(name string) (string, error) {
	p.t.Helper()
	var said bytes.Buffer
	stack := p.stack(name)
	_, err := stack.Up(p.t.Context(), optup.Color("never"), optup.PolicyPacks(p.pack),
		optup.ProgressStreams(&said), optup.ErrorProgressStreams(&said))
	return said.String(), err
}

// quiet expects that the pack ran, and found nothing.
func (p policed) quiet(said string, err error) {
	p.t.Helper()
	if err != nil || !strings.Contains(said, "kubecost-cur@v1.0.0") || strings.Contains(said, "[mandatory]") || strings.Contains(said, "[advisory]") {
		p.t.Fatalf("with the policy pack (%v):\n%s", err, said)
	}
}

// TestBothStacksKeepTheGuardRails runs the policy pack in the engine, and holds what is then in the states against the guard rails.
func TestBothStacksKeepTheGuardRails(t *testing.T) {
	p := newPoliced(t)
	said, err := p.preview("payer")
	for _, part := range []string{"[mandatory]", "report-protected", "it is not protected", "forceDestroy is true", "Take reportProtect: false"} {
		if err == nil || !strings.Contains(said, part) {
			t.Errorf("a preview with the example settings (%v) does not say %q:\n%s", err, part, said)
		}
	}
	said, err = p.update("payer")
	if err == nil || !strings.Contains(said, "report-protected") {
		t.Errorf("an update with the example settings (%v) says:\n%s", err, said)
	}
	for _, left := range p.leftovers() {
		if strings.Contains(left, "kubecost-cur-"+p.payer) {
			t.Errorf("the update that a rule stopped made %s", left)
		}
	}

	maps.Copy(p.settings, kept)
	p.quiet(p.preview("payer"))
	p.quiet(p.update("payer"))
	p.with(map[string]string{"reportExpirationDays": "30"}, func() {
		said, err := p.preview("payer")
		if err != nil || !strings.Contains(said, "[advisory]") || !strings.Contains(said, "the report's data expires after 30 days") {
			t.Errorf("a preview with a short expiry (%v) says:\n%s", err, said)
		}
	})
	p.program = withBareBucket
	said, err = p.preview("payer")
	for _, part := range []string{"public-access-blocked-everywhere", "acls-off-everywhere", "encrypted-everywhere", "tls-only-everywhere", "it has no BucketPolicy"} {
		if err == nil || !strings.Contains(said, part) {
			t.Errorf("a preview with a bare bucket (%v) does not say %q:\n%s", err, part, said)
		}
	}
	p.program = nil
	maps.DeleteFunc(p.settings, func(key, _ string) bool { _, payers := kept[key]; return payers })
	p.quiet(p.preview("primary"))
	p.quiet(p.update("primary"))

	for _, stack := range []string{"payer", "primary"} {
		planned := p.planned(stack)
		if len(planned) < 8 {
			t.Errorf("stack %s has %d resources", stack, len(planned))
		}
		for _, v := range guardrails.Check(planned) {
			t.Errorf("stack %s: %s", stack, v)
		}
	}
}

// withBareBucket is the program with a bucket of somebody's own beside it.
func withBareBucket(ctx *pulumi.Context) error {
	if err := stacks.Run(ctx); err != nil {
		return err
	}
	_, err := s3.NewBucketV2(ctx, "bare", nil)
	return err
}

// planned are the resources in a stack's state.
func (w *world) planned(stack string) []guardrails.Resource {
	w.t.Helper()
	var all []guardrails.Resource
	for _, r := range w.resources(stack) {
		one := guardrails.Resource{Type: string(r.Type), URN: string(r.URN), Properties: r.Inputs, Protect: r.Protect, From: map[string][]string{}}
		for property, sources := range r.PropertyDependencies {
			for _, source := range sources {
				one.From[string(property)] = append(one.From[string(property)], string(source))
			}
		}
		all = append(all, one)
	}
	return all
}
