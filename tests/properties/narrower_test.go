package properties

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// requests are what a document's statements are for, and requests beside them: with another action, of another resource, without the context.
func requests(t *rapid.T, d iampolicy.Document) []iampolicy.Request {
	var all []iampolicy.Request
	for _, s := range d.Statement {
		action, resource := rapid.SampledFrom(s.Action).Draw(t, "action"), rapid.SampledFrom(s.Resource).Draw(t, "resource")
		if resource != "*" {
			resource = strings.ReplaceAll(resource, "*", rapid.SampledFrom([]string{"x", "", "a/b", "x.parquet"}).Draw(t, "rest"))
		}
		context := map[string]string{"aws:securetransport": "true"}
		for _, keys := range s.Condition {
			for key, values := range keys {
				context[strings.ToLower(key)] = strings.ReplaceAll(rapid.SampledFrom(values).Draw(t, "value"), "*", "x")
			}
		}
		q := iampolicy.Request{Names: []string{"me"}, Action: action, Resource: resource, Context: context}
		all = append(all, q)
		for _, change := range []func(*iampolicy.Request){
			func(q *iampolicy.Request) { q.Action += "x" }, func(q *iampolicy.Request) { q.Action = "iam:PassRole" },
			func(q *iampolicy.Request) { q.Resource += "x" }, func(q *iampolicy.Request) { q.Resource = "arn:aws:s3:::" + names.Draw(t, "another bucket") + "/x" },
			func(q *iampolicy.Request) { q.Context = nil },
		} {
			other := q
			change(&other)
			all = append(all, other)
		}
	}
	return all
}

func found(t *rapid.T, d iampolicy.Document) iampolicy.Found {
	f, err := iampolicy.ParseFound(text(t, d))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// allowed are the answers to requests.
func allowed(t *rapid.T, d iampolicy.Document, asked []iampolicy.Request) []bool {
	f := found(t, d)
	answers := make([]bool, len(asked))
	for i, q := range asked {
		answers[i] = f.Allows(q)
	}
	return answers
}

// The requests beside those that a policy is for are answered alike too.
func TestTheOrderAndTheNumberOfPoliciesAllowNothingMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := iampolicy.QueryBill(queries.Draw(t, "query"))
		asked := requests(t, d)
		want := allowed(t, d, asked)
		other := iampolicy.Document{Version: d.Version, Statement: shuffled(t, d.Statement)}
		if got := allowed(t, other, asked); !slices.Equal(got, want) {
			t.Errorf("in another order %v is allowed of %v, and was %v", got, asked, want)
		}
		got := make([]bool, len(asked))
		for _, s := range d.Statement {
			for i, may := range allowed(t, iampolicy.Document{Version: d.Version, Statement: []iampolicy.Statement{s}}, asked) {
				got[i] = got[i] || may
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("in policies of their own %v is allowed of %v, and was %v", got, asked, want)
		}
	})
}

func TestANarrowerPolicyAllowsNothingMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := iampolicy.QueryBill(queries.Draw(t, "query"))
		asked := requests(t, d)
		before := allowed(t, d, asked)
		narrow := iampolicy.Document{Version: d.Version, Statement: slices.Clone(d.Statement)}
		i := rapid.IntRange(0, len(d.Statement)-1).Draw(t, "statement")
		s := narrow.Statement[i]
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0: // a resource for all of them
			s.Resource = slices.Clone(s.Resource)
			j := rapid.IntRange(0, len(s.Resource)-1).Draw(t, "resource")
			s.Resource[j] = strings.ReplaceAll(s.Resource[j], "*", "x*")
		case 1:
			s.Action = s.Action[:len(s.Action)-1]
		case 2: // one condition more
			s.Condition = iampolicy.Condition{iampolicy.StringEquals: {"aws:PrincipalOrgID": {"o-x"}}}
			for operator, keys := range d.Statement[i].Condition {
				for key, values := range keys {
					if s.Condition[operator] == nil {
						s.Condition[operator] = map[string][]string{}
					}
					s.Condition[operator][key] = values
				}
			}
		case 3: // denied
			narrow.Statement = append(narrow.Statement, iampolicy.Statement{Effect: iampolicy.Deny, Action: s.Action, Resource: s.Resource})
		}
		narrow.Statement[i] = s
		if len(s.Action) == 0 {
			narrow.Statement = slices.Delete(narrow.Statement, i, i+1)
		}
		if len(narrow.Statement) == 0 {
			return
		}
		for j, may := range allowed(t, narrow, asked) {
			if may && !before[j] {
				t.Errorf("%+v is allowed by %s, and was not by %s", asked[j], text(t, narrow), text(t, d))
			}
		}
	})
}

// prefixes are places in a bucket.
var prefixes = rapid.StringMatching(`[A-Za-z0-9!_.()-]{1,8}(/[A-Za-z0-9!_.()-]{1,8}){0,3}`)

// reports are the legacy ones and those of CUR 2.0.
var reports = rapid.Custom(func(t *rapid.T) billing.Report {
	return billing.Report{Name: names.Draw(t, "name"), Bucket: names.Draw(t, "bucket"), Prefix: prefixes.Draw(t, "prefix"),
		Version: rapid.SampledFrom([]string{billing.Version1, billing.Version2}).Draw(t, "version")}
})

func TestReportsOfOneNameAndPlaceAreTheOnlyOnesThatShareAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := reports.Draw(t, "one"), reports.Draw(t, "another")
		if (a == b) != (a.Location() == b.Location()) && a.Version == b.Version {
			t.Errorf("%+v is at %s, and %+v at %s", a, a.Location(), b, b.Location())
		}
		if a.Name != b.Name && (a.Table() == b.Table() || a.Database() == b.Database() || a.CrawlerName() == b.CrawlerName()) {
			t.Errorf("%+v and %+v share names", a, b)
		}
		if !strings.HasPrefix(a.ProjectionParameters()["storage.location.template"], a.Location()+"/") {
			t.Errorf("%+v has data at %s", a, a.ProjectionParameters()["storage.location.template"])
		}
	})
}
