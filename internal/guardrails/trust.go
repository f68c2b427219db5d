package guardrails

import (
	"regexp"
	"slices"
	"strings"
)

// withoutSource are services that assume a role for whoever it is handed to, and name no source to its trust policy.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
var withoutSource = []string{"ec2.amazonaws.com", "ec2.amazonaws.com.cn", "eks.amazonaws.com"}

// An account's ID, or its root: all of the account that may do it.
var wholeAccount = regexp.MustCompile(`^(\d{12}|arn:[a-z-]+:iam::\d{12}:root)$`)

// looseTrust looks at trust and bucket policies. A key's policy has to name its own account.
func looseTrust(r Resource) []string {
	if !r.is("iam", "Role") && !r.is("s3", "BucketPolicy") {
		return nil
	}
	var seen []string
	for _, s := range r.statements() {
		if !s.allows() || !s.attached() {
			continue
		}
		for _, p := range s.principals() {
			switch {
			case p[0] == "Service" && !slices.Contains(withoutSource, p[1]) && !s.exactly("aws:sourcearn") && !s.exactly("aws:sourceaccount"):
				seen = append(seen, s.where+": "+p[1]+" for whatever source")
			case p[0] == "AWS" && wholeAccount.MatchString(p[1]) && !s.exactly("aws:principalarn"):
				seen = append(seen, s.where+": all of "+p[1])
			}
		}
		seen = append(seen, looseTokens(s)...)
	}
	return seen
}

// looseTokens says what lets other tokens in than those of one subject for one audience.
func looseTokens(s statement) []string {
	web := func(action string) bool { return strings.EqualFold(action, "sts:AssumeRoleWithWebIdentity") }
	if !slices.ContainsFunc(texts(s.body["Action"]), web) {
		return nil
	}
	var seen []string
	for _, claim := range []string{"aud", "sub"} {
		if !s.exactly(":" + claim) {
			seen = append(seen, s.where+": whatever "+claim+" the token has")
		}
	}
	return seen
}

// exactly says whether the statement asks for exact values of a condition key, given by its end. aws:SourceArn may end in a
// wildcard: its account is exact, and so is what kind of resource it is.
func (s statement) exactly(key string) bool {
	return slices.ContainsFunc(s.conditions(), func(c condition) bool {
		if !strings.HasSuffix(c.key, key) || len(c.values) == 0 {
			return false
		}
		switch c.operator {
		case "stringequals":
			return !slices.ContainsFunc(c.values, wild)
		case "arnequals", "arnlike": // both take wildcards
			if key == "aws:sourcearn" {
				return !slices.ContainsFunc(c.values, wideARN)
			}
			return !slices.ContainsFunc(c.values, wild)
		}
		return false
	})
}
