package serve

import (
	"reflect"
	"regexp"
	"strings"
	"unicode"
)

// Property is the name of a field as the package's users write it, and whether an argument may be left out; "" for a field that is not
// of the package.
func Property(field reflect.StructField) (name string, optional bool) {
	if name, ok := field.Tag.Lookup(resourceTag); ok {
		return name, true
	}
	name, flags, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
	return name, flags == "optional"
}

// Names are the properties of all components and of the types in their arguments, by the names of their fields in Go. A name that stands
// for several properties is left out.
var Names = func() map[string]string {
	names, seen := map[string]string{}, map[reflect.Type]bool{}
	var add func(t reflect.Type)
	add = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] {
			return
		}
		seen[t] = true
		for i := range t.NumField() { // none of what is embedded
			field := t.Field(i)
			property, _ := Property(field)
			if property == "" {
				continue
			}
			if other, taken := names[field.Name]; taken && other != property {
				property = "" // and stays so
			}
			names[field.Name] = property
			add(field.Type)
		}
	}
	for _, c := range Components {
		add(c.Args)
		add(c.Result)
	}
	for _, c := range Components {
		delete(names, c.Result.Name()) // and not what is adopted of it
	}
	return names
}()

var (
	// quoted is a string in quotes, which is a value, or a word that may be a field's name.
	quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\b[A-Z][A-Za-z]*\b`)
	// subject is what follows a word that is a field's name, and no other: "Region is", "Payers[0]".
	subject = regexp.MustCompile(`^(?:\[|\.[A-Za-z]| is | are |, | and | nor |: )`)
)

// PropertyNames writes the names of Go fields in a string as the package's users know them. Those of one word, which may be a word like
// any other, are taken for names only where something is said of them. Texts in quotes stay as they are.
func PropertyNames(text string) string {
	var b strings.Builder
	end := 0
	for _, at := range quoted.FindAllStringIndex(text, -1) {
		word := text[at[0]:at[1]]
		b.WriteString(text[end:at[0]])
		end = at[1]
		if property := Names[word]; property != "" && (humps(word) > 1 || subject.MatchString(text[end:])) {
			word = property
		}
		b.WriteString(word)
	}
	return b.String() + text[end:]
}

// humps is how many words a name in camel case has.
func humps(name string) int {
	n, before := 0, false
	for _, r := range name {
		if upper := unicode.IsUpper(r); upper && !before {
			n++
			before = true
		} else if !upper {
			before = false
		}
	}
	return n
}
