package iampolicy

import "github.com/kubecost-cur/kubecost-cur/internal/arn"

const (
	// GitHubIssuer is the OIDC issuer of the tokens that GitHub Actions gives to jobs.
	// Source: https://docs.github.com/en/actions/concepts/security/openid-connect
	GitHubIssuer = "token.actions.githubusercontent.com"
	// CIPolicySize is how many characters the inline policies of a role have together at most.
	// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
	CIPolicySize = 10_240
)

// TrustGitHub lets jobs of GitHub Actions with one of these subjects assume a role, and no others.
// Source: https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
func TrustGitHub(oidcProviderARN string, subjects ...string) Document {
	return document(Statement{
		Sid: "JobsOfTheRepositoryAssumeThisRole", Effect: Allow,
		Principal: &Principal{Federated: []string{oidcProviderARN}},
		Action:    []string{"sts:AssumeRoleWithWebIdentity"},
		Condition: Condition{StringEquals: {
			GitHubIssuer + ":aud": {TokenAudience},
			GitHubIssuer + ":sub": subjects,
		}},
	})
}

// CIStack is what of an account the program brings up, and so what CI may look at (Preview) and change (Update) there. There is no
// right in it to delete a report, a bucket or an object: that is not for CI.
type CIStack interface {
	Preview() Document
	Update() Document
}

// CIPlace is where a stack of CI is.
type CIPlace struct {
	Partition string
	Region    string
	Account   string
	// Boundary, unless empty, is the managed policy without which CI may give no role any rights.
	Boundary string
}

func (p CIPlace) resource(service, resource string) string {
	return arn.ARN{Partition: p.Partition, Service: service, Region: p.Region, Account: p.Account, Resource: resource}.String()
}

// of is a statement for some resources, or nothing if there are none.
func of(sid string, resources []string, actions ...string) []Statement {
	if len(resources) == 0 {
		return nil
	}
	return []Statement{{Sid: sid, Effect: Allow, Action: actions, Resource: resources}}
}

// all is every resource, for actions that know none, or of which AWS does not say which they are asked for.
var all = []string{"*"}

// readRoles lets CI look at roles and their policies.
func readRoles(roles []string) []Statement {
	return of("ReadRoles", roles,
		"iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies")
}

// keepRoles lets CI make and change roles, some of which (found) are there already and get policies only. Who may write a role's
// policy may give it any right. A boundary is what bounds that.
func (p CIPlace) keepRoles(roles, found []string) []Statement {
	var statements []Statement
	if len(roles) > 0 {
		statements = of("KeepRoles", roles, "iam:DeleteRole", "iam:ListInstanceProfilesForRole", "iam:TagRole", "iam:UntagRole",
			"iam:UpdateAssumeRolePolicy", "iam:UpdateRoleDescription")
		give := of("GiveRolesTheirRights", roles, "iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy")[0]
		if p.Boundary != "" {
			give.Action = append(give.Action, "iam:PutRolePermissionsBoundary")
			give.Condition = Condition{StringEquals: {"iam:PermissionsBoundary": {p.Boundary}}}
		}
		statements = append(statements, give)
	}
	return append(statements, of("GiveFoundRolesTheirRights", found, "iam:DeleteRolePolicy", "iam:PutRolePolicy")...)
}

// pass lets CI hand roles to a service.
func pass(sid, service string, roles ...string) Statement {
	return Statement{
		Sid: sid, Effect: Allow,
		Action: []string{"iam:PassRole"}, Resource: roles,
		Condition: Condition{StringEquals: {"iam:PassedToService": {service}}},
	}
}
