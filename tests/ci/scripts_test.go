// Package ci tests what CI systems run: the scripts of the folder ci with stand-ins for the programs that they call, and the workflows.
// tests/e2e runs the same scripts with the real ones.
package ci

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// run runs a script of the folder ci in an empty folder, with a shell script in the place of a program that it calls, which finds the
// folder's name in $here.
func run(t *testing.T, program, does string, env []string, script string, args ...string) (dir, said string, code int) {
	t.Helper()
	dir = t.TempDir()
	stand := "#!/usr/bin/env bash\nhere=" + dir + "\n" + does + "\n"
	if err := os.WriteFile(filepath.Join(dir, program), []byte(stand), 0o755); err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Abs(filepath.Join("../../ci", script))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), append(env, "PATH="+dir+":"+os.Getenv("PATH"))...)
	out, err := cmd.CombinedOutput()
	if ended := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return dir, string(out), cmd.ProcessState.ExitCode()
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAPreviewEndsAsPulumiDoesAndIsWrittenEitherWay(t *testing.T) {
	for want, result := range map[int]string{0: "succeeded", 255: "**failed**, exit code 255"} {
		dir, said, code := run(t, "pulumi", fmt.Sprintf(`
			printf '%%s\n' "$*" "+ aws:s3/bucket:Bucket" "Resources:" "    + 25 to create" "    3 unchanged" ""
			echo a fault >&2
			exit %d`, want), nil, "preview.sh", "organization/kubecost-cur/payer")
		if code != want || !strings.Contains(said, "--stack organization/kubecost-cur/payer --diff --non-interactive") {
			t.Errorf("it ends with %d, want %d, and says %s", code, want, said)
		}
		comment := read(t, dir, "preview-payer.md")
		head := "<!-- pulumi preview: payer -->\n### Stack `payer`: preview " + result + "\n\n- + 25 to create\n- 3 unchanged\n"
		if !strings.HasPrefix(comment, head) || !strings.Contains(comment, "```diff\npreview --stack") || !strings.Contains(comment, "a fault\n```\n") {
			t.Errorf("the comment is:\n%s", comment)
		}
	}
}

func TestACommentIsNoLongerThanGitHubTakes(t *testing.T) {
	dir, said, _ := run(t, "pulumi", `for i in $(seq 3000); do echo "line $i äöü ------------------------------"; done; head -c 99999 /dev/zero | tr '\0' x`,
		nil, "preview.sh", "payer")
	comment := read(t, dir, "preview-payer.md")
	if len(comment) > 65536 || len(comment) < 50000 {
		t.Errorf("the comment has %d bytes", len(comment))
	}
	if !strings.Contains(comment, "more lines are in the log of the job\n```\n\n</details>\n") || !strings.Contains(said, "line 3000 ") {
		t.Errorf("it ends with %q, and the log has %d bytes", comment[len(comment)-200:], len(said))
	}
	dir, _, _ = run(t, "pulumi", `head -c 99999 /dev/zero | tr '\0' x`, nil, "preview.sh", "payer")
	if comment := read(t, dir, "preview-payer.md"); len(comment) > 1000 || !strings.Contains(comment, "... 1 more lines") {
		t.Errorf("of one long line the comment has %d bytes", len(comment))
	}
}

func TestNothingGetsOutOfACommentsFence(t *testing.T) {
	const text = "before ````` after\n```\n</details> **bold** <img src=x>\n"
	dir, _, _ := run(t, "pulumi", "cat <<'END'\n"+text+"END", nil, "preview.sh", "payer")
	if comment := read(t, dir, "preview-payer.md"); !strings.Contains(comment, "\n``````diff\n"+text+"``````\n") {
		t.Errorf("the comment is:\n%s", comment)
	}
}

func TestStacksComeUpInOrderUntilOneFails(t *testing.T) {
	const log = `echo "$*" >>"$here/calls"; `
	dir, said, code := run(t, "pulumi", log, nil, "up.sh", "payer", "primary")
	want := "up --stack payer --yes --diff --non-interactive --color never\nup --stack primary --yes --diff --non-interactive --color never\n"
	if calls := read(t, dir, "calls"); code != 0 || calls != want {
		t.Errorf("it ends with %d after\n%s%s", code, calls, said)
	}
	dir, said, code = run(t, "pulumi", log+"exit 255", nil, "up.sh", "payer", "primary")
	if calls := read(t, dir, "calls"); code != 255 || strings.Contains(calls, "primary") {
		t.Errorf("after a failure it ends with %d after\n%s%s", code, calls, said)
	}
	if _, said, code = run(t, "pulumi", log, nil, "up.sh"); code == 0 || !strings.Contains(said, "usage") {
		t.Errorf("without a stack it ends with %d and says %s", code, said)
	}
}

