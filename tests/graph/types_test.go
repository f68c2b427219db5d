package graph

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// Go lets no other module name a type of internal/, so an argument of such a type needs an alias in components.
func TestAProgramOfAnotherModuleCanNameTheTypeOfEveryArgument(t *testing.T) {
	files, err := filepath.Glob("../../components/*.go")
	if err != nil {
		t.Fatal(err)
	}
	aliases, needed := map[string]bool{}, map[string]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		internal := map[string]bool{}
		for _, i := range file.Imports {
			if path := strings.Trim(i.Path.Value, `"`); strings.Contains(path, "/kubecost-cur/internal/") {
				internal[path[strings.LastIndex(path, "/")+1:]] = true
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if s, ok := spec.Type.(*ast.SelectorExpr); ok && spec.Assign.IsValid() {
				aliases[s.X.(*ast.Ident).Name+"."+s.Sel.Name] = true
			}
			if s, ok := spec.Type.(*ast.StructType); ok && spec.Name.IsExported() {
				for _, field := range s.Fields.List {
					ast.Inspect(field.Type, func(n ast.Node) bool {
						if s, ok := n.(*ast.SelectorExpr); ok {
							if of, ok := s.X.(*ast.Ident); ok && internal[of.Name] && field.Names[0].IsExported() {
								needed[of.Name+"."+s.Sel.Name] = spec.Name.Name + "." + field.Names[0].Name
							}
						}
						return true
					})
				}
			}
			return true
		})
	}
	for kind, argument := range needed {
		if !aliases[kind] {
			t.Errorf("%s is a %s, which components has no alias for", argument, kind)
		}
	}
	if len(needed) < 3 {
		t.Errorf("only %v were found", needed)
	}
}
