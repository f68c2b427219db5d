package e2e

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

var update = flag.Bool("update", false, "write what was seen into docs/changes.md")

// change is a setting of a stack that is up, given another value.
type change struct {
	key, value string
	with       map[string]string // what must be set together with it; empty for the default
	note       string            // why it is not previewed
}

// shown is what a preview of a change shows.
type shown struct {
	change
	effect    string
	protected bool // refused, because the report is protected
}

// given is what was set, in words.
func (c change) given() string {
	text := "`" + c.value + "`"
	for _, key := range slices.Sorted(maps.Keys(c.with)) {
		if c.with[key] == "" {
			text += ", with the default `" + key + "`"
		} else {
			text += fmt.Sprintf(", with `%s: %s`", key, c.with[key])
		}
	}
	return text
}

// TestEachSettingChangesOnlyWhatItMust previews a change of every setting there is, alone, and compares what the engine would do with
// docs/changes.md, which it writes with -update. A report is never replaced while it is protected.
func TestEachSettingChangesOnlyWhatItMust(t *testing.T) {
	var mu sync.Mutex
	seen := map[string][]shown{} // by side
	stacks := []struct {
		side    string
		changes []change
	}{{"payer", payerChanges}, {"primary", primaryChanges}, {"both", bothChanges}, {"payer-ci", ciChanges}}
	t.Run("previews", func(t *testing.T) {
		for _, s := range stacks {
			t.Run(s.side, func(t *testing.T) {
				rows := previews(t, s.side, s.changes)
				mu.Lock()
				defer mu.Unlock()
				seen[s.side] = rows
			})
		}
	})
	if t.Failed() {
		return
	}
	var b strings.Builder
	b.WriteString(changesIntroduction)
	have := map[string]bool{}
	for _, s := range stacks {
		fmt.Fprintf(&b, "\n## `side: %s`\n\n| setting | changed to | what the preview shows |\n|---|---|---|\n", s.side)
		for _, row := range seen[s.side] {
			have[row.key] = true
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", row.key, row.given(), row.effect)
		}
	}
	for _, key := range allSettings(t) {
		if !have[key] {
			t.Errorf("what a change of the setting %s does is not tested: add it to the changes of its side", key)
		}
	}
	name := filepath.Join(box.Env.Root, "docs", "changes.md")
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	documented, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, difference := range differences(string(documented), b.String()) {
		t.Errorf("docs/changes.md differs from what was seen: %s", difference)
	}
}

// previews brings a stack up and previews each change of it. What is refused because the report is protected is tried again with a
// report that is not, which must be a replacement, in the same row.
func previews(t *testing.T, side string, changes []change) []shown {
	t.Helper()
	w := newWorld(t)
	rows := previewsIn(w, side, "", changes) // the default: protected
	var again []change
	for _, row := range rows {
		if row.protected {
			again = append(again, row.change)
		}
	}
	if len(again) == 0 {
		return rows
	}
	free := map[string]string{}
	for _, row := range previewsIn(newWorld(t), side, "false", again) {
		if row.protected || !strings.Contains(row.effect, "replaces") && !strings.Contains(row.effect, "deletes") {
			t.Errorf("%s: %s is refused with a protected report; without protection: %s", row.key, row.value, row.effect)
		}
		free[row.key+row.value] = row.effect
	}
	for i, row := range rows {
		if row.protected {
			rows[i].effect += "; with `reportProtect: false` and an `up` before it " + free[row.key+row.value]
		}
	}
	return rows
}

func previewsIn(w *world, side, protect string, changes []change) []shown {
	w.t.Helper()
	switch side {
	case "primary":
		w.up("payer")
	case "payer-ci":
		w.from[side] = "Pulumi.payer.yaml"
		maps.Copy(w.settings, map[string]string{"side": side, "ciRepository": "acme/billing", "ciOidcProvider": "create"})
	default:
		w.settings["reportProtect"] = protect
	}
	w.up(side)
	var rows []shown
	for _, c := range changes {
		if c.note != "" {
			rows = append(rows, shown{change: c, effect: c.note})
			continue
		}
		before := maps.Clone(w.settings)
		accounts := strings.NewReplacer("PAYER", w.payer, "PRIMARY", w.primary)
		for key, value := range c.with {
			w.settings[key] = accounts.Replace(value)
		}
		w.settings[c.key] = accounts.Replace(c.value)
		steps, said, err := w.preview(side)
		row := shown{change: c, effect: effect(steps)}
		if err != nil {
			row.protected = protection.MatchString(said)
			row.effect = w.refusal(said, c.key)
		}
		rows = append(rows, row)
		w.settings = before
	}
	return rows
}

