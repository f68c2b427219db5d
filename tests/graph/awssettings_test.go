package graph

import (
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
)

// awsSettings are values of all aws: settings that reach the providers that the program makes itself.
var awsSettings = map[string]string{
	"profile": "payer-admin",
	"assumeRole": `{"roleArn":"arn:aws:iam::111111111111:role/deploy","sessionName":"ci","externalId":"planted-id","duration":"1h","policy":"{}",` +
		`"policyArns":["arn:aws:iam::aws:policy/A"],"sourceIdentity":"someone","tags":{"team":"finops"},"transitiveTagKeys":["team"]}`,
	"assumeRoleWithWebIdentity": `{"roleArn":"arn:aws:iam::111111111111:role/web","sessionName":"ci","webIdentityTokenFile":"token.jwt",` +
		`"duration":"2h","policy":"{}","policyArns":["arn:aws:iam::aws:policy/B"]}`,
	"sharedConfigFiles": `["config"]`, "sharedCredentialsFiles": `["credentials"]`,
	"defaultTags": `{"tags":{"owner":"finops"}}`, "ignoreTags": `{"keys":["billed"],"keyPrefixes":["kubernetes.io/"]}`,
	"httpProxy": "http://proxy:1", "httpsProxy": "http://proxy:2", "noProxy": "internal", "customCaBundle": "ca.pem", "insecure": "true",
	"stsRegion": "us-east-2", "s3UsEast1RegionalEndpoint": "regional", "s3UsePathStyle": "true", "useDualstackEndpoint": "true", "useFipsEndpoint": "true",
	"ec2MetadataServiceEndpoint": "http://metadata", "ec2MetadataServiceEndpointMode": "IPv6", "skipMetadataApiCheck": "true",
	"skipCredentialsValidation": "true", "skipRegionValidation": "true", "skipRequestingAccountId": "true",
	"maxRetries": "50", "retryMode": "adaptive", "tokenBucketRateLimiterCapacity": "7",
}

// asAWSSays runs a stack with some of them.
func asAWSSays(t *testing.T, settings map[string]string, given map[string]string) (*recorder, error) {
	t.Helper()
	all := map[string]string{}
	for key, value := range given {
		all["aws:"+key] = value
	}
	r := &recorder{payerOutputs: payerOutputs(), own: settings["kubecost-cur:side"]}
	err := run(t, r, r.own, with(settings, all))
	return r, err
}

// Of what Pulumi's AWS provider takes, all reaches the report's provider, or is refused.
func TestEachAWSSettingReachesTheReportsProviderOrIsRefused(t *testing.T) {
	r, err := asAWSSays(t, payerSettings, awsSettings)
	if err != nil {
		t.Fatal(err)
	}
	inputs := r.one(t, "pulumi:providers:aws", "us-east-1").inputs
	args := reflect.TypeFor[aws.ProviderArgs]()
	for i := range args.NumField() {
		name := args.Field(i).Name
		key := string(unicode.ToLower(rune(name[0]))) + name[1:]
		switch _, reaches := inputs[key]; {
		case key == "region" || key == "allowedAccountIds": // this program's own
		case awsSettings[key] != "" && !reaches:
			t.Errorf("aws:%s does not reach the provider", key)
		case awsSettings[key] == "":
			if _, err := asAWSSays(t, payerSettings, map[string]string{key: "[]"}); err == nil || !strings.Contains(err.Error(), "aws:"+key) {
				t.Errorf("aws:%s is neither handed on nor refused: %v", key, err)
			}
		}
	}
	got := text(t, inputs)
	for _, part := range []string{
		`"duration":"1h"`, `"policy":"{}"`, `"policyArns":["arn:aws:iam::aws:policy/A"]`, `"sourceIdentity":"someone"`, `"tags":{"team":"finops"}`,
		`"transitiveTagKeys":["team"]`, `"externalId":"planted-id"`, `"sessionName":"ci"`, `"keys":["billed"]`, `"keyPrefixes":["kubernetes.io/"]`,
		`"maxRetries":50`, `"insecure":true`, `"skipMetadataApiCheck":true`,
	} {
		if !strings.Contains(got, part) {
			t.Errorf("the provider lacks %s: %s", part, got)
		}
	}
}

// Who the primary's caller is says nothing of the payer's, but what it goes by to get there does.
func TestAPayersProfileComesBeforeTheWebIdentityOfThePrimary(t *testing.T) {
	settings := with(bothSettings, map[string]string{
		"kubecost-cur:kubeconfig": kubeconfigOf(apiServer().URL, byCommand), "kubecost-cur:clusterName": "primary", "aws:profile": "(removed)",
	})
	given := map[string]string{
		"assumeRoleWithWebIdentity": `{"roleArn":"arn:aws:iam::222222222222:role/web","webIdentityTokenFile":"token.jwt"}`, "httpsProxy": "http://proxy:2",
	}
	r, err := asAWSSays(t, settings, given)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"payer", "us-east-1"} {
		inputs := r.one(t, "pulumi:providers:aws", name).inputs
		if inputs["assumeRoleWithWebIdentity"] != nil || inputs["profile"] != "payer" || inputs["httpsProxy"] != "http://proxy:2" {
			t.Errorf("the provider %s is %v", name, inputs)
		}
	}
	r, err = asAWSSays(t, with(settings, map[string]string{
		"kubecost-cur:payerProfile": "(removed)", "kubecost-cur:payerAssumeRoleArn": "arn:aws:iam::111111111111:role/deploy",
	}), given)
	if err != nil {
		t.Fatal(err)
	}
	if inputs := r.one(t, "pulumi:providers:aws", "payer").inputs; inputs["assumeRoleWithWebIdentity"] == nil || inputs["assumeRole"] == nil {
		t.Errorf("the role is not assumed by the stack's own caller: %v", inputs)
	}
}

