package components

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/athena"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// MinBytesScannedCutoff is the smallest scan limit that Athena takes, in bytes.
// Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfiguration.html
const MinBytesScannedCutoff = 10_485_760

// PrimaryWorkGroup is the work group that every account has in every region, and that nobody can make or delete.
// Source: https://docs.aws.amazon.com/athena/latest/ug/workgroups-manage-queries-control-costs.html
const PrimaryWorkGroup = "primary"

// QueryWorkspaceArgs describe where Athena queries run and what they may cost.
type QueryWorkspaceArgs struct {
	// Region is the region of Athena and of the results bucket: the report's.
	Region string `pulumi:"region"`
	// AccountID is the account's ID, 12 digits; needed with KmsKeyArn only.
	AccountID string `pulumi:"accountId,optional"`
	// WorkGroupName is the name of the Athena work group to make, or primary: the account's own, which is used as it is.
	WorkGroupName string `pulumi:"workGroupName"`
	// BucketName is the name of the results bucket to make; not the report's bucket. With AdoptBucket it is there already, and
	// neither changed nor deleted.
	BucketName  string `pulumi:"bucketName"`
	AdoptBucket bool   `pulumi:"adoptBucket,optional"`
	// ResultsPrefix is where in the bucket results go, without slashes around it; empty for the bucket's root.
	ResultsPrefix string `pulumi:"resultsPrefix,optional"`
	// KmsKeyArn, unless empty, is the key that results are encrypted with.
	KmsKeyArn string `pulumi:"kmsKeyArn,optional"`
	// BytesScannedCutoff is how many bytes one query may scan before Athena stops it; 0 with the work group primary.
	BytesScannedCutoff int `pulumi:"bytesScannedCutoff,optional"`
	// ResultsExpirationDays is after how many days results are deleted, at least 1.
	ResultsExpirationDays int `pulumi:"resultsExpirationDays"`
	// ForceDestroy deletes the bucket together with the results in it.
	ForceDestroy bool `pulumi:"forceDestroy,optional"`
	// Tags are put on every resource.
	Tags map[string]string `pulumi:"tags,optional"`
}

// QueryWorkspace is an Athena work group of its own, whose settings no client can override, and its results bucket. With the
// work group primary it is the bucket alone: that group is the account's, and is neither made, changed nor deleted.
type QueryWorkspace struct {
	pulumi.ResourceState

	// WorkGroupName is the name of the work group.
	WorkGroupName pulumi.StringOutput `pulumi:"workGroupName"`
	// BucketName is the name of the results bucket.
	BucketName pulumi.StringOutput `pulumi:"bucketName"`
	// ResultsLocation is where results go, as an S3 URI: s3://bucket, or s3://bucket/prefix/.
	ResultsLocation pulumi.StringOutput `pulumi:"resultsLocation"`
}

func (args *QueryWorkspaceArgs) validate(name string) (partition string, err error) {
	var f faults
	partition, err = arn.Partition(args.Region)
	f.check("Region", args.Region, err)
	f.check("BucketName", args.BucketName, arn.CheckBucketName(args.BucketName))
	f.check("WorkGroupName", args.WorkGroupName, arn.CheckWorkGroupName(args.WorkGroupName))
	f.check("ResultsPrefix", args.ResultsPrefix, billing.CheckResultsPrefix(args.ResultsPrefix))
	if args.KmsKeyArn != "" {
		f.check("KmsKeyArn", args.KmsKeyArn, arn.CheckKey(args.KmsKeyArn, arn.Place{Partition: partition, Region: args.Region, Account: args.AccountID}))
	}
	switch primary := args.WorkGroupName == PrimaryWorkGroup; {
	case primary && args.BytesScannedCutoff != 0:
		f.check("BytesScannedCutoff", fmt.Sprint(args.BytesScannedCutoff), errors.New("the work group primary is not changed here, so it gets no scan limit"))
	case !primary && args.BytesScannedCutoff < MinBytesScannedCutoff:
		f.check("BytesScannedCutoff", fmt.Sprint(args.BytesScannedCutoff),
			fmt.Errorf("the least that Athena takes is %d bytes", MinBytesScannedCutoff))
	}
	if args.ResultsExpirationDays < 1 {
		f.check("ResultsExpirationDays", fmt.Sprint(args.ResultsExpirationDays), fmt.Errorf("it is at least 1 day"))
	}
	return partition, f.of("QueryWorkspace", name)
}

