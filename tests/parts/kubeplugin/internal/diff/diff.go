// Package diff says what changes between a resource's state and its new inputs.
package diff

import (
	"fmt"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Trees are the values compared. An unknown is a [resource.Computed].
type Trees struct {
	State  map[string]any // what the resource is
	Owned  map[string]any // what of it the program set: only this is deleted when Inputs lacks it
	Inputs map[string]any // what the program wants now
}

// Compare returns the properties that change, by their path. A change at or below one of the paths in
// replaces means a new resource.
func Compare(t Trees, replaces ...resource.PropertyPath) map[string]*pulumirpc.PropertyDiff {
	c := comparison{changes: map[string]*pulumirpc.PropertyDiff{}, replaces: replaces}
	c.objects(nil, t.State, t.Owned, t.Inputs)
	return c.changes
}

type comparison struct {
	changes  map[string]*pulumirpc.PropertyDiff
	replaces []resource.PropertyPath
}

func (c *comparison) objects(path resource.PropertyPath, state, owned, inputs map[string]any) {
	for key, input := range inputs {
		at := child(path, key)
		current, ok := state[key]
		if !ok {
			c.add(at, pulumirpc.PropertyDiff_ADD, true)
			continue
		}
		c.values(at, current, owned[key], input)
	}
	for key := range owned {
		_, wanted := inputs[key]
		if _, there := state[key]; there && !wanted {
			c.add(child(path, key), pulumirpc.PropertyDiff_DELETE, true)
		}
	}
}

func (c *comparison) values(path resource.PropertyPath, state, owned, input any) {
	switch input := input.(type) {
	case map[string]any:
		if state, ok := state.(map[string]any); ok {
			owned, _ := owned.(map[string]any)
			c.objects(path, state, owned, input)
			return
		}
	case []any:
		if state, ok := state.([]any); ok {
			owned, _ := owned.([]any)
			c.lists(path, state, owned, input)
			return
		}
	}
	if !reflect.DeepEqual(state, input) {
		c.add(path, pulumirpc.PropertyDiff_UPDATE, !reflect.DeepEqual(owned, input))
	}
}

// lists compares item by item; the items that one list has more than the other are added or deleted.
func (c *comparison) lists(path resource.PropertyPath, state, owned, input []any) {
	for i := range max(len(state), len(input)) {
		at := child(path, i)
		switch {
		case i >= len(state):
			c.add(at, pulumirpc.PropertyDiff_ADD, true)
		case i >= len(input):
			c.add(at, pulumirpc.PropertyDiff_DELETE, true)
		case i < len(owned):
			c.values(at, state[i], owned[i], input[i])
		default:
			c.values(at, state[i], nil, input[i])
		}
	}
}

// add notes a change. ofInputs says whether the inputs themselves changed, or only the state drifted.
func (c *comparison) add(path resource.PropertyPath, kind pulumirpc.PropertyDiff_Kind, ofInputs bool) {
	for _, replace := range c.replaces {
		if replace.Contains(path) {
			kind++ // each kind is followed by its replacing form
			break
		}
	}
	c.changes[path.String()] = &pulumirpc.PropertyDiff{Kind: kind, InputDiff: ofInputs}
}

func child(path resource.PropertyPath, key any) resource.PropertyPath {
	return append(path[:len(path):len(path)], key)
}

// Ignore removes the changes at or below the given paths. It fails on a path that cannot be parsed.
func Ignore(changes map[string]*pulumirpc.PropertyDiff, paths []string) error {
	for _, p := range paths {
		ignored, err := resource.ParsePropertyPath(p)
		if err != nil {
			return fmt.Errorf("parsing ignored path %q: %w", p, err)
		}
		for changed := range changes {
			path, err := resource.ParsePropertyPath(changed)
			if err != nil {
				return fmt.Errorf("parsing changed path %q: %w", changed, err)
			}
			if ignored.Contains(path) {
				delete(changes, changed)
			}
		}
	}
	return nil
}

// Response turns changes into the engine's message.
func Response(changes map[string]*pulumirpc.PropertyDiff) *pulumirpc.DiffResponse {
	r := &pulumirpc.DiffResponse{
		Changes:         pulumirpc.DiffResponse_DIFF_NONE,
		DetailedDiff:    changes,
		HasDetailedDiff: true,
	}
	for path, change := range changes {
		r.Changes = pulumirpc.DiffResponse_DIFF_SOME
		r.Diffs = append(r.Diffs, path)
		switch change.Kind {
		case pulumirpc.PropertyDiff_ADD_REPLACE, pulumirpc.PropertyDiff_DELETE_REPLACE, pulumirpc.PropertyDiff_UPDATE_REPLACE:
			r.Replaces = append(r.Replaces, path)
		}
	}
	return r
}
