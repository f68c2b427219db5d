package awsaccess

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
)

// BucketRegion is the region of a bucket.
func (a *Account) BucketRegion(ctx context.Context, bucket string) (string, error) {
	out, err := a.s3().GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: &bucket})
	if err != nil {
		return "", err
	}
	// S3 writes us-east-1 as nothing, and a region of old as EU.
	region := cmp.Or(string(out.LocationConstraint), "us-east-1")
	if region == "EU" {
		region = "eu-west-1"
	}
	return region, nil
}

// BucketPolicy is a bucket's policy; empty if it has none.
func (a *Account) BucketPolicy(ctx context.Context, bucket string) (string, error) {
	out, err := a.s3().GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &bucket})
	if missing(err, "NoSuchBucketPolicy") {
		return "", nil
	} else if err != nil {
		return "", err
	}
	return aws.ToString(out.Policy), nil
}

// Objects are the first objects of a bucket below a prefix, at most limit, which is at most 1000.
func (a *Account) Objects(ctx context.Context, bucket, prefix string, limit int) ([]doctor.Object, error) {
	out, err := a.s3().ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix, MaxKeys: aws.Int32(int32(limit))})
	if err != nil {
		return nil, err
	}
	var objects []doctor.Object
	for _, o := range out.Contents {
		objects = append(objects, doctor.Object{Key: aws.ToString(o.Key), Size: aws.ToInt64(o.Size), Modified: aws.ToTime(o.LastModified)})
	}
	return objects, nil
}
