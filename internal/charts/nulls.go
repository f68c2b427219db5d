package charts

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// plainKey is a key that needs no quotes in a path.
var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// Nulls returns the paths of the nulls among a user's values. To Helm, a null takes the chart's default away; the Release of Pulumi's
// Kubernetes provider leaves nulls out before version 4.30.
// Source: https://github.com/pulumi/pulumi-kubernetes/issues/2997
func Nulls(user map[string]any) []string {
	return nulls("", user)
}

func nulls(path string, value any) []string {
	var paths []string
	switch v := value.(type) {
	case nil:
		return []string{path}
	case values:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			paths = append(paths, nulls(below(path, key), v[key])...)
		}
	case []any:
		for i, item := range v {
			paths = append(paths, nulls(fmt.Sprintf("%s[%d]", path, i), item)...)
		}
	}
	return paths
}

// below is the path of a key in the map at a path.
func below(path, key string) string {
	switch {
	case !plainKey.MatchString(key):
		return fmt.Sprintf("%s[%q]", path, key)
	case path == "":
		return key
	}
	return path + "." + key
}
