package iampolicy

import (
	"errors"
	"strings"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// console is the policy that the billing console writes: by equality, with a star in the source ARN.
const console = `{"Version":"2008-10-17","Id":"Policy1335892530063","Statement":[
	{"Sid":"Stmt1335892150622","Effect":"Allow","Principal":{"Service":"billingreports.amazonaws.com"},"Action":["s3:GetBucketAcl","s3:GetBucketPolicy"],
	 "Resource":"arn:aws:s3:::b","Condition":{"StringEquals":{"aws:SourceAccount":"111111111111","aws:SourceArn":"arn:aws:cur:us-east-1:111111111111:definition/*"}}},
	{"Sid":"Stmt1335892526596","Effect":"Allow","Principal":{"Service":"billingreports.amazonaws.com"},"Action":"s3:PutObject",
	 "Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"aws:SourceAccount":"111111111111","aws:SourceArn":"arn:aws:cur:us-east-1:111111111111:definition/*"}}}]}`

func TestABucketWhosePolicyStopsDeliveriesIsRefusedWithTheStatementsToAdd(t *testing.T) {
	own, err := Delivery("aws", "111111111111", "b").JSON()
	if err != nil {
		t.Fatal(err)
	}
	const look, write = "s3:GetBucketAcl", "s3:PutObject"
	replaced := func(old, new string) string { return strings.ReplaceAll(own, old, new) }
	denied := func(statement string) string {
		return strings.Replace(own, `"Statement":[`, `"Statement":[`+statement+",", 1)
	}
	for name, c := range map[string]struct {
		policy string
		want   []string // actions that are missing
	}{
		"this program's":                 {own, nil},
		"the billing console's":          {console, nil},
		"of the account, with all":       {`{"Statement":{"Effect":"Allow","Principal":{"Service":["billingreports.amazonaws.com"]},"Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{"StringLike":{"AWS:SourceAccount":"1111*"}}}}`, nil},
		"with Data Exports beside":       {replaced(`"billingreports.amazonaws.com"`, `"billingreports.amazonaws.com","bcm-data-exports.amazonaws.com"`), nil},
		"a Deny of everybody but AWS":    {denied(`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalAccount":"111111111111"},"Bool":{"aws:PrincipalIsAWSService":false}}}`), nil},
		"a Deny of another bucket":       {denied(`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::other/*"}`), nil},
		"none":                           {"", []string{look, write}},
		"the bucket's region in the ARN": {replaced("cur:us-east-1", "cur:us-east-2"), []string{look, write}},
		"another account":                {replaced("111111111111", "999999999999"), []string{look, write}},
		"another service":                {replaced("billingreports", "bcm-data-exports"), []string{look, write}},
		"no look at the ACL":             {replaced(`"s3:GetBucketAcl",`, ""), []string{look}},
		"one folder only":                {replaced("arn:aws:s3:::b/*", "arn:aws:s3:::b/cur/*"), []string{write}},
		"another bucket":                 {replaced("arn:aws:s3:::b/*", "arn:aws:s3:::bb/*"), []string{write}},
		"a Deny of writes":               {denied(`{"Effect":"Deny","Principal":"*","Action":"s3:Put*","Resource":"arn:aws:s3:::b/*"}`), []string{write}},
		"a Deny without KMS":             {denied(`{"Effect":"Deny","Principal":{"AWS":"*"},"NotAction":"s3:Get*","Resource":"arn:aws:s3:::b/*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}}`), []string{write}},
		"an operator that nobody knows":  {replaced("ArnLike", "Matches"), []string{look, write}},
	} {
		faults := CheckDelivery(c.policy, Delivery("aws", "111111111111", "b"), "111111111111", "cur/kubecost/kubecost")
		if len(faults) != len(c.want) {
			t.Errorf("%s: %v, want %v", name, faults, c.want)
		}
		for _, action := range c.want {
			said := errors.Join(faults...)
			if said == nil || !strings.Contains(said.Error(), "call "+action) || !strings.Contains(said.Error(), `"aws:SourceArn":["arn:aws:cur:us-east-1:111111111111:definition/*"]`) {
				t.Errorf("%s: it does not say how to allow %s: %v", name, action, said)
			}
		}
	}
	if faults := CheckDelivery("no policy", Delivery("aws", "111111111111", "b"), "111111111111", "cur"); len(faults) != 1 || !strings.Contains(faults[0].Error(), "no policy") {
		t.Errorf("a string that is no policy gave %v", faults)
	}
	exports := ExportDelivery("aws", "111111111111", "b")
	if text, err := exports.JSON(); err != nil || len(CheckDelivery(text, exports, "111111111111", "cur/kubecost/data")) > 0 {
		t.Errorf("this program's policy for CUR 2.0 was refused: %v", err)
	}
	if faults := CheckDelivery(own, exports, "111111111111", "cur/kubecost/data"); len(faults) != 2 || !strings.Contains(faults[0].Error(), ExportService) {
		t.Errorf("the policy for legacy reports was taken for CUR 2.0: %v", faults)
	}
}

func TestARoleThatKubecostCannotAssumeIsRefusedWithTheStatementToAdd(t *testing.T) {
	reader := arn.Role("aws", "222222222222", "/", "kubecost-cur-reader")
	trust := func(principal, condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole"` + condition + `}]}`
	}
	const root, self = `{"AWS":"arn:aws:iam::222222222222:root"}`, `{"AWS":"arn:aws:iam::222222222222:role/kubecost-cur-reader"}`
	for name, c := range map[string]struct {
		policy  string
		allowed bool
	}{
		"the guide's":              {trust(root, ""), true},
		"the account by its ID":    {trust(`{"AWS":["333333333333","222222222222"]}`, ""), true},
		"the role itself":          {trust(self, ""), true},
		"the role by condition":    {trust(root, `,"Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::222222222222:role/kubecost-*"}}`), true},
		"the organization":         {trust(`"*"`, `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}`), true},
		"no external ID if any":    {trust(root, `,"Condition":{"StringEqualsIfExists":{"sts:ExternalId":"x"}}`), true},
		"an external ID":           {trust(root, `,"Condition":{"StringEquals":{"sts:ExternalId":"x"}}`), false},
		"MFA":                      {trust(root, `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), false},
		"another account":          {trust(`{"AWS":"arn:aws:iam::333333333333:root"}`, ""), false},
		"another role":             {trust(root, `,"Condition":{"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::222222222222:role/other"}}`), false},
		"a role that was deleted":  {trust(`{"AWS":"AROAEXAMPLEEXAMPLEEXA"}`, ""), false},
		"a service":                {trust(`{"Service":"ec2.amazonaws.com"}`, ""), false},
		"nobody":                   {`{"Version":"2012-10-17","Statement":[]}`, false},
		"a Deny beside it":         {strings.Replace(trust(root, ""), "[", `[{"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{"StringNotLike":{"aws:PrincipalArn":"*/other"}}},`, 1), false},
		"a Deny of those with tag": {strings.Replace(trust(root, ""), "[", `[{"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{"Null":{"aws:PrincipalTag/team":"false"}}},`, 1), true},
		"no JSON":                  {"{", false},
	} {
		err := CheckTrust(c.policy, reader, false)
		if (err == nil) != c.allowed {
			t.Errorf("%s: %v, want allowed %v", name, err, c.allowed)
		}
		if err != nil && (!strings.Contains(err.Error(), c.policy) || !strings.Contains(err.Error(), `"ArnEquals":{"aws:PrincipalArn":["arn:aws:iam::222222222222:role/kubecost-cur-reader"]}`)) {
			t.Errorf("%s: it does not say what is there and what to add: %v", name, err)
		}
	}
}

func TestARoleThatTakesNoSessionTagsIsRefusedForPodIdentity(t *testing.T) {
	reader := arn.Role("aws", "222222222222", "/", "kubecost-cur-reader")
	trust := func(action string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":` + action + `}]}`
	}
	for _, action := range []string{`["sts:AssumeRole","sts:TagSession"]`, `"sts:*"`} {
		if err := CheckTrust(trust(action), reader, true); err != nil {
			t.Errorf("%s: %v", action, err)
		}
	}
	err := CheckTrust(trust(`"sts:AssumeRole"`), reader, true)
	if err == nil || !strings.Contains(err.Error(), "session tags") || !strings.Contains(err.Error(), `"Action":["sts:AssumeRole","sts:TagSession"]`) {
		t.Errorf("without sts:TagSession: %v", err)
	}
}
