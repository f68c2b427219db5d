package simaws

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func TestBucketNamesAreGlobalAndOthersBucketsAreClosed(t *testing.T) {
	_, owner := newAccount(t)
	_, stranger := newAccount(t)
	bucket := newBucket(t, owner, "data", "")
	if err := putObject(t, owner, bucket, "a/b=1/c", "text"); err != nil {
		t.Fatal(err)
	}
	wantError(t, putObject(t, stranger, bucket, "a", "text"), "AccessDenied", "no resource-based policy allows the s3:PutObject action")
	_, err := s3.NewFromConfig(stranger).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket})
	wantError(t, err, "AccessDenied", "s3:ListBucket")
	_, err = s3.NewFromConfig(stranger).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket, CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(region)}})
	wantError(t, err, "BucketAlreadyExists", "")
	list, err := s3.NewFromConfig(stranger).ListBuckets(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Buckets) != 0 {
		t.Errorf("a stranger lists %d buckets", len(list.Buckets))
	}
}

func TestBucketPolicyOpensABucketToAnotherAccount(t *testing.T) {
	_, owner := newAccount(t)
	id, guest := newAccount(t)
	bucket := newBucket(t, owner, "data", fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":"s3:PutObject","Resource":"BUCKET/in/*"}]}`, id))
	if err := putObject(t, guest, bucket, "in/a", "text"); err != nil {
		t.Error(err)
	}
	wantError(t, putObject(t, guest, bucket, "out/a", "text"), "AccessDenied", "s3:PutObject")
}

func TestRoleReachesOnlyWhatItsPolicyNames(t *testing.T) {
	account, admin := newAccount(t)
	bucket := newBucket(t, admin, "data", "")
	for _, key := range []string{"cur/a", "other/a"} {
		if err := putObject(t, admin, bucket, key, "text"); err != nil {
			t.Fatal(err)
		}
	}
	policy := strings.ReplaceAll(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/cur/*"},
		{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::BUCKET","Condition":{"StringLike":{"s3:prefix":"cur/*"}}}]}`, "BUCKET", bucket)
	role := assume(t, admin, newRole(t, admin, "reader", fmt.Sprintf(root, account), policy))
	client := s3.NewFromConfig(role)
	if _, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("cur/a")}); err != nil {
		t.Error(err)
	}
	_, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("other/a")})
	wantError(t, err, "AccessDenied", "because no identity-based policy allows the s3:GetObject action")
	if _, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: aws.String("cur/")}); err != nil {
		t.Error(err)
	}
	_, err = client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket})
	wantError(t, err, "AccessDenied", "s3:ListBucket")
	wantError(t, putObject(t, role, bucket, "cur/b", "text"), "AccessDenied", "s3:PutObject")
}

func TestBucketLivesInOneRegion(t *testing.T) {
	_, config := newAccount(t)
	bucket := newBucket(t, config, "data", "")
	_, err := s3.NewFromConfig(inRegion(config, "us-west-2")).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket})
	wantError(t, err, "PermanentRedirect", "specified endpoint")
	out, err := s3.NewFromConfig(config).GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: &bucket})
	if err != nil {
		t.Fatal(err)
	}
	if string(out.LocationConstraint) != region {
		t.Errorf("got location %s, want %s", out.LocationConstraint, region)
	}
}

func TestBucketKeepsTheTagsOfItsCreation(t *testing.T) {
	_, config := newAccount(t)
	client, bucket := s3.NewFromConfig(config), "tagged-"+strings.ToLower(randomID(12))
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket, CreateBucketConfiguration: &types.CreateBucketConfiguration{
		LocationConstraint: types.BucketLocationConstraint(region), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("finops & co")}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.GetBucketTagging(t.Context(), &s3.GetBucketTaggingInput{Bucket: &bucket})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.TagSet) != 1 || *out.TagSet[0].Key != "team" || *out.TagSet[0].Value != "finops & co" {
		t.Errorf("got %d tags %+v", len(out.TagSet), out.TagSet)
	}
}

func TestDenyWithAConditionSparesOthers(t *testing.T) {
	_, config := newAccount(t)
	bucket := newBucket(t, config, "data", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*",
		"Resource":["BUCKET","BUCKET/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}},
		{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"BUCKET/locked/*"}]}`)
	if err := putObject(t, config, bucket, "open/a", "text"); err != nil {
		t.Error(err)
	}
	wantError(t, putObject(t, config, bucket, "locked/a", "text"), "AccessDenied", "with an explicit deny")
}

func TestDeletedBucketFreesItsName(t *testing.T) {
	_, first := newAccount(t)
	_, second := newAccount(t)
	bucket := newBucket(t, first, "data", "")
	if err := putObject(t, first, bucket, "a", "text"); err != nil {
		t.Fatal(err)
	}
	remove := func() error {
		_, err := s3.NewFromConfig(first).DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: &bucket})
		return err
	}
	wantError(t, remove(), "BucketNotEmpty", "")
	if _, err := s3.NewFromConfig(first).DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &bucket, Key: aws.String("a")}); err != nil {
		t.Fatal(err)
	}
	if err := remove(); err != nil {
		t.Fatal(err)
	}
	_, err := s3.NewFromConfig(second).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket, CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(region)}})
	if err != nil {
		t.Error(err)
	}
}

func TestRequestsAreLogged(t *testing.T) {
	account, config := newAccount(t)
	bucket := newBucket(t, config, "data", "")
	if _, err := sts.NewFromConfig(config).GetCallerIdentity(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, r := range cloud.Requests() {
		if r.Account == account {
			actions = append(actions, r.Service+":"+r.Action)
		}
		if r.Account == account && r.Action == "CreateBucket" && (r.Resource != "arn:aws:s3:::"+bucket || r.Error != "" || r.Principal == "") {
			t.Errorf("got %+v", r)
		}
	}
	if want := []string{"s3:CreateBucket", "sts:GetCallerIdentity"}; !slices.Equal(actions, want) {
		t.Errorf("got %q, want %q", actions, want)
	}
}
