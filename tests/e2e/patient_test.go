package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// patient is a world that the doctor looks at: both stacks are up, and their outputs in files.
type patient struct {
	*world
	dir string
	env map[string]string
}

// newPatient brings both stacks up.
func newPatient(t *testing.T) *patient {
	w := newWorld(t)
	w.up("payer")
	w.up("primary")
	return w.patient()
}

// patient is a world whose stacks are up.
func (w *world) patient() *patient {
	w.t.Helper()
	p := &patient{world: w, dir: w.t.TempDir(), env: map[string]string{}}
	p.outputs()
	for name, account := range map[string]string{"payer": w.payer, "primary": w.primary} {
		p.write("credentials", profile(name, account))
	}
	for key, value := range box.Env.Variables(w.payer) {
		p.env[key] = value
	}
	for _, key := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		p.env[key] = ""
	}
	p.env["AWS_SHARED_CREDENTIALS_FILE"] = filepath.Join(p.dir, "credentials")
	return p
}

// write adds text to one of the patient's files.
func (p *patient) write(name, text string) {
	p.t.Helper()
	f, err := os.OpenFile(filepath.Join(p.dir, name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// outputs writes the outputs of both stacks to files.
func (p *patient) outputs() {
	p.t.Helper()
	for _, name := range []string{"payer", "primary"} {
		stack := p.stack(name)
		all, err := stack.Outputs(p.t.Context())
		if err != nil {
			p.t.Fatal(err)
		}
		plain := map[string]any{}
		for key, output := range all {
			plain[key] = output.Value
		}
		b, err := json.Marshal(plain)
		if err == nil {
			err = os.WriteFile(filepath.Join(p.dir, name+".json"), b, 0o600)
		}
		if err != nil {
			p.t.Fatal(err)
		}
	}
}

// run runs kubecost-cur and returns what it wrote and its exit code.
func (p *patient) run(args ...string) (out, said string, code int) {
	p.t.Helper()
	out, said, code, err := p.command(p.env, args...)
	if err != nil {
		p.t.Fatal(err)
	}
	return out, said, code
}

// command is run with some environment, which many may call at a time.
func (p *patient) command(env map[string]string, args ...string) (out, said string, code int, err error) {
	cmd := exec.CommandContext(p.t.Context(), filepath.Join(box.Env.Root, ".sandbox", "bin", "kubecost-cur"), args...)
	for key, value := range env {
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var ended *exec.ExitError
	if err = cmd.Run(); err != nil && !errors.As(err, &ended) {
		return "", "", 0, fmt.Errorf("running kubecost-cur: %w", err)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode(), nil
}

// access are the flags that say what is looked at, and as whom.
func (p *patient) access() []string {
	p.t.Helper()
	kubeconfig, err := frontOnce()
	if err != nil {
		p.t.Fatal(err)
	}
	return []string{
		"--payer-outputs", filepath.Join(p.dir, "payer.json"), "--primary-outputs", filepath.Join(p.dir, "primary.json"),
		"--payer-profile", "payer", "--primary-profile", "primary", "--kubeconfig", kubeconfig,
	}
}

// doctor is the doctor's report, with further flags.
func (p *patient) doctor(flags ...string) (doctor.Report, int) {
	p.t.Helper()
	r, code, err := p.diagnosed(p.env, append(p.access(), flags...)...)
	if err != nil {
		p.t.Fatal(err)
	}
	return r, code
}

// diagnosed is the doctor's report with some environment, for which many may ask at a time.
func (p *patient) diagnosed(env map[string]string, flags ...string) (doctor.Report, int, error) {
	var r doctor.Report
	out, said, code, err := p.command(env, append([]string{"doctor", "--json"}, flags...)...)
	if err == nil {
		err = json.Unmarshal([]byte(out), &r)
	}
	if err != nil {
		return r, code, fmt.Errorf("the doctor wrote %q and said %q: %w", out, said, err)
	}
	return r, code, nil
}

func (p *patient) deliver() sandbox.Delivered {
	p.t.Helper()
	delivered, err := box.Deliver(p.t.Context(), p.payer, sandbox.Month(time.Now()), nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return delivered[0]
}

// refresh is an update that looks first at what is there.
func (p *patient) refresh(name string) {
	p.t.Helper()
	stack := p.stack(name)
	if _, err := stack.Up(p.t.Context(), optup.Refresh(), optup.SuppressProgress(), optup.Color("never")); err != nil {
		p.t.Fatalf("mending %s: %v", name, err)
	}
}
