package cloudintegration

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"reflect"
	"strings"
	"testing"
	"testing/quick"
)

// privateKey is a private key in PEM, the same each time.
func privateKey(t testing.TB) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// everyCloud is an entry with a key of each cloud.
func everyCloud(t testing.TB) Entries {
	t.Helper()
	key, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "reader@billing-project.iam.gserviceaccount.com", "private_key": privateKey(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	return Entries{
		AWS: []AWS{valid()},
		Azure: []Azure{{
			SubscriptionID: "01234567-89ab-cdef-0123-456789abcdef", StorageAccount: "costexports", Container: "exports",
			Path: "daily/all", Cloud: "gov", StorageAccessKey: base64.StdEncoding.EncodeToString(make([]byte, 64)),
		}},
		GCP: []GCP{{
			ProjectID: "billing-project", Dataset: "billing", Table: "gcp_billing_export_v1_0A1B2C", ServiceAccountKey: string(key),
		}},
		Alibaba: []Alibaba{{
			AccountID: "0123456789012345", Region: "cn-hangzhou", AccessKeyID: "LTAI5tABCDEFGHIJKLMNOPQR",
			AccessKeySecret: "abcdefghijklmnopqrstuvwxyz0123",
		}},
		OCI: []OCI{{
			TenancyID: "ocid1.tenancy.oc1..aaaa", Region: "us-ashburn-1", UserID: "ocid1.user.oc1..bbbb",
			Fingerprint: strings.Repeat("0a:", 15) + "ff", PrivateKey: privateKey(t), PrivateKeyPassphrase: `"}],"x":[{`,
		}},
	}
}

// in is the entries without what a format has not.
func in(f Format, e Entries) Entries {
	if f == Flat {
		e.OCI = nil
	}
	return e
}

func TestBothFormatsHaveTheKeysThatKubecostReads(t *testing.T) {
	e := everyCloud(t)
	key := `{"client_email":"reader@billing-project.iam.gserviceaccount.com","private_key":` + quoted(t, privateKey(t)) + `,"type":"service_account"}`
	for f, want := range map[Format]string{
		Flat: `{
			"aws": [{"athenaBucketName":"s3://kubecost-athena-111111111111-us-east-2","athenaRegion":"us-east-2","athenaDatabase":"athenacurcfn_kubecost",
				"athenaTable":"kubecost","athenaWorkgroup":"kubecost-cur","projectID":"111111111111","masterPayerARN":"arn:aws:iam::111111111111:role/kubecost-cur-access"}],
			"azure": [{"azureSubscriptionID":"01234567-89ab-cdef-0123-456789abcdef","azureStorageAccount":"costexports","azureStorageAccessKey":"` + e.Azure[0].StorageAccessKey + `",
				"azureStorageContainer":"exports","azureContainerPath":"daily/all","azureCloud":"gov"}],
			"gcp": [{"projectID":"billing-project","billingDataDataset":"billing.gcp_billing_export_v1_0A1B2C","key":` + key + `}],
			"alibaba": [{"clusterRegion":"cn-hangzhou","accountID":"0123456789012345","serviceKeyName":"LTAI5tABCDEFGHIJKLMNOPQR","serviceKeySecret":"abcdefghijklmnopqrstuvwxyz0123"}]}`,
		Athena: `{
			"aws": {"athena": [{"bucket":"s3://kubecost-athena-111111111111-us-east-2","region":"us-east-2","database":"athenacurcfn_kubecost","table":"kubecost",
				"workgroup":"kubecost-cur","account":"111111111111","authorizer":{"authorizerType":"AWSAssumeRole","roleARN":"arn:aws:iam::111111111111:role/kubecost-cur-access",
				"authorizer":{"authorizerType":"AWSServiceAccount"}}}]},
			"azure": {"storage": [{"subscriptionID":"01234567-89ab-cdef-0123-456789abcdef","account":"costexports","container":"exports","path":"daily/all","cloud":"gov",
				"authorizer":{"authorizerType":"AzureAccessKey","accessKey":"` + e.Azure[0].StorageAccessKey + `","account":"costexports"}}]},
			"gcp": {"bigQuery": [{"projectID":"billing-project","dataset":"billing","table":"gcp_billing_export_v1_0A1B2C",
				"authorizer":{"authorizerType":"GCPServiceAccountKey","key":` + key + `}}]},
			"alibaba": {"boa": [{"account":"0123456789012345","region":"cn-hangzhou",
				"authorizer":{"authorizerType":"AlibabaAccessKey","accessKeyID":"LTAI5tABCDEFGHIJKLMNOPQR","accessKeySecret":"abcdefghijklmnopqrstuvwxyz0123"}}]},
			"oci": {"usageApi": [{"tenancyID":"ocid1.tenancy.oc1..aaaa","region":"us-ashburn-1","authorizer":{"authorizerType":"OCIRawConfigProvider",
				"tenancyID":"ocid1.tenancy.oc1..aaaa","userID":"ocid1.user.oc1..bbbb","region":"us-ashburn-1","fingerprint":"` + e.OCI[0].Fingerprint + `",
				"privateKey":` + quoted(t, privateKey(t)) + `,"privateKeyPassphrase":"\"}],\"x\":[{"}}]}}`,
	} {
		file, err := Write(f, in(f, e))
		if err != nil {
			t.Errorf("%s: %v", f, err)
			continue
		}
		var gotValue, wantValue any
		if err := json.Unmarshal([]byte(file), &gotValue); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(want), &wantValue); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(gotValue, wantValue) {
			t.Errorf("%s: the file is\n%s\nwant\n%s", f, file, want)
		}
	}
}

