package e2e

import (
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
)

// Nothing but Pulumi's AWS settings says who the caller is: not to the default provider, and not to the report's, which is one of the
// program's own.
func TestAPayerStackIsBroughtUpByAProfileAndAnExternalIDOfItsSettings(t *testing.T) {
	w := newWorld(t)
	g := &byHand{w: w}
	const externalID = "agreed-external-id"
	g.iam("CreateRole", url.Values{"RoleName": {"deploys"}, "AssumeRolePolicyDocument": {
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + w.payer + `:root"},"Action":"sts:AssumeRole",` +
			`"Condition":{"StringEquals":{"sts:ExternalId":"` + externalID + `"}}}]}`,
	}})
	g.iam("PutRolePolicy", url.Values{"RoleName": {"deploys"}, "PolicyName": {"all"}, "PolicyDocument": {
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
	}})
	role := "arn:aws:iam::" + w.payer + ":role/deploys"
	w.settings["aws:profile"], w.settings["aws:sharedCredentialsFiles"] = "payer", fmt.Sprintf("[%q]", w.profiles())
	w.passphrase = true // the engine has no credentials for a KMS key
	w.variables = map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": ""}
	with := func(externalID string) auto.Stack {
		w.settings["aws:assumeRole"] = fmt.Sprintf("{roleArn: %q, externalId: %q, duration: 1h}", role, externalID)
		return w.stack("payer")
	}
	before := w.leftovers()
	w.refuse(with("another"), "AccessDenied")
	if after := w.leftovers(); !slices.Equal(after, before) {
		t.Errorf("after a refusal there are %v, before it were %v", after, before)
	}

	stack := with(externalID)
	if _, err := stack.Up(t.Context(), optup.Color("never"), optup.SuppressProgress()); err != nil {
		t.Fatal(err)
	}
	if asked := box.Cloud.Asked(role); !slices.Contains(asked, "cur:PutReportDefinition") || !slices.Contains(asked, "s3:CreateBucket") {
		t.Errorf("the role was asked for %v; want the report by the program's own provider, and the bucket by the default one", asked)
	}
}
