package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

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

type changedSide struct {
	name    string
	changes []change
}

// sides are the stacks whose settings are changed, each a section of docs/changes.md.
var sides = []changedSide{{"payer", payerChanges}, {"primary", primaryChanges}, {"both", bothChanges}, {"payer-ci", ciChanges}}

// A side each: they run beside one another.

func TestEachSettingOfThePayerChangesOnlyWhatItMust(t *testing.T) {
	changesOnly(t, "payer")
}

func TestEachSettingOfThePrimaryChangesOnlyWhatItMust(t *testing.T) {
	changesOnly(t, "primary")
}

func TestEachSettingOfBothSidesChangesOnlyWhatItMust(t *testing.T) {
	changesOnly(t, "both")
}

func TestEachSettingOfCIChangesOnlyWhatItMust(t *testing.T) {
	changesOnly(t, "payer-ci")
}

// Each setting of the project is changed in a side at least, and docs/changes.md has nothing but its sides.
func TestEachSettingIsAmongThoseThatAreChanged(t *testing.T) {
	t.Parallel()
	have := map[string]bool{}
	for _, s := range sides {
		for _, c := range s.changes {
			have[c.key] = true
		}
	}
	for _, key := range allSettings(t) {
		if !have[key] {
			t.Errorf("what a change of the setting %s does is not tested: add it to the changes of its side", key)
		}
	}
	page := changesPage(t, "", "")
	want := changesIntroduction
	for _, s := range sides {
		section := sectionOf(page, s.name)
		if section == "" {
			t.Errorf("docs/changes.md has no section of side %s", s.name)
		}
		want += section
	}
	for _, difference := range differences(page, want) {
		t.Errorf("docs/changes.md differs from what is to be there: %s", difference)
	}
}

// changesOnly previews a change of every setting of a side, alone, and compares what the engine would do with the side's section of
// docs/changes.md, which it writes with -update. A report is never replaced while it is protected.
func changesOnly(t *testing.T, side string) {
	t.Helper()
	i := slices.IndexFunc(sides, func(s changedSide) bool { return s.name == side })
	rows := previews(t, side, sides[i].changes)
	if t.Failed() {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n| setting | changed to | what the preview shows |\n|---|---|---|\n", sectionBegin(side))
	for _, row := range rows {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", row.key, row.given(), row.effect)
	}
	for _, difference := range differences(sectionOf(changesPage(t, side, b.String()), side), b.String()) {
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