func quoted(t *testing.T, text string) string {
	t.Helper()
	b, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEntriesWithoutKeysAreThePodsOwnIdentity(t *testing.T) {
	e := everyCloud(t)
	e.Azure[0].StorageAccessKey, e.GCP[0].ServiceAccountKey = "", ""
	file, err := Write(Athena, e)
	if err != nil || !strings.Contains(file, "AzureDefaultCredential") || !strings.Contains(file, "GCPWorkloadIdentity") {
		t.Errorf("got %v and\n%s", err, file)
	}
	e.OCI = nil
	if _, err := Write(Flat, e); err == nil || !strings.Contains(err.Error(), "azure[0].storageAccessKey: it is missing") ||
		!strings.Contains(err.Error(), "cloudIntegrationFormat to athena") || strings.Contains(err.Error(), "gcp") {
		t.Errorf("in the flat format only Azure's identity cannot be told: %v", err)
	}
	e.Azure = nil
	if file, err := Write(Flat, e); err != nil || strings.Contains(file, `"key"`) {
		t.Errorf("got %v and\n%s", err, file)
	}
}

// Whatever a free text is, the file either is read back as it was meant, or is not written.
func TestHostileTextsNeverChangeWhatIsRead(t *testing.T) {
	written := 0
	try := func(f Format, path, passphrase, email, bucket string) bool {
		e := everyCloud(t)
		e.AWS[0].AthenaBucketName = "s3://bucket/" + bucket
		e.Azure[0].Path, e.OCI[0].PrivateKeyPassphrase = path, passphrase
		key := e.GCP[0].keyMap()
		key["client_email"] = email
		e.GCP[0].ServiceAccountKey = writeServiceAccountKey(key)
		e = in(f, e)
		file, err := Write(f, e)
		if err != nil {
			return true
		}
		written++
		read, format, err := Parse([]byte(file))
		return err == nil && format == f && reflect.DeepEqual(read, e.normal())
	}
	for _, f := range []Format{Flat, Athena} {
		for _, text := range []string{
			"", `"`, `\`, `","authorizer":{}`, `"}],"aws":[{"projectID":"999999999999"`, "\u2028", "<script>&", "\x00", "a\nb", "\xff\xfe", "日本",
			"{{ .Values }}", "${x}", "$(id)", "../..", "e\u0301", "🙂", strings.Repeat("x", 1024),
		} {
			for _, texts := range [][4]string{{text, "p", "e", "b"}, {"p", text, "e", "b"}, {"p", "p", text, "b"}, {"p", "p", "e", text}} {
				if !try(f, texts[0], texts[1], texts[2], texts[3]) {
					t.Errorf("%s: %q is written as something else", f, texts)
				}
			}
		}
		if err := quick.Check(func(a, b, c string) bool { return try(f, a, b, c, "") }, nil); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
	if written < 40 {
		t.Errorf("only %d files were written: the test says little", written)
	}
}

func TestAKeyThatIsNotTextIsNotWritten(t *testing.T) {
	e := everyCloud(t)
	e.OCI[0].PrivateKeyPassphrase = "planted\xff"
	if _, err := Write(Athena, e); err == nil || strings.Contains(err.Error(), "planted") {
		t.Errorf("the error is missing, or tells the secret: %v", err)
	}
}

func TestWhatDoesNotFitIntoASecretIsRefused(t *testing.T) {
	e := everyCloud(t)
	for i := range 4000 {
		one := e.Azure[0]
		one.Container = "c" + strings.Repeat("0", 3) + string(rune('a'+i/1000)) + string(rune('a'+i/100%10)) + string(rune('a'+i/10%10)) + string(rune('a'+i%10))
		e.Azure = append(e.Azure, one)
	}
	if err := e.Check(Athena); err == nil || !strings.Contains(err.Error(), "takes 1048576") {
		t.Errorf("got %.200v", err)
	}
	e.Azure = e.Azure[:1000]
	if err := e.Check(Athena); err != nil {
		t.Errorf("1000 entries: %.200v", err)
	}
}

func TestAFileIsReadAsKubecostReadsIt(t *testing.T) {
	newer, err := Write(Athena, everyCloud(t))
	if err != nil {
		t.Fatal(err)
	}
	flat, err := Write(Flat, in(Flat, everyCloud(t)))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file   string
		format Format
	}{
		"the newer format":             {newer, Athena},
		"the flat format":              {flat, Flat},
		"flat, with unknown keys":      {`{"aws":[{"athenaTable":"t","note":"x"}],"oci":{},"x":1}`, Flat},
		"a newer entry lacks its path": {strings.Replace(newer, `"path"`, `"pfad"`, 1), ""},
		"a newer entry has a number":   {strings.Replace(newer, `"account": "111111111111"`, `"account": 111111111111`, 1), ""},
		"an unknown authorizer":        {strings.Replace(newer, "AzureAccessKey", "AzureKey", 1), ""},
		"no authorizer":                {strings.Replace(newer, `"authorizer"`, `"auth"`, 1), ""},
		"two formats mixed":            {`{"aws":[],"gcp":{"bigQuery":[]}}`, ""},
		"an entry that is a string":    {`{"azure":{"storage":["x"]}}`, ""},
		"a number in the flat format":  {strings.Replace(flat, `"projectID": "111111111111"`, `"projectID": 111111111111`, 1), ""},
		"no JSON":                      {`aws: x`, ""},
	} {
		_, format, err := Parse([]byte(c.file))
		if format != c.format || (err == nil) != (c.format != "") {
			t.Errorf("%s: format %q and %v, want %q", name, format, err, c.format)
		}
	}
}
