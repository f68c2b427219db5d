package supply

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	classifier "github.com/google/licenseclassifier/v2"
	"github.com/google/licenseclassifier/v2/assets"
)

var update = flag.Bool("update", false, "write docs/licences.md")

// allowed are the licences under which something may be used here. All let a program that uses the unchanged package have any licence.
var allowed = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "CC0-1.0", "ISC", "MIT", "MPL-2.0", "Unicode-DFS-2016", "Unlicense"}

// apart are packages of another licence that run as programs of their own in the tests. Nothing is linked with them, and they are not shipped.
var apart = map[string]string{"@cloud-copilot/iam-policy": "AGPL-3.0-or-later", "@cloud-copilot/iam-simulate": "AGPL-3.0-or-later"}

// dependency is something that the project uses.
type dependency struct{ name, licence string }

// shipped are what a user runs: the program, the plugin and the doctor, with all that is compiled into them.
var shipped = []string{".", "cmd/kubecost-cur"}

func TestEveryLicenceIsKnownAndAllowed(t *testing.T) {
	var page strings.Builder
	page.WriteString("# Licences\n\nWhat this project is made of, and under which licence. Written by a test from the licence files themselves:\n\n" +
		"```text\ncd tests && go test ./supply -run Licence -update\n```\n\n" +
		"A licence that is not in the list of [licences_test.go](../tests/supply/licences_test.go) fails it, and so does a dependency that\n" +
		"is not on this page. The simulator of IAM policies is under the AGPL: it is a program of its own that the tests start, and is not\n" +
		"shipped.\n\n## What is shipped\n\nEvery module that is compiled into the program, the plugin or the doctor.\n\n")
	page.WriteString(table(t, compiled(t)))
	page.WriteString("\n## What is named\n\nWhat each `go.mod` and `package.json` asks for itself. Those after the first two are for tests, for examples, and for who uses the policy pack.\n")
	for _, file := range manifests(t) {
		fmt.Fprintf(&page, "\n### %s\n\n", file)
		if filepath.Base(file) == "package.json" {
			page.WriteString(table(t, packages(t, file)))
		} else {
			page.WriteString(table(t, named(t, file)))
		}
	}

	name := filepath.Join(root, "docs", "licences.md")
	if *update {
		if err := os.WriteFile(name, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != page.String() {
		t.Errorf("docs/licences.md is not up to date: cd tests && go test ./supply -run Licence -update (%v)", err)
	}
}

// table lists dependencies, each of which must have a licence that is allowed.
func table(t *testing.T, all []dependency) string {
	t.Helper()
	if len(all) == 0 {
		return "None.\n"
	}
	slices.SortFunc(all, func(a, b dependency) int { return strings.Compare(a.name, b.name) })
	var text strings.Builder
	text.WriteString("| | licence |\n|---|---|\n")
	for _, d := range slices.Compact(all) {
		for _, licence := range strings.Split(d.licence, ", ") {
			if !slices.Contains(allowed, licence) && apart[d.name] != licence {
				t.Errorf("the licence of %s is %q, which is none of %s", d.name, licence, strings.Join(allowed, ", "))
			}
		}
		fmt.Fprintf(&text, "| `%s` | %s |\n", d.name, d.licence)
	}
	return text.String()
}

// manifests are the repository's go.mod and package.json files: first those of what is shipped.
func manifests(t *testing.T) []string {
	t.Helper()
	files := strings.Fields(string(run(t, root, "git", "ls-files", "--cached", "--others", "--exclude-standard", "*go.mod", "*package.json")))
	slices.SortStableFunc(files, func(a, b string) int {
		rank := func(file string) int {
			if i := slices.Index(shipped, filepath.Dir(file)); i >= 0 {
				return i
			}
			return len(shipped)
		}
		return rank(a) - rank(b)
	})
	return files
}

type module struct {
	Path, Version, Dir string
	Main, Indirect     bool
	Replace            *module
}

// compiled are the modules of the packages that are compiled into what is shipped.
func compiled(t *testing.T) []dependency {
	t.Helper()
	var all []dependency
	for _, dir := range shipped {
		seen := map[string]bool{}
		out := run(t, filepath.Join(root, dir), "go", "list", "-deps", "-json=Module", "./...")
		for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
			var p struct{ Module *module }
			if err := decoder.Decode(&p); err != nil {
				t.Fatal(err)
			}
			if m := p.Module; m != nil && !m.Main && m.Replace == nil && !seen[m.Path] {
				seen[m.Path] = true
				all = append(all, dependency{m.Path, licences(t, m)})
			}
		}
	}
	return all
}

// named are the modules that a go.mod asks for itself.
func named(t *testing.T, file string) []dependency {
	t.Helper()
	var mod struct {
		Require []module
		Replace []struct{ Old, New module }
	}
	dir := filepath.Join(root, filepath.Dir(file))
	if err := json.Unmarshal(run(t, dir, "go", "mod", "edit", "-json"), &mod); err != nil {
		t.Fatal(err)
	}
	var all []dependency
	for _, m := range mod.Require {
		replaced := slices.ContainsFunc(mod.Replace, func(r struct{ Old, New module }) bool {
			return r.Old.Path == m.Path && r.New.Version == ""
		})
		if m.Indirect || replaced { // by a folder of this repository
			continue
		}
		for _, r := range mod.Replace {
			if r.Old.Path == m.Path && (r.Old.Version == "" || r.Old.Version == m.Version) {
				m.Path, m.Version = r.New.Path, r.New.Version
			}
		}
		var got module
		if err := json.Unmarshal(run(t, dir, "go", "mod", "download", "-json", m.Path+"@"+m.Version), &got); err != nil {
			t.Fatal(err)
		}
		all = append(all, dependency{m.Path, licences(t, &got)})
	}
	return all
}

var texts *classifier.Classifier

// licences are those of a module's own licence files.
func licences(t *testing.T, m *module) string {
	t.Helper()
	if texts == nil {
		c, err := assets.DefaultClassifier()
		if err != nil {
			t.Fatal(err)
		}
		texts = c
	}
	entries, err := os.ReadDir(m.Dir)
	if err != nil {
		t.Fatalf("looking for the licence of %s %s: %v", m.Path, m.Version, err)
	}
	var found []string
	for _, e := range entries {
		if name := strings.ToUpper(e.Name()); e.IsDir() || !strings.HasPrefix(name, "LICEN") && !strings.HasPrefix(name, "COPYING") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(m.Dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range texts.Match(text).Matches {
			if match.MatchType == "License" && !slices.Contains(found, match.Name) {
				found = append(found, match.Name)
			}
		}
	}
	slices.Sort(found)
	return strings.Join(found, ", ")
}

// packages are those that a package.json asks for itself, by what their authors say in the lock file.
func packages(t *testing.T, file string) []dependency {
	t.Helper()
	type manifest struct{ Dependencies, DevDependencies map[string]string }
	var own manifest
	var lock struct {
		Packages map[string]struct{ License string }
	}
	read(t, filepath.Join(root, file), &own)
	read(t, filepath.Join(root, filepath.Dir(file), "package-lock.json"), &lock)
	var all []dependency
	for _, names := range []map[string]string{own.Dependencies, own.DevDependencies} {
		for name := range names {
			all = append(all, dependency{name, lock.Packages["node_modules/"+name].License})
		}
	}
	return all
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatalf("reading %s: %v", file, err)
	}
}
