package guardrails

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// statement is one statement of a policy that anybody wrote.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
type statement struct {
	where string // the property and the statement
	body  map[string]any
}

func (s statement) allows() bool { return s.body["Effect"] != "Deny" }

// attached says whether the statement says whom it is for, as those do that are attached to a resource or a role's trust.
func (s statement) attached() bool {
	return s.body["Principal"] != nil || s.body["NotPrincipal"] != nil
}

// principals are those named in the statement, as kind and name. The principal * is of kind *.
func (s statement) principals() [][2]string {
	var all [][2]string
	kinds, byKind := s.body["Principal"].(map[string]any)
	if !byKind {
		for _, one := range texts(s.body["Principal"]) {
			all = append(all, [2]string{"*", one})
		}
		return all
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		for _, one := range texts(kinds[kind]) {
			all = append(all, [2]string{kind, one})
		}
	}
	return all
}

// condition is one key of a statement's condition. Operator and key are in small letters, since case does not count in them.
type condition struct {
	operator, key string
	values        []string
}

func (s statement) conditions() []condition {
	var all []condition
	operators, _ := s.body["Condition"].(map[string]any)
	for _, operator := range slices.Sorted(maps.Keys(operators)) {
		keys, _ := operators[operator].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			all = append(all, condition{strings.ToLower(operator), strings.ToLower(key), texts(keys[key])})
		}
	}
	return all
}

// texts are the values of what may be one value or a list of them; a number or truth value as JSON writes it.
func texts(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, texts(one)...)
		}
		return all
	default:
		return []string{text(v)}
	}
}

func wild(pattern string) bool { return strings.ContainsAny(pattern, "*?") }

// statements are those of all policies of an AWS resource, in whatever property they are, as text or as object.
func (r Resource) statements() []statement {
	if !strings.HasPrefix(r.Type, "aws:") {
		return nil
	}
	return statementsIn("", r.Properties)
}

func statementsIn(where string, v any) []statement {
	var all []statement
	switch v := v.(type) {
	case string:
		var document map[string]any
		if strings.HasPrefix(strings.TrimSpace(v), "{") && json.Unmarshal([]byte(v), &document) == nil && document["Statement"] != nil {
			return statementsIn(where, document)
		}
	case []any:
		for i, one := range v {
			all = append(all, statementsIn(fmt.Sprintf("%s[%d]", where, i), one)...)
		}
	case map[string]any:
		if found, isPolicy := v["Statement"]; isPolicy {
			return statementsOf(where, found)
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			all = append(all, statementsIn(strings.TrimPrefix(where+"."+key, "."), v[key])...)
		}
	}
	return all
}

// statementsOf are the statements of a document, which may be one or a list.
func statementsOf(where string, v any) []statement {
	if one, alone := v.(map[string]any); alone {
		v = []any{one}
	}
	var all []statement
	for i, one := range list(v) {
		body, _ := one.(map[string]any)
		label := fmt.Sprintf("%s, statement %d", where, i+1)
		if sid, named := body["Sid"].(string); named && sid != "" {
			label = where + ", " + sid
		}
		all = append(all, statement{label, body})
	}
	return all
}

// unreadable says of a policy's property that it is no policy document; nothing could be said of it otherwise.
func (r Resource) unreadable(property string) []string {
	policy, given := r.Properties[property].(string)
	if !given || policy == Unknown || len(statementsIn(property, policy)) > 0 {
		return nil
	}
	return []string{property + " is no policy document"}
}
