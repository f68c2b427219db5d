package kubecost

import (
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
		"gcp": [{"projectID": "p"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Key() != "011111111111/s3://results/" || got[0].MasterPayerARN == "" {
		t.Errorf("got %+v, want one integration: an entry without database and table is none of Athena", got)
	}
}

func TestAFileThatKubecostCannotReadIsAnError(t *testing.T) {
	for name, file := range map[string]string{
		"account as a number": `{"aws": [{"projectID": 111111111111, "athenaTable": "t"}]}`,
		"the newer format":    `{"aws": {"athena": []}}`,
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
