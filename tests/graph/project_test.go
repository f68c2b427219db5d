package graph

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"gopkg.in/yaml.v3"
)

type projectFile struct {
	Name    string
	Runtime struct{ Name string }
	Config  map[string]struct {
		Type        string
		Default     any
		Description string
		Items       struct{ Type string }
	}
}

func project(t testing.TB) projectFile {
	t.Helper()
	var p projectFile
	readYAML(t, "../../Pulumi.yaml", &p)
	return p
}

func readYAML(t testing.TB, name string, into any) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

// asConfig is a setting's value as Pulumi hands it to the program.
func asConfig(t *testing.T, v any) string {
	t.Helper()
	switch v.(type) {
	case []any, map[string]any:
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	return fmt.Sprint(v)
}

func TestEverySettingHasATypeADefaultAndADescription(t *testing.T) {
	p := project(t)
	if p.Name != "kubecost-cur" || p.Runtime.Name != "go" || len(p.Config) < 20 {
		t.Fatalf("the project is %s in %s with %d settings", p.Name, p.Runtime.Name, len(p.Config))
	}
	for key, s := range p.Config {
		if s.Type == "" || s.Default == nil || s.Description == "" || s.Type == "array" && s.Items.Type == "" {
			t.Errorf("setting %s: %+v", key, s)
		}
	}
}

func TestTheExampleStacksAreTaken(t *testing.T) {
	for _, stack := range []string{"payer", "primary"} {
		var file struct{ Config map[string]any }
		readYAML(t, "../../Pulumi."+stack+".yaml", &file)
		settings := map[string]string{}
		for key, value := range file.Config {
			settings[key] = asConfig(t, value)
		}
		if err := run(t, &recorder{payerOutputs: payerOutputs()}, stack, settings); err != nil {
			t.Errorf("Pulumi.%s.yaml: %v", stack, err)
		}
	}
}
