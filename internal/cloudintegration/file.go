// Package cloudintegration writes cloud-integration.json, by which Kubecost learns where the bills are.
package cloudintegration

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// FileName is the key that the file has in its Kubernetes secret. Kubecost's charts mount that key and no other.
const FileName = "cloud-integration.json"

// AWS is one payer account's bill in the flat format of Kubecost's guide, which every Kubecost version reads. All values are
// text: a number would not be read, and would lose an account ID's leading zeros.
// Source: OpenCost, type AwsAthenaInfo in pkg/cloud/aws/provider.go.
type AWS struct {
	// AthenaBucketName is where Athena writes results: s3:// and a bucket, optionally a prefix. It is passed to Athena as is.
	AthenaBucketName string `json:"athenaBucketName"`
	// AthenaRegion is the region of Athena, the Glue catalog and the results bucket.
	AthenaRegion    string `json:"athenaRegion"`
	AthenaDatabase  string `json:"athenaDatabase"`
	AthenaTable     string `json:"athenaTable"`
	AthenaWorkgroup string `json:"athenaWorkgroup"`
	// ProjectID is the payer account's ID.
	ProjectID string `json:"projectID"`
	// MasterPayerARN is the ARN of the role in the payer account that Kubecost assumes.
	MasterPayerARN string `json:"masterPayerARN"`
}

var (
	resultsLocation = regexp.MustCompile(`^s3://[a-z0-9][a-z0-9-]{1,61}[a-z0-9](/[A-Za-z0-9!_.()/-]*)?$`)
	roleResource    = regexp.MustCompile(`^role/[A-Za-z0-9_+=,.@/-]{1,576}$`)
)

// Check returns every fault of the entry, each naming the field by its key in the file. Kubecost itself checks nothing here:
// with an empty table and database it silently reads another kind of bill, and other mistakes show as costs that stay empty.
func (a AWS) Check() error {
	var faults []error
	check := func(key, value string, err error) {
		if err != nil {
			faults = append(faults, fmt.Errorf("%s is %q: %w", key, value, err))
		}
	}
	if !resultsLocation.MatchString(a.AthenaBucketName) {
		check("athenaBucketName", a.AthenaBucketName, errors.New("it is the results bucket as s3://bucket, optionally with a prefix"))
	}
	partition, err := arn.Partition(a.AthenaRegion)
	check("athenaRegion", a.AthenaRegion, err)
	check("athenaDatabase", a.AthenaDatabase, arn.CheckGlueName(a.AthenaDatabase))
	check("athenaTable", a.AthenaTable, arn.CheckGlueName(a.AthenaTable))
	check("athenaWorkgroup", a.AthenaWorkgroup, arn.CheckWorkGroupName(a.AthenaWorkgroup))
	check("projectID", a.ProjectID, arn.CheckAccountID(a.ProjectID))
	check("masterPayerARN", a.MasterPayerARN, a.checkRole(partition))
	return errors.Join(faults...)
}

// checkRole checks MasterPayerARN. partition is that of the entry's region, or empty if that is not known.
func (a AWS) checkRole(partition string) error {
	switch role, err := arn.Parse(a.MasterPayerARN); {
	case err != nil || role.Service != "iam" || !roleResource.MatchString(role.Resource):
		return errors.New("it is the payer role's ARN, arn:aws:iam::ACCOUNT:role/NAME")
	case role.Account != a.ProjectID:
		return fmt.Errorf("its account is not projectID, %q", a.ProjectID)
	case partition != "" && role.Partition != partition:
		return fmt.Errorf("its partition is not that of athenaRegion, %q", partition)
	}
	return nil
}

// JSON returns the file for the given entries. It returns an error for no entries, for an entry with faults, and for two
// entries with the same account and results location, which Kubecost would take for one.
func JSON(entries ...AWS) (string, error) {
	if len(entries) == 0 {
		return "", errors.New("cloud-integration.json needs at least one payer account")
	}
	seen := map[string]bool{}
	for _, e := range entries {
		if err := e.Check(); err != nil {
			return "", fmt.Errorf("cloud-integration.json: %w", err)
		}
		key := e.ProjectID + "/" + strings.TrimSuffix(e.AthenaBucketName, "/")
		if seen[key] {
			return "", fmt.Errorf("cloud-integration.json: two entries have account and results location %s, which Kubecost "+
				"takes for one: give one of them another athenaBucketName", key)
		}
		seen[key] = true
	}
	b, err := json.MarshalIndent(map[string][]AWS{"aws": entries}, "", "  ")
	if err != nil {
		return "", fmt.Errorf("encoding cloud-integration.json: %w", err)
	}
	return string(b), nil
}

// SecretName returns the name of the Kubernetes secret for a file: base and a hash of the content. A changed file so gets
// another secret, and with it every chart version restarts the pods that read it; charts do not notice changed content.
func SecretName(base, file string) string {
	sum := sha256.Sum256([]byte(file))
	return base + "-" + hex.EncodeToString(sum[:])[:10]
}
