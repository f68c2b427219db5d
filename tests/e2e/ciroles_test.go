package e2e

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

var github = sync.OnceValues(func() (*simaws.GitHub, error) { return box.Cloud.StartGitHub() })

// ciRoles are the roles of a world's CI, by the stack that they are for.
type ciRoles struct {
	*world
	preview, deploy map[string]string // ARNs
	allowed         map[string]map[string]bool
}

// newCIRoles makes them as an administrator, for both stacks or the payer's alone, by the settings that those have.
func newCIRoles(w *world, settings map[string]map[string]string) *ciRoles {
	w.t.Helper()
	c := &ciRoles{world: w, preview: map[string]string{}, deploy: map[string]string{}, allowed: map[string]map[string]bool{}}
	for side, given := range settings {
		w.settings = map[string]string{}
		maps.Copy(w.settings, given)
		w.settings["side"], w.settings["ciRepository"], w.settings["ciOidcProvider"] = side+"-ci", "acme/billing", "create"
		options := sandbox.StackOptions{Account: w.account(side), Edit: w.edit, State: w.name, Settings: "Pulumi." + side + ".yaml"}
		stack, err := box.Env.Stack(w.t.Context(), side+"-ci", options)
		if err != nil {
			w.t.Fatal(err)
		}
		result, err := stack.Up(w.t.Context(), optup.Color("never"), optup.SuppressProgress())
		if err != nil {
			w.t.Fatalf("making the roles of %s: %v", side, err)
		}
		c.preview[side], c.deploy[side] = result.Outputs["previewRoleArn"].Value.(string), result.Outputs["deployRoleArn"].Value.(string)
		c.keepAllowed(side)
	}
	return c
}

// keepAllowed keeps which actions the policies allow in the state of the stack with a side's roles.
func (c *ciRoles) keepAllowed(side string) {
	c.t.Helper()
	size := map[string]int{}
	for _, r := range c.resources(side + "-ci") {
		text, ok := r.Inputs["policy"].(string)
		if !ok {
			continue
		}
		role := c.preview[side]
		if strings.Contains(r.URN.Name(), "-deploy-") {
			role = c.deploy[side]
		}
		var document iampolicy.Document
		if err := json.Unmarshal([]byte(text), &document); err != nil {
			c.t.Fatal(err)
		}
		if size[role] += len(text); size[role] > iampolicy.CIPolicySize {
			c.t.Errorf("the policies of %s have %d characters, and IAM takes %d", role, size[role], iampolicy.CIPolicySize)
		}
		if c.allowed[role] == nil {
			c.allowed[role] = map[string]bool{}
		}
		for _, s := range document.Statement {
			for _, action := range s.Action {
				c.allowed[role][action] = true
			}
		}
	}
}

