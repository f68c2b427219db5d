package security

import (
	"fmt"
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

// Mutations are all changes of one place of one policy.
func Mutations(policies Policies) []Mutation {
	var all []Mutation
	for name, document := range policies {
		for i, s := range document.Statement {
			add := func(wider bool, what string, changed ...iampolicy.Statement) {
				all = append(all, Mutation{name, s.Sid + ": " + what, replace(document, i, changed...), wider})
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
	slices.SortFunc(all, func(a, b Mutation) int { return strings.Compare(a.String(), b.String()) })
	return all
}

func widen(s iampolicy.Statement, add func(bool, string, ...iampolicy.Statement)) {
	service, _, _ := strings.Cut(s.Action[0], ":")
	changed := s
	changed.Action = []string{service + ":*"}
	add(true, "action "+service+":*", changed)
	if s.Principal == nil && s.Resource[0] != "*" { // a resource's own policy reaches no other
		changed := s
		changed.Resource = []string{"*"}
		add(true, "resource *", changed)
	}
	for operator, keys := range s.Condition {
		for key := range keys {
			changed := s
			changed.Condition = iampolicy.Condition{}
			for o, ks := range s.Condition {
				for k, values := range ks {
					if o == operator && k == key {
						continue
					}
					if changed.Condition[o] == nil {
						changed.Condition[o] = map[string][]string{}
					}
					changed.Condition[o][k] = values
				}
			}
			add(true, fmt.Sprintf("without the condition %s %s", operator, key), changed)
		}
	}
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
	for operator, keys := range s.Condition {
		for key, values := range keys {
			for i := range values {
				if len(values) > 1 {
					changed := s
					changed.Condition = iampolicy.Condition{operator: {key: slices.Delete(slices.Clone(values), i, i+1)}}
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

// Unnoticed are the mutations that no row of the matrix shows.
func Unnoticed(decide Decide, policies Policies, rows []Row) ([]Mutation, error) {
	var unnoticed []Mutation
	for _, m := range Mutations(policies) {
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
	identity := document(iampolicy.Statement{Effect: iampolicy.Allow, Action: []string{"*"}, Resource: []string{"*"}})
	bucket := open("s3:*", "*")
	return Policies{
		PayerTrust: open("sts:*"), OrgTrust: open("sts:*"), ReaderTrust: open("sts:*"), ReportBucket: bucket, ResultsBucket: bucket,
		QueryBill: identity, ListAccounts: identity, AssumePayer: identity,
	}
}
