package iampolicy

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// Found is a policy document that somebody else wrote: with single values in the place of lists, wildcards, and elements that
// the documents made here do not have.
type Found struct {
	Statement list[foundStatement]
}

type foundStatement struct {
	Effect       Effect
	Principal    *foundPrincipal
	NotPrincipal *foundPrincipal
	Action       list[string]
	NotAction    list[string]
	Resource     list[string]
	NotResource  list[string]
	Condition    map[string]map[string]list[text]
}

// Request is what a document is asked about.
type Request struct {
	Service   string   // that calls, such as billingreports.amazonaws.com; empty for a role
	Federated string   // ARN of the identity provider that vouches for the caller; empty for a role
	Names     []string // of the role that calls, of its account too: what a policy's Principal can have
	Action    string
	Resource  string            // ARN; empty in a trust policy
	Context   map[string]string // condition keys in small letters, and their values
	Unknown   []string          // condition keys in small letters that the request has, with values that are not known here
}

// ParseFound reads a document. It returns an error for a string that is no policy document.
func ParseFound(policy string) (Found, error) {
	var f Found
	if err := json.Unmarshal([]byte(policy), &f); err != nil {
		return Found{}, errors.New("it cannot be read as a policy document")
	}
	return f, nil
}

// attached is the document as that of a bucket, or as the trust policy of a role: there a statement that names nobody allows nothing.
func (f Found) attached() Found {
	return Found{slices.DeleteFunc(slices.Clone(f.Statement), func(s foundStatement) bool {
		return s.Effect == Allow && s.Principal == nil && s.NotPrincipal == nil
	})}
}

// Allows says whether a statement allows the request and none denies it. What this cannot tell is taken as no: a condition
// with an operator that it does not know allows and denies nothing.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func (f Found) Allows(q Request) bool {
	allowed := false
	for _, s := range f.Statement {
		switch {
		case !s.matches(q):
		case s.Effect == Deny:
			return false
		case s.Effect == Allow:
			allowed = true
		}
	}
	return allowed
}

func (s foundStatement) matches(q Request) bool {
	if s.Principal != nil && !s.Principal.matches(q) || s.NotPrincipal != nil && s.NotPrincipal.matches(q) {
		return false
	}
	action := func(pattern string) bool { return matchesPattern(strings.ToLower(pattern), strings.ToLower(q.Action)) }
	resource := func(pattern string) bool { return matchesPattern(pattern, q.Resource) }
	switch {
	case s.Action != nil && !slices.ContainsFunc(s.Action, action), s.NotAction != nil && slices.ContainsFunc(s.NotAction, action),
		s.Resource != nil && !slices.ContainsFunc(s.Resource, resource), s.NotResource != nil && slices.ContainsFunc(s.NotResource, resource):
		return false
	}
	for operator, keys := range s.Condition {
		for key, values := range keys {
			if !holds(q, s.Effect, strings.ToLower(operator), strings.ToLower(key), values) {
				return false
			}
		}
	}
	return true
}

// holds says whether one condition key of a statement is satisfied.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func holds(q Request, effect Effect, operator, key string, values list[text]) bool {
	if slices.Contains(q.Unknown, key) {
		return effect == Allow // the benefit of the doubt: such a statement is there because somebody is let in by it
	}
	value, present := q.Context[key]
	if operator == "null" {
		return len(values) == 1 && (values[0] == "false") == present
	}
	operator, ifExists := strings.CutSuffix(operator, "ifexists")
	if !present && ifExists {
		return true
	}
	positive := strings.Replace(operator, "not", "", 1)
	var same func(pattern text) bool
	switch positive {
	case "stringequals":
		same = func(pattern text) bool { return string(pattern) == value }
	case "stringequalsignorecase", "bool":
		same = func(pattern text) bool { return strings.EqualFold(string(pattern), value) }
	case "stringlike", "arnequals", "arnlike": // both of ARNs take wildcards
		same = func(pattern text) bool { return matchesPattern(string(pattern), value) }
	default:
		return false
	}
	if positive != operator {
		return !present || !slices.ContainsFunc(values, same)
	}
	return present && slices.ContainsFunc(values, same)
}

// matchesPattern compares a value with a pattern in which * stands for any text, and ? for any one character. It goes back to the
// last star only: a policy of many stars, which somebody else wrote, must not take forever.
func matchesPattern(pattern, value string) bool {
	p, v, star, mark := 0, 0, -1, 0
	for v < len(value) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, v
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == value[v]):
			p++
			v++
		case star >= 0: // the last star takes one character more
			mark++
			p, v = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// foundPrincipal is "*", or names by kind.
type foundPrincipal struct {
	anyone    bool
	AWS       list[string]
	Service   list[string]
	Federated list[string]
}

func (p *foundPrincipal) UnmarshalJSON(b []byte) error {
	if string(b) == `"*"` {
		p.anyone = true
		return nil
	}
	type plain foundPrincipal // without this method
	return json.Unmarshal(b, (*plain)(p))
}

func (p *foundPrincipal) matches(q Request) bool {
	if p.anyone || slices.Contains(p.AWS, "*") {
		return true
	}
	if q.Service != "" {
		return slices.Contains(p.Service, q.Service)
	}
	if q.Federated != "" {
		return slices.Contains(p.Federated, q.Federated)
	}
	return slices.ContainsFunc(p.AWS, func(name string) bool { return slices.Contains(q.Names, name) })
}

// list is what policies write as one value or as several.
type list[T any] []T

func (l *list[T]) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]T)(l))
	}
	var one T
	if err := json.Unmarshal(b, &one); err != nil {
		return err
	}
	*l = list[T]{one}
	return nil
}

// text is a condition's value, which may be written as a number or as true or false.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(t))
	}
	*t = text(b)
	return nil
}
