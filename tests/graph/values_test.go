package graph

import (
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
