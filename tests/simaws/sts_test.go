package simaws

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func TestInChinaACallerIsKnownAndNothingIsMade(t *testing.T) {
	account, config := newAccount(t)
	there := inRegion(config, "cn-north-1")
	who, err := sts.NewFromConfig(there).GetCallerIdentity(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := "arn:aws-cn:iam::" + account + ":user/administrator"; *who.Arn != want || *who.Account != account {
		t.Errorf("the caller is %s of %s, want %s", *who.Arn, *who.Account, want)
	}
	_, err = iam.NewFromConfig(there).ListRoles(t.Context(), nil)
	wantError(t, err, "NotImplemented", "aws-cn")
}

func TestCallerIdentityTellsAccountsApart(t *testing.T) {
	for range 2 {
		id, config := newAccount(t)
		out, err := sts.NewFromConfig(config).GetCallerIdentity(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if *out.Account != id || *out.Arn != "arn:aws:iam::"+id+":user/administrator" {
			t.Errorf("got %s in account %s, want account %s", *out.Arn, *out.Account, id)
		}
	}
}

func TestUnknownAccessKeyIsRefused(t *testing.T) {
	config := configFor(t, Credentials{"AKIAUNKNOWN000000000", "secret", ""})
	_, err := sts.NewFromConfig(config).GetCallerIdentity(t.Context(), nil)
	wantError(t, err, "InvalidClientTokenId", "security token included in the request is invalid")
}

func TestSessionNeedsItsToken(t *testing.T) {
	account, config := newAccount(t)
	arn := newRole(t, config, "reader", fmt.Sprintf(root, account), "")
	session, err := assume(t, config, arn).Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stolen := configFor(t, Credentials{session.AccessKeyID, session.SecretAccessKey, "another"})
	_, err = sts.NewFromConfig(stolen).GetCallerIdentity(t.Context(), nil)
	wantError(t, err, "InvalidClientTokenId", "invalid")
}

func TestAssumeRoleAcrossAccountsNeedsBothPolicies(t *testing.T) {
	primary, there := newAccount(t)
	_, here := newAccount(t)
	reader := "arn:aws:iam::" + primary + ":role/reader"
	trust := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},
		"Action":"sts:AssumeRole","Condition":{"ArnEquals":{"aws:PrincipalArn":"%s"}}}]}`, primary, reader)
	access := newRole(t, here, "access", trust, "")
	own := fmt.Sprintf(root, primary)
	policy := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"%s"}]}`, access)
	newRole(t, there, "reader", own, policy)
	newRole(t, there, "without", own, "")
	newRole(t, there, "stranger", own, policy)

	for role, refused := range map[string]bool{"reader": false, "without": true, "stranger": true} {
		session := assume(t, there, "arn:aws:iam::"+primary+":role/"+role)
		out, err := sts.NewFromConfig(session).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &access, RoleSessionName: aws.String("kubecost")})
		if refused {
			wantError(t, err, "AccessDenied", fmt.Sprintf("User: arn:aws:sts::%s:assumed-role/%s/test is not authorized to perform: sts:AssumeRole on resource: %s", primary, role, access))
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if want := "arn:aws:sts::" + accountOf(access) + ":assumed-role/access/kubecost"; *out.AssumedRoleUser.Arn != want {
			t.Errorf("got session %s, want %s", *out.AssumedRoleUser.Arn, want)
		}
	}
}

func TestTrustInAnOrganization(t *testing.T) {
	member, there := newAccount(t)
	stranger, elsewhere := newAccount(t)
	payer, here := newAccount(t)
	cloud.AddOrganization(Organization{ID: "o-" + payer, Management: payer, Members: []Member{{ID: member, Name: "member"}}})
	trust := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["%s","%s"]},
		"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-%s"}}}]}`, member, stranger, payer)
	access := newRole(t, here, "access", trust, "")
	assume(t, there, access)
	_, err := sts.NewFromConfig(elsewhere).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &access, RoleSessionName: aws.String("kubecost")})
	wantError(t, err, "AccessDenied", "sts:AssumeRole")
}

func TestAssumeRoleThatDoesNotExistIsDenied(t *testing.T) {
	account, config := newAccount(t)
	arn := "arn:aws:iam::" + account + ":role/nobody"
	_, err := sts.NewFromConfig(config).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &arn, RoleSessionName: aws.String("test")})
	wantError(t, err, "AccessDenied", "sts:AssumeRole on resource: "+arn)
}

func TestTrustPolicyMayNotNameARoleThatDoesNotExist(t *testing.T) {
	account, config := newAccount(t)
	trust := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:role/later"},"Action":"sts:AssumeRole"}]}`, account)
	create := func() error {
		_, err := iam.NewFromConfig(config).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("first"), AssumeRolePolicyDocument: &trust})
		return err
	}
	wantError(t, create(), "MalformedPolicyDocument", `Invalid principal in policy: "AWS":"arn:aws:iam::`+account+`:role/later"`)
	newRole(t, config, "later", fmt.Sprintf(root, account), "")
	if err := create(); err != nil {
		t.Fatal(err)
	}
}

func TestAccountIDMustHaveTwelveDigits(t *testing.T) {
	if _, err := cloud.AddAccount("42"); err == nil {
		t.Error("an account with two digits was added")
	}
}
