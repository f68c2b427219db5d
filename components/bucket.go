package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// bucketArgs describe a private bucket.
type bucketArgs struct {
	Name         string
	Adopt        bool // the bucket is there already and is left as it is: Name is all that counts
	Policy       iampolicy.Document
	Rules        s3.BucketLifecycleConfigurationV2RuleArray // none: objects never expire
	KmsKeyArn    string                                     // of the key that objects are encrypted with; empty for S3's own
	ForceDestroy bool
	Protect      bool
	Tags         pulumi.StringMap
}

// bucket is a private bucket that is ready for use: everything that guards it is in ready, for others to depend on. Its lifecycle is
// not: nothing needs it, and the AWS provider waits a minute until S3 has taken one.
type bucket struct {
	Bucket pulumi.StringOutput // its name
	ready  []pulumi.Resource
}

// newBucket makes a bucket with public access blocked, encryption at rest, no ACLs and a policy, all children of parent.
func newBucket(ctx *pulumi.Context, name string, args bucketArgs, parent pulumi.Resource) (*bucket, error) {
	if args.Adopt {
		return &bucket{Bucket: pulumi.String(args.Name).ToStringOutput()}, nil
	}
	child := pulumi.Parent(parent)
	b, err := s3.NewBucketV2(ctx, name, &s3.BucketV2Args{
		Bucket:       pulumi.String(args.Name),
		ForceDestroy: pulumi.Bool(args.ForceDestroy),
		Tags:         args.Tags,
	}, child, protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("registering bucket %s: %w", args.Name, err)
	}

	block, err := s3.NewBucketPublicAccessBlock(ctx, name+"-access-block", &s3.BucketPublicAccessBlockArgs{
		Bucket:                b.ID(),
		BlockPublicAcls:       pulumi.Bool(true),
		BlockPublicPolicy:     pulumi.Bool(true),
		IgnorePublicAcls:      pulumi.Bool(true),
		RestrictPublicBuckets: pulumi.Bool(true),
	}, child)
	if err != nil {
		return nil, fmt.Errorf("registering the public access block of bucket %s: %w", args.Name, err)
	}

	ownership, err := s3.NewBucketOwnershipControls(ctx, name+"-ownership", &s3.BucketOwnershipControlsArgs{
		Bucket: b.ID(),
		Rule:   &s3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")},
	}, child)
	if err != nil {
		return nil, fmt.Errorf("registering the ownership controls of bucket %s: %w", args.Name, err)
	}

	encryption, err := s3.NewBucketServerSideEncryptionConfigurationV2(ctx, name+"-encryption",
		&s3.BucketServerSideEncryptionConfigurationV2Args{
			Bucket: b.ID(),
			Rules:  s3.BucketServerSideEncryptionConfigurationV2RuleArray{encryptedWith(args.KmsKeyArn)},
		}, child)
	if err != nil {
		return nil, fmt.Errorf("registering the encryption of bucket %s: %w", args.Name, err)
	}

	policyJSON, err := args.Policy.JSON()
	if err != nil {
		return nil, err
	}
	// After the access block: S3 refuses two changes of a bucket's access at once.
	policy, err := s3.NewBucketPolicy(ctx, name+"-policy", &s3.BucketPolicyArgs{
		Bucket: b.ID(),
		Policy: pulumi.String(policyJSON),
	}, child, pulumi.DependsOn([]pulumi.Resource{block, ownership}))
	if err != nil {
		return nil, fmt.Errorf("registering the policy of bucket %s: %w", args.Name, err)
	}

	made := &bucket{Bucket: b.Bucket, ready: []pulumi.Resource{block, ownership, encryption, policy}}
	if len(args.Rules) > 0 {
		_, err := s3.NewBucketLifecycleConfigurationV2(ctx, name+"-lifecycle",
			&s3.BucketLifecycleConfigurationV2Args{Bucket: b.ID(), Rules: args.Rules}, child)
		if err != nil {
			return nil, fmt.Errorf("registering the lifecycle of bucket %s: %w", args.Name, err)
		}
	}
	return made, nil
}

// encryptedWith is a bucket's rule of encryption. With a key of the customer's, S3 keeps a key a bucket for a while, so that it
// does not ask KMS for each object.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
func encryptedWith(kmsKeyArn string) *s3.BucketServerSideEncryptionConfigurationV2RuleArgs {
	type byDefault = s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs
	if kmsKeyArn == "" {
		return &s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
			ApplyServerSideEncryptionByDefault: &byDefault{SseAlgorithm: pulumi.String("AES256")},
		}
	}
	return &s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
		ApplyServerSideEncryptionByDefault: &byDefault{
			SseAlgorithm: pulumi.String("aws:kms"), KmsMasterKeyId: pulumi.String(kmsKeyArn),
		},
		BucketKeyEnabled: pulumi.Bool(true),
	}
}

// expire is a lifecycle rule that deletes the objects below a prefix ("" for all) after some days.
func expire(id, prefix string, days int) *s3.BucketLifecycleConfigurationV2RuleArgs {
	return &s3.BucketLifecycleConfigurationV2RuleArgs{
		Id:         pulumi.String(id),
		Status:     pulumi.String("Enabled"),
		Filter:     &s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String(prefix)},
		Expiration: &s3.BucketLifecycleConfigurationV2RuleExpirationArgs{Days: pulumi.Int(days)},
	}
}
