// Package supply looks at what this project is made of and brought with: known vulnerabilities, and licences.
package supply

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// root is the repository's.
const root = "../.."

// database is Go's vulnerability database as a module. It is of one day, so that a test does not fail without a change of what it
// tests; VULNDB=latest asks the newest instead, as the weekly workflow does.
const database = "golang.org/x/vulndb@v0.0.0-20261105234957-e22db6528018"

// standardLibrary is the module by which Go's own packages go. What is known of them is mended by another Go, not by this repository.
const standardLibrary = "stdlib"

// excused are vulnerabilities that stay for now, each until a day and for a reason.
var excused = map[string]struct{ until, reason string }{}

// finding is a part of what govulncheck tells.
// Source: https://pkg.go.dev/golang.org/x/vuln/internal/govulncheck
type finding struct {
	OSV   string `json:"osv"`
	Fixed string `json:"fixed_version"`
	Trace []struct {
		Module   string `json:"module"`
		Version  string `json:"version"`
		Package  string `json:"package"`
		Function string `json:"function"`
	} `json:"trace"`
}

// called says whether the program gets to the vulnerable function; otherwise it only has the module.
func (f finding) called() bool { return f.Trace[0].Function != "" }

func TestNothingThatIsShippedCallsWhatIsKnownToBeVulnerable(t *testing.T) {
	checker := built(t, "golang.org/x/vuln/cmd/govulncheck")
	osv := vulnerabilities(t)
	for _, module := range []string{".", "cmd/kubecost-cur"} {
		t.Run(module, func(t *testing.T) {
			found, std := map[string]finding{}, map[string]bool{}
			for _, f := range check(t, checker, osv, module, "./...") {
				switch {
				case !f.called():
				case f.Trace[0].Module == standardLibrary:
					std[f.OSV] = true
				default:
					found[f.OSV] = f
				}
			}
			for id, f := range found {
				at := f.Trace[0]
				if e, there := excused[id]; there && time.Now().Format(time.DateOnly) <= e.until {
					t.Logf("%s in %s is excused until %s: %s", id, at.Module, e.until, e.reason)
					continue
				}
				t.Errorf("%s: %s.%s of %s %s is called; it is mended in %s: go get %s@%s (https://pkg.go.dev/vuln/%s)",
					id, at.Package, at.Function, at.Module, at.Version, f.Fixed, at.Module, f.Fixed, id)
			}
			t.Logf("%d in the Go that is used here, of which a release takes the newest; %d in modules", len(std), len(found))
		})
	}
}

// The check finds what is there: an old module whose vulnerable function is called.
func TestAVulnerableCallIsFound(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"go.mod":  "module example\n\ngo 1.24\n\nrequire golang.org/x/text v0.3.5\n",
		"main.go": "package main\n\nimport \"golang.org/x/text/language\"\n\nfunc main() { _, _, _ = language.ParseAcceptLanguage(\"en\") }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t, dir, "go", "mod", "tidy")
	found := check(t, built(t, "golang.org/x/vuln/cmd/govulncheck"), vulnerabilities(t), dir, ".")
	if !slices.ContainsFunc(found, func(f finding) bool { return f.OSV == "GO-2022-1059" && f.called() }) {
		t.Errorf("of golang.org/x/text v0.3.5 it finds %+v", found)
	}
}

// vulnerabilities is the folder of the database.
func vulnerabilities(t *testing.T) string {
	t.Helper()
	module := database
	if os.Getenv("VULNDB") == "latest" {
		module = "golang.org/x/vulndb@latest"
	}
	var got struct{ Dir, Version string }
	if err := json.Unmarshal(run(t, t.TempDir(), "go", "mod", "download", "-json", module), &got); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(got.Dir, "data", "osv")
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) < 4000 {
		t.Fatalf("the database %s has %d entries: %v", got.Version, len(entries), err)
	}
	t.Logf("the database is %s, %d entries", got.Version, len(entries))
	return folder
}

// check runs govulncheck on packages of a module.
func check(t *testing.T, checker, osv, module, packages string) []finding {
	t.Helper()
	if !filepath.IsAbs(module) {
		module = filepath.Join(root, module)
	}
	absolute, err := filepath.Abs(module)
	if err != nil {
		t.Fatal(err)
	}
	out := run(t, absolute, checker, "-db", "file://"+osv, "-json", "-scan", "symbol", packages)
	var findings []finding
	scanned := false
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var message struct {
			Finding *finding        `json:"finding"`
			Config  json.RawMessage `json:"config"`
		}
		if err := decoder.Decode(&message); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("reading what govulncheck says: %v", err)
		}
		scanned = scanned || message.Config != nil
		if message.Finding != nil {
			findings = append(findings, *message.Finding)
		}
	}
	if !scanned {
		t.Fatalf("govulncheck says nothing of having looked: %s", out)
	}
	return findings
}

// built builds a tool of tests/tools.
func built(t *testing.T, tool string) string {
	t.Helper()
	file, err := filepath.Abs(filepath.Join(root, ".sandbox", "bin", filepath.Base(tool)))
	if err != nil {
		t.Fatal(err)
	}
	run(t, "..", "go", "build", "-modfile=tools/go.mod", "-o", file, tool)
	return file
}

func run(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, fmt.Sprint(said.String()), out)
	}
	return out
}
