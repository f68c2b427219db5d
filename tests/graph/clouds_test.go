package graph

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"

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

// The examples are copied into stacks' files: they must be taken as they stand, with the keys that the commands below them set.
func TestTheDocumentedEntriesAreTaken(t *testing.T) {
	doc, err := os.ReadFile("../../docs/clouds.md")
	if err != nil {
		t.Fatal(err)
	}
	settings := maps.Clone(primarySettings)
	for _, block := range strings.Split(string(doc), "```yaml\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		var config map[string]any
		if err := yaml.Unmarshal([]byte(block), &config); err != nil {
			t.Fatal(err)
		}
		for key, value := range config {
			entries, isCloud := value.([]any)
			if isCloud {
				maps.Copy(entries[0].(map[string]any), documentedKeys(t, string(doc), strings.TrimPrefix(key, "kubecost-cur:")))
			}
			settings[key] = asConfig(t, value)
		}
	}
	r := &recorder{payerOutputs: payerOutputs()}
	if err := runSecretly(r, settings, cloudintegration.Clouds...); err != nil {
		t.Fatal(err)
	}
	read, format := fileOf(t, r)
	if format != cloudintegration.Athena || len(read.Azure) != 1 || len(read.GCP) != 1 || len(read.Alibaba) != 1 || len(read.OCI) != 1 {
		t.Errorf("the documented settings make a file with the format %q and %+v", format, read)
	}
	for _, cloud := range cloudintegration.Clouds {
		if len(read.SecretKeys(cloud)) == 0 {
			t.Errorf("no command of the document sets a key of %s", cloud)
		}
	}
}

// documentedKeys are the keys of a cloud's first entry that the document's commands set, with values of this test.
func documentedKeys(t *testing.T, doc, cloud string) map[string]any {
	t.Helper()
	keys := map[string]any{}
	for _, rest := range strings.Split(doc, "--secret --path 'kubecost-cur:"+cloud+"[0].")[1:] {
		key, _, _ := strings.Cut(rest, "'")
		keys[key] = cloudEntries(t)[cloud][key]
	}
	return keys
}
