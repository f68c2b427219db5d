package security

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// Mutation is one policy changed in one place, and what the matrix must then show: a wider one lets a denied request through, a
// narrower one stops an allowed one. What no row notices is either a right that nobody needs or a limit that nothing guards.
type Mutation struct {
	Policy  Name
	What    string
	Changed iampolicy.Document
	Wider   bool
}

// String names the mutation.
func (m Mutation) String() string { return string(m.Policy) + ": " + m.What }

// Mutations are all changes of one place of one of the policies of, in what is new in it beside all policies.
func Mutations(all, of Policies) []Mutation {
	var mutations []Mutation
	for name, document := range of {
		new := added(all, name)
		for i, s := range document.Statement {
			if !slices.ContainsFunc(new, func(n iampolicy.Statement) bool { return reflect.DeepEqual(n, s) }) {
				continue
			}
			add := func(wider bool, what string, changed ...iampolicy.Statement) {
				mutations = append(mutations, Mutation{name, s.Sid + ": " + what, replace(document, i, changed...), wider})
			}
			if s.Effect == iampolicy.Deny {
				add(true, "left out")
				for r := range s.Resource {
					changed := s
					changed.Resource = slices.Delete(slices.Clone(s.Resource), r, r+1)
					add(true, "without "+s.Resource[r], changed)
				}
				continue
			}
			widen(s, add)
			narrow(s, add)
		}
	}
	slices.SortFunc(mutations, func(a, b Mutation) int { return strings.Compare(a.String(), b.String()) })
	return mutations
}

func widen(s iampolicy.Statement, add func(bool, string, ...iampolicy.Statement)) {
	service, _, _ := strings.Cut(s.Action[0], ":")
	changed := s
	changed.Action = []string{service + ":*"}
	add(true, "action "+service+":*", changed)
	if s.Principal == nil && !slices.Contains(s.Resource, "*") { // a resource's own policy reaches no other
		changed := s
		changed.Resource = []string{"*"}
		add(true, "resource *", changed)
	}
	for operator, keys := range s.Condition {
		for key, values := range keys {
			if s.Principal != nil && key == "aws:PrincipalArn" && slices.Equal(values, s.Principal.AWS) {
				continue // it says what the Principal says already
			}
			changed := s
			changed.Condition = conditioned(s.Condition, operator, key, nil)
			add(true, fmt.Sprintf("without the condition %s %s", operator, key), changed)
		}
	}
}

// conditioned is a condition with other values of one key, or without that key.
func conditioned(of iampolicy.Condition, operator iampolicy.Operator, key string, values []string) iampolicy.Condition {
	changed := iampolicy.Condition{}
	for o, keys := range of {
		changed[o] = maps.Clone(keys)
	}
	changed[operator][key] = values
	if len(values) == 0 {
		delete(changed[operator], key)
	}
	if len(changed[operator]) == 0 {
		delete(changed, operator)
	}
	return changed
}

func narrow(s iampolicy.Statement, add func(bool, string, ...iampolicy.Statement)) {
	for i, action := range s.Action {
		changed := s
		changed.Action = slices.Delete(slices.Clone(s.Action), i, i+1)
		if len(changed.Action) == 0 {
			add(false, "without "+action)
			continue
		}
		add(false, "without "+action, changed)
	}
	for i, resource := range s.Resource {
		if len(s.Resource) > 1 {
			changed := s
			changed.Resource = slices.Delete(slices.Clone(s.Resource), i, i+1)
			add(false, "without "+resource, changed)
		}
	}
	if p := s.Principal; p != nil {
		without := func(names []string, i int) []string { return slices.Delete(slices.Clone(names), i, i+1) }
		for i, name := range p.AWS {
			if len(p.AWS) > 1 {
				changed := s
				changed.Principal = &iampolicy.Principal{AWS: without(p.AWS, i)}
				add(false, "without "+name, changed)
			}
		}
		for i, name := range p.Service {
			if len(p.Service) > 1 {
				changed := s
				changed.Principal = &iampolicy.Principal{Service: without(p.Service, i)}
				add(false, "without "+name, changed)
			}
		}
	}
	for operator, keys := range s.Condition {
		for key, values := range keys {
			for i := range values {
				if len(values) > 1 {
					changed := s
					changed.Condition = conditioned(s.Condition, operator, key, slices.Delete(slices.Clone(values), i, i+1))
					add(false, fmt.Sprintf("without %s %s", key, values[i]), changed)
				}
			}
		}
	}
}

// replace puts other statements in the place of one.
func replace(d iampolicy.Document, i int, others ...iampolicy.Statement) iampolicy.Document {
	return document(slices.Concat(d.Statement[:i], others, d.Statement[i+1:])...)
}

// Unnoticed are the mutations of policies that no row of the matrix shows.
func Unnoticed(decide Decide, policies, of Policies, rows []Row) ([]Mutation, error) {
	var unnoticed []Mutation
	for _, m := range Mutations(policies, of) {
		var concerned []Row
		for _, r := range rows {
			if r.Allowed != m.Wider && slices.Contains(r.policies(), m.Policy) {
				concerned = append(concerned, r)
			}
		}
		wrong, err := Wrong(decide, policies.With(Policies{m.Policy: m.Changed}), concerned)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m, err)
		}
		if len(wrong) == 0 {
			unnoticed = append(unnoticed, m)
		}
	}
	return unnoticed, nil
}

// Opened are policies that let everything through that AWS would ask them for: with them, each row is allowed, or it would say
// nothing of the program's policies.
func Opened(rows []Row) Policies {
	whoever := []iampolicy.Principal{{AWS: []string{"*"}}, {}, {}}
	for _, r := range rows {
		switch {
		case r.who.service:
			whoever[1].Service = append(whoever[1].Service, r.who.arn)
		case r.who.account == "":
			whoever[2].Federated = append(whoever[2].Federated, r.who.arn)
		}
	}
	open := func(action string, resource ...string) iampolicy.Document {
		var d iampolicy.Document
		for i := range whoever {
			d.Statement = append(d.Statement, iampolicy.Statement{Effect: iampolicy.Allow, Principal: &whoever[i], Action: []string{action}, Resource: resource})
		}
		return document(d.Statement...)
	}
	opened := Policies{}
	for _, r := range rows {
		for _, name := range r.who.identity {
			opened[name] = document(iampolicy.Statement{Effect: iampolicy.Allow, Action: []string{"*"}, Resource: []string{"*"}})
		}
		service, _, _ := strings.Cut(strings.TrimPrefix(r.on.arn, "arn:aws:"), ":")
		switch {
		case r.on.policy == "":
		case service == "iam":
			opened[r.on.policy] = open("sts:*")
		default:
			opened[r.on.policy] = open(service+":*", "*")
		}
	}
	return opened
}