// job is a session of a role for a job of GitHub Actions of some subject, or why it gets none.
func (c *ciRoles) job(subject, role string) (map[string]string, error) {
	c.t.Helper()
	issuer, err := github()
	if err != nil {
		c.t.Fatal(err)
	}
	token, err := issuer.Token(subject, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	keys, err := box.Env.AssumeRoleWithWebIdentity(c.t.Context(), role, token)
	return map[string]string{
		"AWS_ACCESS_KEY_ID": keys.AccessKeyID, "AWS_SECRET_ACCESS_KEY": keys.SecretAccessKey, "AWS_SESSION_TOKEN": keys.SessionToken,
	}, err
}

// as is a stack with the credentials of a job.
func (c *ciRoles) as(side, subject, role string, settings map[string]string) auto.Stack {
	c.t.Helper()
	keys, err := c.job("repo:acme/billing:"+subject, role)
	if err != nil {
		c.t.Fatal(err)
	}
	c.settings = settings
	stack, err := box.Env.Stack(c.t.Context(), side, sandbox.StackOptions{
		Account: c.account(side), Edit: c.edit, State: c.name, Env: keys, Passphrase: true, // the rights on a state are not of these roles
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return stack
}

// deploys brings a stack up as the job that does.
func (c *ciRoles) deploys(side string, settings map[string]string) {
	c.t.Helper()
	stack := c.as(side, "environment:production", c.deploy[side], settings)
	if _, err := stack.Up(c.t.Context(), optup.Color("never"), optup.SuppressProgress()); err != nil {
		c.t.Fatalf("bringing %s up as CI: %v", side, err)
	}
}

// previews expects that a preview of a stack that is up, as the jobs that make one, shows no change, with a refresh and without.
func (c *ciRoles) previews(side string, settings map[string]string) {
	c.t.Helper()
	for subject, opts := range map[string][]optpreview.Option{"pull_request": nil, "ref:refs/heads/main": {optpreview.Refresh()}} {
		stack := c.as(side, subject, c.preview[side], settings)
		opts = append(opts, optpreview.Color("never"), optpreview.ExpectNoChanges())
		if _, err := stack.Preview(c.t.Context(), opts...); err != nil {
			c.t.Errorf("previewing %s as CI, as %s: %v", side, subject, err)
		}
	}
}

// refused are the actions that a role's policies were asked for and do not have.
func (c *ciRoles) refused(role string) []string {
	return slices.DeleteFunc(box.Cloud.Asked(role), func(action string) bool { return c.allowed[role][action] })
}

func TestCIGetsTheRightsThatItsStacksNeedAndNoOthers(t *testing.T) {
	variants := []struct {
		name           string
		options        sandbox.WorldOptions
		payer, primary map[string]string
	}{
		{name: "by default"},
		{
			name: "crawler, Lake Formation, boundary, new OIDC provider", options: sandbox.WorldOptions{NoOIDCProvider: true},
			payer: map[string]string{
				"catalogMode": "crawler", "crawlerTrigger": "event", "lakeFormation": "true", "payerRolePath": "/platform/",
				"permissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess", "activatedCostAllocationTags": "[team]",
			},
			primary: map[string]string{"oidcProvider": "create", "permissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess"},
		},
		{
			name: "CUR 2.0, EKS Pod Identity", options: sandbox.WorldOptions{PodIdentityAgent: true},
			payer:   map[string]string{"reportVersion": `"2"`, "costAllocationTags": "", "identity": "pod-identity"},
			primary: map[string]string{"identity": "pod-identity", "chartLine": "opencost"},
		},
	}
	asked, allowed := map[string]bool{}, map[string]bool{} // "preview s3:GetObject"
	for _, v := range variants {
		w := newWorldOf(t, v.options)
		box.Cloud.SeeCostTags(w.payer, "team")
		settings := map[string]map[string]string{"payer": v.payer, "primary": v.primary}
		c := newCIRoles(w, settings)
		c.isNarrow()
		c.refusesOthers()
		box.Cloud.AdministerLake(c.deploy["payer"], true) // as docs/ci.md says
		box.Cloud.AdministerLake(c.preview["payer"], false)
		for _, side := range []string{"payer", "primary"} {
			given := map[string]string{}
			maps.Copy(given, settings[side])
			c.deploys(side, maps.Clone(given))
			c.previews(side, maps.Clone(given))
			for key, value := range map[string]map[string]string{
				"payer": {
					"resourceTags": "[a=b]", "listAccounts": "false", "bytesScannedCutoff": "20971520", "reportExpirationDays": "400",
					"furtherReaderRoleArns": "['arn:aws:iam::333333333333:role/reader']",
				},
				"primary": {"resourceTags": "[a=b]"},
			}[side] {
				given[key] = value
			}
			if side == "payer" && given["reportVersion"] == "" {
				given["costAllocationTags"] = "[team, owner]"
			}
			c.deploys(side, maps.Clone(given))
			c.previews(side, maps.Clone(given))
			for _, key := range []string{"resourceTags", "catalogMode", "crawlerTrigger", "lakeFormation"} {
				delete(given, key)
			}
			c.deploys(side, given)
		}
		for _, side := range []string{"payer", "primary"} {
			for kind, role := range map[string]string{"preview": c.preview[side], "deploy": c.deploy[side]} {
				if refused := c.refused(role); len(refused) > 0 {
					t.Errorf("%s: the role %s lacks %v", v.name, role, refused)
				}
				for _, action := range box.Cloud.Asked(role) {
					asked[kind+" "+action] = true
				}
				for action := range c.allowed[role] {
					allowed[kind+" "+action] = true
				}
			}
		}
	}
	for right := range allowed {
		kind, action, _ := strings.Cut(right, " ")
		unused := !asked[right] && !(kind == "deploy" && asked["preview "+action])
		if _, known := neverAsked[action]; unused != known {
			t.Errorf("%s: it is never asked for: %v; a reason is given: %v", right, unused, known)
		}
	}
}

// Why rights are given that nothing here asks for.
const (
	doctorAsks = "the doctor asks for it"
	otherName  = "what a setting turns off, or names otherwise, is deleted"
	release5   = "the AWS provider of pulumi-aws 6, of release 5, asks for it; the sandbox's, of release 6, for s3:ListTagsForResource and the like"
	isMended   = "what somebody changed is changed back, and a later release may change it"
)

// neverAsked are those rights.
var neverAsked = map[string]string{
	"s3:GetBucketLocation": doctorAsks, "glue:GetPartitions": doctorAsks, "eks:ListPodIdentityAssociations": doctorAsks,

	"s3:GetBucketTagging": release5, "s3:PutBucketTagging": release5,

	"athena:DeleteWorkGroup": otherName, "glue:DeleteDatabase": otherName, "glue:DeleteTable": otherName, "iam:DeleteOpenIDConnectProvider": otherName,
	"s3:DeleteBucketPolicy": otherName, "eks:DeletePodIdentityAssociation": otherName,

	"cur:ModifyReportDefinition": isMended, "bcm-data-exports:UpdateExport": isMended, "events:UntagResource": isMended, "glue:UpdateDatabase": isMended,
	"glue:UpdateCrawler": isMended, "glue:UpdateTrigger": isMended, "glue:UpdateWorkflow": isMended,
	"eks:UpdatePodIdentityAssociation": isMended, "iam:UpdateRoleDescription": isMended, "iam:PutRolePermissionsBoundary": isMended,
	"iam:AddClientIDToOpenIDConnectProvider": isMended, "iam:RemoveClientIDFromOpenIDConnectProvider": isMended,
	"iam:UpdateOpenIDConnectProviderThumbprint": isMended,
}

// looks are how the names of actions begin that change nothing.
var looks = []string{"Describe", "Get", "List"}

// isNarrow expects that the preview roles change nothing, and that none of the roles deletes what holds data or gives itself more.
func (c *ciRoles) isNarrow() {
	c.t.Helper()
	for side := range c.preview {
		for action := range c.allowed[c.preview[side]] {
			_, name, _ := strings.Cut(action, ":")
			if !slices.ContainsFunc(looks, func(look string) bool { return strings.HasPrefix(name, look) }) {
				c.t.Errorf("the preview role of %s may %s", side, action)
			}
		}
		for _, action := range []string{
			"s3:DeleteBucket", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "cur:DeleteReportDefinition",
			"bcm-data-exports:DeleteExport", "iam:AttachRolePolicy", "iam:CreateUser", "iam:CreateAccessKey", "iam:DeleteRolePermissionsBoundary",
			"sts:AssumeRole",
		} {
			if c.allowed[c.deploy[side]][action] {
				c.t.Errorf("the deploy role of %s may %s", side, action)
			}
		}
	}
}

// refusesOthers expects that no job gets a role that is not its own.
func (c *ciRoles) refusesOthers() {
	c.t.Helper()
	for side := range c.preview {
		for subject, role := range map[string]string{
			"repo:acme/billing:environment:staging":    c.deploy[side],
			"repo:acme/billing:pull_request":           c.deploy[side],
			"repo:acme/billing:ref:refs/heads/main":    c.deploy[side],
			"repo:acme/other:environment:production":   c.deploy[side],
			"repo:acme/billing:environment:production": c.preview[side],
			"repo:acme/billing:ref:refs/heads/main-2":  c.preview[side],
			"repo:acme/billing-2:pull_request":         c.preview[side],
		} {
			if _, err := c.job(subject, role); err == nil || !strings.Contains(err.Error(), "AccessDenied") {
				c.t.Errorf("a job of %s asks for %s: %v", subject, role, err)
			}
		}
	}
}
