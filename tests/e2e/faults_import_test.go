package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// What AWS makes and does not tell of is in no state: the provider asks again, and AWS says that it is there. The next up says so too,
// by name, and goes on once it is imported as docs/faults.md says.
func TestWhatWasMadeWithoutAnAnswerIsNamedAndImported(t *testing.T) {
	w, random := faulty(t)
	for _, name := range []string{"payer", "primary"} {
		stack, ups := w.stack(name), 1
		b := w.breaks(random, func(r simaws.Request) []simaws.Fault {
			if r.Makes() {
				return done
			}
			return nil
		})
		for ; ; ups++ {
			said, err := w.tries(stack)
			if err == nil {
				break
			}
			if ups > rungs {
				t.Fatalf("%s is not up after %d times:\n%s", name, ups, said)
			}
			w.importWhatExists(stack, said)
		}
		b.mend()
		if ups == 1 {
			t.Errorf("%s was up at once, so that nothing was imported: %s", name, b.byKind())
		}
		t.Logf("%s was up after %d times: %s", name, ups, b.byKind())
		w.consistent()
		w.unchanged(name)
	}
}

var (
	// diagnostic is what the engine says last of a resource: its name, and the errors.
	diagnostic = regexp.MustCompile(`(?m)^  \S+ \((\S+)\):\n((?:    .*\n)+)`)
	// exists is how AWS says that what is to be made is there already.
	exists = regexp.MustCompile(`AlreadyExists|BucketAlreadyOwnedByYou|is already created|DuplicateReportName|cannot re-use a name`)
)

// importWhatExists imports what an up has said exists already, as docs/faults.md says: of the file in docs/import a person keeps what up
// has named.
func (w *world) importWhatExists(stack auto.Stack, said string) {
	w.t.Helper()
	var names []string
	for _, d := range diagnostic.FindAllStringSubmatch(said, -1) {
		if exists.MatchString(d[2]) {
			names = append(names, d[1])
		}
	}
	if len(names) == 0 {
		w.t.Fatalf("%s is not up, and nothing is said to exist already:\n%s", stack.Name(), said)
	}
	content, err := os.ReadFile(filepath.Join(box.Env.Root, "docs", "import", stack.Name()+".json"))
	if err != nil {
		w.t.Fatal(err)
	}
	own := strings.NewReplacer(sandbox.PayerAccount, w.payer, sandbox.PrimaryAccount, w.primary, "kubecost/kubecost", w.name+"/kubecost")
	var file struct {
		NameTable map[string]string `json:"nameTable"`
		Resources []map[string]any  `json:"resources"`
	}
	if err := json.Unmarshal([]byte(own.Replace(string(content))), &file); err != nil {
		w.t.Fatal(err)
	}
	file.Resources = slices.DeleteFunc(file.Resources, func(r map[string]any) bool { return !slices.Contains(names, r["name"].(string)) })
	if len(file.Resources) != len(names) {
		w.t.Fatalf("docs/import/%s.json lacks one of %v, which exist already", stack.Name(), names)
	}
	if content, err = json.Marshal(file); err != nil {
		w.t.Fatal(err)
	}
	name := filepath.Join(w.t.TempDir(), "import.json")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.pulumi(stack, "import", "--file", name, "--yes", "--skip-preview", "--protect=false", "--generate-code=false")
}
