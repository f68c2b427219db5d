package simaws

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// eventPattern is an event pattern of EventBridge: for each field of an event either a pattern of its own or what it may be.
type eventPattern map[string]eventField

type eventField struct {
	nested eventPattern
	any    []func(value string) bool
}

// parsePattern reads a pattern. Of the comparisons there are equality, prefix, suffix, wildcard and equals-ignore-case; others are
// refused.
func parsePattern(text string) (eventPattern, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return nil, err
	}
	if len(raw) == 0 {
		return nil, errors.New("it is empty")
	}
	p := eventPattern{}
	for key, value := range raw {
		if value[0] == '{' {
			nested, err := parsePattern(string(value))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			p[key] = eventField{nested: nested}
			continue
		}
		var values []json.RawMessage
		if err := json.Unmarshal(value, &values); err != nil || len(values) == 0 {
			return nil, fmt.Errorf("%q must be an object or an array", key)
		}
		field := eventField{}
		for _, v := range values {
			comparison, err := parseComparison(v)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			field.any = append(field.any, comparison)
		}
		p[key] = field
	}
	return p, nil
}

func parseComparison(raw json.RawMessage) (func(string) bool, error) {
	var exact string
	if json.Unmarshal(raw, &exact) == nil {
		return func(v string) bool { return v == exact }, nil
	}
	var filter map[string]string
	if err := json.Unmarshal(raw, &filter); err != nil || len(filter) != 1 {
		return nil, fmt.Errorf("%s is not simulated", raw)
	}
	for kind, operand := range filter {
		switch kind {
		case "prefix":
			return func(v string) bool { return strings.HasPrefix(v, operand) }, nil
		case "suffix":
			return func(v string) bool { return strings.HasSuffix(v, operand) }, nil
		case "equals-ignore-case":
			return func(v string) bool { return strings.EqualFold(v, operand) }, nil
		case "wildcard":
			if strings.Contains(operand, "**") {
				return nil, errors.New("consecutive wildcard characters")
			}
			expression := strings.ReplaceAll(regexp.QuoteMeta(operand), `\*`, ".*")
			return regexp.MustCompile("^" + expression + "$").MatchString, nil
		}
	}
	return nil, fmt.Errorf("unrecognized match type %s", raw)
}

// matches says whether an event has all that the pattern names. A list in the event matches by any of its elements.
func (p eventPattern) matches(event map[string]any) bool {
	for key, field := range p {
		if field.nested != nil {
			inner, ok := event[key].(map[string]any)
			if !ok || !field.nested.matches(inner) {
				return false
			}
			continue
		}
		values, isList := event[key].([]any)
		if !isList {
			values = []any{event[key]}
		}
		if !field.takes(values) {
			return false
		}
	}
	return true
}

func (f eventField) takes(values []any) bool {
	for _, value := range values {
		text, ok := value.(string)
		for _, matches := range f.any {
			if ok && matches(text) {
				return true
			}
		}
	}
	return false
}
