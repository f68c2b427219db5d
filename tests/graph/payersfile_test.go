package graph

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// payersIn is a file with a text.
func payersIn(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "payers.yaml")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestFurtherPayersMayBeInAFile(t *testing.T) {
	r := &recorder{payerOutputs: payerOutputs(), otherStacks: map[string]map[string]any{
		"organization/kubecost-cur/b": outputsOf(account(3)),
	}}
	entry := text(t, literal(account(2)))
	file := payersIn(t, "# further payers\n- "+entry+"\n- stack: b\n  accountId: \""+account(3)+"\"\n")
	err := run(t, r, "primary", with(primarySettings, map[string]string{
		"kubecost-cur:payers": text(t, []any{literal(account(1))}), "kubecost-cur:payersFile": file,
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{payerAccount, account(1), account(2), account(3)}
	if got := bills(t, r); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the secret has %v, want %v", got, want)
	}
}

func TestAPayersFileThatIsNoneIsNamedWithTheRule(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"not there":        {"gone.yaml", `payersFile is "gone.yaml": the file, in the project's folder, cannot be read: no such file`},
		"a folder":         {t.TempDir(), "it is no file"},
		"not a list":       {payersIn(t, "stack: b\n"), "a list of objects"},
		"empty":            {payersIn(t, ""), "a list of objects"},
		"too large":        {payersIn(t, strings.Repeat(" ", 3<<20)), "larger than 2 MiB"},
		"an unknown key":   {payersIn(t, "- stak: b\n"), "payersFile[0]"},
		"account a number": {payersIn(t, "- {stack: b, accountId: 333333333333}\n"), "accountId is a number, and must be a string: put it in quotes"},
		"the same stack":   {payersIn(t, "- {stack: payer, accountId: \"111111111111\"}\n"), "payersFile[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{payerOutputs: payerOutputs()}
			err := run(t, r, "primary", with(primarySettings, map[string]string{"kubecost-cur:payersFile": c.file}))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "nothing was changed") {
				t.Errorf("the error does not say %q: %v", c.want, err)
			}
			if len(r.resources) > 0 {
				t.Errorf("it registered %v first", r.count())
			}
		})
	}
}
