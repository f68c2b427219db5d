package graph

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

func TestAKeyInPlainTextIsRefusedWithTheCommandThatMakesItASecret(t *testing.T) {
	clouds := []string{"azure", "gcp", "alibaba", "oci"}
	r := &recorder{payerOutputs: payerOutputs()}
	err := runSecretly(r, withClouds(t, "athena", clouds...))
	if err == nil {
		t.Fatal("plain keys were taken")
	}
	for _, name := range []string{
		"azure[0].storageAccessKey", "gcp[0].serviceAccountKey", "alibaba[0].accessKeySecret", "oci[0].privateKey", "oci[0].privateKeyPassphrase",
	} {
		if !strings.Contains(err.Error(), "pulumi config set --secret --path 'kubecost-cur:"+name+"'") {
			t.Errorf("the error does not tell the command for %s: %v", name, err)
		}
	}
	tellsNothing(t, err)
	if len(r.resources) > 0 {
		t.Errorf("it registered %v first", r.count())
	}
}

// tellsNothing expects that an error tells no key.
func tellsNothing(t *testing.T, err error) {
	t.Helper()
	for _, key := range cloudKeys(t) {
		if strings.Contains(err.Error(), key) {
			t.Errorf("the error tells the secret %s: %v", key, err)
		}
	}
}

func TestWrongEntriesOfOtherCloudsAreNamedWithoutTheirSecrets(t *testing.T) {
	entry := func(cloud, key string, value any) string {
		e := cloudEntries(t)[cloud]
		e[key] = value
		if value == nil {
			delete(e, key)
		}
		return text(t, []any{e})
	}
	twins := func(cloud string) string { return text(t, []any{cloudEntries(t)[cloud], cloudEntries(t)[cloud]}) }
	key := cloudKeys(t)[0]
	for name, c := range map[string]struct {
		format, cloud, value string
		want                 []string
	}{
		"no list":                             {"flat", "azure", `{"storageAccessKey":"` + key + `"}`, []string{"kubecost-cur:azure: it is an object", "list of objects"}},
		"a key alone":                         {"flat", "azure", `["` + key + `"]`, []string{"azure[0]: it is a string", "subscriptionId"}},
		"an unknown key":                      {"flat", "azure", entry("azure", "accesskey", key), []string{"azure[0].accesskey", "no such key"}},
		"Kubecost's own name of a key":        {"flat", "azure", entry("azure", "azureStorageAccessKey", key), []string{"azure[0].azureStorageAccessKey", "no such key"}},
		"no subscription":                     {"flat", "azure", entry("azure", "subscriptionId", nil), []string{"azure[0].subscriptionId", "missing"}},
		"a number for a string":               {"flat", "azure", entry("azure", "container", 7), []string{"azure[0].container", "in quotes"}},
		"a list for a string":                 {"flat", "azure", entry("azure", "storageAccessKey", []string{key}), []string{"azure[0].storageAccessKey", "a list"}},
		"a storage key that is cut":           {"flat", "azure", entry("azure", "storageAccessKey", key[:31]), []string{"azure[0].storageAccessKey", "88 characters"}},
		"Azure without a key, flat":           {"flat", "azure", entry("azure", "storageAccessKey", nil), []string{"azure[0].storageAccessKey", "cloudIntegrationFormat to athena"}},
		"a path with slashes around it":       {"athena", "azure", entry("azure", "path", "/x/"), []string{"azure[0].path", "no slash"}},
		"a cloud of Azure's that is none":     {"athena", "azure", entry("azure", "cloud", "germany"), []string{"azure[0].cloud", "china"}},
		"a storage key in the wrong place":    {"flat", "azure", entry("azure", "storageAccount", key), []string{"azure[0].storageAccount", "3 to 24"}},
		"an Azure entry twice":                {"athena", "azure", twins("azure"), []string{"azure[1]", "as azure[0]", "for one"}},
		"a dataset with its table":            {"flat", "gcp", entry("gcp", "dataset", "billing.export"), []string{"gcp[0].dataset", "key of its own"}},
		"a Google key that is a file's name":  {"flat", "gcp", entry("gcp", "serviceAccountKey", "key.json"), []string{"gcp[0].serviceAccountKey", "JSON object"}},
		"a Google key with a number":          {"athena", "gcp", entry("gcp", "serviceAccountKey", map[string]any{"type": 1}), []string{"gcp[0].serviceAccountKey", "strings"}},
		"a Google key of a user":              {"athena", "gcp", entry("gcp", "serviceAccountKey", map[string]any{"type": "authorized_user"}), []string{"gcp[0].serviceAccountKey", "not service_account"}},
		"a Google entry twice":                {"flat", "gcp", twins("gcp"), []string{"gcp[1]", "projectId, dataset and table"}},
		"an Alibaba account as a number":      {"flat", "alibaba", entry("alibaba", "accountId", 5123456789012345), []string{"alibaba[0].accountId", "in quotes"}},
		"an Alibaba entry without its secret": {"flat", "alibaba", entry("alibaba", "accessKeySecret", nil), []string{"alibaba[0].accessKeySecret", "missing"}},
		"an Alibaba entry twice":              {"athena", "alibaba", twins("alibaba"), []string{"alibaba[1]", "accountId and region"}},
		"Oracle, flat":                        {"flat", "oci", entry("oci", "region", "us-ashburn-1"), []string{"oci[0]", "cloudIntegrationFormat to athena"}},
		"a private key's path":                {"athena", "oci", entry("oci", "privateKey", "~/.oci/key.pem"), []string{"oci[0].privateKey", "PEM"}},
		"a user for the tenancy":              {"athena", "oci", entry("oci", "tenancyId", "ocid1.user.oc1..bbbb"), []string{"oci[0].tenancyId", "ocid1.tenancy"}},
		"a fingerprint of another kind":       {"athena", "oci", entry("oci", "fingerprint", "SHA256:x"), []string{"oci[0].fingerprint", "16 pairs"}},
		"a tenancy twice":                     {"athena", "oci", twins("oci"), []string{"oci[1]", "same tenancyId"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, secret := range [][]string{{c.cloud}, nil} {
				r := &recorder{payerOutputs: payerOutputs()}
				err := runSecretly(r, with(withClouds(t, c.format), map[string]string{"kubecost-cur:" + c.cloud: c.value}), secret...)
				if err == nil {
					t.Fatal("the settings were taken")
				}
				for _, want := range append(c.want, "nothing was changed", "kubecost-cur:"+c.cloud) {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("the error does not say %q: %v", want, err)
					}
				}
				tellsNothing(t, err)
				if len(r.resources) > 0 {
					t.Errorf("it registered %v first", r.count())
				}
			}
		})
	}
	refuses(t, map[string]refusal{
		"a format that is none":                {primarySettings, "kubecost-cur:cloudIntegrationFormat", "newer", []string{"flat", "athena"}},
		"a format in the payer's stack":        {payerSettings, "kubecost-cur:cloudIntegrationFormat", "athena", []string{"primary side", "remove it"}},
		"a format that Kubecost 1 cannot read": {with(primarySettings, map[string]string{"kubecost-cur:chartLine": "cost-analyzer-1"}), "kubecost-cur:cloudIntegrationFormat", "athena", []string{"cost-analyzer-1", "set it to flat"}},
		"other clouds without an AWS payer":    {with(primarySettings, map[string]string{"kubecost-cur:payerStack": "(removed)", "kubecost-cur:gcp": `[{"projectId":"billing-project","dataset":"d","table":"t"}]`}), "kubecost-cur:payerAccountId", "(removed)", []string{"payerStack", "missing"}},
		"another cloud in the payer's stack":   {payerSettings, "kubecost-cur:azure", `[{"storageAccessKey":"planted"}]`, []string{"primary side", "[secret]"}},
		"a plain key with nothing else":        {primarySettings, "kubecost-cur:azure", `[{"storageAccessKey":"planted"}]`, []string{"--secret", "subscriptionId"}},
		"the value of what is not secret":      {primarySettings, "kubecost-cur:gcp", `[{"projectId":"billing-project","dataset":"d.t","table":"t"}]`, []string{`gcp[0].dataset is "d.t"`}},
		"a list where a key's object belongs":  {primarySettings, "kubecost-cur:gcp", `[{"projectId":"billing-project","dataset":"d","table":"t","serviceAccountKey":[]}]`, []string{"an object, or that as a string"}},
	})
}

