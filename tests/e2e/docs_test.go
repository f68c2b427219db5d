package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/docs"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// firstPage is the one that a newcomer follows from top to bottom; what other pages say is said of what it made.
const firstPage = "docs/getting-started.md"

func readDocs(t *testing.T) []docs.Page {
	t.Helper()
	pages, err := docs.Read(box.Env.Root)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(pages, func(a, b docs.Page) int {
		switch {
		case a.Name == firstPage:
			return -1
		case b.Name == firstPage:
			return 1
		default:
			return strings.Compare(a.Name, b.Name)
		}
	})
	return pages
}

// inOwnSandbox says whether a block is about the sandbox that `make demo KEEP=1` leaves running.
func inOwnSandbox(b docs.Block) bool { return strings.Contains(b.Text, ".sandbox/run") }

// Whoever has the repository and no account gets a sandbox by the page's commands, looks around in it, and ends it.
func TestTheSandboxStartsAndEndsByTheDocsCommands(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	delete(s.env, "GOFLAGS") // what `make` builds has its own
	s.write(".sandbox/.keep", "")
	if err := os.Symlink(filepath.Join(box.Env.Root, ".sandbox", "parts"), filepath.Join(s.dir, ".sandbox", "parts")); err != nil {
		t.Fatal(err)
	}
	ended := false
	defer func() {
		if out, err := s.run("make down"); err != nil && !ended {
			t.Errorf("ending the sandbox: %v\n%s", err, out)
		}
	}()
	ran := 0
	for _, b := range readDocs(t)[0].Blocks {
		if b.Info != docs.Shell || !inOwnSandbox(b) && !strings.HasPrefix(b.Text, "make demo KEEP=1\n") {
			continue
		}
		ran++
		out, err := s.run(b.Text)
		if err != nil {
			t.Fatalf("%s: %v\n%s", b.Where(), err, out)
		}
		ended = strings.Contains(out, "sandbox: ended")
	}
	if ran != 2 || !ended {
		t.Errorf("%d blocks were run; the sandbox ended: %t", ran, ended)
	}
}

var named = regexp.MustCompile(`^# (Pulumi\.\w+\.yaml)\n`)

// Each command of the docs that is not marked as needing accounts runs as it stands, with the settings that the first page has.
func TestTheDocsCommandsRunAsTheyStand(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.build(".")
	s.inSandbox(sandbox.PayerAccount, sandbox.PrimaryAccount)
	for name, value := range map[string]string{"KEY": "a-key", "SECRET": "a-secret", "PASSPHRASE": "a-passphrase"} {
		s.env[name] = value
	}
	s.write("key.json", "{}")
	s.write("api-key.pem", "a key")

	settings := map[string]string{}
	made := map[string]bool{} // commands that the first page has
	ran := 0
	for _, p := range readDocs(t) {
		for name, text := range settings {
			s.write(name, text)
		}
		for _, b := range p.Blocks {
			if m := named.FindStringSubmatch(b.Text); m != nil && p.Name == firstPage {
				s.write(m[1], b.Text)
				settings[m[1]] = ""
			}
			if b.Info != docs.Shell || inOwnSandbox(b) {
				continue
			}
			var commands []string
			again := true
			for _, c := range b.Commands() {
				if c.Own() {
					continue
				}
				commands = append(commands, c.Text)
				for _, one := range strings.Split(c.Text, "&&") {
					one = strings.TrimSpace(one)
					again = again && made[one]
					made[one] = made[one] || p.Name == firstPage
				}
			}
			if len(commands) == 0 || again && p.Name != firstPage {
				continue // other pages may repeat it
			}
			ran++
			begin := time.Now()
			out, err := s.run(strings.Join(commands, "\n"))
			t.Logf("%s: %.1f s", b.Where(), time.Since(begin).Seconds())
			if err != nil {
				t.Fatalf("%s: %v\n%s", b.Where(), err, out)
			}
			if strings.Contains(b.Text, "pulumi up --stack payer") {
				if _, err := box.Deliver(t.Context(), sandbox.PayerAccount, sandbox.Month(time.Now()), nil); err != nil {
					t.Fatal(err)
				}
			}
		}
		if p.Name == firstPage {
			for name := range settings {
				settings[name] = s.read(name)
			}
		}
	}
	if len(settings) != 2 || ran < 10 {
		t.Errorf("%d settings and %d blocks were found", len(settings), ran)
	}
}