func TestDriftOfOneStackDoesNotHideThatOfAnother(t *testing.T) {
	const pulumi = `case "$*" in
		*"--stack same "*) exit 0 ;;
		*"--stack other "* | *"--stack another "*) exit 7 ;;
		*) exit 255 ;;
		esac`
	cases := []struct {
		stacks []string
		code   int
		says   string
	}{
		{[]string{"same"}, 0, "stack same: no drift"},
		{[]string{"other", "same", "another"}, 2, "drift in: other another. "},
		{[]string{"other", "broken"}, 1, "stack broken: its drift could not be told: pulumi ended with 255"},
		{nil, 1, "usage"},
	}
	for _, c := range cases {
		if _, said, code := run(t, "pulumi", pulumi, nil, "drift.sh", c.stacks...); code != c.code || !strings.Contains(said, c.says) {
			t.Errorf("of %v it ends with %d, want %d, and says %s", c.stacks, code, c.code, said)
		}
	}
}

func TestADoctorThatWaitsFailsNothing(t *testing.T) {
	for ends, want := range map[int]int{0: 0, 1: 1, 2: 0, 3: 3} {
		_, said, code := run(t, "kubecost-cur", fmt.Sprintf(`echo "$*"; exit %d`, ends), []string{"KUBECOST_CUR=kubecost-cur"},
			"doctor.sh", "payer", "primary", "--payer-profile", "payer")
		if code != want || !strings.Contains(said, "doctor --payer-stack payer --primary-stack primary --payer-profile payer\n") {
			t.Errorf("when the doctor ends with %d it ends with %d, want %d, and says %s", ends, code, want, said)
		}
	}
}

func TestACommentIsChangedAndNotAddedAgain(t *testing.T) {
	// gh finds the comments whose numbers are in $EARLIER.
	const gh = `printf '%s\n' "$*" >>"$here/calls"; case "$*" in *--paginate*) printf '%s' "$EARLIER" ;; esac`
	preview := filepath.Join(t.TempDir(), "preview-payer.md")
	write := func(text string) {
		if err := os.WriteFile(preview, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("<!-- pulumi preview: payer -->\ntext\n")
	env := []string{"GH_REPO=owner/name", "PULL_REQUEST=7", "EARLIER="}
	dir, said, code := run(t, "gh", gh, env, "comment.sh", preview)
	add := "api --silent --method POST repos/owner/name/issues/7/comments --field body=@" + preview
	if calls := read(t, dir, "calls"); code != 0 || !strings.Contains(calls, add) || strings.Contains(calls, "PATCH") ||
		!strings.Contains(calls, `.user.login == "github-actions[bot]" and (.body | startswith("<!-- pulumi preview: payer -->"))`) {
		t.Errorf("the first time it ends with %d after\n%s%s", code, calls, said)
	}
	env[2] = "EARLIER=11\n12\n"
	dir, said, code = run(t, "gh", gh, env, "comment.sh", preview)
	change := "api --silent --method PATCH repos/owner/name/issues/comments/11 --field body=@" + preview
	if calls := read(t, dir, "calls"); code != 0 || !strings.Contains(calls, change) || strings.Contains(calls, "POST") {
		t.Errorf("the second time it ends with %d after\n%s%s", code, calls, said)
	}
	for _, text := range []string{"", "text\n", `<!-- pulumi preview: a")) or true or (" -->` + "\n"} {
		write(text)
		if dir, said, code = run(t, "gh", gh, env, "comment.sh", preview); code == 0 || !strings.Contains(said, "does not begin with a line of") {
			t.Errorf("of %q it ends with %d and says %s", text, code, said)
		}
		if _, err := os.Stat(filepath.Join(dir, "calls")); err == nil {
			t.Errorf("of %q it has called GitHub", text)
		}
	}
}
