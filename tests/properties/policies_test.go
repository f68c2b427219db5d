package properties

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

func text(t *rapid.T, d iampolicy.Document) string {
	t.Helper()
	s, err := d.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func lacking(t *rapid.T, want iampolicy.Document, policies ...string) []string {
	t.Helper()
	l, err := iampolicy.Lacking(policies, want)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestADocumentThatIsReadBackIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := iampolicy.QueryBill(queries.Draw(t, "query"))
		var back iampolicy.Document
		if err := json.Unmarshal([]byte(text(t, d)), &back); err != nil || !reflect.DeepEqual(back, d) {
			t.Errorf("%+v became %+v (%v)", d, back, err)
		}
	})
}

// A policy has all that it is for, whatever the order of its statements, actions and resources, in one text or in one a statement.
func TestAPolicyAllowsTheSameInAnyOrderAndInParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := iampolicy.QueryBill(queries.Draw(t, "query"))
		other := iampolicy.Document{Version: d.Version, Statement: slices.Clone(d.Statement)}
		for i := range other.Statement {
			other.Statement[i].Action = shuffled(t, other.Statement[i].Action)
			other.Statement[i].Resource = shuffled(t, other.Statement[i].Resource)
		}
		other.Statement = shuffled(t, other.Statement)
		if l := lacking(t, d, text(t, other)); len(l) > 0 {
			t.Errorf("in another order it lacks %v", l)
		}
		var parts []string
		for _, s := range other.Statement {
			parts = append(parts, text(t, iampolicy.Document{Version: d.Version, Statement: []iampolicy.Statement{s}}))
		}
		if l := lacking(t, d, parts...); len(l) > 0 {
			t.Errorf("in parts it lacks %v", l)
		}
	})
}

// Without one of its actions a policy lacks something, and nothing but that action.
func TestEachActionOfAPolicyIsNeededForItsOwnSake(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := iampolicy.QueryBill(queries.Draw(t, "query"))
		i := rapid.IntRange(0, len(d.Statement)-1).Draw(t, "statement")
		j := rapid.IntRange(0, len(d.Statement[i].Action)-1).Draw(t, "action")
		narrower := iampolicy.Document{Version: d.Version, Statement: slices.Clone(d.Statement)}
		action := d.Statement[i].Action[j]
		narrower.Statement[i].Action = slices.Delete(slices.Clone(d.Statement[i].Action), j, j+1)
		l := lacking(t, d, text(t, narrower))
		if len(l) == 0 {
			t.Errorf("without %s it lacks nothing", action)
		}
		for _, request := range l {
			if request != action && !strings.HasPrefix(request, action+" on ") {
				t.Errorf("without %s it lacks %s", action, request)
			}
		}
		if more := lacking(t, narrower, text(t, d)); len(more) > 0 {
			t.Errorf("narrowing it added %v", more)
		}
	})
}

// A policy for one bill gives nothing of another's: no table, bucket, work group or key.
func TestAPolicyForOneBillIsNoneForAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := queries.Draw(t, "one")
		two := queries.Filter(func(q iampolicy.BillQuery) bool {
			return q.WorkGroup != one.WorkGroup && q.ReportBucket != one.ReportBucket && q.ResultsBucket != one.ResultsBucket && q.Database != one.Database
		}).Draw(t, "two")
		for _, request := range lacking(t, iampolicy.QueryBill(two), text(t, iampolicy.QueryBill(two))) {
			t.Errorf("a policy lacks of itself %s", request)
		}
		l := lacking(t, iampolicy.QueryBill(two), text(t, iampolicy.QueryBill(one)))
		for _, name := range []string{"workgroup/" + two.WorkGroup, ":::" + two.ReportBucket, ":::" + two.ResultsBucket, "table/" + two.Database + "/"} {
			if !slices.ContainsFunc(l, func(request string) bool { return strings.Contains(request, name) }) {
				t.Errorf("the policy for %+v lacks nothing of %s: %v", one, name, l)
			}
		}
	})
}

// One reader more is let in, and nobody is let out.
func TestAFurtherReaderIsLetInAndNobodyOut(t *testing.T) {
	reader := rapid.Custom(func(t *rapid.T) arn.ARN {
		return arn.Role("aws", accounts.Draw(t, "account"), paths.Draw(t, "path"), names.Draw(t, "role"))
	})
	rapid.Check(t, func(t *rapid.T) {
		readers := rapid.SliceOfNDistinct(reader, 1, 5, arn.ARN.String).Draw(t, "readers")
		further := reader.Draw(t, "further")
		strict := rapid.Bool().Draw(t, "strict")
		trust := text(t, iampolicy.TrustReaders(iampolicy.ReaderTrust{Readers: append(slices.Clone(readers), further), Strict: strict}))
		for _, r := range append(slices.Clone(readers), further) {
			if err := iampolicy.CheckTrust(trust, r, false); err != nil {
				t.Errorf("%s is not let in: %v", r, err)
			}
		}
		stranger := reader.Draw(t, "stranger")
		known := slices.ContainsFunc(append(readers, further), func(r arn.ARN) bool { return r.String() == stranger.String() })
		if err := iampolicy.CheckTrust(trust, stranger, false); (err == nil) != known {
			t.Errorf("a stranger, %s: %v", stranger, err)
		}
	})
}

func TestAnARNIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		account, path, name := accounts.Draw(t, "account"), paths.Draw(t, "path"), names.Draw(t, "name")
		for _, a := range []arn.ARN{
			arn.Role("aws", account, path, name), arn.Root("aws-cn", account), arn.Bucket("aws", name),
			arn.Cluster("aws", regions.Draw(t, "region"), account, name), arn.Objects("aws", name, "a/b"),
		} {
			if back, err := arn.Parse(a.String()); err != nil || back != a {
				t.Errorf("%+v is written as %s and read as %+v (%v)", a, a, back, err)
			}
		}
	})
}
