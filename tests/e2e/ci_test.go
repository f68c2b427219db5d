package e2e

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// script runs one of the folder ci in the folder of a world's stacks, as the administrator of an account, and returns what it said.
// The stack's settings must have been copied.
func (w *world) script(account string, env map[string]string, name string, args ...string) (said string, code int) {
	w.t.Helper()
	return w.command(account, env, filepath.Join(box.Env.Root, "ci", name), args...)
}

// command runs a program as script does.
func (w *world) command(account string, env map[string]string, name string, args ...string) (said string, code int) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "env", append([]string{name}, args...)...) // which looks for it in the PATH below
	cmd.Dir = w.project()
	all := box.Env.Variables(account)
	all["PULUMI_BACKEND_URL"] = "file://" + filepath.Join(box.Env.Dir, "state", w.name)
	all["KUBECOST_CUR"] = filepath.Join(box.Env.Root, ".sandbox", "bin", "kubecost-cur")
	maps.Copy(all, env)
	for key, value := range all {
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	out, err := cmd.CombinedOutput()
	if ended := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ended) {
		w.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// pulumi runs a command on a stack as a person does, and returns what it said.
func (w *world) pulumi(stack auto.Stack, args ...string) string {
	w.t.Helper()
	said, code := w.command(w.account(stack.Name()), nil, "pulumi", append(args, "--stack", stack.Name(), "--non-interactive")...)
	if code != 0 {
		w.t.Fatalf("pulumi %s: it ends with %d:\n%s", strings.Join(args, " "), code, said)
	}
	return said
}

// project is the folder of a world's Pulumi.yaml.
func (w *world) project() string { return filepath.Join(box.Env.Dir, "work", w.name) }

// ends expects how a script ends.
func (w *world) ends(want int, account, name string, args ...string) string {
	w.t.Helper()
	said, code := w.script(account, nil, name, args...)
	if code != want {
		w.t.Fatalf("%s %v ends with %d, want %d:\n%s", name, args, code, want, said)
	}
	return said
}

// comment is what ci/preview.sh wrote for a stack.
func (w *world) comment(stack string) string {
	w.t.Helper()
	b, err := os.ReadFile(filepath.Join(w.project(), "preview-"+stack+".md"))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(b)
}

func (w *world) says(text string, parts ...string) {
	w.t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			w.t.Errorf("it does not say %q:\n%s", part, text)
		}
	}
}

// TestCIPreviewsBringsUpAndSeesDrift runs the scripts as any CI system does: pulumi's own command line, and nothing of it by Go.
func TestCIPreviewsBringsUpAndSeesDrift(t *testing.T) {
	w := newWorld(t)
	w.stack("payer")
	w.ends(0, w.payer, "preview.sh", "payer")
	w.says(w.comment("payer"), "<!-- pulumi preview: payer -->\n### Stack `payer`: preview succeeded\n", " to create\n",
		"```diff\n", "kubecost-cur:index:BillingReport")

	w.ends(0, w.payer, "up.sh", "payer")
	keys := plantedKeys(t)
	w.withKeys("athena", keys, "azure", "gcp", "alibaba", "oci")
	said := w.ends(0, w.primary, "preview.sh", "primary")
	w.says(w.comment("primary"), "[secret]", "to create")
	said += w.comment("primary") + w.ends(0, w.primary, "up.sh", "primary")
	said += w.ends(0, w.primary, "preview.sh", "primary")
	w.says(w.comment("primary"), "unchanged")
	seen := &watch{t: t, keys: keys}
	fmt.Fprint(seen, said, w.comment("primary"))
	seen.clean("what CI said")

	t.Run("drift", func(t *testing.T) {
		w.says(w.ends(0, w.payer, "drift.sh", "payer"), "stack payer: no drift")
		state, err := os.ReadFile(box.Env.StateFile(w.name, "payer"))
		if err != nil {
			t.Fatal(err)
		}
		turn := func(state string) {
			w.athena("UpdateWorkGroup", map[string]any{"WorkGroup": "kubecost-cur", "State": state})
		}
		turn("DISABLED")
		w.says(w.ends(2, w.payer, "drift.sh", "payer"), "aws:athena/workgroup:Workgroup", "DISABLED", "drift in: payer")
		turn("ENABLED")
		w.ends(0, w.payer, "drift.sh", "payer")
		after, err := os.ReadFile(box.Env.StateFile(w.name, "payer"))
		if err != nil || string(after) != string(state) {
			t.Errorf("looking for drift has changed the state: %v", err)
		}
		w.says(w.ends(1, w.payer, "drift.sh", "not-there", "payer"), "stack not-there: its drift could not be told")
	})

	t.Run("a preview that fails says so, and fails", func(t *testing.T) {
		w.settings["bytesScannedCutoff"] = "1"
		defer delete(w.settings, "bytesScannedCutoff")
		w.stack("payer")
		if said, code := w.script(w.payer, nil, "preview.sh", "payer"); code == 0 {
			t.Errorf("it ends with 0:\n%s", said)
		}
		w.says(w.comment("payer"), "### Stack `payer`: preview **failed**, exit code ", "kubecost-cur:bytesScannedCutoff is \"1\"")
	})

	t.Run("the doctor", func(t *testing.T) {
		w.stack("payer")
		p := w.patient()
		kubeconfig, err := frontOnce()
		if err != nil {
			t.Fatal(err)
		}
		args := []string{"payer", "primary", "--payer-profile", "payer", "--primary-profile", "primary", "--kubeconfig", kubeconfig}
		p.env["PULUMI_BACKEND_URL"] = "file://" + filepath.Join(box.Env.Dir, "state", w.name)
		p.env["AWS_PROFILE"] = "payer" // the engine's own, for the key of the states
		said, code := w.script(w.payer, p.env, "doctor.sh", args...)
		if code != 0 || !strings.Contains(said, "something is still to come") {
			t.Errorf("before the first delivery it ends with %d:\n%s", code, said)
		}
		p.deliver()
		if said, code = w.script(w.payer, p.env, "doctor.sh", args...); code != 0 || !strings.Contains(said, "17 ok") {
			t.Errorf("of a healthy installation it ends with %d:\n%s", code, said)
		}
		w.athena("UpdateWorkGroup", map[string]any{"WorkGroup": "kubecost-cur", "State": "DISABLED"})
		if said, code = w.script(w.payer, p.env, "doctor.sh", args...); code != 1 || !strings.Contains(said, "the work group is disabled") {
			t.Errorf("of a broken installation it ends with %d:\n%s", code, said)
		}
	})
}
