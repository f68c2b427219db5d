package components

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/athena"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// MinBytesScannedCutoff is the smallest scan limit that Athena takes, in bytes.
// Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfiguration.html
const MinBytesScannedCutoff = 10_485_760

// QueryWorkspaceArgs describe where Athena queries run and what they may cost.
type QueryWorkspaceArgs struct {
	// Region is the region of Athena and of the results bucket: the report's.
	Region string
	// WorkGroupName is the name of the Athena work group.
	WorkGroupName string
	// BucketName is the name of the results bucket to make; not the report's bucket.
	BucketName string
	// BytesScannedCutoff is how many bytes one query may scan before Athena stops it.
	BytesScannedCutoff int
	// ResultsExpirationDays is after how many days results are deleted, at least 1.
	ResultsExpirationDays int
	// ForceDestroy deletes the bucket together with the results in it.
	ForceDestroy bool
	// Tags are put on every resource.
	Tags map[string]string
}

// QueryWorkspace is an Athena work group of its own, whose settings no client can override, and its results bucket.
type QueryWorkspace struct {
	pulumi.ResourceState

	// WorkGroupName is the name of the work group.
	WorkGroupName pulumi.StringOutput `pulumi:"workGroupName"`
	// BucketName is the name of the results bucket.
	BucketName pulumi.StringOutput `pulumi:"bucketName"`
	// ResultsLocation is the results bucket as an S3 URI.
	ResultsLocation pulumi.StringOutput `pulumi:"resultsLocation"`
}

func (args *QueryWorkspaceArgs) validate(name string) (partition string, err error) {
	var f faults
	partition, err = arn.Partition(args.Region)
	f.check("Region", args.Region, err)
	f.check("BucketName", args.BucketName, arn.CheckBucketName(args.BucketName))
	f.check("WorkGroupName", args.WorkGroupName, CheckWorkGroupName(args.WorkGroupName))
	if args.BytesScannedCutoff < MinBytesScannedCutoff {
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

	results := expire("expire-results", "", args.ResultsExpirationDays)
	uploads := &s3.BucketLifecycleConfigurationV2RuleArgs{
		Id:     pulumi.String("abort-incomplete-uploads"),
		Status: pulumi.String("Enabled"),
		Filter: &s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String("")},
		AbortIncompleteMultipartUpload: &s3.BucketLifecycleConfigurationV2RuleAbortIncompleteMultipartUploadArgs{
			DaysAfterInitiation: pulumi.Int(1),
		},
	}
	b, err := newBucket(ctx, name+"-bucket", bucketArgs{
		Name:         args.BucketName,
		Policy:       iampolicy.TLSOnly(partition, args.BucketName),
		Rules:        s3.BucketLifecycleConfigurationV2RuleArray{results, uploads},
		ForceDestroy: args.ForceDestroy,
		Tags:         tags(args.Tags),
	}, c)
	if err != nil {
		return nil, err
	}

	location := pulumi.Sprintf("s3://%s", b.Bucket)
	workGroup, err := athena.NewWorkgroup(ctx, name+"-workgroup", &athena.WorkgroupArgs{
		Name:        pulumi.String(args.WorkGroupName),
		Description: pulumi.String("Kubecost's queries of the Cost and Usage Report"),
		Configuration: &athena.WorkgroupConfigurationArgs{
			EnforceWorkgroupConfiguration:   pulumi.Bool(true),
			PublishCloudwatchMetricsEnabled: pulumi.Bool(true),
			BytesScannedCutoffPerQuery:      pulumi.Int(args.BytesScannedCutoff),
			ResultConfiguration: &athena.WorkgroupConfigurationResultConfigurationArgs{
				OutputLocation: pulumi.Sprintf("%s/", location),
				EncryptionConfiguration: &athena.WorkgroupConfigurationResultConfigurationEncryptionConfigurationArgs{
					EncryptionOption: pulumi.String("SSE_S3"),
				},
			},
		},
		ForceDestroy: pulumi.Bool(true), // what goes with it is the history of queries
		Tags:         tags(args.Tags),
	}, pulumi.Parent(c), pulumi.DependsOn(b.ready))
	if err != nil {
		return nil, fmt.Errorf("registering work group %s: %w", args.WorkGroupName, err)
	}

	c.WorkGroupName, c.BucketName, c.ResultsLocation = workGroup.Name, b.Bucket, location
	if err := ctx.RegisterResourceOutputs(c, pulumi.Map{
		"workGroupName":   c.WorkGroupName,
		"bucketName":      c.BucketName,
		"resultsLocation": c.ResultsLocation,
	}); err != nil {
		return nil, fmt.Errorf("registering the outputs of QueryWorkspace %q: %w", name, err)
	}
	return c, nil
}

// CheckWorkGroupName returns an error for a name that Athena would refuse for a work group, and for primary, which every
// account has and nobody can make.
func CheckWorkGroupName(name string) error {
	if name == "primary" {
		return errors.New("the work group primary is there in every account and cannot be made; choose another name")
	}
	return arn.CheckWorkGroupName(name)
}
