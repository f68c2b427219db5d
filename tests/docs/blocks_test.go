package docs

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const root = "../.."

func pages(t *testing.T) []Page {
	t.Helper()
	all, err := Read(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 16 {
		t.Fatalf("there are only %d pages", len(all))
	}
	return all
}

// A reader has to see what a block is, and whether a command in it works without accounts.
func TestEveryBlockSaysWhatItIs(t *testing.T) {
	known := []string{Shell, ShellElsewhere, "text", "yaml", "json", "go", "mermaid", "typescript", "python", "hcl", "sql"}
	for _, p := range pages(t) {
		for _, b := range p.Blocks {
			if !slices.Contains(known, b.Info) {
				t.Errorf("%s: the block is %q: fence it, and say which it is of %q", b.Where(), b.Info, known)
			}
			if b.Info == Shell || b.Info == ShellElsewhere {
				if len(b.Commands()) == 0 {
					t.Errorf("%s: there is no command", b.Where())
				}
			} else if firstWord := regexp.MustCompile(`(?m)^(pulumi|make|kubectl|aws|helm|bin/kubecost-cur) `); b.Info == "text" && firstWord.MatchString(b.Text) {
				t.Errorf("%s: a command is in a block that is text", b.Where())
			}
		}
	}
}

func TestYAMLAndJSONParse(t *testing.T) {
	for _, p := range pages(t) {
		for _, b := range p.Blocks {
			var into any
			switch b.Info {
			case "yaml":
				if err := yaml.Unmarshal([]byte(b.Text), &into); err != nil {
					t.Errorf("%s: %v", b.Where(), err)
				}
			case "json":
				if err := json.Unmarshal([]byte(b.Text), &into); err != nil {
					t.Errorf("%s: %v", b.Where(), err)
				}
			}
		}
	}
}

// Pulumi builds the program into buildTarget at each preview, over whatever is there.
func TestNoCommandBuildsWherePulumiBuildsTheProgram(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var project struct {
		Runtime struct {
			Options struct {
				BuildTarget string `yaml:"buildTarget"`
			}
		}
	}
	if err := yaml.Unmarshal(text, &project); err != nil {
		t.Fatal(err)
	}
	program := filepath.Clean(project.Runtime.Options.BuildTarget)
	build := regexp.MustCompile(`go build -C (\S+) -o (\S+)`)
	seen := 0
	for _, p := range pages(t) {
		for _, b := range p.Blocks {
			for _, m := range build.FindAllStringSubmatch(b.Text, -1) {
				seen++
				if filepath.Join(m[1], m[2]) == program {
					t.Errorf("%s builds into %s, which is the program after the next `pulumi preview`", b.Where(), program)
				}
			}
		}
	}
	if seen < 3 || program == "." {
		t.Errorf("%d builds were found, and buildTarget %q", seen, program)
	}
}

// The project's own checks, which pages name as what was run, have to be there: CI runs all of them.
func TestTheChecksThatPagesNameAreThere(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, p := range pages(t) {
		for _, b := range p.Blocks {
			if b.Info != Shell {
				continue
			}
			for _, c := range b.Commands() {
				if c.Own() {
					seen++
					if err := checkOwn(t, string(makefile), c.Text); err != nil {
						t.Errorf("%s: `%s`: %v", b.Where(), c.Text, err)
					}
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d such commands were found", seen)
	}
}

var (
	goTest   = regexp.MustCompile(`go test (?:-\S+ )*\./(\S+)`)
	whichOne = regexp.MustCompile(`-(?:test\.)?(?:run|bench)[= ]('[^']+'|"[^"]+"|[^ '")]+)`)
)

// checkOwn returns an error for a check of the project's that is not there: a target, a script, a folder, or tests of a name.
func checkOwn(t *testing.T, makefile, command string) error {
	t.Helper()
	if script, _, _ := strings.Cut(command, " "); strings.HasPrefix(script, "ci/") {
		_, err := os.Stat(filepath.Join(root, script))
		return err
	}
	folder := "tests/e2e"
	if m := goTest.FindStringSubmatch(command); m != nil {
		folder = strings.TrimSuffix(strings.TrimSuffix(m[1], ")"), "/...")
		if strings.Contains(command, "cd tests") {
			folder = "tests/" + folder
		}
	} else if _, rest, ok := strings.Cut(command, "make "); ok {
		target, _, _ := strings.Cut(rest, " ")
		if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(target) + `:`).MatchString(makefile) {
			return fmt.Errorf("the Makefile has no %s", target)
		}
	}
	for _, m := range whichOne.FindAllStringSubmatch(command, -1) {
		of := regexp.MustCompile(strings.Trim(m[1], `'"`))
		if of.String() != "^$" && !slices.ContainsFunc(testsOf(t, folder), of.MatchString) {
			return fmt.Errorf("no test of %s is called %s", folder, of)
		}
	}
	_, err := os.Stat(filepath.Join(root, folder))
	return err
}

// testsOf are the names of the tests in a folder.
func testsOf(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && regexp.MustCompile("^(Test|Fuzz|Benchmark)").MatchString(f.Name.Name) {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names
}
