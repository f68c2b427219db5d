package e2e

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// shell runs commands as a person does in a clone of the repository, with profiles of both accounts.
type shell struct {
	t   testing.TB
	dir string
	env map[string]string
}

// newShell copies the repository's files, as they are now, into a new folder.
func newShell(t testing.TB) *shell {
	t.Helper()
	dir, err := os.MkdirTemp("", "clone") // a short path: sockets below it have at most 104 characters
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	const clone = `cd "$1" && git ls-files --cached --others --exclude-standard | while read -r f; do [ -f "$f" ] && echo "$f"; done | tar cf - -T - | tar xf - -C "$2"`
	if out, err := exec.Command("bash", "-c", clone, "bash", box.Env.Root, dir).CombinedOutput(); err != nil {
		t.Fatalf("copying the repository: %v\n%s", err, out)
	}
	// As the sandbox is compiled, so that what both need is compiled once.
	return &shell{t: t, dir: dir, env: map[string]string{"GOFLAGS": "'-gcflags=all=-N -l'"}}
}

// build builds the program of a folder while modules can be downloaded: in the sandbox there is no way out.
func (s *shell) build(folder string) {
	s.t.Helper()
	if out, err := s.run("go build -C " + folder + " -o /dev/null ."); err != nil {
		s.t.Fatalf("building %s: %v\n%s", folder, err, out)
	}
}

// inSandbox has the shell's commands run in the tests' sandbox, in accounts of a world or those of the examples.
func (s *shell) inSandbox(payer, primary string) {
	s.t.Helper()
	kubeconfig, err := frontOnce()
	if err != nil {
		s.t.Fatal(err)
	}
	state := filepath.Join(s.dir, ".sandbox", "state")
	s.write(".sandbox/credentials", profile("payer", payer)+profile("primary", primary))
	if err := os.MkdirAll(state, 0o755); err != nil {
		s.t.Fatal(err)
	}
	maps.Copy(s.env, box.Env.Variables(primary))
	maps.Copy(s.env, map[string]string{
		"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", // the profiles' alone
		"AWS_SHARED_CREDENTIALS_FILE": filepath.Join(s.dir, ".sandbox", "credentials"),
		"KUBECONFIG":                  kubeconfig,
		"PULUMI_BACKEND_URL":          "file://" + state,
		"PULUMI_SKIP_CONFIRMATIONS":   "true",
	})
}

func (s *shell) write(name, text string) {
	s.t.Helper()
	name = filepath.Join(s.dir, name)
	err := os.MkdirAll(filepath.Dir(name), 0o755)
	if err == nil {
		err = os.WriteFile(name, []byte(text), 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shell) read(name string) string {
	s.t.Helper()
	b, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}

// run runs a script, which ends with its first command that fails.
func (s *shell) run(script string) (string, error) {
	cmd := exec.CommandContext(s.t.Context(), "bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = s.dir
	cmd.Env = os.Environ()
	for name, value := range s.env {
		if value == "" && strings.HasPrefix(name, "AWS_") {
			continue // an empty key or profile is not the same as none
		}
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}
