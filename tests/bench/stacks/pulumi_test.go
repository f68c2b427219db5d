package stacks

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// ours is the program, built, run by pulumi's command line.
type ours struct {
	pair    *pair
	box     *sandbox.Sandbox
	program map[string]string // of each stack
	// passphrase has the states' secrets encrypted by a key that the engine derives, once for all that have one salt, not by a KMS key.
	passphrase bool
}

func newOurs(b *testing.B, edit func(string) string, passphrase bool) *ours {
	b.Helper()
	program := built(b, "BENCH_PROGRAM")
	t := &ours{newPair(b), box(b), map[string]string{"payer": program, "primary": program}, passphrase}
	for _, stack := range []string{"payer", "primary"} {
		t.settings(b, stack, edit)
	}
	return t
}

// settings writes the settings of a stack: those of the example, for the pair of accounts.
func (t *ours) settings(b *testing.B, stack string, edit func(string) string) {
	b.Helper()
	_, err := t.box.Env.Stack(b.Context(), stack, sandbox.StackOptions{
		Account: t.pair.of(stack), State: t.pair.name, Passphrase: t.passphrase,
		Edit: func(text string) string {
			text = strings.NewReplacer(sandbox.PayerAccount, t.pair.payer, sandbox.PrimaryAccount, t.pair.primary).Replace(text)
			if stack == "primary" {
				text += "  kubecost-cur:namespace: " + t.pair.name + "\n"
			}
			if edit != nil {
				text = edit(text)
			}
			return text
		},
	})
	if err != nil {
		b.Fatal(err)
	}
}

func (t *ours) name() string    { return "ours" }
func (t *ours) accounts() *pair { return t.pair }

func (t *ours) command(stack, operation string) []string {
	args := map[string][]string{
		"preview new": {"preview"}, "preview": {"preview"},
		"first up": {"up", "--yes", "--skip-preview"}, "unchanged up": {"up", "--yes", "--skip-preview"},
		"looked-at up": {"up", "--yes"},
		"refresh":      {"refresh", "--yes", "--skip-preview"}, "destroy": {"destroy", "--yes", "--skip-preview"},
	}[operation]
	pulumi := filepath.Join(t.box.Env.Dir, "engine", "bin", "pulumi")
	return append([]string{pulumi}, append(args, "--stack", stack, "--non-interactive", "--color", "never")...)
}

func (t *ours) place(stack string) (dir string, env map[string]string) {
	env = t.box.Env.Variables(t.pair.of(stack))
	env["PULUMI_BACKEND_URL"] = "file://" + filepath.Join(t.box.Env.Dir, "state", t.pair.name)
	env[sandbox.ProgramVariable], env[sandbox.UsageVariable] = t.program[stack], t.usageFile()
	return filepath.Join(t.box.Env.Dir, "work", t.pair.name), env
}

func (t *ours) usageFile() string { return filepath.Join(t.box.Env.Dir, t.pair.name+".usage") }

// usage is what the program's last run took.
func (t *ours) usage(b *testing.B) sandbox.Usage {
	b.Helper()
	text, err := os.ReadFile(t.usageFile())
	if err != nil {
		b.Fatal(err)
	}
	var u sandbox.Usage
	if err := json.Unmarshal(text, &u); err != nil {
		b.Fatal(err)
	}
	return u
}
