package cloudintegration

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"testing"
)

const planted = "planted-secret"

// asSettings are the entries as a user writes them.
func asSettings(t *testing.T) map[string]map[string]any {
	t.Helper()
	e := everyCloud(t)
	all := map[string]map[string]any{}
	for _, l := range e.clouds() {
		all[l.name] = map[string]any{}
		for _, f := range l.entries[0].fields(Athena) {
			all[l.name][f.key] = *f.value
		}
	}
	return all
}

func TestSettingsAreReadAsTheyAreWritten(t *testing.T) {
	settings := asSettings(t)
	var object map[string]any
	if err := json.Unmarshal([]byte(settings["gcp"]["serviceAccountKey"].(string)), &object); err != nil {
		t.Fatal(err)
	}
	for _, key := range []any{settings["gcp"]["serviceAccountKey"], object} {
		settings["gcp"]["serviceAccountKey"] = key
		read := Entries{AWS: []AWS{valid()}}
		for _, cloud := range Clouds {
			text, err := json.Marshal([]any{settings[cloud]})
			if err != nil {
				t.Fatal(err)
			}
			if faults := read.Read(cloud, string(text), Athena); len(faults) > 0 {
				t.Errorf("%s: %v", cloud, faults)
			}
		}
		got, err := Write(Athena, read)
		if err != nil {
			t.Fatal(err)
		}
		if want, _ := Write(Athena, everyCloud(t)); got != want {
			t.Errorf("read as\n%s\nwant\n%s", got, want)
		}
		want := "azure[0].storageAccessKey gcp[0].serviceAccountKey alibaba[0].accessKeySecret oci[0].privateKey oci[0].privateKeyPassphrase"
		var secrets []string
		for _, cloud := range Clouds {
			secrets = append(secrets, read.SecretKeys(cloud)...)
		}
		if strings.Join(secrets, " ") != want {
			t.Errorf("secrets are %v, want %s", secrets, want)
		}
	}
}

func TestEveryWrongKeyIsNamedWithTheRule(t *testing.T) {
	encrypted := strings.ReplaceAll(privateKey(t), "PRIVATE KEY", "ENCRYPTED PRIVATE KEY")
	short := base64.StdEncoding.EncodeToString([]byte(planted))
	for name, c := range map[string]struct {
		cloud, key string
		value      any // nil takes the key out
		want       string
	}{
		"a subscription that is a name":      {"azure", "subscriptionId", "production", `is "production": a subscription's ID`},
		"no subscription":                    {"azure", "subscriptionId", nil, "it is missing"},
		"a storage account with a hyphen":    {"azure", "storageAccount", "cost-exports", "lower-case letters and digits"},
		"a storage account's URL":            {"azure", "storageAccount", "https://costexports.blob.core.windows.net", "3 to 24"},
		"a container with capitals":          {"azure", "container", "Exports", "lower-case"},
		"a container with two hyphens":       {"azure", "container", "cost--exports", "single hyphens"},
		"a path with a slash before it":      {"azure", "path", "/daily", "no slash before"},
		"a path with a line feed":            {"azure", "path", "daily\n", "a path in the container"},
		"a cloud that is none":               {"azure", "cloud", "AzurePublicCloud", "public, gov or china"},
		"a storage key that is cut":          {"azure", "storageAccessKey", short[:10], "88 characters"},
		"a storage key that is a number":     {"azure", "storageAccessKey", 1234, "in quotes"},
		"a storage key that is null":         {"azure", "storageAccessKey", json.RawMessage("null"), "it is null, and must be a string"},
		"an unknown key":                     {"azure", "accessKey", planted, "no such key: it has subscriptionId"},
		"a key in capitals":                  {"azure", "Container", "exports", "no such key"},
		"a project that is a number":         {"gcp", "projectId", 123456, "must be a string"},
		"a project with capitals":            {"gcp", "projectId", "Billing", "lower-case"},
		"a dataset with its table":           {"gcp", "dataset", "billing.export", "key of its own"},
		"a table with its dataset":           {"gcp", "table", "billing.export", "without its dataset"},
		"a Google key that is no JSON":       {"gcp", "serviceAccountKey", planted, "JSON object that Google gives"},
		"a Google key that is a list":        {"gcp", "serviceAccountKey", []string{planted}, "must be an object, or that as a string"},
		"a Google key with a number":         {"gcp", "serviceAccountKey", map[string]any{"type": "service_account", "x": 1}, "are strings"},
		"a Google user's credentials":        {"gcp", "serviceAccountKey", map[string]any{"type": "authorized_user", "refresh_token": planted}, "not service_account"},
		"a Google key without its e-mail":    {"gcp", "serviceAccountKey", map[string]any{"type": "service_account", "private_key": privateKey(t)}, "no client_email"},
		"a Google key that lost its lines":   {"gcp", "serviceAccountKey", map[string]any{"type": "service_account", "client_email": "e", "private_key": planted}, "private key in PEM"},
		"an Alibaba account that is a name":  {"alibaba", "accountId", "prod", "digits"},
		"an Alibaba account as a number":     {"alibaba", "accountId", 5123456789012345, "in quotes"},
		"a region in words":                  {"alibaba", "region", "Hangzhou", "cn-hangzhou"},
		"no access key":                      {"alibaba", "accessKeyId", nil, "it is missing"},
		"a short access key secret":          {"alibaba", "accessKeySecret", planted[:10], "16 to 128"},
		"an access key secret with a space":  {"alibaba", "accessKeySecret", planted + " and more", "without spaces"},
		"no access key secret":               {"alibaba", "accessKeySecret", "", "it is missing"},
		"a tenancy's name":                   {"oci", "tenancyId", "acme", "ocid1.tenancy"},
		"a user for the tenancy":             {"oci", "tenancyId", "ocid1.user.oc1..bbbb", "ocid1.tenancy"},
		"an Oracle region without number":    {"oci", "region", "us-ashburn", "us-ashburn-1"},
		"a fingerprint of another kind":      {"oci", "fingerprint", "SHA256:abc", "16 pairs"},
		"a private key's path":               {"oci", "privateKey", "/home/" + planted, "from BEGIN to END"},
		"a private key with something after": {"oci", "privateKey", privateKey(t) + planted, "nothing after"},
		"an encrypted key and no passphrase": {"oci", "privateKeyPassphrase", nil, "privateKey is encrypted"},
	} {
		t.Run(name, func(t *testing.T) {
			settings := maps.Clone(asSettings(t)[c.cloud])
			settings[c.key] = c.value
			if c.value == nil {
				delete(settings, c.key)
			}
			if c.key == "privateKeyPassphrase" {
				settings["privateKey"] = encrypted
			}
			text, err := json.Marshal([]any{settings})
			if err != nil {
				t.Fatal(err)
			}
			var e Entries
			faults := e.Read(c.cloud, string(text), Athena)
			if len(faults) != 1 || faults[0].Name != c.cloud+"[0]."+c.key || !strings.Contains(faults[0].Error(), c.want) {
				t.Fatalf("got %v, want one fault of %s[0].%s with %q", faults, c.cloud, c.key, c.want)
			}
			if strings.Contains(faults[0].Error(), planted) || strings.Contains(faults[0].Error(), short[:10]) {
				t.Errorf("it tells the secret: %v", faults[0])
			}
		})
	}
}

