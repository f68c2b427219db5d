package arn

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// seeds are real and hostile values: what AWS has, and what is more than a name in a policy, in JSON, YAML, a shell or a terminal.
var seeds = []string{
	"", "*", "?", "${aws:username}", "aws", "/", "/a/b/", "//", "kubecost-cur-reader", "a,b", "a b", "a\n", "\n", "a\x00", "\x1b[31m", "\u202e", "kubecоst",
	"111111111111", "１１１１１１１１１１１１", "012345678901", "1.2e10", "us-east-2", "cn-north-1", "us-gov-west-1", "o-abcdef0123",
	"arn:aws:iam::111111111111:role/kubecost-cur-reader", "arn:aws:iam::111111111111:role/a/b/reader", "arn:aws:iam::111111111111:role/*",
	"arn:*:iam::111111111111:role/x", "arn:aws\nred:iam::111111111111:role/x", "arn:aws:iam::111111111111:policy/p", "arn:aws:iam::aws:policy/p",
	"arn:aws:kms:us-east-2:111111111111:key/mrk-0123456789abcdef0123456789abcdef", "arn:aws:kms:us-east-2:111111111111:alias/x",
	"arn:aws:kms:us-east-2:111111111111:alias/$(reboot)", "arn:x:kms:\x1b[2J:y:key/01234567-89ab-cdef-0123-456789abcdef",
	"arn:aws:iam::111111111111:oidc-provider/oidc.eks.us-east-2.amazonaws.com/id/ABC", "arn:aws:iam::111111111111:oidc-provider/a.b/../c",
	"arn:aws:s3:::bucket/*", "arn:::::", "s3://bucket", "xn--bucket", "my-bucket-s3alias", `x","y":"`, strings.Repeat("a", 129), strings.Repeat("a/", 300),
}

func add(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
}

// special are the characters that mean more than themselves where names are put: patterns and variables in policies, quotes and
// escapes in JSON and YAML, line breaks.
const special = "*?${}\"'`\\\n\r\t\x00 <>;|&#%"

// name fails if a string that a checker took can be more than a name.
func name(t *testing.T, what, text string) {
	t.Helper()
	if text == "" || strings.ContainsAny(text, special) || strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsPrint(r) }) {
		t.Errorf("%q was taken for %s", text, what)
	}
}

// plain fails for an error that hands a value's characters to the terminal as they are: line breaks in it would look like other
// faults, escapes would hide them.
func plain(t *testing.T, err error) {
	t.Helper()
	if err != nil && strings.ContainsFunc(err.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("the error is %q", err)
	}
}

func FuzzAnARNThatIsReadIsWrittenAsItWas(f *testing.F) {
	add(f)
	f.Fuzz(func(t *testing.T, text string) {
		a, err := Parse(text)
		plain(t, err)
		if err == nil && a.String() != text {
			t.Errorf("%q is written as %q", text, a)
		}
	})
}

func FuzzANameThatIsTakenIsNothingButAName(f *testing.F) {
	add(f)
	f.Fuzz(func(t *testing.T, text string) {
		for what, check := range map[string]func(string) error{
			"an account ID": CheckAccountID, "a role's name": CheckRoleName, "a role's path": CheckRolePath, "a policy's name": CheckRolePolicyName,
			"a cluster": CheckClusterName, "an organization": CheckOrganizationID, "a bucket": CheckBucketName, "a work group": CheckWorkGroupName,
			"a Glue name": CheckGlueName, "a payer's region": CheckPayerRegion,
		} {
			err := check(text)
			plain(t, err)
			if err == nil {
				name(t, what, text)
			}
		}
		tag := CheckTag(text, text)
		plain(t, tag)
		if hidden := func(r rune) bool { return !unicode.IsPrint(r) }; tag == nil && (strings.ContainsFunc(text, hidden) || strings.ContainsAny(text, "*?${}\"<>&")) {
			t.Errorf("%q was taken for a tag", text)
		}
		partition, err := Partition(text)
		plain(t, err)
		if (err == nil) != (partition != "") || err == nil && CheckSamePartition(text, partition) != nil {
			t.Errorf("the partition of %q is %q, %v", text, partition, err)
		}
	})
}

func FuzzARoleOfPartsThatAreTakenIsTaken(f *testing.F) {
	for _, s := range seeds {
		f.Add("111111111111", "/", s)
		f.Add("111111111111", s, "reader")
		f.Add(s, "/", "reader")
	}
	f.Fuzz(func(t *testing.T, account, path, roleName string) {
		text := Role(Commercial, account, path, roleName).String()
		if CheckAccountID(account) == nil && CheckRolePath(path) == nil && CheckRoleName(roleName) == nil && CheckRole(text, Commercial) != nil {
			t.Errorf("%q is not taken", text)
		}
		if CheckRole(text, Commercial) != nil {
			return
		}
		role, _ := Parse(text)
		resource := strings.TrimPrefix(role.Resource, "role")
		last := strings.LastIndex(resource, "/") + 1
		if CheckAccountID(role.Account) != nil || CheckRolePath(resource[:last]) != nil || CheckRoleName(resource[last:]) != nil {
			t.Errorf("%q is taken, and its parts are not", text)
		}
	})
}

// exact is what an ARN of exactly one thing in IAM or KMS looks like.
var exact = regexp.MustCompile(`^arn:aws:(iam::[0-9]{12}|iam::aws|kms:us-east-2:[0-9]{12}):(role|policy|key|oidc-provider)/[A-Za-z0-9_+=,.@~/-]+$`)

func FuzzAnARNThatIsTakenIsOfOneThing(f *testing.F) {
	const account = "111111111111"
	add(f)
	f.Fuzz(func(t *testing.T, text string) {
		issuer, err := OIDCIssuer(text, Commercial, account)
		if err == nil && (issuer == "" || strings.Contains(issuer, "://") || !strings.HasSuffix(text, ":oidc-provider/"+issuer)) {
			t.Errorf("the issuer of %q is %q", text, issuer)
		}
		for what, err := range map[string]error{
			"a role":                    CheckRole(text, Commercial),
			"a policy":                  CheckPolicy(text, account, Commercial),
			"a key":                     CheckKey(text, Place{Commercial, "us-east-2", account}),
			"an OIDC provider":          err,
			"a policy of any partition": CheckPolicy(text, account, ""),
		} {
			plain(t, err)
			if err != nil {
				continue
			}
			name(t, what, text)
			if what != "a policy of any partition" && !exact.MatchString(text) {
				t.Errorf("%q was taken for %s", text, what)
			}
		}
	})
}
