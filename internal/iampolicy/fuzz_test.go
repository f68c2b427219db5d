package iampolicy

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// hostile are names that would be more than a name if a document were put together from texts.
var hostile = []string{
	"kubecost", "", "*", "?", "${aws:PrincipalArn}", `x","Resource":"*`, `"]},{"Effect":"Allow","Action":["*"],"Resource":["*"]},{"a":["`, "\\", "\n", "\x00",
	"</script>", "\u2028", "kubecоst", "a/*", "table/*", "arn:aws:iam::999999999999:root", strings.Repeat("x", 300),
}

// every is each document of the project with one name in every place.
func every(name string) map[string]Document {
	role := arn.Role(name, name, name, name)
	q := BillQuery{
		Partition: name, Region: name, Account: name, WorkGroup: name, Database: name, Table: name, ReportBucket: name, DataPrefix: name,
		ResultsBucket: name, ResultsPrefix: name, KmsKeyArn: name, LakeFormation: true,
	}
	c := Crawl{
		Partition: name, Region: name, Account: name, Crawler: name, Database: name, Table: name, ReportBucket: name, DataPrefix: name, KmsKeyArn: name,
	}
	return map[string]Document{
		"query":           QueryBill(q),
		"crawl":           CrawlReport(c),
		"crawler's trust": TrustCrawler(c),
		"rule's trust":    TrustDeliveryRule(c),
		"notification":    NotifyWorkflow(c),
		"delivery":        Delivery(name, name, name),
		"export delivery": ExportDelivery(name, name, name),
		"TLS":             TLSOnly(name, name),
		"readers":         TrustReaders(ReaderTrust{Readers: []arn.ARN{role}, OrganizationID: name, SessionTags: true}),
		"strict readers":  TrustReaders(ReaderTrust{Readers: []arn.ARN{role}, Strict: true}),
		"IRSA":            TrustServiceAccount(name, name, name, name),
		"pod identity":    TrustPodIdentity(arn.Cluster(name, name, name, name), name, name),
		"payer roles":     AssumePayerRolesWithTags(name, name),
	}
}

// wildcards counts what stands for more than itself in a document's values.
func wildcards(document string) int {
	return strings.Count(document, "*") + strings.Count(document, "?") + strings.Count(document, "${")
}

func FuzzNoNameChangesWhatADocumentIsMadeOf(f *testing.F) {
	for _, name := range hostile {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if name == "" || !utf8.ValidString(name) {
			return // the engine hands over no such text; without a key there is no statement for it
		}
		usual := every("name")
		for what, d := range every(name) {
			text, err := d.JSON()
			if err != nil {
				t.Fatal(err)
			}
			var back Document
			decoder := json.NewDecoder(strings.NewReader(text))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&back); err != nil || !reflect.DeepEqual(back, d) {
				t.Errorf("the document %s of %q reads as %+v, %v", what, name, back, err)
			}
			like := func(of Document) (shape []string) {
				for _, s := range of.Statement {
					shape = append(shape, s.Sid, string(s.Effect), strings.Join(s.Action, ","))
				}
				return shape
			}
			if !slices.Equal(like(back), like(usual[what])) {
				t.Errorf("the document %s of %q is %s", what, name, text)
			}
		}
		statements, err := KeyStatements(KeyUse{Partition: name, Region: name, Account: name, Roles: []arn.ARN{arn.Role(name, name, name, name)}})
		var back []Statement
		if err != nil || json.Unmarshal([]byte(statements), &back) != nil || len(back) != 2 || back[1].Condition[ArnEquals]["aws:PrincipalArn"][0] != arn.Role(name, name, name, name).String() {
			t.Errorf("the key's statements of %q are %s, %v", name, statements, err)
		}
	})
}

// dataPrefix is what billing makes of a prefix and a report's name that it takes.
var dataPrefix = regexp.MustCompile(`^[A-Za-z0-9!_.'()-]+(/[A-Za-z0-9!_.'()-]+)+$`)

