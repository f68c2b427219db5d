// Package security asks of the program's policies what a security reviewer asks: a matrix of requests, each of which the IAM simulator
// must allow or deny, what becomes of it when a policy is widened or narrowed, and how policies of other shapes fare in it. It writes
// docs/security.md.
package security

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// Name is one of the program's policies.
type Name string

// The policies of an installation with the default settings, and the trust policy with organizationId. Those of others are in options.go.
const (
	PayerTrust    Name = "Who may assume the payer role"
	OrgTrust      Name = "Who may assume the payer role, with organizationId"
	QueryBill     Name = "What the payer role may do: query the bill"
	ListAccounts  Name = "What the payer role may do: list the organisation's accounts"
	ReaderTrust   Name = "Who may assume the reader role"
	AssumePayer   Name = "What the reader role may do"
	ReportBucket  Name = "The report's bucket"
	ResultsBucket Name = "The results bucket"
)

// Policies are the documents of an installation. One that is missing, or has no statements, is no policy.
type Policies map[Name]iampolicy.Document

// With is these policies with others in their places.
func (p Policies) With(others Policies) Policies {
	all := maps.Clone(p)
	maps.Copy(all, others)
	return all
}

// Decide says of each question whether the policies in it allow it: simaws.Simulator's method.
type Decide func([]simaws.Question) ([]bool, error)

// Case is requests of one kind: each caller does each action on each target.
type Case struct {
	Group   string
	Who     []caller
	Actions []string
	On      []target
	Context map[string]string // condition keys beyond those of the caller; an empty value takes one away
	Note    string            // what is particular about them
	Allowed bool
}

// Row is one request, and whether it must be allowed.
type Row struct {
	Case
	who    caller
	action string
	on     target
}

// String names the row.
func (r Row) String() string {
	text := fmt.Sprintf("%s: %s on %s", r.who.name, r.action, r.on.name)
	if r.Note != "" {
		text += " (" + r.Note + ")"
	}
	return text
}

// Rows are the requests of all cases.
func Rows(cases []Case) []Row {
	var rows []Row
	for _, c := range cases {
		for _, who := range c.Who {
			for _, action := range c.Actions {
				for _, on := range c.On {
					rows = append(rows, Row{Case: c, who: who, action: action, on: on})
				}
			}
		}
	}
	return rows
}

// policies are those that decide on the row.
func (r Row) policies() []Name {
	names := slices.Clone(r.who.identity)
	if r.on.policy != "" {
		names = append(names, r.on.policy)
	}
	return names
}

// Ask says of each row whether the policies allow it.
func Ask(decide Decide, policies Policies, rows []Row) ([]bool, error) {
	texts := map[Name]json.RawMessage{}
	for name, document := range policies {
		if len(document.Statement) == 0 {
			continue
		}
		text, err := document.JSON()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		texts[name] = json.RawMessage(text)
	}
	questions := make([]simaws.Question, len(rows))
	for i, r := range rows {
		questions[i] = r.question(texts)
	}
	return decide(questions)
}

func (r Row) question(texts map[Name]json.RawMessage) simaws.Question {
	q := simaws.Question{
		Principal: r.who.arn, Action: r.action, Resource: r.on.arn, ResourceAccount: r.on.account, Context: r.who.keys(),
	}
	for key, value := range r.Context {
		q.Context[key] = value
		if value == "" {
			delete(q.Context, key)
		}
	}
	if r.who.administrator {
		q.Identity = append(q.Identity, everything)
	}
	for _, name := range r.who.identity {
		if text, ok := texts[name]; ok {
			q.Identity = append(q.Identity, text)
		}
	}
	switch {
	case r.on.policy != "":
		q.ResourcePolicy = texts[r.on.policy]
	case r.on.open && strings.Contains(r.on.arn, ":role/"):
		q.ResourcePolicy = openRole
	case r.on.open:
		q.ResourcePolicy = openResource
	}
	return q
}

// Wrong are the rows whose answer is not the one that it must be.
func Wrong(decide Decide, policies Policies, rows []Row) ([]Row, error) {
	answers, err := Ask(decide, policies, rows)
	if err != nil {
		return nil, err
	}
	var wrong []Row
	for i, r := range rows {
		if answers[i] != r.Allowed {
			wrong = append(wrong, r)
		}
	}
	return wrong, nil
}
