package policypack

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/internal/guardrails"
)

const root = "../.."

// casesFile is written by the tests of internal/guardrails.
const casesFile = root + "/policypack/testdata/cases.json"

func installed(t *testing.T) string {
	t.Helper()
	dir, err := Install(t.Context(), root, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func node(t *testing.T, dir string, env []string, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "node", args...)
	command.Dir, command.Env = dir, append(os.Environ(), env...)
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("node %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestThePackIsWellTypedAndPassesItsOwnTests(t *testing.T) {
	dir, built := installed(t), t.TempDir()
	cases, err := filepath.Abs(casesFile)
	if err != nil {
		t.Fatal(err)
	}
	node(t, dir, nil, "node_modules/typescript/bin/tsc", "--outDir", built)
	node(t, dir, []string{"CASES=" + cases}, "--test", built)
}

func TestThePackSaysOfEachCaseWhatTheGuardRailsSay(t *testing.T) {
	pack, err := Start(t.Context(), installed(t), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pack.Stop)
	var file struct {
		Safe  []guardrails.Resource
		Cases []struct {
			Name       string
			Changed    []guardrails.Resource
			Gone       []string
			Violations []guardrails.Violation
		}
	}
	b, err := os.ReadFile(casesFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 50 {
		t.Errorf("there are %d cases, want 50", len(file.Cases))
	}
	for _, c := range file.Cases {
		var resources []guardrails.Resource
		for _, r := range file.Safe {
			changed := slices.IndexFunc(c.Changed, func(one guardrails.Resource) bool { return one.URN == r.URN })
			switch {
			case slices.Contains(c.Gone, r.URN):
			case changed >= 0:
				resources = append(resources, c.Changed[changed])
			default:
				resources = append(resources, r)
			}
		}
		said, err := pack.Check(resources)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := Sorted(said), Sorted(c.Violations); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the pack says\n%v\nwant\n%v", c.Name, got, want)
		}
	}
}
