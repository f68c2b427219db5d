package graph

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/stacks"
)

func TestAUsersHelmValuesReachTheRelease(t *testing.T) {
	r := primaryGraph(t, map[string]string{
		"kubecost-cur:values":       `{"service":{"port":9091},"serviceAccount":{"create":true}}`,
		"kubecost-cur:storageClass": "gp3",
	})
	values := text(t, r.one(t, "kubernetes:helm.sh/v3:Release", "").inputs["values"])
	for _, part := range []string{`"service":{"port":9091}`, `"storageClass":"gp3"`, `"create":false`, `"cloudIntegrationSecret":"cloud-integration-`} {
		if !strings.Contains(values, part) {
			t.Errorf("the release's values lack %s: %s", part, values)
		}
	}
}

func TestASecretAmongTheHelmValuesStaysOne(t *testing.T) {
	const planted = "planted-token"
	secretly := func(r *recorder, values string) error {
		return pulumi.RunErr(stacks.Run, pulumi.WithMocks("kubecost-cur", "primary", r), func(info *pulumi.RunInfo) {
			info.Config = with(primarySettings, map[string]string{"kubecost-cur:values": values})
			info.ConfigSecretKeys = []string{"kubecost-cur:values"}
		})
	}
	r := &recorder{payerOutputs: payerOutputs()}
	if err := secretly(r, `{"kubecostToken":"`+planted+`"}`); err != nil {
		t.Fatal(err)
	}
	values, ok := r.one(t, "kubernetes:helm.sh/v3:Release", "").inputs["values"].(*resource.Secret)
	if !ok {
		t.Fatal("the release's values are not secret")
	}
	if got := values.Element.ObjectValue()["kubecostToken"]; got.StringValue() != planted {
		t.Errorf("the token is %v", got)
	}
	for _, bad := range []string{`["` + planted + `"]`, `{"kubecostProductConfigs":{"cloudIntegrationJSON":"` + planted + `"}}`} {
		err := secretly(&recorder{payerOutputs: payerOutputs()}, bad)
		if err == nil || strings.Contains(err.Error(), planted) {
			t.Errorf("the error is missing, or tells the secret: %v", err)
		}
	}
}

// TestASecretAmongTheAWSSettingsStaysOne sets what the AWS providers of this program's own get of the aws: settings.
func TestASecretAmongTheAWSSettingsStaysOne(t *testing.T) {
	const planted = "planted-external-id"
	secretly := func(r *recorder, key, value string) error {
		return pulumi.RunErr(stacks.Run, pulumi.WithMocks("kubecost-cur", "payer", r), func(info *pulumi.RunInfo) {
			info.Config = with(payerSettings, map[string]string{key: value})
			info.ConfigSecretKeys = []string{key}
		})
	}
	for key, value := range map[string]string{
		"aws:assumeRole":  `{"roleArn":"arn:aws:iam::111111111111:role/deploy","externalId":"` + planted + `"}`,
		"aws:defaultTags": `{"tags":{"owner":"` + planted + `"}}`,
		"aws:profile":     planted,
	} {
		r := &recorder{}
		if err := secretly(r, key, value); err != nil {
			t.Fatal(err)
		}
		inputs := r.one(t, "pulumi:providers:aws", "us-east-1").inputs
		if _, set := inputs[strings.TrimPrefix(key, "aws:")]; !set || slices.Contains(plainTexts(inputs), planted) {
			t.Errorf("%s does not reach the provider, or in plain: %v", key, inputs)
		}
	}
	bad := `{"tags":{"` + resource.SigKey + `":"` + planted + `"}}`
	if err := secretly(&recorder{}, "aws:defaultTags", bad); err == nil || strings.Contains(err.Error(), planted) {
		t.Errorf("the error is missing, or tells the secret: %v", err)
	}
}

// plainTexts are the texts of a value, at any depth, that are no Pulumi secrets.
func plainTexts(value any) []string {
	var found []string
	switch v := value.(type) {
	case string:
		found = append(found, v)
	case []any:
		for _, below := range v {
			found = append(found, plainTexts(below)...)
		}
	case map[string]any:
		for _, below := range v {
			found = append(found, plainTexts(below)...)
		}
	}
	return found
}
