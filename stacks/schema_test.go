package stacks

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// The schema is written three times, for three readers: here for the program, in Pulumi.yaml for Pulumi, in the README for
// people. They must say the same.
func TestTheSettingsAreTheSameInCodePulumiYamlAndReadme(t *testing.T) {
	project, readme := readFile(t, "../Pulumi.yaml"), readFile(t, "../README.md")
	for _, s := range schema {
		entry := fmt.Sprintf("  %s:\n    type: %s\n", s.key, s.kind)
		switch def := s.def.(type) {
		case []string:
			entry += "    items:\n      type: string\n"
			if len(def) == 0 {
				entry += "    default: []\n"
			} else {
				entry += "    default:\n      - " + strings.Join(def, "\n      - ") + "\n"
			}
		case []object:
			entry += "    items:\n      type: object\n    default: []\n"
		case object:
			entry += "    default: {}\n"
		case string:
			entry += fmt.Sprintf("    default: %q\n", def)
		default:
			entry += fmt.Sprintf("    default: %v\n", def)
		}
		entry += fmt.Sprintf("    description: %q\n", s.description)
		if !strings.Contains(project, entry) {
			t.Errorf("Pulumi.yaml does not have\n%s", entry)
		}
		if !strings.Contains(readme, fmt.Sprintf("| `%s` |", s.key)) || !strings.Contains(readme, s.description) {
			t.Errorf("the README's table does not have %s with %q", s.key, s.description)
		}
	}
	if got := strings.Count(project, "\n    type: "); got != len(schema) {
		t.Errorf("Pulumi.yaml has %d settings, the program %d", got, len(schema))
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
