package e2e

import (
	"flag"
	"fmt"
	"maps"
	"math"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
	"github.com/kubecost-cur/kubecost-cur/tests/bill"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

var frontOnce = sync.OnceValues(func() (string, error) { return box.Front() })

func TestTheDoctorFindsAHealthyInstallationAllOK(t *testing.T) {
	p := newPatient(t)
	r, code := p.doctor()
	if code != doctor.ExitWaiting || r.State != doctor.Waiting {
		t.Errorf("before the first delivery the doctor ends with %d: %+v", code, r)
	}
	for _, f := range r.Findings {
		if f.State == doctor.Failed || f.State == doctor.NotChecked {
			t.Errorf("before the first delivery: %+v", f)
		}
	}

	delivered := p.deliver()
	begin := time.Now()
	r, code = p.doctor()
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("the doctor took %s", took)
	}
	if code != doctor.ExitOK || len(r.Findings) != len(doctor.Checks) {
		t.Errorf("the doctor ends with %d after %d checks", code, len(r.Findings))
	}
	for _, f := range r.Findings {
		if f.State != doctor.OK {
			t.Errorf("of a healthy installation: %+v", f)
		}
	}

	t.Run("by the stacks themselves", func(t *testing.T) {
		kubeconfig, err := frontOnce()
		if err != nil {
			t.Fatal(err)
		}
		state := "file://" + filepath.Join(box.Env.Dir, "state", p.name)
		p.env["PULUMI_BACKEND_URL"] = state
		p.env["AWS_PROFILE"] = "payer" // the engine's own, for the key of the states
		out, said, code := p.run("doctor", "--payer-stack", "payer", "--primary-stack", "primary", "--project", filepath.Join(box.Env.Dir, "work", p.name),
			"--payer-profile", "payer", "--primary-profile", "primary", "--kubeconfig", kubeconfig)
		if code != doctor.ExitOK || !strings.Contains(out, "✓ a query as Kubecost's pod: the newest day with costs is ") || !strings.Contains(out, "17 ok") {
			t.Errorf("exit code %d:\n%s%s", code, out, said)
		}
		if strings.Contains(out, "\x1b[") {
			t.Errorf("it is coloured on a pipe: %q", out)
		}
	})
	t.Run("watching ends when all is well", func(t *testing.T) {
		out, _, code := p.run(append([]string{"doctor", "--watch", "--limit", "1m"}, p.access()...)...)
		if code != doctor.ExitOK || !strings.Contains(out, "17 ok") {
			t.Errorf("exit code %d:\n%s", code, out)
		}
	})
	t.Run("the costs are those that were delivered", func(t *testing.T) {
		days := fmt.Sprint(time.Now().UTC().Day()) // before today: all of the month's, and the day before it
		out, said, code := p.run(append([]string{"costs", "--csv", "--days", days}, p.access()...)...)
		if code != 0 || !strings.HasPrefix(out, "day,service,cost\n") {
			t.Fatalf("exit code %d:\n%s%s", code, out, said)
		}
		month := sandbox.Month(time.Now())
		answer, err := box.Ask(t.Context(), p.name, month, month.AddDate(0, 1, 0))
		if err != nil || answer.Total != delivered.Kubecost {
			t.Fatalf("Kubecost reads %+v: %v", answer, err)
		}
		want, today := map[string]bill.Micros{}, time.Now().UTC().Truncate(24*time.Hour)
		for _, c := range answer.Costs {
			if c.Day.Before(today) && c.Cost != 0 { // a discount is a service of its own, whose list cost is none
				want[c.Day.Format(time.DateOnly)+","+c.Service] = c.Cost
			}
		}
		got := map[string]bill.Micros{}
		for line := range strings.Lines(strings.TrimPrefix(out, "day,service,cost\n")) {
			i := strings.LastIndex(line, ",")
			dollars, err := strconv.ParseFloat(strings.TrimSpace(line[i+1:]), 64)
			if err != nil {
				t.Fatal(err)
			}
			got[line[:i]] = bill.Micros(math.Round(dollars * 1e6))
		}
		if !maps.Equal(got, want) || today.Day() > 1 && len(got) == 0 {
			t.Errorf("the costs are %v, Kubecost reads %v", got, want)
		}
		for _, by := range []string{"account", "tag:team"} {
			out, said, code = p.run(append([]string{"costs", "--by", by, "--days", days}, p.access()...)...)
			if code != 0 || !strings.Contains(out, "█") || !strings.Contains(out, "share") {
				t.Errorf("by %s: exit code %d:\n%s%s", by, code, out, said)
			}
		}
	})
}

