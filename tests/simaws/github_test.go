package simaws

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

func TestOnlyJobsOfTheirSubjectsGetTheRolesOfCI(t *testing.T) {
	account, config := newAccount(t)
	issuer, err := cloud.StartGitHub()
	if err != nil {
		t.Fatal(err)
	}
	provider, err := cloud.CreateOIDCProvider(t.Context(), account, issuer.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	make := func(name string, subjects ...string) string {
		trust, err := iampolicy.TrustGitHub(provider, subjects...).JSON()
		if err != nil {
			t.Fatal(err)
		}
		return newRole(t, config, name, trust, "")
	}
	const pull, main, production = "repo:acme/billing:pull_request", "repo:acme/billing:ref:refs/heads/main", "repo:acme/billing:environment:production"
	preview, deploy := make("ci-preview", pull, main), make("ci-deploy", production)
	anonymous := aws.Config{Region: region, HTTPClient: httpClient(t), Credentials: aws.AnonymousCredentials{}, RetryMaxAttempts: 1}
	for name, test := range map[string]struct {
		role, subject string
		change        func(*jwt.Claims)
		code          string
	}{
		"a pull request previews":               {role: preview, subject: pull},
		"the branch previews":                   {role: preview, subject: main},
		"the environment deploys":               {role: deploy, subject: production},
		"a pull request does not deploy":        {role: deploy, subject: pull, code: "AccessDenied"},
		"the branch alone does not deploy":      {role: deploy, subject: main, code: "AccessDenied"},
		"another environment does not deploy":   {role: deploy, subject: "repo:acme/billing:environment:staging", code: "AccessDenied"},
		"one with more letters does not deploy": {role: deploy, subject: production + "-2", code: "AccessDenied"},
		"another repository does not deploy":    {role: deploy, subject: "repo:acme/other:environment:production", code: "AccessDenied"},
		"another owner does not preview":        {role: preview, subject: "repo:evil/billing:pull_request", code: "AccessDenied"},
		"another branch does not preview":       {role: preview, subject: "repo:acme/billing:ref:refs/heads/topic", code: "AccessDenied"},
		"a tag of the branch's name does not":   {role: preview, subject: "repo:acme/billing:ref:refs/tags/main", code: "AccessDenied"},
		"another audience gets nothing": {role: deploy, subject: production, code: "InvalidIdentityToken",
			change: func(c *jwt.Claims) { c.Audience = jwt.Audience{"https://github.com/acme"} }},
	} {
		t.Run(name, func(t *testing.T) {
			token, err := issuer.Token(test.subject, test.change)
			if err != nil {
				t.Fatal(err)
			}
			_, err = sts.NewFromConfig(anonymous).AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{
				RoleArn: &test.role, RoleSessionName: aws.String("job"), WebIdentityToken: &token,
			})
			switch {
			case test.code != "":
				wantError(t, err, test.code, "")
			case err != nil:
				t.Error(err)
			}
		})
	}
}
