package stacks

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the schema's settings into Pulumi.yaml, docs/settings.md and the README")

// The settings are written three times, for three readers: in the schema for the program, in Pulumi.yaml for Pulumi, in
// docs/settings.md for people, with the important ones in the README too. The latter are made from the first by
// `go test ./stacks -run Settings -update`.
func TestTheSettingsAreTheSameInCodePulumiYamlAndDocs(t *testing.T) {
	const begin, end = "<!-- settings: %s -->\n\n", "\n<!-- end of settings -->"
	holds(t, "../Pulumi.yaml", "\nconfig:\n", "", projectSettings())
	for _, own := range []side{either, payer, primary, both, ci} {
		holds(t, "../docs/settings.md", fmt.Sprintf(begin, titles[own]), end, settingsTable(func(s setting) bool { return s.side == own }))
	}
	for _, key := range important {
		if !slices.ContainsFunc(schema, func(s setting) bool { return s.key == key }) {
			t.Errorf("there is no setting %s", key)
		}
	}
	holds(t, "../README.md", fmt.Sprintf(begin, "important"), end, settingsTable(func(s setting) bool { return slices.Contains(important, s.key) }))
}

// important are the settings that the README names.
var important = []string{
	"side", "payerAccountId", "primaryAccountId", "identity",
	"costAllocationTags", "activatedCostAllocationTags", "adopt", "catalogMode", "reportExpirationDays", "reportProtect", "kmsKeyArn", "lakeFormation",
	"payerStack", "payers", "clusterName", "kubeconfig", "oidcProvider", "createCluster", "chartLine", "storageClass", "values",
}

var titles = map[side]string{either: "every side", payer: "payer", primary: "primary", both: "both", ci: "ci"}

// holds expects that a file has text between two others, the second of which is the file's end if it is empty.
func holds(t *testing.T, name, begin, end, text string) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(b), begin)
	got, after, ended := rest, "", true
	if end != "" {
		got, after, ended = strings.Cut(rest, end)
	}
	switch {
	case !found || !ended:
		t.Errorf("%s has no %q with %q after it", name, begin, end)
	case got == text:
	case *update:
		if ended && end != "" {
			after = end + after
		}
		if err := os.WriteFile(name, []byte(before+begin+text+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s differs from the schema: run `go test ./stacks -run Settings -update`, and look at what changes", name)
	}
}

// projectSettings are the schema's settings as Pulumi.yaml has them.
func projectSettings() string {
	var b strings.Builder
	for _, s := range schema {
		fmt.Fprintf(&b, "  %s:\n    type: %s\n", s.key, s.kind)
		switch def := s.def.(type) {
		case []string:
			b.WriteString("    items:\n      type: string\n")
			if len(def) == 0 {
				b.WriteString("    default: []\n")
			} else {
				b.WriteString("    default:\n      - " + strings.Join(def, "\n      - ") + "\n")
			}
		case []object:
			b.WriteString("    items:\n      type: object\n    default: []\n")
		case object:
			b.WriteString("    default: {}\n")
		case string:
			fmt.Fprintf(&b, "    default: %q\n", def)
		default:
			fmt.Fprintf(&b, "    default: %v\n", def)
		}
		fmt.Fprintf(&b, "    description: %q\n", s.description)
	}
	return b.String()
}

// settingsTable are some of the schema's settings as people read them.
func settingsTable(of func(setting) bool) string {
	var b strings.Builder
	b.WriteString("| setting | type | default | what it is |\n|---|---|---|---|\n")
	for _, s := range schema {
		if !of(s) {
			continue
		}
		def := ""
		switch v := s.def.(type) {
		case []string:
			if def = "`[]`"; len(v) > 0 {
				def = fmt.Sprintf("%d tags", len(v))
			}
		case []object:
			def = "`[]`"
		case object:
			def = "`{}`"
		default:
			if v != "" {
				def = fmt.Sprintf("`%v`", v)
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.key, s.kind, def, s.description)
	}
	return b.String()
}
