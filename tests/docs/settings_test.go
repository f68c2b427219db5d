package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// settingsOf are the names of a project's settings.
func settingsOf(t *testing.T, name string) map[string]any {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	var project struct{ Config map[string]any }
	if err := yaml.Unmarshal(b, &project); err != nil {
		t.Fatal(err)
	}
	return project.Config
}

// chartValues are the names of the charts' values.
func chartValues(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "tests", "helmrepo", "*", "values.yaml"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%d charts were found: %v", len(files), err)
	}
	names := map[string]bool{}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var values map[string]any
		if err := yaml.Unmarshal(b, &values); err != nil {
			t.Fatal(err)
		}
		for key := range values {
			names[key] = true
		}
	}
	return names
}

var (
	ofProject = regexp.MustCompile(`kubecost-cur:([a-z][A-Za-z]*)`)
	ofCommand = regexp.MustCompile(`pulumi config (?:set|rm|get) ((?:--\S+(?: (?:payer|primary|both|payer-ci|example|bool))? )*)'?"?(?:kubecost-cur:)?([a-z][A-Za-z]*)`)
	ofCode    = regexp.MustCompile("`([a-z][A-Za-z]*): [^`]+`")
)

// notSettings are keys that pages name in the same way: Pulumi's, Kubernetes' and those of entries and of what AWS has.
var notSettings = []string{"config", "stack", "env", "on", "version"}

func TestTheSettingsThatPagesNameAreThere(t *testing.T) {
	known, example, chart := settingsOf(t, "Pulumi.yaml"), settingsOf(t, "examples/go/Pulumi.yaml"), chartValues(t)
	seen := 0
	for _, p := range pages(t) {
		for i, line := range p.Lines {
			var names []string
			for _, m := range ofProject.FindAllStringSubmatch(line, -1) {
				if m[1] != "index" { // the components' tokens
					names = append(names, m[1])
				}
			}
			for _, m := range ofCommand.FindAllStringSubmatch(line, -1) {
				names = append(names, m[2])
			}
			for _, m := range ofCode.FindAllStringSubmatch(line, -1) {
				if !slices.Contains(notSettings, m[1]) && !chart[m[1]] {
					names = append(names, m[1])
				}
			}
			seen += len(names)
			for _, name := range names {
				if _, ok := known[name]; ok {
					continue
				}
				if _, ok := example[name]; ok && strings.HasPrefix(p.Name, "examples/") {
					continue
				}
				t.Errorf("%s:%d: there is no setting %s", p.Name, i+1, name)
			}
		}
	}
	if seen < 150 {
		t.Errorf("only %d settings were found", seen)
	}
}
