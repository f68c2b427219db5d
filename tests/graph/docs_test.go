package graph

import (
	"cmp"
	"maps"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/kubecost-cur/kubecost-cur/tests/docs"
)

// sides are the settings of one side alone, as docs/settings.md has them.
func sides(pages []docs.Page) map[string]string {
	side, all := "", map[string]string{}
	title, row := regexp.MustCompile(`^<!-- settings: (\w+)`), regexp.MustCompile("^\\| `(\\w+)` \\|")
	for _, p := range pages {
		if p.Name != "docs/settings.md" {
			continue
		}
		for _, line := range p.Lines {
			if m := title.FindStringSubmatch(line); m != nil {
				side = m[1]
			} else if m := row.FindStringSubmatch(line); m != nil {
				all["kubecost-cur:"+m[1]] = side
			}
		}
	}
	return all
}

// asSettings are settings of a stack's file as the engine hands them on.
func asSettings(t *testing.T, settings map[string]any) map[string]string {
	t.Helper()
	all := map[string]string{}
	for key, value := range settings {
		all[key] = asConfig(t, value)
	}
	return all
}

// The settings that pages show are taken by the program: those of a whole stack as they are, others among those of an example.
// What they have it look up, and a key that is secret and so not in the file, may be missing here.
func TestTheSettingsThatPagesShowAreTaken(t *testing.T) {
	pages, err := docs.Read("../..")
	if err != nil {
		t.Fatal(err)
	}
	sides := sides(pages)
	bases := map[string]map[string]string{"payer": payerSettings, "primary": primarySettings, "both": bothSettings}
	missing := regexp.MustCompile(`(?m)^.*(cannot be used: |it is missing|cannot be read|secret).*$`)
	whole, parts := 0, 0
	for _, p := range pages {
		for _, b := range p.Blocks {
			if b.Info != "yaml" || !strings.Contains(b.Text, "kubecost-cur:") {
				continue
			}
			var block map[string]any
			if err := yaml.Unmarshal([]byte(b.Text), &block); err != nil {
				t.Errorf("%s: %v", b.Where(), err)
				continue
			}
			stacks := map[string]map[string]string{}
			if config, ok := block["config"].(map[string]any); ok {
				settings := asSettings(t, config)
				stacks[settings["kubecost-cur:side"]] = settings
				whole++
			} else {
				given := asSettings(t, block)
				own, _ := strings.CutSuffix(given["kubecost-cur:side"], "-ci")
				for key, value := range given {
					side := cmp.Or(own, sides[key])
					if side != "payer" && side != "primary" && side != "both" {
						side = "primary"
					}
					if stacks[side] == nil {
						stacks[side] = maps.Clone(bases[side])
					}
					stacks[side][key] = value
				}
				parts++
			}
			for side, settings := range stacks {
				r := &recorder{payerOutputs: payerOutputs()}
				err := run(t, r, side, settings)
				if err == nil {
					continue
				}
				if left := missing.ReplaceAllString(err.Error(), ""); strings.Contains(left, "kubecost-cur:") || block["config"] != nil && settings["kubecost-cur:adopt"] == "" {
					t.Errorf("%s, side %s: %v", b.Where(), side, err)
				}
			}
		}
	}
	if whole < 4 || parts < 15 {
		t.Errorf("only %d whole stacks and %d parts were found", whole, parts)
	}
}
