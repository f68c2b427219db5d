package arn

import (
	"strings"
	"testing"
)

func TestAnAccountIDIsTwelveDigitsAndALostZeroIsNamed(t *testing.T) {
	for id, want := range map[string]string{
		"123456789012":    "",
		"012345678901":    "",
		"12345678901":     "starts with 0",
		"1.2345678901e10": "read as a number",
		"1234567890123":   "12 digits",
		"12345678901a":    "12 digits",
		"１２３４５６７８９０１２":    "12 digits",
		"123456789012\n":  "12 digits",
		"":                "12 digits",
	} {
		expect(t, id, CheckAccountID(id), want)
	}
}

func TestAnUnknownRegionIsRefusedWithTheNearestOnes(t *testing.T) {
	for region, want := range map[string]string{
		"us-east-1": Commercial, "eu-central-2": Commercial, "cn-north-1": China, "us-gov-west-1": GovCloud,
	} {
		if got, err := Partition(region); got != want || err != nil {
			t.Errorf("Partition(%q) = %q, %v; want %q", region, got, err, want)
		}
	}
	for region, want := range map[string]string{
		"us-east-9": "us-east-1, us-east-2", "mars-1": "no such region", "": "no such region", "US-EAST-1": "no such region",
		"-": "no such region",
	} {
		_, err := Partition(region)
		expect(t, region, err, want)
	}
}

func TestEachPartitionHasItsBillInOneRegionOrNoBillAtAll(t *testing.T) {
	for region, want := range map[string]string{
		"us-east-1": "us-east-1", "eu-west-1": "us-east-1", "cn-north-1": "cn-northwest-1", "us-gov-west-1": "",
	} {
		partition, err := Partition(region)
		if got := BillingRegion(partition); got != want || err != nil {
			t.Errorf("the bill of %s is in %q, %v; want %q", region, got, err, want)
		}
	}
	for region, want := range map[string]string{
		"us-east-2": "", "cn-north-1": "", "us-gov-east-1": "makes no Cost and Usage Report", "us-gov-1": "no such region",
	} {
		expect(t, region, CheckPayerRegion(region), want)
	}
	for region, want := range map[string]string{
		"us-east-2": "", "cn-north-1": "partition aws-cn, and this stack's region is in aws:", "us-gov-west-1": "aws-us-gov", "x": "no such region",
	} {
		expect(t, region, CheckSamePartition(region, Commercial), want)
	}
}

func TestARNsAreWrittenAndReadAsAWSDoes(t *testing.T) {
	for _, c := range []struct {
		arn  ARN
		want string
	}{
		{Role(Commercial, "111111111111", "/", "reader"), "arn:aws:iam::111111111111:role/reader"},
		{Role(China, "111111111111", "/a/b/", "reader"), "arn:aws-cn:iam::111111111111:role/a/b/reader"},
		{Root(China, "111111111111"), "arn:aws-cn:iam::111111111111:root"},
		{Bucket(GovCloud, "b"), "arn:aws-us-gov:s3:::b"},
		{Objects(Commercial, "b", ""), "arn:aws:s3:::b/*"},
		{Objects(Commercial, "b", "cur/x"), "arn:aws:s3:::b/cur/x/*"},
	} {
		if c.arn.String() != c.want {
			t.Errorf("got %s, want %s", c.arn, c.want)
		}
		if back, err := Parse(c.want); err != nil || back != c.arn {
			t.Errorf("Parse(%s) = %+v, %v; want %+v", c.want, back, err, c.arn)
		}
	}
	for _, text := range []string{"", "arn", "arn:aws:iam::1", "urn:aws:iam::1:role/x", "arn::iam::1:x", "arn:aws:iam::1:"} {
		if _, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) took what is no ARN", text)
		}
	}
}

func TestNamesThatAWSWouldRefuseAreRefused(t *testing.T) {
	for name, want := range map[string]string{
		"kubecost-cur-access": "", "a+=,.@_-9": "", "": "role name", "a b": "role name", "a/b": "role name",
		strings.Repeat("x", 65): "role name", "role*": "role name",
	} {
		expect(t, name, CheckRoleName(name), want)
	}
	for name, want := range map[string]string{
		"kubecost-cur-111111111111-us-east-2": "", "ab": "bucket name", "Bucket": "bucket name", "a.b.c": "bucket name",
		"-abc": "bucket name", "abc-": "bucket name", "xn--abc": "bucket name", "abc-s3alias": "bucket name",
		strings.Repeat("x", 64): "bucket name", "a/b/c": "bucket name",
	} {
		expect(t, name, CheckBucketName(name), want)
	}
	for name, want := range map[string]string{
		"kubecost-cur": "", "primary": "", "a.b_c-1": "", "": "work group", "a b": "work group", "*": "work group",
		strings.Repeat("x", 129): "work group",
	} {
		expect(t, name, CheckWorkGroupName(name), want)
	}
	for name, want := range map[string]string{
		"athenacurcfn_kubecost": "", "": "Glue", "Kubecost": "Glue", "a-b": "Glue", "*": "Glue", strings.Repeat("x", 256): "Glue",
	} {
		expect(t, name, CheckGlueName(name), want)
	}
}

