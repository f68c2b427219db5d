package simaws

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
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

// A client that goes away has asked all the same: nothing is left half made.
func TestWhatWasAskedIsDoneInFullThoughItsClientIsGone(t *testing.T) {
	account, c := newAccount(t)
	ctx, cancel := context.WithCancel(t.Context())
	cloud.Inject(account, func(r Request) Fault {
		cancel()
		time.Sleep(50 * time.Millisecond) // until the connection is closed at this end too
		return NoFault
	})
	name := fmt.Sprintf("gone-%012d", rand.Int64N(1e12))
	_, err := s3.NewFromConfig(c).CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{
		LocationConstraint: s3types.BucketLocationConstraint(c.Region),
	}})
	if err == nil {
		t.Fatal("the client had its answer")
	}
	created := func(r Request) bool { return r.Account == account && r.Action == "CreateBucket" }
	for !slices.ContainsFunc(cloud.Requests(), created) {
		time.Sleep(time.Millisecond)
	}
	cloud.Inject(account, nil)
	setPolicy(t, c, name, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:ListBucket","Resource":"BUCKET"}]}`)
	if _, err := s3.NewFromConfig(c).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &name}); err != nil {
		t.Error(err)
	}
}
