package e2e

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"

	"github.com/kubecost-cur/kubecost-cur/tests/kubecost"
)

// cloudSettings are what of each cloud's entry is no secret, as a stack's file has it.
var cloudSettings = map[string]string{
	"azure":   "[{subscriptionId: 01234567-89ab-cdef-0123-456789abcdef, storageAccount: costexports, container: exports, path: daily}]",
	"gcp":     "[{projectId: billing-project, dataset: billing, table: export}]",
	"alibaba": `[{accountId: "0123456789012345", region: cn-hangzhou, accessKeyId: LTAI5tABCDEFGHIJ}]`,
	"oci": "[{tenancyId: ocid1.tenancy.oc1..aaaa, region: us-ashburn-1, userId: ocid1.user.oc1..bbbb, " +
		"fingerprint: '0a:0a:0a:0a:0a:0a:0a:0a:0a:0a:0a:0a:0a:0a:0a:0a'}]",
}

// plantedKeys are the secrets of those entries, by the path of the setting.
func plantedKeys(t *testing.T) map[string]string {
	t.Helper()
	private := func(seed string) string {
		der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed([]byte(strings.Repeat(seed, ed25519.SeedSize))))
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	google, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "reader@billing-project.iam.gserviceaccount.com", "private_key": private("g"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"azure[0].storageAccessKey":   base64.StdEncoding.EncodeToString([]byte(strings.Repeat("azure-planted-16", 4))),
		"gcp[0].serviceAccountKey":    string(google),
		"alibaba[0].accessKeySecret":  "plantedAlibabaSecret0123456789",
		"oci[0].privateKey":           private("o"),
		"oci[0].privateKeyPassphrase": "planted-passphrase",
	}
}

// withKeys is the primary stack with the settings of some clouds, their keys set as a user sets them.
func (w *world) withKeys(format string, keys map[string]string, clouds ...string) auto.Stack {
	w.t.Helper()
	w.settings["cloudIntegrationFormat"] = format
	for _, cloud := range clouds {
		w.settings[cloud] = cloudSettings[cloud]
	}
	stack := w.stack("primary")
	for path, key := range keys {
		cloud, _, _ := strings.Cut(path, "[")
		if !slices.Contains(clouds, cloud) {
			continue
		}
		value, options := auto.ConfigValue{Value: key, Secret: true}, &auto.ConfigOptions{Path: true}
		if err := stack.SetConfigWithOptions(w.t.Context(), "kubecost-cur:"+path, value, options); err != nil {
			w.t.Fatal(err)
		}
	}
	return stack
}

func TestKubecostReadsEveryCloudInBothFormatsAndNoKeyIsSeen(t *testing.T) {
	w := newWorld(t)
	keys := plantedKeys(t)
	seen := &watch{t: t, keys: keys}
	w.up("payer")
	delivered, ask := w.bill()

	all := []string{"azure", "gcp", "alibaba", "oci"}
	for _, format := range []string{"flat", "athena"} { // in this order: flat has no oci, whose setting stays
		clouds := all
		if format == "flat" {
			clouds = all[:3]
		}
		// It fails first: Kubernetes refuses the release's service, when the secret is there already.
		w.settings["values"] = "{service: {port: 999999}}"
		seen.fails(w.withKeys(format, keys, clouds...))
		seen.clean(format + ", an update that fails")

		w.settings["values"] = ""
		stack := w.withKeys(format, keys, clouds...)
		seen.previews(stack)
		seen.clean(format + ", a preview")
		seen.ups(stack)
		seen.clean(format + ", an update")
		for _, folder := range []string{"state", "work"} { // with its history and backups, and the stack's file
			seen.files(filepath.Join(box.Env.Dir, folder, w.name))
			seen.clean(format + ", the files in " + folder)
		}
		seen.previews(stack, optpreview.ExpectNoChanges())
		seen.clean(format + ", a preview without changes")

		w.reads(delivered, ask)
		found, err := box.Integrations(t.Context(), w.name)
		if err != nil {
			t.Fatal(err)
		}
		w.finds(format, found.Others, keys, len(clouds))
	}
}

// finds expects that Kubecost has the entries of so many of the clouds, with their keys.
func (w *world) finds(format string, found []kubecost.Other, keys map[string]string, clouds int) {
	w.t.Helper()
	var google map[string]string
	if err := json.Unmarshal([]byte(keys["gcp[0].serviceAccountKey"]), &google); err != nil {
		w.t.Fatal(err)
	}
	want := []kubecost.Other{
		{Cloud: "gcp", Key: "billing-project/billing.export", Authorizer: "GCPServiceAccountKey",
			Secret: google["client_email"] + " " + google["private_key"] + " " + google["type"]},
		{Cloud: "azure", Key: "01234567-89ab-cdef-0123-456789abcdef/exports/daily", Authorizer: "AzureAccessKey", Secret: keys["azure[0].storageAccessKey"]},
		{Cloud: "alibaba", Key: "0123456789012345/cn-hangzhou", Authorizer: "AlibabaAccessKey", Secret: keys["alibaba[0].accessKeySecret"]},
		{Cloud: "oci", Key: "ocid1.tenancy.oc1..aaaa", Authorizer: "OCIRawConfigProvider", Secret: strings.TrimSuffix(keys["oci[0].privateKey"], "\n")},
	}[:clouds]
	for i := range found {
		if found[i].Cloud == "oci" {
			found[i].Secret = strings.TrimSuffix(found[i].Secret, "\n")
		}
	}
	if !slices.Equal(found, want) {
		w.t.Errorf("%s: Kubecost finds %+v\nwant %+v", format, found, want)
	}
}

func TestAKeyInPlainTextIsRefusedAndNotTold(t *testing.T) {
	w := newWorld(t)
	w.up("payer")
	w.settings["azure"] = strings.Replace(cloudSettings["azure"], "path: daily", "storageAccessKey: planted-key", 1)
	said := w.refuse(w.stack("primary"), "nothing was changed", "azure[0].storageAccessKey",
		"pulumi config set --secret --path 'kubecost-cur:azure[0].storageAccessKey'")
	if strings.Contains(said, "planted-key") {
		t.Errorf("it tells the key:\n%s", said)
	}
}
