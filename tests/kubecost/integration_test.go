package kubecost

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestTheFlatFormatIsReadAsKubecostReadsIt(t *testing.T) {
	got, err := ParseIntegrations([]byte(`{
		"aws": [
			{"athenaBucketName": "s3://results/", "athenaRegion": "us-east-2", "athenaDatabase": "athenacurcfn_kubecost", "athenaTable": "kubecost",
			 "athenaWorkgroup": "", "projectID": "011111111111", "masterPayerARN": "arn:aws:iam::011111111111:role/kubecost-cur-access", "note": "unknown keys are fine"},
			{"athenaBucketName": "s3://results/", "athenaRegion": "us-east-2", "athenaDatabase": "", "athenaTable": "", "projectID": "222222222222"}
		],
		"gcp": [{"projectID": "p", "billingDataDataset": "d.t.x"}],
		"azure": [{"azureSubscriptionID": "s", "azureStorageContainer": "c", "azureContainerPath": "p", "azureStorageAccessKey": "k"}],
		"oci": {}}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Athena) != 1 || got.Athena[0].Key() != "011111111111/s3://results/" || got.Athena[0].MasterPayerARN == "" {
		t.Errorf("got %+v, want one integration: an entry without database and table is none of Athena", got)
	}
	if want := []Other{{"gcp", "p/d.t", "GCPWorkloadIdentity", ""}, {"azure", "s/c/p", "AzureAccessKey", "k"}}; !slices.Equal(got.Others, want) {
		t.Errorf("got %+v, want %+v", got.Others, want)
	}
}

func TestTheNewerFormatIsReadAsKubecostReadsIt(t *testing.T) {
	got, err := ParseIntegrations([]byte(`{
		"aws": {"athena": [{"bucket": "s3://results", "region": "us-east-2", "database": "d", "table": "t", "workgroup": "", "account": "011111111111",
			"authorizer": {"authorizerType": "AWSAssumeRole", "roleARN": "arn:r", "authorizer": {"authorizerType": "AWSServiceAccount"}}}]},
		"gcp": {"bigQuery": [{"projectID": "p", "dataset": "d", "table": "t", "authorizer": {"authorizerType": "GCPServiceAccountKey", "key": {"b": "2", "a": "1"}}}]},
		"oci": {"usageApi": [{"tenancyID": "t", "region": "r", "authorizer": {"authorizerType": "OCIRawConfigProvider", "privateKey": "k"}}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := Integrations{
		Athena: []Athena{{Bucket: "s3://results", Region: "us-east-2", Database: "d", Table: "t", Account: "011111111111", MasterPayerARN: "arn:r"}},
		Others: []Other{{"gcp", "p/d.t", "GCPServiceAccountKey", "1 2"}, {"oci", "t", "OCIRawConfigProvider", "k"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestAFileThatKubecostCannotReadIsAnError(t *testing.T) {
	for name, file := range map[string]string{
		"account as a number": `{"aws": [{"projectID": 111111111111, "athenaTable": "t"}]}`,
		"no authorizer":       `{"aws": {"athena": [{"bucket": "", "region": "", "database": "", "table": "", "workgroup": "", "account": ""}]}}`,
		"no path":             `{"azure": {"storage": [{"subscriptionID": "s", "account": "a", "container": "c", "cloud": "", "authorizer": {"authorizerType": "AzureDefaultCredential"}}]}}`,
		"an unknown identity": `{"gcp": {"bigQuery": [{"projectID": "p", "dataset": "d", "table": "t", "authorizer": {"authorizerType": "GCPKey"}}]}}`,
		"two formats mixed":   `{"aws": [], "gcp": {"bigQuery": []}}`,
		"no JSON":             `aws:`,
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := ParseIntegrations([]byte(file)); err == nil {
				t.Errorf("read as %+v", got)
			}
		})
	}
}

func TestAnIncompleteIntegrationNamesAllThatItLacks(t *testing.T) {
	_, err := New(t.Context(), Options{Integration: Athena{Bucket: "s3://results", Region: "us-east-2", Table: "kubecost"}})
	if err == nil || !strings.Contains(err.Error(), "athenaDatabase") || !strings.Contains(err.Error(), "projectID") {
		t.Errorf("got error %v", err)
	}
}
