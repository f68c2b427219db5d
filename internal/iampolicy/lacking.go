package iampolicy

import (
	"fmt"
	"slices"
	"strings"
)

// Lacking is what policies that somebody else wrote lack of a document made here: the requests that its statements are for, and that
// the policies together do not allow, each as an action and what it is on. It returns an error for a string that is no policy.
func Lacking(policies []string, want Document) ([]string, error) {
	var all Found
	for _, policy := range policies {
		found, err := ParseFound(policy)
		if err != nil {
			return nil, err
		}
		all.Statement = append(all.Statement, found.Statement...)
	}
	return all.lacks(want), nil
}

func (f Found) lacks(want Document) []string {
	var lacking []string
	for _, q := range want.requests() {
		if f.Allows(q) {
			continue
		}
		text := q.Action
		if q.Resource != "" {
			text += " on " + q.Resource
		}
		if !slices.Contains(lacking, text) {
			lacking = append(lacking, text)
		}
	}
	return lacking
}

// CheckSameTrust returns an error for a trust policy that does not let in whom one made here lets in, with the statement to add. What it
// wraps is the reason alone.
func CheckSameTrust(policy string, want Document) error {
	found, err := ParseFound(policy)
	if lacking := found.attached().lacks(want); err == nil && len(lacking) > 0 {
		err = fmt.Errorf("it does not allow %s to whom the role is for", strings.Join(lacking, ", "))
	}
	if err != nil {
		return fmt.Errorf("its trust policy is %s: %w: add this statement to it: %s", shown(policy), err, statementText(want.Statement[0]))
	}
	return nil
}

// requests are those that the document's statements are for: each action on each resource by each principal, in the context that the
// conditions ask for. A wildcard stands for one name.
func (d Document) requests() []Request {
	var all []Request
	for _, s := range d.Statement {
		if s.Effect != Allow {
			continue
		}
		for _, caller := range s.callers() {
			for _, action := range s.Action {
				for _, resource := range append(slices.Clone(s.Resource), s.noResource()...) {
					q := caller
					q.Action, q.Resource, q.Context = action, one(resource), s.context()
					all = append(all, q)
				}
			}
		}
	}
	return all
}

// noResource is the one resource of a trust policy's statement, which has none.
func (s Statement) noResource() []string {
	if len(s.Resource) == 0 {
		return []string{""}
	}
	return nil
}

// callers are the statement's principals; an identity policy's caller is whoever has it.
func (s Statement) callers() []Request {
	if s.Principal == nil {
		return []Request{{}}
	}
	var all []Request
	for _, service := range s.Principal.Service {
		all = append(all, Request{Service: service})
	}
	for _, provider := range s.Principal.Federated {
		all = append(all, Request{Federated: provider})
	}
	for _, name := range s.Principal.AWS {
		all = append(all, Request{Names: []string{name}})
	}
	return all
}

func (s Statement) context() map[string]string {
	context := map[string]string{"aws:securetransport": "true"}
	for _, keys := range s.Condition {
		for key, values := range keys {
			context[strings.ToLower(key)] = one(values[0])
		}
	}
	return context
}

// one is a name that a pattern stands for.
func one(pattern string) string {
	if pattern == "*" {
		return pattern
	}
	return strings.ReplaceAll(pattern, "*", "x")
}