func TestAnAWSSettingThatCannotBeKeptToIsNamed(t *testing.T) {
	role := func(part string) string { return `{"roleArn":"arn:aws:iam::222222222222:role/deploy",` + part + `}` }
	newCluster := with(primarySettings, map[string]string{"kubecost-cur:createCluster": "true"})
	refuses(t, map[string]refusal{
		"endpoints":                          {payerSettings, "aws:endpoints", `[{"s3":"https://s3"}]`, []string{"AWS_ENDPOINT_URL"}},
		"accounts that are refused anyway":   {payerSettings, "aws:forbiddenAccountIds", `["333333333333"]`, []string{"aws:allowedAccountIds", "remove"}},
		"a flag that is none":                {payerSettings, "aws:insecure", "perhaps", []string{"true or false"}},
		"files that are no list":             {payerSettings, "aws:sharedConfigFiles", "config", []string{"list of strings"}},
		"a misspelt part of a role":          {payerSettings, "aws:assumeRole", role(`"external_id":"x"`), []string{"externalId"}},
		"no role to assume":                  {payerSettings, "aws:assumeRole", `{"sessionName":"ci"}`, []string{"roleArn is missing"}},
		"tags to ignore that are no object":  {payerSettings, "aws:ignoreTags", `["a"]`, []string{"keyPrefixes"}},
		"a token in the settings":            {payerSettings, "aws:assumeRoleWithWebIdentity", `{"roleArn":"r","webIdentityToken":"t"}`, []string{"webIdentityTokenFile", "aws:profile"}},
		"an external ID for a cluster":       {primarySettings, "aws:assumeRole", role(`"externalId":"x"`), []string{"aws:assumeRole.externalId", `"x"`, "get-token", "external_id", "kubeconfig"}},
		"an external ID for a new cluster":   {newCluster, "aws:assumeRole", role(`"externalId":"x"`), []string{"aws:assumeRole.externalId", "external_id"}},
		"an external ID for both":            {bothSettings, "aws:assumeRole", role(`"externalId":"x"`), []string{"aws:assumeRole.externalId"}},
		"session tags for a cluster":         {primarySettings, "aws:assumeRole", role(`"tags":{"a":"b"}`), []string{"aws:assumeRole.tags", "credential_process"}},
		"an identity for a cluster":          {primarySettings, "aws:assumeRole", role(`"sourceIdentity":"x"`), []string{"aws:assumeRole.sourceIdentity"}},
		"a file of profiles for a cluster":   {primarySettings, "aws:sharedConfigFiles", `["config"]`, []string{"AWS_CONFIG_FILE"}},
		"a token's role for a cluster":       {primarySettings, "aws:assumeRoleWithWebIdentity", `{"roleArn":"r","webIdentityTokenFile":"t"}`, []string{"web_identity_token_file"}},
		"a file of credentials for another":  {primarySettings, "aws:sharedCredentialsFiles", `["credentials"]`, []string{"AWS_SHARED_CREDENTIALS_FILE"}},
		"an empty role to assume for CI too": {ciSettings(primarySettings), "aws:assumeRole", `{}`, []string{"roleArn is missing"}},
	})
	for _, key := range []string{"accessKey", "secretKey", "token"} {
		_, err := asAWSSays(t, payerSettings, map[string]string{key: "planted-credential"})
		if err == nil || !strings.Contains(err.Error(), "aws:"+key) || !strings.Contains(err.Error(), "aws:profile") || strings.Contains(err.Error(), "planted") {
			t.Errorf("aws:%s: %v", key, err)
		}
	}
}

// CI's own stack calls no cluster, and neither does one whose kubeconfig says as whom.
func TestAnExternalIDIsTakenWhereNoClusterIsCalledWithIt(t *testing.T) {
	given := map[string]string{"assumeRole": `{"roleArn":"arn:aws:iam::222222222222:role/deploy","externalId":"x"}`}
	for name, settings := range map[string]map[string]string{
		"CI":           with(ciSettings(primarySettings), map[string]string{"kubecost-cur:ciOidcProvider": "lookup"}),
		"a kubeconfig": with(primarySettings, map[string]string{"kubecost-cur:kubeconfig": kubeconfigOf(apiServer().URL, byCommand)}),
	} {
		if _, err := asAWSSays(t, settings, given); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