func FuzzNamesThatAreTakenAddNoRight(f *testing.F) {
	for _, name := range hostile {
		f.Add(name, "kubecost-cur", "cur/kubecost/kubecost", "kubecost")
		f.Add("bucket", name, "cur/kubecost/kubecost", "kubecost")
		f.Add("bucket", "kubecost-cur", name, "kubecost")
		f.Add("bucket", "kubecost-cur", "cur/kubecost/kubecost", name)
	}
	f.Fuzz(func(t *testing.T, bucket, workGroup, prefix, table string) {
		if arn.CheckBucketName(bucket) != nil || arn.CheckWorkGroupName(workGroup) != nil || arn.CheckGlueName(table) != nil || !dataPrefix.MatchString(prefix) {
			return
		}
		q := BillQuery{
			Partition: "aws", Region: "us-east-2", Account: "111111111111", WorkGroup: workGroup, Database: table, Table: table, ReportBucket: bucket,
			DataPrefix: prefix, ResultsBucket: bucket + "-results",
		}
		usual := query
		text, err := QueryBill(q).JSON()
		plain, _ := QueryBill(usual).JSON()
		if err != nil || wildcards(text) != wildcards(plain) {
			t.Fatalf("the policy has %d wildcards, and usually %d: %s, %v", wildcards(text), wildcards(plain), text, err)
		}
		found, err := ParseFound(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			action, resource string
			want             bool
		}{
			{"s3:GetObject", "arn:aws:s3:::" + bucket + "/" + prefix + "/x.parquet", true},
			{"s3:GetObject", "arn:aws:s3:::" + bucket + "/" + prefix + "2/x.parquet", false},
			{"s3:GetObject", "arn:aws:s3:::" + bucket + "/secret", false},
			{"s3:GetObject", "arn:aws:s3:::" + bucket + "2/" + prefix + "/x.parquet", false},
			{"s3:PutObject", "arn:aws:s3:::" + bucket + "/" + prefix + "/x.parquet", false},
			{"glue:GetTable", "arn:aws:glue:us-east-2:111111111111:table/" + table + "/" + table, true},
			{"glue:GetTable", "arn:aws:glue:us-east-2:111111111111:table/" + table + "/" + table + "2", false},
			{"glue:UpdateTable", "arn:aws:glue:us-east-2:111111111111:table/" + table + "/" + table, false},
			{"athena:StartQueryExecution", "arn:aws:athena:us-east-2:111111111111:workgroup/" + workGroup, true},
			{"athena:StartQueryExecution", "arn:aws:athena:us-east-2:111111111111:workgroup/" + workGroup + "x", false},
			{"iam:PassRole", "*", false},
		} {
			if got := found.Allows(Request{Names: []string{"me"}, Action: c.action, Resource: c.resource}); got != c.want {
				t.Errorf("%s on %s is allowed: %v, by %s", c.action, c.resource, got, text)
			}
		}
	})
}

func FuzzOnlyTheNamedReaderIsTrusted(f *testing.F) {
	const reader = "arn:aws:iam::222222222222:role/kubecost-cur-reader"
	for _, other := range append([]string{reader, reader + "2", "arn:aws:iam::222222222222:role/*", "arn:aws:iam::222222222222:role/kubecost-cur-reade?"}, hostile...) {
		f.Add(reader, other)
		f.Add(other, reader)
	}
	f.Fuzz(func(t *testing.T, trusted, asks string) {
		if arn.CheckRole(trusted, "aws") != nil {
			return
		}
		role, _ := arn.Parse(trusted)
		text, err := TrustReaders(ReaderTrust{Readers: []arn.ARN{role}}).JSON()
		if err != nil {
			t.Fatal(err)
		}
		found, _ := ParseFound(text)
		allowed := found.Allows(Request{
			Names: []string{arn.Root("aws", role.Account).String()}, Action: "sts:AssumeRole", Context: map[string]string{"aws:principalarn": asks},
		})
		if allowed != (asks == trusted) {
			t.Errorf("%q may assume the role: %v, by %s", asks, allowed, text)
		}
		if err := CheckTrust(text, role, false); err != nil {
			t.Errorf("its own trust policy is refused: %v", err)
		}
	})
}

