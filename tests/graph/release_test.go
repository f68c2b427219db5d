package graph

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// The program registers the Helm release without the SDK's type for it. The SDK's source says what that type is.
func TestTheReleaseIsTheOneOfTheSDK(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi-kubernetes/sdk/v4").Output()
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(strings.TrimSpace(string(dir)), "go", "kubernetes", "helm", "v3", "release.go")
	file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	release := primaryGraph(t, nil).one(t, "kubernetes:helm.sh/v3:Release", "")

	inputs, outputs, tokens := pulumiTags(file, "releaseArgs"), pulumiTags(file, "Release"), texts(file, "NewRelease")
	if len(inputs) < 20 {
		t.Fatalf("the SDK's release has the inputs %v; this test no longer finds them", inputs)
	}
	for key := range release.inputs {
		if !inputs[key] {
			t.Errorf("the release is registered with %s, which the SDK's has not", key)
		}
	}
	for _, key := range []string{"name", "status"} {
		if !outputs[key] {
			t.Errorf("the output %s is read, which the SDK's release has not", key)
		}
	}
	if !tokens[release.token] {
		t.Errorf("the release is a %s; the SDK registers %v", release.token, tokens)
	}
	if release.inputs["compat"] != "true" || !tokens["true"] {
		t.Errorf("compat is %v; the SDK sets %v", release.inputs["compat"], tokens)
	}
}

// Helm refuses to install what belongs to another release, and the charts name their cluster roles alike in every namespace.
func TestARenamedReleaseIsDeletedBeforeTheOtherIsInstalled(t *testing.T) {
	if release := primaryGraph(t, nil).one(t, "kubernetes:helm.sh/v3:Release", ""); !release.first {
		t.Error("the other release is installed while the old one is there")
	}
}

// pulumiTags are the names in the pulumi tags of a struct's fields.
func pulumiTags(file *ast.File, name string) map[string]bool {
	tags := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != name {
			return true
		}
		if fields, ok := spec.Type.(*ast.StructType); ok {
			for _, f := range fields.Fields.List {
				if f.Tag != nil {
					tags[reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("pulumi")] = true
				}
			}
		}
		return false
	})
	return tags
}

// texts are the literal texts in a function.
func texts(file *ast.File, name string) map[string]bool {
	found := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if f, ok := n.(*ast.FuncDecl); ok && f.Name.Name != name {
			return false
		}
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil {
				found[s] = true
			}
		}
		return true
	})
	return found
}
