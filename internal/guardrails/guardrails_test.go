package guardrails

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the cases for the tests of policypack")

// casesFile is what both forms of the rules are tested with.
const casesFile = "../../policypack/testdata/cases.json"

// testCase is the safe resources with some changed, in the same places, and some gone, and what Check says of them.
type testCase struct {
	Name       string      `json:"name"`
	Changed    []Resource  `json:"changed,omitempty"`
	Gone       []string    `json:"gone,omitempty"` // URNs
	Violations []Violation `json:"violations"`
}

// sorted are resources in the order of their names.
func sorted(all map[string]*Resource) []Resource {
	var resources []Resource
	for _, name := range slices.Sorted(maps.Keys(all)) {
		resources = append(resources, *all[name])
	}
	return resources
}

// run changes the safe resources and checks them.
func (b broken) run() testCase {
	resources := safe()
	if b.change != nil {
		b.change(resources)
	}
	c := testCase{Name: b.what, Violations: append([]Violation{}, Check(sorted(resources))...)}
	for _, was := range sorted(safe()) {
		now, there := resources[name(was.URN)]
		switch {
		case !there:
			c.Gone = append(c.Gone, was.URN)
		case !reflect.DeepEqual(*now, was):
			c.Changed = append(c.Changed, *now)
		}
	}
	return c
}

func TestEachRuleTripsOnAResourceThatBreaksIt(t *testing.T) {
	tripped := map[string]int{}
	for _, b := range breaks {
		t.Run(b.what, func(t *testing.T) {
			var got []string
			for _, v := range b.run().Violations {
				got = append(got, v.Rule+": "+name(v.Resource)+": "+v.Seen)
				tripped[v.Rule]++
			}
			if !slices.Equal(got, b.want) {
				t.Errorf("it says\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(b.want, "\n\t"))
			}
		})
	}
	for _, rule := range Rules() {
		if tripped[rule.Name] < 2 {
			t.Errorf("%d cases break %s, want 2", tripped[rule.Name], rule.Name)
		}
	}
}

func TestAViolationNamesRuleAndResourceAndWhatToDo(t *testing.T) {
	resources := safe()
	resources["definition"].Protect = false
	violations := Check(sorted(resources))
	want := "report-protected: definition: it is not protected. Take reportProtect: false and forceDestroy: true out of the settings."
	if len(violations) != 1 || violations[0].String() != want {
		t.Errorf("it says %v, want %s", violations, want)
	}
}

func TestThePolicyPackIsTestedWithTheSameCases(t *testing.T) {
	file := struct {
		Rules []Rule     `json:"rules"`
		Safe  []Resource `json:"safe"`
		Cases []testCase `json:"cases"`
	}{Rules: Rules(), Safe: sorted(safe())}
	for _, b := range breaks {
		file.Cases = append(file.Cases, b.run())
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(file); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(casesFile, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(casesFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(written, text.Bytes()) {
		t.Errorf("%s is not what the rules say: go test ./internal/guardrails -update writes it", casesFile)
	}
}

func TestThePageListsAllRules(t *testing.T) {
	const page, begin = "../../docs/policies.md", "<!-- rules -->\n"
	const end = "<!-- end of rules -->\n"
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(b), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no place for the rules", page)
	}
	var table strings.Builder
	table.WriteString("\n| rule | what holds | otherwise |\n|---|---|---|\n")
	for _, rule := range Rules() {
		kind := rule.Do
		if rule.Advisory {
			kind = "A warning. " + kind
		}
		table.WriteString("| `" + rule.Name + "` | " + rule.Description + " | " + kind + " |\n")
	}
	want := before + begin + table.String() + "\n" + end + after
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(b) != want {
		t.Errorf("%s does not list the rules as they are: go test ./internal/guardrails -update writes it", page)
	}
}