// asked are requests that a found policy is asked about.
var asked = []Request{
	{Service: BillingService, Action: "s3:PutObject", Resource: "arn:aws:s3:::b/x", Context: map[string]string{"aws:sourceaccount": "111111111111", "aws:securetransport": "true"}},
	{Names: []string{"arn:aws:iam::222222222222:root"}, Action: "sts:AssumeRole", Context: map[string]string{"aws:principalarn": "arn:aws:iam::222222222222:role/r"}, Unknown: []string{"aws:principalorgid"}},
}

func FuzzAFoundPolicyIsAnsweredForOnTheSafeSide(f *testing.F) {
	own, _ := Delivery("aws", "111111111111", "b").JSON()
	for _, policy := range []string{
		own, console, "", "{}", "null", "[]", `{"Statement":null}`, `{"Statement":[null]}`, `{"Statement":{"Effect":"Allow"}}`, `{"Statement":{"Effect":"Allow","Principal":null,"Action":"*"}}`,
		`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`, `{"Statement":[{"Effect":"Deny","Principal":"*","Action":null,"Resource":"*"}]}`,
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"NotAction":[],"NotResource":[],"Condition":{"Null":{"aws:SourceArn":true}}}]}`,
		`{"Statement":[{"Effect":"Allow","NotPrincipal":{"AWS":"x"},"Action":"*","Condition":{"StringLike":{"a":[null,1,true,{}]}}}]}`,
		`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"` + strings.Repeat("*s", 20) + `","Resource":"*"}]}`, "{\"Statement\":\"\x1b[31m\"}",
	} {
		f.Add(policy)
	}
	f.Fuzz(func(t *testing.T, policy string) {
		found, err := ParseFound(policy)
		for _, fault := range append(CheckDelivery(policy, Delivery("aws", "111111111111", "b"), "111111111111", "cur"), CheckTrust(policy, arn.Role("aws", "222222222222", "/", "r"), true)) {
			if fault != nil && strings.ContainsFunc(fault.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("the fault is %q", fault)
			}
		}
		if err != nil {
			return
		}
		for _, q := range asked {
			allowed := found.Allows(q)
			denied := Found{append(slices.Clone(found.Statement), foundStatement{Effect: Deny, Principal: &foundPrincipal{anyone: true}, Action: list[string]{"*"}})}
			if denied.Allows(q) {
				t.Errorf("%s is allowed by %q beside a Deny of everything", q.Action, policy)
			}
			turned := Found{slices.Clone(found.Statement)}
			slices.Reverse(turned.Statement)
			if turned.Allows(q) != allowed {
				t.Errorf("%s by %q depends on the order of its statements", q.Action, policy)
			}
			for i := range found.Statement {
				less := Found{slices.Delete(slices.Clone(found.Statement), i, i+1)}
				if found.Statement[i].Effect != Deny && less.Allows(q) && !allowed {
					t.Errorf("%s is denied by a statement of %q that denies nothing", q.Action, policy)
				}
				if s := found.Statement[i]; len(found.Statement) == 1 && s.Principal == nil && s.NotPrincipal == nil && found.attached().Allows(q) {
					t.Errorf("%s is allowed by %q, which names nobody", q.Action, policy)
				}
			}
		}
	})
}

func FuzzAPatternMatchesAsItsStarsSay(f *testing.F) {
	for _, c := range [][2]string{
		{"", ""}, {"*", ""}, {"?", ""}, {"a*b", "ab"}, {"a*b", "acbc"}, {"a?b", "acb"}, {"**a", "bba"}, {"*a*", "b"}, {"s3:Get*", "s3:GetObject"}, {"a.b", "axb"},
		{strings.Repeat("*a", 30) + "*b", strings.Repeat("a", 60)}, {"[a", "[a"}, {"a\n*", "a\nb"},
	} {
		f.Add(c[0], c[1])
	}
	f.Fuzz(func(t *testing.T, pattern, value string) {
		if strings.ContainsFunc(pattern+value, func(r rune) bool { return r > unicode.MaxASCII }) {
			return
		}
		expression := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
		began := time.Now()
		got := matchesPattern(pattern, value)
		if took := time.Since(began); took > time.Second {
			t.Errorf("%q took %s to compare with %q", value, took, pattern)
		}
		if want := regexp.MustCompile(`^(?s:` + expression + `)$`).MatchString(value); got != want {
			t.Errorf("%q matches %q: %v, want %v", value, pattern, got, want)
		}
	})
}
