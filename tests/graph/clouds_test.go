package graph

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"maps"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
	"github.com/kubecost-cur/kubecost-cur/stacks"
)

// cloudKeys are the secrets of cloudEntries.
func cloudKeys(t *testing.T) []string {
	t.Helper()
	return []string{
		base64.StdEncoding.EncodeToString([]byte(strings.Repeat("planted-azure-key", 3))),
		"plantedAlibabaSecret0123456789",
		"planted-passphrase",
		strings.Split(privateKeyPEM(t), "\n")[1],
	}
}

func privateKeyPEM(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed([]byte(strings.Repeat("planted.", 4))))
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// cloudEntries are the settings of an entry of each cloud, all with keys.
func cloudEntries(t *testing.T) map[string]map[string]any {
	t.Helper()
	keys := cloudKeys(t)
	return map[string]map[string]any{
		"azure": {"subscriptionId": "01234567-89ab-cdef-0123-456789abcdef", "storageAccount": "costexports", "container": "exports",
			"storageAccessKey": keys[0]},
		"gcp": {"projectId": "billing-project", "dataset": "billing", "table": "export", "serviceAccountKey": map[string]any{
			"type": "service_account", "client_email": "reader@billing-project.iam.gserviceaccount.com", "private_key": privateKeyPEM(t)}},
		"alibaba": {"accountId": "0123456789012345", "region": "cn-hangzhou", "accessKeyId": "LTAI5tABCDEFGHIJ", "accessKeySecret": keys[1]},
		"oci": {"tenancyId": "ocid1.tenancy.oc1..aaaa", "region": "us-ashburn-1", "userId": "ocid1.user.oc1..bbbb",
			"fingerprint": strings.Repeat("0a:", 15) + "ff", "privateKey": privateKeyPEM(t), "privateKeyPassphrase": keys[2]},
	}
}

// withClouds are a primary's settings with the entries of clouds, of which none is a secret yet.
func withClouds(t *testing.T, format string, clouds ...string) map[string]string {
	t.Helper()
	changes := map[string]string{"kubecost-cur:cloudIntegrationFormat": format}
	for _, cloud := range clouds {
		changes["kubecost-cur:"+cloud] = text(t, []any{cloudEntries(t)[cloud]})
	}
	return with(primarySettings, changes)
}

// runSecretly runs the primary stack with some settings as Pulumi secrets.
func runSecretly(r *recorder, settings map[string]string, secret ...string) error {
	return pulumi.RunErr(stacks.Run, pulumi.WithMocks("kubecost-cur", "primary", r), func(info *pulumi.RunInfo) {
		info.Config = settings
		for _, key := range secret {
			info.ConfigSecretKeys = append(info.ConfigSecretKeys, "kubecost-cur:"+key)
		}
	})
}

// fileOf is the file that the program made, which must be secret, in a secret whose name is none.
func fileOf(t *testing.T, r *recorder) (cloudintegration.Entries, cloudintegration.Format) {
	t.Helper()
	inputs := r.one(t, "kubernetes:core/v1:Secret", "").inputs
	if name, ok := inputs["metadata"].(map[string]any)["name"].(string); !ok || !strings.HasPrefix(name, "cloud-integration-") {
		t.Errorf("the secret's metadata are %v", inputs["metadata"])
	}
	data, ok := inputs["stringData"].(*resource.Secret)
	if !ok {
		t.Fatal("the file is no secret")
	}
	read, format, err := cloudintegration.Parse([]byte(data.Element.ObjectValue()["cloud-integration.json"].StringValue()))
	if err != nil {
		t.Fatal(err)
	}
	return read, format
}

func TestEveryCloudsEntriesReachTheSecretAndNothingElse(t *testing.T) {
	for format, clouds := range map[string][]string{
		"flat":   {"azure", "gcp", "alibaba"},
		"athena": {"azure", "gcp", "alibaba", "oci"},
	} {
		t.Run(format, func(t *testing.T) {
			r := &recorder{payerOutputs: payerOutputs()}
			if err := runSecretly(r, withClouds(t, format, clouds...), clouds...); err != nil {
				t.Fatal(err)
			}
			read, got := fileOf(t, r)
			if string(got) != format {
				t.Errorf("the file has the format %q", got)
			}
			if len(read.AWS) != 1 || len(read.Azure) != 1 || len(read.GCP) != 1 || len(read.Alibaba) != 1 || len(read.OCI) != len(clouds)-3 {
				t.Errorf("the file has %d, %d, %d, %d, %d entries", len(read.AWS), len(read.Azure), len(read.GCP), len(read.Alibaba), len(read.OCI))
			}
			for _, res := range r.resources {
				inputs := maps.Clone(res.inputs)
				delete(inputs, "stringData")
				for _, key := range cloudKeys(t) {
					if strings.Contains(text(t, inputs), key) {
						t.Errorf("%s has %s among its inputs", res.name, key)
					}
				}
			}
		})
	}
}