func TestWhatNamesRolesPoliciesAndOrganizationsIsExact(t *testing.T) {
	for path, want := range map[string]string{
		"/": "", "/a/": "", "/team_1/kube-cost/": "", "": "path", "a": "path", "/a": "path", "a/": "path", "//": "path",
		"/*/": "path", "/a b/": "path", "/" + strings.Repeat("x", 511) + "/": "path",
	} {
		expect(t, path, CheckRolePath(path), want)
	}
	for role, want := range map[string]string{
		"arn:aws:iam::222222222222:role/reader": "", "arn:aws:iam::222222222222:role/a/b/reader": "",
		"arn:aws:iam::222222222222:role/*": "role's ARN", "arn:aws:iam::*:role/reader": "role's ARN", "*": "role's ARN",
		"arn:aws:iam::222222222222:root": "role's ARN", "arn:aws:iam::222222222222:user/x": "role's ARN",
		"arn:aws:sts::222222222222:assumed-role/x/y": "role's ARN", "arn:aws:iam::222222222222:role//x": "role's ARN",
		"arn:aws-cn:iam::222222222222:role/reader": "partition aws-cn",
	} {
		expect(t, role, CheckRole(role, Commercial), want)
	}
	for policy, want := range map[string]string{
		"arn:aws:iam::111111111111:policy/boundary": "", "arn:aws:iam::aws:policy/PowerUserAccess": "",
		"arn:aws:iam::222222222222:policy/boundary": "own account", "boundary": "policy's ARN", "arn:aws:iam::111111111111:role/x": "policy's ARN",
		"arn:aws-cn:iam::111111111111:policy/boundary": "partition aws-cn",
	} {
		expect(t, policy, CheckPolicy(policy, "111111111111", Commercial), want)
	}
	for id, want := range map[string]string{
		"o-a1b2c3d4e5": "", "": "organization", "o-short": "organization", "o-A1B2C3D4E5": "organization", "r-a1b2c3d4e5": "organization",
		"o-a1b2c3d4e*": "organization",
	} {
		expect(t, id, CheckOrganizationID(id), want)
	}
}

// expect fails the test unless err is nil for an empty want, or contains it.
func expect(t *testing.T, value string, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%q was refused: %v", value, err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("%q gave %v, want an error with %q", value, err, want)
	}
}

func TestAnOIDCProvidersARNTellsTheIssuer(t *testing.T) {
	const issuer = "oidc.eks.us-east-2.amazonaws.com/id/ABCDEF"
	got, err := OIDCIssuer("arn:aws:iam::222222222222:oidc-provider/"+issuer, Commercial, "222222222222")
	if got != issuer || err != nil {
		t.Errorf("the issuer is %q, %v", got, err)
	}
	for text, want := range map[string]string{
		"create it":                                                  "oidc-provider/ISSUER",
		"arn:aws:iam::222222222222:role/x":                           "oidc-provider/ISSUER",
		"arn:aws:iam::222222222222:oidc-provider/":                   "oidc-provider/ISSUER",
		"arn:aws:iam::222222222222:oidc-provider/https://" + issuer:  "oidc-provider/ISSUER",
		"arn:aws:iam::222222222222:oidc-provider/*":                  "oidc-provider/ISSUER",
		"arn:aws-cn:iam::222222222222:oidc-provider/" + issuer:       "partition aws-cn",
		"arn:aws:iam::333333333333:oidc-provider/" + issuer:          "in account",
		"arn:aws:iam::222222222222:oidc-provider/" + issuer + "\n":   "oidc-provider/ISSUER",
		"arn:aws:iam:us-east-2:222222222222:oidc-provider/" + issuer: "oidc-provider/ISSUER",
	} {
		_, err := OIDCIssuer(text, Commercial, "222222222222")
		expect(t, text, err, want)
	}
}

func TestAClusterIsNamedAsEKSNamesThem(t *testing.T) {
	for name, want := range map[string]string{
		"primary": "", "a_B-9": "", "9": "", strings.Repeat("a", 100): "",
		"": "letters, digits", "-a": "letters, digits", "a.b": "letters, digits", strings.Repeat("a", 101): "letters, digits",
	} {
		expect(t, name, CheckClusterName(name), want)
	}
}
