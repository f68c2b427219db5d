package docs

import (
	"errors"
	"fmt"
	"go/ast"
	"regexp"
	"strings"
)

// Known is an error that the doctor recognises.
type Known struct{ Where, Says, Cause, Remedy string }

// KnownErrors are those that the doctor in a folder recognises, in its order.
func KnownErrors(dir string) ([]Known, error) {
	s, err := readSource(dir)
	if err != nil {
		return nil, err
	}
	for _, v := range s.vars {
		if v.Names[0].Name != "knownErrors" {
			continue
		}
		var all []Known
		for _, e := range v.Values[0].(*ast.CompositeLit).Elts {
			fields := e.(*ast.CompositeLit).Elts
			pattern := s.text(fields[1].(*ast.CallExpr).Args[0])
			where := s.text(fields[0])
			if where == "" {
				where = "any"
			}
			all = append(all, Known{where, readable(pattern), s.text(fields[2]), s.text(fields[3])})
		}
		return all, nil
	}
	return nil, errors.New("the doctor's source has no knownErrors")
}

// readable is a regular expression as a person reads it.
func readable(pattern string) string {
	pattern = strings.TrimPrefix(pattern, "(?i)")
	for _, r := range []struct{ old, new string }{
		{".*", "…"}, {".?", "-"}, {`'?"?`, "'"}, {`\.`, "."}, {" ?", " "}, {`[^ ]+`, "…"},
	} {
		pattern = strings.ReplaceAll(pattern, r.old, r.new)
	}
	pattern = regexp.MustCompile(`\([A-Za-z ]+\)\?|s\?`).ReplaceAllString(pattern, "")
	return strings.ReplaceAll(pattern, `\(`, "(")
}

func errorRows(known []Known) []string {
	rows := []string{"| in | the error says | cause | to do |", "|---|---|---|---|"}
	for _, k := range known {
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |", k.Where, cell(k.Says), cell(k.Cause), cell(k.Remedy)))
	}
	return rows
}
