package charts

import (
	"reflect"
	"slices"
	"strings"
)

// values are Helm values as JSON has them.
type values = map[string]any

// Settings are what the chart's values are made of.
type Settings struct {
	Account        string // of the cluster
	ServiceAccount string
	Secret         string // of cloud-integration.json
	StorageClass   string // of all volumes; the cluster's default if empty
	ClusterID      string // of the lines that need one
	User           map[string]any
}

// Values returns the chart's values: defaults, over them the user's, and over those what connects the chart to the bill.
func (l Line) Values(s Settings) map[string]any {
	required := l.required(s)
	return merge(merge(l.defaults(s), withoutReplaced(s.User, required)), required)
}

// withoutReplaced is user without the values that stand where required has a map: they are not taken, and would take the defaults beside
// what is required away.
func withoutReplaced(user, required values) values {
	kept := values{}
	for key, value := range user {
		if want, isMap := required[key].(values); isMap {
			below, isMap := value.(values)
			if !isMap {
				continue
			}
			value = withoutReplaced(below, want)
		}
		kept[key] = value
	}
	return kept
}

// Overridden returns the paths of the user's values that Values does not take, because the bill would not be read with them.
func (l Line) Overridden(s Settings) []string {
	return overridden("", s.User, l.required(s))
}

func overridden(path string, user, required values) []string {
	var paths []string
	for key, want := range required {
		got, given := user[key]
		if !given || reflect.DeepEqual(got, want) {
			continue
		}
		gotMap, isMap := got.(values)
		if wantMap, both := want.(values); isMap && both {
			paths = append(paths, overridden(path+key+".", gotMap, wantMap)...)
		} else {
			paths = append(paths, path+key)
		}
	}
	slices.Sort(paths)
	return paths
}

// merge returns a map with the entries of both, which shares nothing with them. Of two entries that are not both maps, over's is
// taken.
func merge(base, over values) values {
	merged := values{}
	for key, value := range base {
		merged[key] = copied(value)
	}
	for key, value := range over {
		below, isMap := value.(values)
		if already, both := merged[key].(values); isMap && both {
			merged[key] = merge(already, below)
		} else {
			merged[key] = copied(value)
		}
	}
	return merged
}

// copied is a value without the maps and lists that it is made of.
func copied(value any) any {
	switch v := value.(type) {
	case values:
		return merge(v, nil)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = copied(v[i])
		}
		return list
	}
	return value
}

// refusal is a value that a user may not set, and why, as the end of a sentence that begins with its path.
type refusal struct{ path, why string }

// at returns the value at a path, keys separated by dots; nil if there is none.
func at(v values, path string) any {
	var here any = v
	for _, key := range strings.Split(path, ".") {
		below, ok := here.(values)
		if !ok {
			return nil
		}
		here = below[key]
	}
	return here
}

// set is whether a template takes the value at a path for set: neither absent nor empty, false or 0.
func set(v values, path string) bool {
	value := reflect.ValueOf(at(v, path))
	if !value.IsValid() {
		return false
	}
	switch value.Kind() {
	case reflect.Map, reflect.Slice:
		return value.Len() > 0
	default:
		return !value.IsZero()
	}
}

// put returns the value at every one of the paths.
func put(value any, paths ...string) values {
	v := values{}
	for _, path := range paths {
		keys := strings.Split(path, ".")
		slices.Reverse(keys)
		leaf := value
		for _, key := range keys {
			leaf = values{key: leaf}
		}
		v = merge(v, leaf.(values))
	}
	return v
}

// storage gives every volume its storage class; none if that is the cluster's default.
func storage(class string, paths ...string) values {
	if class == "" {
		return values{}
	}
	return put(class, paths...)
}

// ownServiceAccount has a chart take the service account that there is. Left to itself it makes one of that name, without the role.
func ownServiceAccount(s Settings) values {
	return values{"create": false, "name": s.ServiceAccount}
}