func TestMoreEntriesThanASecretHoldsAreRefused(t *testing.T) {
	var all []any
	for i := range 4000 {
		e := cloudEntries(t)["azure"]
		e["path"] = strings.Repeat("x", i%50+1) + "/" + strings.Repeat("y", i/50+1)
		all = append(all, e)
	}
	r := &recorder{payerOutputs: payerOutputs()}
	err := runSecretly(r, with(primarySettings, map[string]string{"kubecost-cur:azure": text(t, all)}), "azure")
	for _, want := range []string{"kubecost-cur:azure", "1048576", "take entries out", "nothing was changed"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
	if len(r.resources) > 0 {
		t.Errorf("it registered %v first", r.count())
	}
}

func TestWrongArgumentsForOtherCloudsAreOneErrorBeforeAnythingIsRegistered(t *testing.T) {
	r := &recorder{}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		primary := primaryArgs()
		primary.FileFormat, primary.ChartLine, primary.ChartVersion = cloudintegration.Athena, "cost-analyzer-1", ""
		primary.OtherClouds = components.OtherClouds{
			Azure:   []components.AzureConnection{{Container: pulumi.String("exports")}},
			GCP:     []components.GCPConnection{{}},
			Alibaba: []components.AlibabaConnection{{Region: pulumi.String("cn-hangzhou")}},
			OCI:     []components.OCIConnection{{PrivateKey: pulumi.String("planted")}},
		}
		_, err := components.NewCurIntegration(ctx, "kubecost", &components.CurIntegrationArgs{Payer: payerArgs(), Primary: primary})
		return err
	}, pulumi.WithMocks("kubecost-cur", "both", r))
	for _, want := range []string{"Azure[0]", "GCP[0]", "Alibaba[0]", "OCI[0]", "FileFormat", "cost-analyzer-1"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %s: %v", want, err)
		}
	}
	if len(r.resources) > 0 {
		t.Errorf("it registered %v first", r.count())
	}
}
