package diff

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

type object = map[string]any

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct {
		trees Trees
		want  string // path and kind, in order of the path
	}{
		"nothing changed": {
			Trees{State: object{"a": 1.0, "uid": "x"}, Owned: object{"a": 1.0}, Inputs: object{"a": 1.0}}, ""},
		"a value": {
			Trees{State: object{"a": object{"b": 1.0}}, Owned: object{"a": object{"b": 1.0}}, Inputs: object{"a": object{"b": 2.0}}},
			"a.b UPDATE"},
		"a key with dots": {
			Trees{State: object{}, Owned: object{}, Inputs: object{"x.json": "1"}}, `["x.json"] ADD`},
		"a replacing one": {
			Trees{State: object{"name": "a"}, Owned: object{"name": "a"}, Inputs: object{"name": "b"}}, "name UPDATE_REPLACE"},
		"below a replacing one": {
			Trees{State: object{"data": object{}}, Owned: object{"data": object{}}, Inputs: object{"data": object{"k": "v"}}},
			"data.k ADD_REPLACE"},
		"what the program dropped": {
			Trees{State: object{"a": 1.0, "b": 2.0}, Owned: object{"a": 1.0}, Inputs: object{}}, "a DELETE"},
		"drift": {
			Trees{State: object{"a": 2.0}, Owned: object{"a": 1.0}, Inputs: object{"a": 1.0}}, "a UPDATE"},
		"a list that grew and changed": {
			Trees{State: object{"l": []any{"a"}}, Owned: object{"l": []any{"a"}}, Inputs: object{"l": []any{"b", "c"}}},
			"l[0] UPDATE, l[1] ADD"},
		"an unknown": {
			Trees{State: object{"a": "x"}, Owned: object{"a": "x"}, Inputs: object{"a": resource.Computed{}}}, "a UPDATE"},
	} {
		t.Run(name, func(t *testing.T) {
			changes := Compare(c.trees, resource.PropertyPath{"name"}, resource.PropertyPath{"data"})
			var got []string
			for _, path := range slices.Sorted(maps.Keys(changes)) {
				got = append(got, path+" "+changes[path].Kind.String())
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("got %v, want %q", got, c.want)
			}
		})
	}
}

func TestDriftIsNoChangeOfTheInputs(t *testing.T) {
	changes := Compare(Trees{State: object{"a": 2.0}, Owned: object{"a": 1.0}, Inputs: object{"a": 1.0}})
	if changes["a"].InputDiff {
		t.Error("the inputs are said to have changed")
	}
}

func TestIgnoredChangesDoNotCount(t *testing.T) {
	changes := Compare(Trees{State: object{}, Owned: object{}, Inputs: object{"values": object{"a": 1.0}, "name": "n"}})
	if err := Ignore(changes, []string{"values", "name"}); err != nil {
		t.Fatal(err)
	}
	if r := Response(changes); r.Changes != pulumirpc.DiffResponse_DIFF_NONE {
		t.Errorf("got %v, want no change", r)
	}
	if err := Ignore(changes, []string{`["`}); err == nil {
		t.Error("a malformed path was accepted")
	}
}
