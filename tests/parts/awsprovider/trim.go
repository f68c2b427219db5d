package main

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
)

// trimFile rewrites a Go file without the services that are not kept.
func trimFile(name string, keep []string) error {
	src, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	out, err := trim(src, keep)
	if err != nil {
		return err
	}
	return os.WriteFile(name, out, 0o644)
}

// trim drops, from a Go file's source, the imports of packages below a folder "service"
// whose names are not kept, each method that uses one, and each element of a composite
// literal that does. Comments go too.
func trim(src []byte, keep []string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, 0)
	if err != nil {
		return nil, err
	}
	dropped := map[string]bool{}
	for _, spec := range file.Imports {
		if name, p := imported(spec); strings.Contains(p, "/service/") && !slices.Contains(keep, name) {
			dropped[name] = true
		}
	}
	file.Decls = slices.DeleteFunc(file.Decls, func(decl ast.Decl) bool {
		fn, ok := decl.(*ast.FuncDecl)
		return ok && fn.Recv != nil && uses(fn, dropped)
	})
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.CompositeLit); ok {
			lit.Elts = slices.DeleteFunc(lit.Elts, func(e ast.Expr) bool { return uses(e, dropped) })
		}
		return true
	})
	dropUnusedImports(file)
	var out bytes.Buffer
	if err := format.Node(&out, fset, file); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// uses tells whether a node refers to one of the packages.
func uses(node ast.Node, packages map[string]bool) bool {
	found := false
	ast.Inspect(node, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && packages[id.Name] {
				found = true
			}
		}
		return !found
	})
	return found
}

// dropUnusedImports removes the imports that the reduced file no longer refers to.
func dropUnusedImports(file *ast.File) {
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.IMPORT {
			continue
		}
		gen.Specs = slices.DeleteFunc(gen.Specs, func(spec ast.Spec) bool {
			name, _ := imported(spec.(*ast.ImportSpec))
			return !uses(file, map[string]bool{name: true})
		})
	}
}

// imported returns the name under which a file knows an import, and the import's path.
func imported(spec *ast.ImportSpec) (name, importPath string) {
	importPath, err := strconv.Unquote(spec.Path.Value)
	if err != nil { // the parser admits no such import
		importPath = spec.Path.Value
	}
	name = path.Base(importPath)
	if isMajorVersion(name) {
		name = path.Base(path.Dir(importPath))
	}
	if spec.Name != nil {
		name = spec.Name.Name
	}
	return name, importPath
}

// isMajorVersion tells whether a path's last element is a major version, as in ".../v2".
func isMajorVersion(element string) bool {
	_, err := strconv.Atoi(strings.TrimPrefix(element, "v"))
	return strings.HasPrefix(element, "v") && err == nil
}