func TestWhatIsNoListOfObjectsIsRefusedWithoutItsValue(t *testing.T) {
	for text, want := range map[string]string{
		`{"storageAccessKey":"` + planted + `"}`: "azure: it is an object, and must be a list",
		`"` + planted + `"`:                      "azure: it is a string",
		planted:                                  "no JSON",
		`["` + planted + `"]`:                    "azure[0]: it is a string, and must be an object with the keys subscriptionId",
		`[null]`:                                 "azure[0]: it is null",
		`[[1]]`:                                  "azure[0]: it is a list",
		`[true]`:                                 "azure[0]: it is true or false",
	} {
		var e Entries
		faults := e.Read("azure", text, Athena)
		if len(faults) != 1 || !strings.Contains(faults[0].Error(), want) || strings.Contains(faults[0].Error(), planted) {
			t.Errorf("%s gave %v, want %q", text, faults, want)
		}
	}
}

func TestTwinsOfEachCloudAreRefused(t *testing.T) {
	for cloud, change := range map[string]string{ // what Kubecost does not tell entries apart by
		"azure": "storageAccount", "gcp": "serviceAccountKey", "alibaba": "accessKeyId", "oci": "region",
	} {
		one := asSettings(t)[cloud]
		twin := maps.Clone(one)
		switch change {
		case "serviceAccountKey":
			delete(twin, change)
		case "region":
			twin[change] = "eu-frankfurt-1"
		case "accessKeyId":
			twin[change] = "LTAI5tOTHERKEYABCDEF"
		default:
			twin[change] = "other"
		}
		text, err := json.Marshal([]any{one, twin})
		if err != nil {
			t.Fatal(err)
		}
		var e Entries
		faults := e.Read(cloud, string(text), Athena)
		if len(faults) != 1 || faults[0].Name != cloud+"[1]" || !strings.Contains(faults[0].Error(), "as "+cloud+"[0], and Kubecost takes the two for one") {
			t.Errorf("%s: %v", cloud, faults)
		}
	}
}

func TestOracleIsRefusedInTheFlatFormat(t *testing.T) {
	text, err := json.Marshal([]any{asSettings(t)["oci"]})
	if err != nil {
		t.Fatal(err)
	}
	var e Entries
	if faults := e.Read("oci", string(text), Flat); len(faults) != 1 || !strings.Contains(faults[0].Error(), "set cloudIntegrationFormat to athena") {
		t.Errorf("got %v", faults)
	}
}

func TestAllFaultsOfAllEntriesComeAtOnce(t *testing.T) {
	var e Entries
	faults := e.Read("azure", `[{"container":"X","cloud":1,"y":2},{"path":"/"}]`, Flat)
	// Of the first: y, cloud, container, three missing; of the second: path, four missing.
	if len(faults) != 11 {
		t.Errorf("%d faults: %v", len(faults), faults)
	}
}