func TestTheDoctorEndsWhereNobodyAnswers(t *testing.T) {
	p := newPatient(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	kubeconfigs := 0
	kubeconfig := func(server string) string {
		kubeconfigs++
		name := fmt.Sprintf("kubeconfig-%d.json", kubeconfigs)
		p.write(name, fmt.Sprintf(`{"apiVersion":"v1","kind":"Config","current-context":"c","clusters":[{"name":"c","cluster":{"server":%q}}],`+
			`"users":[{"name":"c","user":{}}],"contexts":[{"name":"c","context":{"cluster":"c","user":"c"}}]}`, server))
		return filepath.Join(p.dir, name)
	}
	p.write("wrong-credentials", "[payer]\naws_access_key_id = AKIAEXPIRED000000000\naws_secret_access_key = x\naws_session_token = expired\n"+
		"[primary]\naws_access_key_id = AKIAEXPIRED000000000\naws_secret_access_key = x\naws_session_token = expired\n")
	access := p.access()
	var all sync.WaitGroup // most of them only wait
	for name, c := range map[string]struct {
		env   map[string]string
		flags []string
		code  int
		ok    bool // something was checked all the same
	}{
		"no credentials":                {map[string]string{"AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"}, []string{"--payer-profile", "", "--primary-profile", ""}, -1, true},
		"credentials that nobody knows": {map[string]string{"AWS_SHARED_CREDENTIALS_FILE": filepath.Join(p.dir, "wrong-credentials")}, nil, -1, true},
		"no network":                    {map[string]string{"HTTPS_PROXY": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1"}, []string{"--kubeconfig", kubeconfig("http://127.0.0.1:1")}, doctor.ExitNotChecked, false},
		"a proxy that never answers":    {map[string]string{"HTTPS_PROXY": "http://" + silent.Addr().String(), "https_proxy": "http://" + silent.Addr().String()}, []string{"--kubeconfig", kubeconfig("http://" + silent.Addr().String())}, doctor.ExitNotChecked, false},
		"a cluster that is gone":        {nil, []string{"--kubeconfig", kubeconfig("http://127.0.0.1:1")}, -1, true},
		"no kubeconfig":                 {nil, []string{"--kubeconfig", "/nonexistent"}, -1, true},
		"the wrong account":             {nil, []string{"--payer-profile", "primary"}, -1, true},
	} {
		all.Go(func() {
			env := maps.Clone(p.env)
			maps.Copy(env, c.env)
			begin := time.Now()
			r, code, err := p.diagnosed(env, slices.Concat(access, c.flags)...)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if took := time.Since(begin); took > 30*time.Second {
				t.Errorf("%s: it took %s", name, took)
			}
			if c.code >= 0 && code != c.code {
				t.Errorf("%s: the exit code is %d, want %d", name, code, c.code)
			}
			missing, told := 0, 0
			for _, f := range r.Findings {
				switch f.State {
				case doctor.NotChecked:
					missing++
					if f.Remedy == "" {
						t.Errorf("%s: %s does not say what it needs", name, f.Check)
					}
				case doctor.Failed:
					t.Errorf("%s: %+v", name, f)
				default:
					told++
				}
			}
			if missing == 0 || (told > 0) != c.ok {
				t.Errorf("%s: %d not checked, %d told", name, missing, told)
			}
		})
	}
	all.Wait()
	for want, args := range map[string][]string{
		"nothing to look at":     {"doctor"},
		"no stack named":         {"doctor", "--payer-stack", "nobody", "--project", filepath.Join(box.Env.Dir, "work", p.name)},
		"--payer-outputs":        {"doctor", "--payer-outputs", "/nonexistent"},
		"athenaRegion=us-east-2": {"doctor", "--payer", "athenaRegion"},
		"unknown flag":           {"doctor", "--nonsense"},
		"grouped by":             append([]string{"costs", "--by", "team"}, p.access()...),
		"do not go together":     {"doctor", "--json", "--watch"},
	} {
		if _, said, code := p.run(args...); code != doctor.ExitNotChecked || !strings.Contains(said, want) {
			t.Errorf("%q: exit code %d, said %s; want %q", args, code, said, want)
		}
	}
}

var updateDocs = flag.Bool("update-doctor", false, "write the faults and findings into docs/doctor.md")

// TestEachFaultIsTheDoctorsFirstFinding makes one fault at a time, anywhere in the chain, and expects that the doctor's first failed
// finding names it and its remedy. docs/doctor.md has the table.
func TestEachFaultIsTheDoctorsFirstFinding(t *testing.T) {
	p := newPatient(t)
	p.deliver()
	rows := []string{"| fault | first finding | seen | to do |", "|---|---|---|---|"}
	for _, f := range faults(p) {
		f.spoil()
		r, code := p.doctor(f.flags...)
		i := slices.IndexFunc(r.Findings, func(f doctor.Finding) bool { return f.State == doctor.Failed })
		if i < 0 || code != doctor.ExitFailed {
			t.Errorf("%s: the doctor ends with %d and finds no fault: %+v", f.name, code, r)
		} else if found := r.Findings[i]; found.Check != f.check || !strings.Contains(found.Seen+found.Cause+found.Remedy, f.says) || found.Remedy == "" {
			t.Errorf("%s: the first finding is %+v\nwant %s with %q", f.name, found, f.check, f.says)
		} else {
			cell := strings.NewReplacer(p.payer, sandbox.PayerAccount, p.primary, sandbox.PrimaryAccount, p.name, "kubecost", "|", "\\|", "\n", " ")
			rows = append(rows, fmt.Sprintf("| %s | [%s](#%s) | %s | %s |", f.name, found.Check, found.Check, brief(cell.Replace(found.Seen)), same(cell.Replace(found.Remedy))))
		}
		if f.mend != nil {
			f.mend()
		}
	}
	if r, code := p.doctor(); code != doctor.ExitOK {
		t.Errorf("after all faults were mended the doctor ends with %d: %+v", code, r)
	}
	if t.Failed() {
		return
	}
	name := filepath.Join(box.Env.Root, "docs", "doctor.md")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- faults -->\n\n", "\n\n<!-- end of faults -->"
	before, rest, found := strings.Cut(string(b), begin)
	_, after, ended := strings.Cut(rest, "<!-- end of faults -->")
	if !found || !ended {
		t.Fatal("docs/doctor.md has no place for the faults")
	}
	want := before + begin + strings.Join(rows, "\n") + end + after
	if *updateDocs {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if d := differences(string(b), want); len(d) > 0 {
		t.Errorf("docs/doctor.md differs from what was seen: %q", d)
	}
}

// generated are the parts of names that are others in each run.
var generated = regexp.MustCompile(`(cloud-integration-)[0-9a-f]{10}|(kubecost-cost-analyzer-)[a-z0-9]+-[a-z0-9]{5}`)

func same(text string) string { return generated.ReplaceAllString(text, "$1$2…") }

// brief is the beginning of what was seen, without what changes from run to run.
func brief(seen string) string {
	seen, _, _ = strings.Cut(same(seen), " at 20")
	if runes := []rune(seen); len(runes) > 160 {
		return string(runes[:160]) + "…"
	}
	return seen
}
