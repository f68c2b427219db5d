package schema

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/kubecost-cur/kubecost-cur/plugin/serve"
)

// docs are the comments of Go types and fields, by "Type" and "Type.Field".
type docs struct {
	text   map[string]string
	consts map[string]string // the values of exported constants
}

// readDocs reads the comments of packages' sources.
func readDocs(dirs ...string) (docs, error) {
	d := docs{map[string]string{}, map[string]string{}}
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return d, fmt.Errorf("reading the components' sources: %w", err)
		}
		for _, entry := range entries {
			if filepath.Ext(entry.Name()) != ".go" || strings.HasSuffix(entry.Name(), "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, entry.Name()), nil, parser.ParseComments)
			if err != nil {
				return d, fmt.Errorf("reading the components' sources: %w", err)
			}
			for _, declared := range file.Decls {
				if general, ok := declared.(*ast.GenDecl); ok {
					d.add(general)
				}
			}
		}
	}
	return d, nil
}

func (d docs) add(declared *ast.GenDecl) {
	for _, spec := range declared.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			d.text[spec.Name.Name] = declared.Doc.Text()
			if structure, ok := spec.Type.(*ast.StructType); ok {
				d.fields(spec.Name.Name, structure)
			}
		case *ast.ValueSpec:
			for i, name := range spec.Names {
				if i >= len(spec.Values) {
					continue
				}
				if literal, ok := spec.Values[i].(*ast.BasicLit); ok && name.IsExported() {
					value := strings.ReplaceAll(literal.Value, "_", "")
					if text, err := strconv.Unquote(literal.Value); err == nil {
						value = text
					}
					d.consts[name.Name] = value
				}
			}
		}
	}
}

// fields reads the comments of a struct's fields. One that directly follows another shares its comment.
func (d docs) fields(of string, structure *ast.StructType) {
	shared, end := "", token.NoPos
	for _, field := range structure.Fields.List {
		text := field.Doc.Text()
		if text == "" && field.Pos() <= end+3 { // a line break and what it is indented with
			text = shared
		}
		for _, name := range field.Names {
			d.text[of+"."+name.Name] = text
		}
		shared, end = text, field.End()
	}
}

var (
	typeOfArgs = regexp.MustCompile(`\b([A-Z]\w*)Args\b`)
	constant   = regexp.MustCompile(`\bDefault\w+`)
	// told is where a word is taken for the name of a field of the same struct: where a sentence, or a part of one, begins.
	told = regexp.MustCompile(`(^|[.,;] |\band )([A-Z]\w*)\b`)
)

// ofType is a type's comment as the package's users read it.
func (d docs) ofType(name string) string {
	text := d.prose(name)
	if lead, rest, cut := strings.Cut(text, "Args describe "); cut && name == lead+"Args" {
		return serve.PropertyNames(strings.ToUpper(rest[:1]) + rest[1:])
	}
	if rest, cut := strings.CutPrefix(text, name); cut { // a field may have the type's name
		return name + serve.PropertyNames(rest)
	}
	return serve.PropertyNames(text)
}

// ofField is a field's comment as the package's users read it. own are the properties of its struct, by field.
func (d docs) ofField(of, field string, own map[string]string) string {
	text := told.ReplaceAllStringFunc(d.prose(of+"."+field), func(found string) string {
		at := strings.LastIndexFunc(found, func(r rune) bool { return !unicode.IsLetter(r) }) + 1
		if property := own[found[at:]]; property != "" {
			return found[:at] + property
		}
		return found
	})
	return typeOfArgs.ReplaceAllString(serve.PropertyNames(text), "$1")
}

// prose is a comment in one line, without its source, which is for those who read the code, and with the values of constants.
func (d docs) prose(key string) string {
	text, _, _ := strings.Cut(d.text[key], "\nSource: ")
	return constant.ReplaceAllStringFunc(strings.Join(strings.Fields(text), " "), func(name string) string {
		if value, known := d.consts[name]; known {
			return value
		}
		return name
	})
}
