package docs

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Finding is something that the doctor may say, as its source has it: what depends on the case is an ellipsis.
type Finding struct {
	Check               string // by its name, such as payer-role
	Waits               bool   // it is no fault
	Seen, Cause, Remedy string
}

// source is a package's source, with what is declared in it by name.
type source struct {
	texts map[string]string // of constants
	funcs map[string]ast.Node
	vars  []*ast.ValueSpec
}

func readSource(dir string) (source, error) {
	s := source{texts: map[string]string{}, funcs: map[string]ast.Node{}}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return s, err
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return s, fmt.Errorf("reading the doctor's source: %w", err)
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				s.funcs[d.Name.Name] = d.Body
			case *ast.GenDecl:
				s.declare(d)
			}
		}
	}
	if len(s.vars) == 0 {
		return s, errors.New("the doctor's source declares nothing")
	}
	return s, nil
}

func (s *source) declare(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || len(v.Values) == 0 {
			continue
		}
		if d.Tok == token.VAR {
			s.vars = append(s.vars, v)
			continue
		}
		for i, name := range v.Names {
			if l, ok := v.Values[i].(*ast.BasicLit); ok && l.Kind == token.STRING {
				s.texts[name.Name] = constant.StringVal(constant.MakeFromLiteral(l.Value, l.Kind, 0))
			}
		}
	}
}

// within is the source with the constants that are declared below a node.
func (s source) within(n ast.Node) source {
	s.texts, s.vars = maps.Clone(s.texts), nil
	ast.Inspect(n, func(n ast.Node) bool {
		if d, ok := n.(*ast.GenDecl); ok && d.Tok == token.CONST {
			s.declare(d)
		}
		return true
	})
	return s
}

// Findings are all that the checks in a folder may say, in the order of the chain.
func Findings(dir string) ([]Finding, error) {
	s, err := readSource(dir)
	if err != nil {
		return nil, err
	}
	checks := map[string]*ast.CompositeLit{}
	var chain []string
	for _, v := range s.vars {
		for i, value := range v.Values {
			literal, ok := value.(*ast.CompositeLit)
			if !ok {
				continue
			}
			if kind, ok := literal.Type.(*ast.Ident); ok && kind.Name == "Check" {
				checks[v.Names[i].Name] = literal
			}
			if v.Names[i].Name == "Checks" {
				for _, e := range literal.Elts {
					chain = append(chain, e.(*ast.Ident).Name)
				}
			}
		}
	}
	var all []Finding
	for _, name := range chain {
		check := checks[name]
		if check == nil {
			return nil, fmt.Errorf("the chain has a check %s that is declared nowhere", name)
		}
		key := name
		for _, e := range check.Elts {
			if pair := e.(*ast.KeyValueExpr); pair.Key.(*ast.Ident).Name == "Name" {
				key = s.text(pair.Value)
			}
		}
		all = append(all, s.says(key, check, map[string]bool{})...)
	}
	return all, nil
}

// says are the findings that are made below a node, also by functions of the package that it calls.
func (s source) says(check string, n ast.Node, been map[string]bool) []Finding {
	var all []Finding
	s = s.within(n)
	ast.Inspect(n, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		name := ""
		switch f := call.Fun.(type) {
		case *ast.Ident:
			name = f.Name
		case *ast.SelectorExpr:
			name = f.Sel.Name
		}
		switch {
		case name == "failed":
			all = append(all, Finding{check, false, s.text(call.Args[0]), s.text(call.Args[1]), s.text(call.Args[2])})
		case name == "waiting":
			all = append(all, Finding{check, true, s.text(call.Args[0]), s.text(call.Args[1]), ""})
		case s.funcs[name] != nil && !been[name] && name != "recognised": // what is recognised is in a table of its own
			been[name] = true
			all = append(all, s.says(check, s.funcs[name], been)...)
		}
		return true
	})
	return all
}

var verb = regexp.MustCompile(`%[a-z]`)

// text is an expression as a person reads it, with an ellipsis for what is not in the source.
func (s source) text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return text
		}
	case *ast.Ident:
		if text, ok := s.texts[e.Name]; ok {
			return text
		}
	case *ast.BinaryExpr:
		return strings.ReplaceAll(s.text(e.X)+s.text(e.Y), "……", "…")
	case *ast.CallExpr:
		if f, ok := e.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			return verb.ReplaceAllString(s.text(e.Args[0]), "…")
		}
	}
	return "…"
}

func findingRows(findings []Finding) []string {
	rows := []string{"| check | seen | cause | to do |", "|---|---|---|---|"}
	for _, f := range findings {
		remedy := f.Remedy
		switch {
		case f.Waits && f.Cause == "…":
			continue // another one, handed on
		case f.Waits:
			remedy = "wait: it is no fault"
		case remedy == "…":
			remedy = "what the finding says"
		}
		if f.Seen == "…" {
			f.Seen = "the error, or what differs"
		}
		if f.Cause == "…" {
			f.Cause = "what the error says"
		}
		row := fmt.Sprintf("| [%s](doctor.md#%s) | %s | %s | %s |", f.Check, f.Check, cell(f.Seen), cell(f.Cause), cell(remedy))
		if !slices.Contains(rows, row) {
			rows = append(rows, row)
		}
	}
	return rows
}

func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }
