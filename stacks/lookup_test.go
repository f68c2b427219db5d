package stacks

import (
	"errors"
	"fmt"
	"testing"
)

func TestTheErrorOfALookUpIsToldInItsOwnWords(t *testing.T) {
	for came, want := range map[string]string{
		"rpc error: code = Unknown desc = invocation of aws:eks/getCluster:getCluster returned an error: reading EKS Cluster (prod): couldn't find resource: ": "reading EKS Cluster (prod): couldn't find resource",

		`rpc error: code = Unknown desc = invocation of pulumi:pulumi:readStackOutputs returned an error: unknown stack "organization/kubecost-cur/payer"`: `unknown stack "organization/kubecost-cur/payer"`,

		"invocation of aws:iam/getRole:getRole returned an error: invoking aws:iam/getRole:getRole: 1 error occurred:\n\t* reading IAM Role (r): couldn't find resource\n\n": "reading IAM Role (r): couldn't find resource",

		"rpc error: code = Unknown desc = ": "rpc error: code = Unknown desc =",

		// Several errors stay a list, and the code of a broken connection says something.
		"invoking aws:iam/getRole:getRole: 2 errors occurred:\n\t* one\n\t* two\n\n":           "2 errors occurred:\n\t* one\n\t* two",
		"rpc error: code = Unavailable desc = error reading from server: EOF":                  "rpc error: code = Unavailable desc = error reading from server: EOF",
		`reading S3 Bucket (b): "rpc error: code = Unknown desc = " stands in the middle`:      `reading S3 Bucket (b): "rpc error: code = Unknown desc = " stands in the middle`,
		"reading S3 Bucket Policy (b): NoSuchBucketPolicy: The bucket policy does not exist: ": "reading S3 Bucket Policy (b): NoSuchBucketPolicy: The bucket policy does not exist",
	} {
		cause := errors.New(came)
		err := inWords(cause)
		if err.Error() != want {
			t.Errorf("%q is told as\n%q, want\n%q", came, err, want)
		}
		if !errors.Is(fmt.Errorf("looking it up: %w", err), cause) {
			t.Errorf("%q is not wrapped", came)
		}
	}
	if err := inWords(nil); err != nil {
		t.Errorf("no error is told as %v", err)
	}
}
