package ci

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// pinned is an action by the digest of a commit, with the version that it is in a comment; or one of this repository.
var pinned = regexp.MustCompile(`^uses: (\./[\w./-]+|[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$`)

type workflow struct {
	On          map[string]any
	Permissions map[string]string
	Concurrency any
	Jobs        map[string]struct {
		TimeoutMinutes int `yaml:"timeout-minutes"`
		Environment    string
		If             string
		Needs          string
		Permissions    map[string]string
		Steps          []struct {
			Uses, Run string
			With      map[string]any
		}
	}
}

func workflows(t *testing.T) map[string]workflow {
	t.Helper()
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no workflows: %v", err)
	}
	all := map[string]workflow{}
	for _, name := range files {
		var w workflow
		b, err := os.ReadFile(name)
		if err == nil {
			err = yaml.Unmarshal(b, &w)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[strings.TrimSuffix(filepath.Base(name), ".yml")] = w
	}
	return all
}

func TestEveryActionIsPinnedByDigest(t *testing.T) {
	files, err := filepath.Glob("../../.github/*/*.yml")
	more, err2 := filepath.Glob("../../.github/*/*/*.yml")
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	digests := map[string]string{}
	for _, name := range append(files, more...) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			line = strings.TrimPrefix(strings.TrimSpace(line), "- ")
			if !strings.HasPrefix(line, "uses:") {
				continue
			}
			if !pinned.MatchString(line) {
				t.Errorf("%s: %s: an action is pinned by the 40 digits of a commit, with its version in a comment", name, line)
			}
			action, digest, _ := strings.Cut(line, "@")
			if other, ok := digests[action]; ok && other != digest {
				t.Errorf("%s: %s is pinned to %s here and to %s elsewhere", name, action, digest, other)
			}
			digests[action] = digest
		}
	}
	if len(digests) < 5 {
		t.Errorf("only %d actions were found", len(digests))
	}
}

func TestWorkflowsGetNoMoreThanTheyNeed(t *testing.T) {
	writes := map[string]map[string]string{ // by workflow and job, what may be written
		"preview/comment": {"pull-requests": "write"}, "release/release": {"contents": "write"},
		"preview/preview": {"id-token": "write"}, "drift/drift": {"id-token": "write"},
		"up/payer": {"id-token": "write"}, "up/primary": {"id-token": "write"}, "up/doctor": {"id-token": "write"},
	}
	for name, w := range workflows(t) {
		if _, risky := w.On["pull_request_target"]; risky {
			t.Errorf("%s: pull_request_target hands secrets to the code of strangers", name)
		}
		if w.Permissions == nil || w.Concurrency == nil {
			t.Errorf("%s: its permissions are %v and its concurrency %v: both are set", name, w.Permissions, w.Concurrency)
		}
		for job, j := range w.Jobs {
			if j.TimeoutMinutes == 0 {
				t.Errorf("%s/%s: it has no timeout-minutes", name, job)
			}
			granted := map[string]string{}
			for _, all := range []map[string]string{w.Permissions, j.Permissions} {
				for what, right := range all {
					if right == "write" {
						granted[what] = right
					}
				}
			}
			for what := range granted {
				if writes[name+"/"+job][what] != "write" {
					t.Errorf("%s/%s: it may write %s", name, job, what)
				}
			}
			for _, step := range j.Steps {
				if strings.Contains(step.Run, "${{") {
					t.Errorf("%s/%s: %q: what an expression gives becomes part of the script; hand it over by env", name, job, step.Run)
				}
				if strings.HasPrefix(step.Uses, "actions/checkout@") && step.With["persist-credentials"] != false {
					t.Errorf("%s/%s: the checkout leaves its token where the job's code finds it", name, job)
				}
			}
		}
	}
}

func TestStacksComeUpPayerFirstAndApproved(t *testing.T) {
	up := workflows(t)["up"]
	for _, job := range []string{"payer", "primary"} {
		j := up.Jobs[job]
		if j.Environment != "production" {
			t.Errorf("%s waits for no approval: its environment is %q", job, j.Environment)
		}
		runs := slices.ContainsFunc(j.Steps, func(s struct {
			Uses, Run string
			With      map[string]any
		}) bool {
			return s.Run == "ci/up.sh "+job
		})
		if !runs {
			t.Errorf("%s does not run ci/up.sh %s", job, job)
		}
	}
	if up.Jobs["primary"].Needs != "payer" || up.Jobs["doctor"].Needs != "primary" {
		t.Errorf("primary needs %q, doctor %q", up.Jobs["primary"].Needs, up.Jobs["doctor"].Needs)
	}
	preview := workflows(t)["preview"]
	if !strings.Contains(preview.Jobs["preview"].If, "head.repo.full_name == github.repository") {
		t.Errorf("a fork's pull request is previewed: %s", preview.Jobs["preview"].If)
	}
}