func TestOtherCloudsChangeOnlyTheSecretAndTheReleaseThatReadsIt(t *testing.T) {
	before, after := &recorder{payerOutputs: payerOutputs()}, &recorder{payerOutputs: payerOutputs()}
	if err := run(t, before, "primary", primarySettings); err != nil {
		t.Fatal(err)
	}
	if err := runSecretly(after, withClouds(t, "flat", "azure"), "azure"); err != nil {
		t.Fatal(err)
	}
	for _, was := range before.resources {
		changed := text(t, was.inputs) != text(t, after.one(t, was.token, was.name).inputs)
		if want := was.name == "kubecost-cloud-integration" && strings.HasPrefix(was.token, "kubernetes:") || was.name == "kubecost-release" &&
			strings.HasPrefix(was.token, "kubernetes:"); changed != want {
			t.Errorf("%s (%s) changes: %v, want %v", was.name, was.token, changed, want)
		}
	}
}

func TestEntriesWithoutKeysNeedNoPulumiSecret(t *testing.T) {
	settings := withClouds(t, "athena")
	for _, cloud := range []string{"azure", "gcp"} {
		entry := cloudEntries(t)[cloud]
		delete(entry, "storageAccessKey")
		delete(entry, "serviceAccountKey")
		settings["kubecost-cur:"+cloud] = text(t, []any{entry})
	}
	if err := run(t, &recorder{payerOutputs: payerOutputs()}, "primary", settings); err != nil {
		t.Error(err)
	}
}

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
		"a key alone":                         {"flat", "azure", `["` + key + `"]`, []string{"azure[0]: it is a text", "subscriptionId"}},
		"an unknown key":                      {"flat", "azure", entry("azure", "accesskey", key), []string{"azure[0].accesskey", "no such key"}},
		"Kubecost's own name of a key":        {"flat", "azure", entry("azure", "azureStorageAccessKey", key), []string{"azure[0].azureStorageAccessKey", "no such key"}},
		"no subscription":                     {"flat", "azure", entry("azure", "subscriptionId", nil), []string{"azure[0].subscriptionId", "missing"}},
		"a number for a text":                 {"flat", "azure", entry("azure", "container", 7), []string{"azure[0].container", "in quotes"}},
		"a list for a text":                   {"flat", "azure", entry("azure", "storageAccessKey", []string{key}), []string{"azure[0].storageAccessKey", "a list"}},
		"a storage key that is cut":           {"flat", "azure", entry("azure", "storageAccessKey", key[:31]), []string{"azure[0].storageAccessKey", "88 characters"}},
		"Azure without a key, flat":           {"flat", "azure", entry("azure", "storageAccessKey", nil), []string{"azure[0].storageAccessKey", "cloudIntegrationFormat to athena"}},
		"a path with slashes around it":       {"athena", "azure", entry("azure", "path", "/x/"), []string{"azure[0].path", "no slash"}},
		"a cloud of Azure's that is none":     {"athena", "azure", entry("azure", "cloud", "germany"), []string{"azure[0].cloud", "china"}},
		"an Azure entry twice":                {"athena", "azure", twins("azure"), []string{"azure[1]", "as azure[0]", "for one"}},
		"a dataset with its table":            {"flat", "gcp", entry("gcp", "dataset", "billing.export"), []string{"gcp[0].dataset", "key of its own"}},
		"a Google key that is a file's name":  {"flat", "gcp", entry("gcp", "serviceAccountKey", "key.json"), []string{"gcp[0].serviceAccountKey", "JSON object"}},
		"a Google key with a number":          {"athena", "gcp", entry("gcp", "serviceAccountKey", map[string]any{"type": 1}), []string{"gcp[0].serviceAccountKey", "texts"}},
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
		"a list where a key's object belongs":  {primarySettings, "kubecost-cur:gcp", `[{"projectId":"billing-project","dataset":"d","table":"t","serviceAccountKey":[]}]`, []string{"an object, or that as a text"}},
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

func TestAStackWithBothSidesReadsOtherCloudsToo(t *testing.T) {
	r := &recorder{}
	settings := with(bothSettings, map[string]string{"kubecost-cur:cloudIntegrationFormat": "athena", "kubecost-cur:oci": text(t, []any{cloudEntries(t)["oci"]})})
	if err := runSecretly(r, settings, "oci"); err != nil {
		t.Fatal(err)
	}
	read, format := fileOf(t, r)
	if format != cloudintegration.Athena || len(read.OCI) != 1 || len(read.AWS) != 1 || read.AWS[0].ProjectID != payerAccount {
		t.Errorf("the file has the format %q, %d payers and %d tenancies", format, len(read.AWS), len(read.OCI))
	}
}