// effect is what steps do, in words.
func effect(steps map[string]string) string {
	verbs := map[string]string{
		"create": "makes", "update": "updates", "delete": "deletes",
		"replace": "replaces", "create-replacement": "replaces", "delete-replaced": "replaces",
	}
	by := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(steps)) {
		verb := verbs[steps[name]]
		by[verb] = append(by[verb], "`"+name+"`")
	}
	var parts []string
	for _, verb := range []string{"updates", "makes", "replaces", "deletes", ""} {
		if names := by[verb]; len(names) > 0 {
			parts = append(parts, verb+" "+strings.Join(names, ", "))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, "; ")
}

var (
	protection        = regexp.MustCompile(`marked for protection|because it is protected`)
	protectedResource = regexp.MustCompile(`(?:unable to (?:replace|delete) )?resource "[^"]*::([^":]+)"`)
)

// refusal is what an `up` that failed said of a setting, with this world's accounts made those of the examples.
func (w *world) refusal(said, key string) string {
	if protection.MatchString(said) {
		names := map[string]bool{}
		for _, match := range protectedResource.FindAllStringSubmatch(said, -1) {
			names["`"+match[1]+"`"] = true
		}
		return "refused: protected is " + strings.Join(slices.Sorted(maps.Keys(names)), ", ")
	}
	var found string
	best := 0
	for line := range strings.Lines(said) {
		for rank, part := range []string{"error: ", "kubecost-cur:", key} {
			if strings.Contains(line, part) && rank+1 >= best {
				found, best = line, max(best, rank+1)
			}
		}
	}
	if found == "" {
		w.t.Errorf("a changed %s is refused without a word:\n%s", key, said)
	}
	found = invocation.ReplaceAllString(found, "")
	return "refused: " + strings.NewReplacer(w.payer, sandbox.PayerAccount, w.primary, sandbox.PrimaryAccount, "|", "\\|").Replace(found)
}

// invocation is what the engine and the SDK put around an error.
var invocation = regexp.MustCompile(`^[ \t]*([*-] |.*error: )?(\[ERROR\] : )?|rpc error: code = \w+ desc = invocation of \S+ returned an error: |[:\s]+$`)

// allSettings are the settings of the project.
func allSettings(t *testing.T) []string {
	t.Helper()
	var project struct{ Config map[string]any }
	b, err := os.ReadFile(filepath.Join(box.Env.Root, "Pulumi.yaml"))
	if err == nil {
		err = yaml.Unmarshal(b, &project)
	}
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(project.Config))
}

// differences are the lines that only one of two texts has.
func differences(documented, seen string) []string {
	var all []string
	for _, pair := range []struct{ what, in, notIn string }{{"it has", documented, seen}, {"seen was", seen, documented}} {
		have := strings.Split(pair.notIn, "\n")
		for line := range strings.SplitSeq(pair.in, "\n") {
			if !slices.Contains(have, line) {
				all = append(all, fmt.Sprintf("%s %q", pair.what, line))
			}
		}
	}
	return all
}

const changesIntroduction = `# What a changed setting does

For each setting, given another value in a stack that is up: what ` + "`pulumi preview`" + ` shows. Each was changed alone, or with what it needs, in
the sandbox; the tests compare this page with what the engine says. Nothing that is not named is touched.

The report and its bucket are protected unless ` + "`reportProtect` is `false`" + `: a change that would replace or delete them is refused, and nothing
is changed. Where you want it all the same: set ` + "`reportProtect: false`, run `pulumi up`" + `, then make the change. A report that is made again needs another
` + "`reportName` or `reportPrefix`" + `, or AWS may corrupt its data.

A ` + "`kubecost-release`" + ` that is replaced is deleted first, with what it has stored: [Another namespace or release name](charts.md#another-namespace-or-release-name).
`
