package cloudintegration

import (
	"encoding/json"
	"strings"
	"testing"
)

func valid() AWS {
	return AWS{
		AthenaBucketName: "s3://kubecost-athena-111111111111-us-east-2",
		AthenaRegion:     "us-east-2",
		AthenaDatabase:   "athenacurcfn_kubecost",
		AthenaTable:      "kubecost",
		AthenaWorkgroup:  "kubecost-cur",
		ProjectID:        "111111111111",
		MasterPayerARN:   "arn:aws:iam::111111111111:role/kubecost-cur-access",
	}
}

func TestTheFileIsWhatTheGuideWrites(t *testing.T) {
	file, err := Write(Flat, Entries{AWS: []AWS{valid()}})
	if err != nil {
		t.Fatal(err)
	}
	var read map[string][]map[string]string // all values are text, as Kubecost reads them
	if err := json.Unmarshal([]byte(file), &read); err != nil {
		t.Fatal(err)
	}
	if len(read) != 1 || len(read["aws"]) != 1 {
		t.Fatalf("the file is not one entry under aws: %s", file)
	}
	want := map[string]string{
		"athenaBucketName": "s3://kubecost-athena-111111111111-us-east-2", "athenaRegion": "us-east-2",
		"athenaDatabase": "athenacurcfn_kubecost", "athenaTable": "kubecost", "athenaWorkgroup": "kubecost-cur",
		"projectID": "111111111111", "masterPayerARN": "arn:aws:iam::111111111111:role/kubecost-cur-access",
	}
	for key, value := range want {
		if read["aws"][0][key] != value {
			t.Errorf("%s is %q, want %q", key, read["aws"][0][key], value)
		}
	}
	if len(read["aws"][0]) != len(want) {
		t.Errorf("the entry has other keys than the guide's: %v", read["aws"][0])
	}
}

func TestWhatKubecostWouldMisreadIsRefusedByName(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*AWS)
		want  string
	}{
		"results without s3://":      {func(a *AWS) { a.AthenaBucketName = "bucket" }, "athenaBucketName"},
		"results with a quote":       {func(a *AWS) { a.AthenaBucketName = `s3://bucket/","x":"` }, "athenaBucketName"},
		"unknown region":             {func(a *AWS) { a.AthenaRegion = "us-east-9" }, "athenaRegion"},
		"empty database":             {func(a *AWS) { a.AthenaDatabase = "" }, "athenaDatabase"},
		"table with capitals":        {func(a *AWS) { a.AthenaTable = "Kubecost" }, "athenaTable"},
		"table that is SQL":          {func(a *AWS) { a.AthenaTable = `x"; drop table y; --` }, "athenaTable"},
		"empty work group":           {func(a *AWS) { a.AthenaWorkgroup = "" }, "athenaWorkgroup"},
		"short account":              {func(a *AWS) { a.ProjectID = "11111111111" }, "projectID"},
		"role of another account":    {func(a *AWS) { a.MasterPayerARN = "arn:aws:iam::222222222222:role/x" }, "masterPayerARN"},
		"a user for a role":          {func(a *AWS) { a.MasterPayerARN = "arn:aws:iam::111111111111:user/x" }, "masterPayerARN"},
		"role with a wildcard":       {func(a *AWS) { a.MasterPayerARN = "arn:aws:iam::111111111111:role/*" }, "masterPayerARN"},
		"role of another partition":  {func(a *AWS) { a.MasterPayerARN = "arn:aws-cn:iam::111111111111:role/x" }, "partition"},
		"no role":                    {func(a *AWS) { a.MasterPayerARN = "" }, "masterPayerARN"},
		"line feed after the region": {func(a *AWS) { a.AthenaRegion = "us-east-2\n" }, "athenaRegion"},
	} {
		entry := valid()
		c.spoil(&entry)
		if _, err := Write(Flat, Entries{AWS: []AWS{entry}}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error that names %s", name, err, c.want)
		}
	}
	empty := AWS{}
	for _, key := range []string{"athenaBucketName", "athenaRegion", "athenaDatabase", "athenaTable", "athenaWorkgroup", "projectID", "masterPayerARN"} {
		if err := empty.Check(); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("an empty entry: the error does not name %s: %v", key, err)
		}
	}
}

func TestEntriesThatKubecostTakesForOneAreRefused(t *testing.T) {
	twin := valid()
	twin.AthenaTable, twin.AthenaBucketName = "other", twin.AthenaBucketName+"/"
	if _, err := Write(Flat, Entries{AWS: []AWS{valid(), twin}}); err == nil || !strings.Contains(err.Error(), "takes for one") {
		t.Errorf("two entries with the same account and results location: %v", err)
	}
	twin.AthenaBucketName += "other"
	if _, err := Write(Flat, Entries{AWS: []AWS{valid(), twin}}); err != nil {
		t.Errorf("two entries with results of their own: %v", err)
	}
	if _, err := Write(Athena, Entries{}); err == nil {
		t.Error("a file without entries was written")
	}
}

func TestAnotherContentIsAnotherSecret(t *testing.T) {
	one, same, other := SecretName("cloud-integration", "a"), SecretName("cloud-integration", "a"), SecretName("cloud-integration", "b")
	if one != same || one == other {
		t.Errorf("names %s, %s, %s: the first two must be equal, the third not", one, same, other)
	}
}
