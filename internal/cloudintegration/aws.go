package cloudintegration

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

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

var resultsLocation = regexp.MustCompile(`^s3://([a-z0-9-]+)(?:/[A-Za-z0-9!_.()/-]*)?$`)

// checkResultsLocation returns an error for what is no bucket, with a prefix perhaps, of a length that Athena takes.
// Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_ResultConfiguration.html
func checkResultsLocation(location string) error {
	m := resultsLocation.FindStringSubmatch(location)
	if m == nil || arn.CheckBucketName(m[1]) != nil || len(location) > 1024 {
		return errors.New("it is the results bucket as s3://bucket, optionally with a prefix")
	}
	return nil
}

// Check returns every fault of the entry, each naming the field by its key in the file. Kubecost itself checks nothing here:
// with an empty table and database it silently reads another kind of bill, and other mistakes show as costs that stay empty.
func (a AWS) Check() error {
	var faults []error
	check := func(key, value string, err error) {
		if err != nil {
			faults = append(faults, fmt.Errorf("%s is %q: %w", key, value, err))
		}
	}
	check("athenaBucketName", a.AthenaBucketName, checkResultsLocation(a.AthenaBucketName))
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
	case err != nil || arn.CheckRole(a.MasterPayerARN, role.Partition) != nil:
		return errors.New("it is the payer role's ARN, arn:aws:iam::ACCOUNT:role/NAME")
	case role.Account != a.ProjectID:
		return fmt.Errorf("its account is not projectID, %q", a.ProjectID)
	case partition != "" && role.Partition != partition:
		return fmt.Errorf("its partition is not that of athenaRegion, %q", partition)
	}
	return nil
}

// key is what Kubecost tells payer accounts apart by.
func (a AWS) key() string { return a.ProjectID + "/" + strings.TrimSuffix(a.AthenaBucketName, "/") }

// awsAthena is an AWS in the newer format.
// Source: OpenCost, type AthenaConfiguration in pkg/cloud/aws/athenaconfiguration.go.
type awsAthena struct {
	Bucket     string     `json:"bucket"`
	Region     string     `json:"region"`
	Database   string     `json:"database"`
	Table      string     `json:"table"`
	Workgroup  string     `json:"workgroup"`
	Account    string     `json:"account"`
	Authorizer assumeRole `json:"authorizer"`
}

// assumeRole is the authorizer AWSAssumeRole: a role that is assumed as whoever another authorizer is.
type assumeRole struct {
	Type       string         `json:"authorizerType"`
	RoleARN    string         `json:"roleARN"`
	Authorizer serviceAccount `json:"authorizer"`
}

// serviceAccount is the authorizer AWSServiceAccount: the role of the pod's own service account.
type serviceAccount struct {
	Type string `json:"authorizerType"`
}

const (
	assumeRoleType     = "AWSAssumeRole"
	serviceAccountType = "AWSServiceAccount"
)

func (a AWS) newer() awsAthena {
	return awsAthena{
		Bucket: a.AthenaBucketName, Region: a.AthenaRegion, Database: a.AthenaDatabase, Table: a.AthenaTable,
		Workgroup: a.AthenaWorkgroup, Account: a.ProjectID,
		Authorizer: assumeRole{
			Type: assumeRoleType, RoleARN: a.MasterPayerARN, Authorizer: serviceAccount{Type: serviceAccountType},
		},
	}
}

func (n awsAthena) entry() AWS {
	return AWS{
		AthenaBucketName: n.Bucket, AthenaRegion: n.Region, AthenaDatabase: n.Database, AthenaTable: n.Table,
		AthenaWorkgroup: n.Workgroup, ProjectID: n.Account, MasterPayerARN: n.Authorizer.RoleARN,
	}
}

// UnmarshalJSON returns an error for what Kubecost does not take, and for authorizers that this program does not write.
func (n *awsAthena) UnmarshalJSON(b []byte) error {
	type plain awsAthena
	if err := unmarshal(b, (*plain)(n), "bucket", "region", "database", "table", "workgroup", "account"); err != nil {
		return err
	}
	if n.Authorizer.Type != assumeRoleType || n.Authorizer.RoleARN == "" || n.Authorizer.Authorizer.Type != serviceAccountType {
		return fmt.Errorf("the authorizer is not %s with a role around %s", assumeRoleType, serviceAccountType)
	}
	return nil
}
