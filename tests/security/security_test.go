package security

import (
	"os"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// built are the policies as internal/iampolicy makes them for the example settings. The end-to-end test takes them from the stacks.
func built() Policies {
	readers := []arn.ARN{arn.Role("aws", primary, "/", "kubecost-cur-reader")}
	return Policies{
		PayerTrust: iampolicy.TrustReaders(iampolicy.ReaderTrust{Readers: readers}),
		OrgTrust:   iampolicy.TrustReaders(iampolicy.ReaderTrust{Readers: readers, OrganizationID: Organization}),
		QueryBill: iampolicy.QueryBill(iampolicy.BillQuery{
			Partition: "aws", Region: region, Account: payer, WorkGroup: workGroup, Database: database, Table: "kubecost",
			ReportBucket: reportBucket, DataPrefix: dataPrefix, ResultsBucket: resultsBucket,
		}),
		ListAccounts:  iampolicy.ListAccounts(),
		ReaderTrust:   iampolicy.TrustServiceAccount(token.arn, issuer, "kubecost", "kubecost-serviceaccount"),
		AssumePayer:   iampolicy.AssumePayerRoles(payerRoleItself.arn),
		ReportBucket:  iampolicy.Delivery("aws", payer, reportBucket),
		ResultsBucket: iampolicy.TLSOnly("aws", resultsBucket),
	}
}

func simulator(t *testing.T) Decide {
	t.Helper()
	const dir = "iam-simulate" // not the folder of the tests of simaws, which may be filling it just now
	if err := simaws.InstallIAMSimulate(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	s, err := simaws.StartSimulator(dir, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s.Decide
}

func TestKubecostGetsTheBillAndNobodyAnythingElse(t *testing.T) {
	decide := simulator(t)
	for _, m := range []struct {
		rows  []Row
		least int
	}{{Rows(Allowed()), 40}, {Rows(Denied()), 150}} {
		if len(m.rows) < m.least {
			t.Errorf("there are %d rows, want %d", len(m.rows), m.least)
		}
		wrong, err := Wrong(decide, built(), m.rows)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range wrong {
			t.Errorf("%s: must be allowed is %v, and is not so", r, r.Allowed)
		}
		t.Logf("%d rows", len(m.rows))
	}
}

func TestEachLimitOfAPolicyIsGuardedAndEachRightNeeded(t *testing.T) {
	noticesEachMutation(t, built(), built(), append(Rows(Allowed()), Rows(Denied())...))
}

// noticesEachMutation expects that some row has another answer for each mutation of the policies in of, which are among all.
func noticesEachMutation(t *testing.T, all, of Policies, rows []Row) {
	t.Helper()
	unnoticed, err := Unnoticed(simulator(t), all, of, rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range unnoticed {
		t.Errorf("no row of the matrix notices %s", m)
	}
	t.Logf("%d mutations", len(Mutations(all, of)))
}

func TestEachDeniedRequestIsOneThatOpenPoliciesAllow(t *testing.T) {
	openPoliciesAllow(t, Rows(Denied()))
}

// openPoliciesAllow expects that what is denied is denied by the policies, and not for being no request at all.
func openPoliciesAllow(t *testing.T, rows []Row) {
	t.Helper()
	answers, err := Ask(simulator(t), Opened(rows), rows)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if !answers[i] {
			t.Errorf("denied whatever the policies say: %s: %s", r.Group, r)
		}
	}
}

func TestEachShapeOfOthersLetsThroughWhatThisProgramDenies(t *testing.T) {
	decide, rows := simulator(t), Rows(Denied())
	for _, s := range Shapes(built()) {
		through, err := Wrong(decide, built().With(s.Policies), rows)
		if err != nil {
			t.Fatal(err)
		}
		if len(through) == 0 {
			t.Errorf("%s lets nothing through", s.What)
		}
		t.Logf("%s lets through %d of %d", s.What, len(through), len(rows))
	}
}

// TestThePageSaysWhatTheMatrixShows needs no sandbox; the end-to-end test compares the page with the stacks' own policies, and writes it.
func TestThePageSaysWhatTheMatrixShows(t *testing.T) {
	page, err := Page(simulator(t), built())
	if err != nil {
		t.Fatal(err)
	}
	documented, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(documented) != page {
		t.Error("docs/security.md is not what the policies are: make e2e ARGS='-test.run=TestSecurity -update-security' writes it")
	}
}