// NewQueryWorkspace registers the work group and its bucket.
func NewQueryWorkspace(
	ctx *pulumi.Context, name string, args *QueryWorkspaceArgs, opts ...pulumi.ResourceOption,
) (*QueryWorkspace, error) {
	if args == nil {
		return nil, fmt.Errorf("the arguments of QueryWorkspace %q are missing", name)
	}
	partition, err := args.validate(name)
	if err != nil {
		return nil, err
	}
	c := &QueryWorkspace{}
	if err := ctx.RegisterComponentResource(QueryWorkspaceType, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering QueryWorkspace %q: %w", name, err)
	}

	below := args.ResultsPrefix
	if below != "" {
		below += "/"
	}
	results := expire("expire-results", below, args.ResultsExpirationDays)
	uploads := &s3.BucketLifecycleConfigurationV2RuleArgs{
		Id:     pulumi.String("abort-incomplete-uploads"),
		Status: pulumi.String("Enabled"),
		Filter: &s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String(below)},
		AbortIncompleteMultipartUpload: &s3.BucketLifecycleConfigurationV2RuleAbortIncompleteMultipartUploadArgs{
			DaysAfterInitiation: pulumi.Int(1),
		},
	}
	b, err := newBucket(ctx, name+"-bucket", bucketArgs{
		Name:         args.BucketName,
		Adopt:        args.AdoptBucket,
		Policy:       iampolicy.TLSOnly(partition, args.BucketName),
		Rules:        s3.BucketLifecycleConfigurationV2RuleArray{results, uploads},
		KmsKeyArn:    args.KmsKeyArn,
		ForceDestroy: args.ForceDestroy,
		Tags:         tags(args.Tags),
	}, c)
	if err != nil {
		return nil, err
	}

	c.BucketName, c.ResultsLocation = b.Bucket, pulumi.Sprintf("s3://%s", b.Bucket)
	if below != "" {
		c.ResultsLocation = pulumi.Sprintf("s3://%s/%s", b.Bucket, below)
	}
	c.WorkGroupName = pulumi.String(args.WorkGroupName).ToStringOutput()
	if args.WorkGroupName != PrimaryWorkGroup {
		if err := c.newWorkGroup(ctx, name, args, pulumi.Sprintf("s3://%s/%s", b.Bucket, below), b.ready); err != nil {
			return nil, err
		}
	}
	if err := ctx.RegisterResourceOutputs(c, pulumi.Map{
		"workGroupName":   c.WorkGroupName,
		"bucketName":      c.BucketName,
		"resultsLocation": c.ResultsLocation,
	}); err != nil {
		return nil, fmt.Errorf("registering the outputs of QueryWorkspace %q: %w", name, err)
	}
	return c, nil
}

// newWorkGroup registers the work group, whose queries write to location once the bucket is ready.
func (c *QueryWorkspace) newWorkGroup(
	ctx *pulumi.Context, name string, args *QueryWorkspaceArgs, location pulumi.StringInput, ready []pulumi.Resource,
) error {
	encryption := &athena.WorkgroupConfigurationResultConfigurationEncryptionConfigurationArgs{EncryptionOption: pulumi.String("SSE_S3")}
	if args.KmsKeyArn != "" {
		encryption.EncryptionOption, encryption.KmsKeyArn = pulumi.String("SSE_KMS"), pulumi.String(args.KmsKeyArn)
	}
	workGroup, err := athena.NewWorkgroup(ctx, name+"-workgroup", &athena.WorkgroupArgs{
		Name:        pulumi.String(args.WorkGroupName),
		Description: pulumi.String("Kubecost's queries of the Cost and Usage Report"),
		Configuration: &athena.WorkgroupConfigurationArgs{
			EnforceWorkgroupConfiguration:   pulumi.Bool(true),
			PublishCloudwatchMetricsEnabled: pulumi.Bool(true),
			BytesScannedCutoffPerQuery:      pulumi.Int(args.BytesScannedCutoff),
			ResultConfiguration: &athena.WorkgroupConfigurationResultConfigurationArgs{
				OutputLocation:          location,
				EncryptionConfiguration: encryption,
			},
		},
		ForceDestroy: pulumi.Bool(true), // what goes with it is the history of queries
		Tags:         tags(args.Tags),
	}, pulumi.Parent(c), pulumi.DependsOn(ready))
	if err != nil {
		return fmt.Errorf("registering work group %s: %w", args.WorkGroupName, err)
	}
	c.WorkGroupName = workGroup.Name
	return nil
}
