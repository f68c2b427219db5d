package cloudintegration

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// field is one key of an entry of a cloud other than AWS, as the settings name it, and its rule.
type field struct {
	key     string
	value   *string
	secret  bool               // its value is told nowhere
	object  bool               // it may be given as an object instead of a text
	missing string             // what it is, if it cannot be left out
	check   func(string) error // of a value that is not empty
}

// entry is what a cloud's entries have in common.
type entry interface {
	fields(Format) []field // for flat, those that it cannot do without there
	key() string           // what Kubecost tells the cloud's entries apart by
	keyed() string         // the names of the fields that key is made of
}

// Fault is what is wrong with one entry, or with one key of it.
type Fault struct {
	Name  string // azure[0], or azure[0].container
	Value string // empty if it may not be told, or if there is none
	Err   error  // the rule, and what to do; it tells no value of a secret key
}

// Error tells the name, the value if it may be told, and the rule.
func (f Fault) Error() string {
	if f.Value == "" {
		return fmt.Sprintf("%s: %v", f.Name, f.Err)
	}
	return fmt.Sprintf("%s is %q: %v", f.Name, f.Value, f.Err)
}

// Unwrap returns the rule.
func (f Fault) Unwrap() error { return f.Err }

// list is the entries of one cloud.
type list struct {
	name    string
	entries []entry
}

// Clouds are the names of the clouds other than AWS, which are also those of their settings.
var Clouds = []string{"azure", "gcp", "alibaba", "oci"}

func (e Entries) clouds() []list {
	return []list{
		{"azure", each(e.Azure, func(a Azure) entry { return &a })},
		{"gcp", each(e.GCP, func(g GCP) entry { return &g })},
		{"alibaba", each(e.Alibaba, func(a Alibaba) entry { return &a })},
		{"oci", each(e.OCI, func(o OCI) entry { return &o })},
	}
}

// SecretKeys returns the names of the secrets that a cloud's entries hold, such as azure[0].storageAccessKey.
func (e Entries) SecretKeys(cloud string) []string {
	var names []string
	for _, l := range e.clouds() {
		for i, entry := range l.entries {
			for _, f := range entry.fields(Athena) {
				if l.name == cloud && f.secret && *f.value != "" {
					names = append(names, fmt.Sprintf("%s[%d].%s", l.name, i, f.key))
				}
			}
		}
	}
	return names
}

// Read adds a cloud's entries, as JSON has them in the settings: a list of objects. It returns every fault of theirs.
func (e *Entries) Read(cloud, text string, f Format) []Fault {
	var texts []json.RawMessage
	if err := json.Unmarshal([]byte(text), &texts); err != nil {
		return []Fault{{Name: cloud, Err: fmt.Errorf("it is %s, and must be a list of objects", kind([]byte(text)))}}
	}
	var faults []Fault
	spoilt := map[string]bool{}
	for i, text := range texts {
		name := fmt.Sprintf("%s[%d]", cloud, i)
		found := decode(name, text, e.add(cloud), f)
		for _, fault := range found {
			spoilt[fault.Name] = true
		}
		faults = append(faults, found...)
	}
	for _, l := range e.clouds() {
		if l.name == cloud {
			faults = append(faults, l.faults(f, spoilt)...)
		}
	}
	return faults
}

// add appends an empty entry of a cloud and returns it.
func (e *Entries) add(cloud string) entry {
	switch cloud {
	case "azure":
		e.Azure = append(e.Azure, Azure{})
		return &e.Azure[len(e.Azure)-1]
	case "gcp":
		e.GCP = append(e.GCP, GCP{})
		return &e.GCP[len(e.GCP)-1]
	case "alibaba":
		e.Alibaba = append(e.Alibaba, Alibaba{})
		return &e.Alibaba[len(e.Alibaba)-1]
	default:
		e.OCI = append(e.OCI, OCI{})
		return &e.OCI[len(e.OCI)-1]
	}
}

var wordKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// decode sets an entry's fields from a JSON object. It returns the faults of its form: unknown keys and values of other types.
func decode(name string, text []byte, into entry, f Format) []Fault {
	fields := into.fields(f)
	keys := strings.Join(each(fields, func(f field) string { return f.key }), ", ")
	var given map[string]json.RawMessage
	if err := json.Unmarshal(text, &given); err != nil || given == nil {
		return []Fault{{Name: name, Err: fmt.Errorf("it is %s, and must be an object with the keys %s", kind(text), keys)}}
	}
	var faults []Fault
	for _, key := range slices.Sorted(maps.Keys(given)) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == key })
		if i < 0 && !wordKey.MatchString(key) { // it may be a secret in the wrong place
			faults = append(faults, Fault{Name: name, Err: fmt.Errorf("one of its keys, of %d characters, is none of %s", len(key), keys)})
			continue
		}
		if i < 0 {
			faults = append(faults, Fault{Name: name + "." + key, Err: fmt.Errorf("there is no such key: it has %s", keys)})
			continue
		}
		value := given[key]
		if fields[i].object && bytes.HasPrefix(value, []byte("{")) {
			*fields[i].value = string(value)
		} else if err := json.Unmarshal(value, fields[i].value); err != nil || string(value) == "null" {
			must := "a string"
			if fields[i].object {
				must = "an object, or that as a string"
			}
			faults = append(faults, Fault{Name: name + "." + key, Err: fmt.Errorf("it is %s, and must be %s", kind(value), must)})
		}
	}
	return faults
}

// faults returns what is wrong with a cloud's entries for a format. Entries and keys that are spoilt, by name, are left out.
func (l list) faults(f Format, spoilt map[string]bool) []Fault {
	var faults []Fault
	seen := map[string]int{}
	for i, entry := range l.entries {
		name := fmt.Sprintf("%s[%d]", l.name, i)
		if spoilt[name] {
			continue
		}
		found := check(name, entry, f, spoilt)
		faults = append(faults, found...)
		first, twice := seen[entry.key()]
		if twice && len(found) == 0 {
			faults = append(faults, Fault{Name: name, Err: fmt.Errorf("it has the same %s as %s[%d], and Kubecost takes the two "+
				"for one: take one of them out", entry.keyed(), l.name, first)})
		} else if !twice && len(found) == 0 {
			seen[entry.key()] = i
		}
	}
	return faults
}

// check returns the faults of one entry.
func check(name string, e entry, f Format, spoilt map[string]bool) []Fault {
	if _, isOCI := e.(*OCI); isOCI && f == Flat {
		return []Fault{{Name: name, Err: errors.New("the flat format has no Oracle Cloud: set cloudIntegrationFormat to athena")}}
	}
	var faults []Fault
	for _, field := range e.fields(f) {
		full := name + "." + field.key
		switch value := *field.value; {
		case spoilt[full]:
		case value == "" && field.missing != "":
			faults = append(faults, Fault{Name: full, Err: fmt.Errorf("it is missing: %s", field.missing)})
		case value != "" && field.check != nil:
			if err := field.check(value); err != nil {
				if field.secret {
					value = ""
				}
				faults = append(faults, Fault{Name: full, Value: value, Err: err})
			}
		}
	}
	return faults
}

// kind names the type of a JSON value, which may be a secret and is not told.
func kind(text []byte) string {
	switch text = bytes.TrimSpace(text); {
	case len(text) == 0:
		return "empty"
	case text[0] == '{':
		return "an object"
	case text[0] == '[':
		return "a list"
	case text[0] == '"':
		return "a string"
	case text[0] == 't' || text[0] == 'f':
		return "true or false"
	case text[0] == 'n':
		return "null"
	default:
		return "a number or no JSON (a number is put in quotes)"
	}
}
