package simaws

import (
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

const lambdaTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// once has the first request of an action go wrong.
func once(action string, f Fault) func(Request) Fault {
	done := false
	return func(r Request) Fault {
		if done || r.Action != action {
			return NoFault
		}
		done = true
		return f
	}
}

func TestAFaultIsToldInTheServicesWordsAndDoesWhatItSays(t *testing.T) {
	for _, test := range []struct {
		fault Fault
		code  string // of IAM; empty for a connection that is cut
		done  bool
	}{
		{Throttled, "Throttling", false},
		{InternalError, "ServiceFailure", false},
		{Unavailable, "ServiceUnavailable", false},
		{NotYet, "MalformedPolicyDocument", false},
		{FailedAfter, "ServiceFailure", true},
		{DroppedBefore, "", false},
		{DroppedAfter, "", true},
		{TimedOut, "", true},
	} {
		t.Run(string(test.fault), func(t *testing.T) {
			account, c := newAccount(t)
			client := iam.NewFromConfig(c)
			cloud.Inject(account, once("CreateRole", test.fault))
			create := func() error {
				_, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("r"), AssumeRolePolicyDocument: aws.String(lambdaTrust)})
				return err
			}
			err := create()
			var api smithy.APIError
			switch {
			case err == nil:
				t.Fatal("nothing went wrong")
			case test.code == "" && errors.As(err, &api):
				t.Errorf("the connection was not cut: %v", err)
			case test.code != "":
				wantError(t, err, test.code, "")
			}
			_, err = client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("r")})
			if done := err == nil; done != test.done {
				t.Errorf("carried out: %t (%v)", done, err)
			}
			if err := create(); (err != nil) != test.done {
				t.Errorf("the second time: %v", err)
			}
			requests := slices.DeleteFunc(cloud.Requests(), func(r Request) bool { return r.Account != account || r.Action != "CreateRole" })
			if len(requests) != 2 || requests[0].Fault != test.fault || requests[1].Fault != NoFault || requests[0].Same != requests[1].Same {
				t.Errorf("the log has %+v", requests)
			}
		})
	}
}

// The provider asks again by these codes and statuses, so a client with the SDK's own retries is done at last.
func TestAClientThatAsksAgainGetsOverAFault(t *testing.T) {
	account, c := newAccount(t)
	c.RetryMaxAttempts = 3
	bucket := newBucket(t, c, "faults", "")
	for _, f := range []Fault{Throttled, InternalError, Unavailable, FailedAfter, DroppedBefore, DroppedAfter, TimedOut} {
		cloud.Inject(account, once("PutBucketPolicy", f))
		setPolicy(t, c, bucket, `{"Version":"2012-10-17","Statement":[{"Sid":"S","Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:ListBucket","Resource":"BUCKET"}]}`)
	}
	cloud.Inject(account, nil)
	if _, err := s3.NewFromConfig(c).GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: &bucket}); err != nil {
		t.Error(err)
	}
}
