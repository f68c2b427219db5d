package graph

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

// ciSettings are those of a stack of CI's, of which side and its account are as the other stack's.
func ciSettings(stack map[string]string) map[string]string {
	return with(stack, map[string]string{
		"kubecost-cur:side": stack["kubecost-cur:side"] + "-ci", "kubecost-cur:ciRepository": "acme/billing", "kubecost-cur:ciOidcProvider": "create",
	})
}

// withoutGitHub is an account that has no OIDC provider of GitHub.
func withoutGitHub() *recorder {
	return &recorder{payerOutputs: payerOutputs(), change: func(token string, _ map[string]any) error {
		if strings.Contains(token, "getOpenIdConnectProvider") {
			return errors.New("not found")
		}
		return nil
	}}
}

// ownGitHub has the OIDC provider of GitHub be one that the stack has made.
func ownGitHub(token string, answer map[string]any) error {
	if strings.Contains(token, "getOpenIdConnectProvider") {
		answer["tags"] = map[string]any{"pulumi-stack": "organization/kubecost-cur/ci"}
	}
	return nil
}

func ciGraph(t *testing.T, settings map[string]string) *recorder {
	t.Helper()
	r := withoutGitHub()
	if err := run(t, r, "ci", settings); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestACIStackMakesTwoRolesAndNothingOfTheStackThatTheyAreFor(t *testing.T) {
	for name, settings := range map[string]map[string]string{"payer": payerSettings, "primary": primarySettings} {
		t.Run(name, func(t *testing.T) {
			r := ciGraph(t, ciSettings(settings))
			want := map[string]int{
				"pulumi:pulumi:Stack": 1, "kubecost-cur:index:CIRoles": 1, "aws:iam/openIdConnectProvider:OpenIdConnectProvider": 1,
				"aws:iam/role:Role": 2, "aws:iam/rolePolicy:RolePolicy": 3,
			}
			got := r.count()
			delete(want, "pulumi:pulumi:Stack")
			delete(got, "pulumi:pulumi:Stack")
			if !maps.Equal(got, want) {
				t.Errorf("the stack registers\n%v\nwant\n%v", got, want)
			}
			for _, one := range r.resources {
				if one.token == "aws:iam/role:Role" {
					trust := text(t, one.inputs["assumeRolePolicy"])
					preview := strings.HasSuffix(one.name, "-preview")
					if strings.Contains(trust, "repo:acme/billing:pull_request") != preview || strings.Contains(trust, "environment:production") == preview {
						t.Errorf("%s trusts %s", one.name, trust)
					}
				}
			}
		})
	}
}

// An account has one OIDC provider of GitHub at most: it is looked up, or made where there is none, and never taken over.
func TestTheOIDCProviderOfGitHubIsLookedUpOrMade(t *testing.T) {
	found := with(ciSettings(payerSettings), map[string]string{"kubecost-cur:ciOidcProvider": "(removed)"})
	r := &recorder{}
	if err := run(t, r, "ci", found); err != nil || r.count()["aws:iam/openIdConnectProvider:OpenIdConnectProvider"] != 0 {
		t.Errorf("with one: %v, %v", err, r.count())
	}
	for name, c := range map[string]struct {
		r        *recorder
		settings map[string]string
		want     string
	}{
		"one that is there is not made": {&recorder{}, ciSettings(payerSettings), "set ciOidcProvider to lookup"},
		"none is not looked up":         {withoutGitHub(), found, "set ciOidcProvider to create"},
		"its own is not only looked up": {&recorder{change: ownGitHub}, found, "set ciOidcProvider to create again"},
	} {
		if err := run(t, c.r, "ci", c.settings); err == nil || !strings.Contains(err.Error(), c.want) || len(c.r.resources) > 0 {
			t.Errorf("%s: %v, %v", name, err, c.r.count())
		}
	}
}

func TestCIsRolesKeepTheGuardRails(t *testing.T) {
	for _, settings := range []map[string]string{
		payerSettings, primarySettings,
		with(payerSettings, map[string]string{
			"kubecost-cur:catalogMode": "crawler", "kubecost-cur:crawlerTrigger": "event", "kubecost-cur:lakeFormation": "true",
			"kubecost-cur:costAllocationTags": `["team"]`, "kubecost-cur:activatedCostAllocationTags": `["team"]`,
		}),
		with(payerSettings, map[string]string{"kubecost-cur:reportVersion": "2", "kubecost-cur:costAllocationTags": "(removed)"}),
		with(primarySettings, map[string]string{"kubecost-cur:identity": "pod-identity"}),
		with(primarySettings, map[string]string{"kubecost-cur:oidcProvider": "create"}),
	} {
		keepsGuardrails(t, ciGraph(t, ciSettings(settings)), settings)
	}
}

// What CI may not look at and change is what the other stack does not make, by the same settings.
func TestCIsRightsAreForWhatItsStackMakes(t *testing.T) {
	policies := func(changes map[string]string) string {
		var all []string
		for _, one := range ciGraph(t, ciSettings(with(payerSettings, changes))).resources {
			if one.token == "aws:iam/rolePolicy:RolePolicy" {
				all = append(all, text(t, one.inputs["policy"]))
			}
		}
		slices.Sort(all)
		return strings.Join(all, "\n")
	}
	usual := policies(nil)
	for _, absent := range []string{"glue:GetCrawler", "lakeformation:", "ce:", "bcm-data-exports:", "events:", "iam:PassRole", "DeleteBucket\"", "DeleteObject"} {
		if strings.Contains(usual, absent) {
			t.Errorf("the policies have %s: %s", absent, usual)
		}
	}
	// Release 5 of the AWS provider, which pulumi-aws 6 has, asks for a bucket's tags otherwise than release 6, which the sandbox has.
	for _, right := range []string{"s3:GetBucketTagging", "s3:PutBucketTagging", "s3:ListTagsForResource", "s3:TagResource", "s3:UntagResource"} {
		if !strings.Contains(usual, right+`"`) && !strings.Contains(usual, right+`\"`) {
			t.Errorf("the policies lack %s: %s", right, usual)
		}
	}
	for _, c := range []struct {
		changes       map[string]string
		with, without string
	}{
		{map[string]string{"kubecost-cur:reportName": "other"}, "definition/other", "definition/kubecost"},
		{map[string]string{"kubecost-cur:catalogMode": "crawler"}, "glue:CreateCrawler", "events:"},
		{map[string]string{"kubecost-cur:permissionsBoundary": "arn:aws:iam::111111111111:policy/b"}, `"iam:PermissionsBoundary":["arn:aws:iam::111111111111:policy/b"]`, ""},
		{map[string]string{"kubecost-cur:payerRolePath": "/platform/"}, "role/platform/kubecost-cur-access", "role/kubecost-cur-access"},
		{map[string]string{"kubecost-cur:workGroupName": "primary"}, "", "athena:UpdateWorkGroup"},
	} {
		got := strings.ReplaceAll(policies(c.changes), `\"`, `"`)
		if !strings.Contains(got, c.with) || c.without != "" && strings.Contains(got, c.without) {
			t.Errorf("with %v the policies lack %q or have %q: %s", c.changes, c.with, c.without, got)
		}
	}
}

// An adopted role keeps its path, which the settings do not tell; the crawler's roles are made beside it.
func TestCIsRightsOnAnAdoptedRoleAreOnTheRoleThatIsThere(t *testing.T) {
	adopted := map[string]string{"kubecost-cur:adopt": `["payerRole"]`, "kubecost-cur:catalogMode": "crawler", "kubecost-cur:crawlerTrigger": "event"}
	r := withoutGitHub()
	r.there = byHand()
	if err := run(t, r, "ci", ciSettings(with(payerSettings, adopted))); err != nil {
		t.Fatal(err)
	}
	for part, roles := range map[string][]string{
		"-preview-may-preview": {"kubecost-cur-access", "kubecost-cur-crawler", "kubecost-cur-crawler-events"},
		"-deploy-may-update":   {"kubecost-cur-access", "kubecost-cur-crawler", "kubecost-cur-crawler-events"},
	} {
		policy := text(t, r.one(t, "aws:iam/rolePolicy:RolePolicy", part).inputs["policy"])
		for _, role := range roles {
			if !strings.Contains(policy, ":role/finops/"+role+`"`) && !strings.Contains(policy, ":role/finops/"+role+`\"`) {
				t.Errorf("%s does not name the role %s where it is: %s", part, role, policy)
			}
		}
		if strings.Contains(policy, ":role/kubecost") {
			t.Errorf("%s is for roles at the root: %s", part, policy)
		}
	}
	r = withoutGitHub()
	r.there = map[string]any{findRole: errors.New("couldn't find resource")}
	err := run(t, r, "ci", ciSettings(with(payerSettings, adopted)))
	if err == nil || !strings.Contains(err.Error(), `has payerRole, and "kubecost-cur-access" cannot be used`) || len(r.resources) > 0 {
		t.Errorf("without the role: %v, %v", err, r.count())
	}
}

func TestAWrongSettingOfCIIsNamed(t *testing.T) {
	payer, primary := ciSettings(payerSettings), ciSettings(primarySettings)
	refuses(t, map[string]refusal{
		"no repository":                   {payer, "kubecost-cur:ciRepository", "(removed)", []string{"is missing"}},
		"a repository without its owner":  {payer, "kubecost-cur:ciRepository", "billing", []string{"owner/name"}},
		"a repository's URL":              {payer, "kubecost-cur:ciRepository", "https://github.com/acme/billing", []string{"owner/name"}},
		"all repositories of an owner":    {payer, "kubecost-cur:ciRepository", "acme/*", []string{"owner/name"}},
		"a subject in place of a branch":  {payer, "kubecost-cur:ciBranch", "main:environment:production", []string{"branch"}},
		"all branches":                    {payer, "kubecost-cur:ciBranch", "*", []string{"branch"}},
		"no branch":                       {payer, "kubecost-cur:ciBranch", "", []string{"branch"}},
		"an environment with a colon":     {primary, "kubecost-cur:ciEnvironment", "a:b", []string{"environment"}},
		"names over the limit":            {payer, "kubecost-cur:ciRoleName", strings.Repeat("x", 57), []string{"at most 56"}},
		"a name that IAM refuses":         {payer, "kubecost-cur:ciRoleName", "a b", nil},
		"neither looked up nor made":      {payer, "kubecost-cur:ciOidcProvider", "none", []string{"lookup", "create"}},
		"a boundary of the other account": {payer, "kubecost-cur:ciPermissionsBoundary", "arn:aws:iam::222222222222:policy/b", []string{"111111111111"}},
		"CI that makes clusters":          {primary, "kubecost-cur:createCluster", "true", []string{"by hand"}},
		"both sides":                      {payer, "kubecost-cur:side", "both-ci", []string{"payer-ci or primary-ci"}},
		"settings of CI elsewhere":        {payerSettings, "kubecost-cur:ciRepository", "acme/billing", []string{"payer"}},
		"a wrong setting of the stack's":  {payer, "kubecost-cur:reportName", "Kubecost", []string{"lower-case"}},
	})
}
