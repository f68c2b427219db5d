package components

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// BillingReportArgs describe a Cost and Usage Report and its bucket.
type BillingReportArgs struct {
	// AccountID is the payer account's ID, 12 digits.
	AccountID string `pulumi:"accountId"`
	// Region is the bucket's region. The report definition itself is always made in the partition's billing region.
	Region string `pulumi:"region"`
	// ReportName is the report's name: lower-case letters, digits and underscores.
	ReportName string `pulumi:"reportName"`
	// Version is 1 for a legacy report or 2 for CUR 2.0; empty for 1.
	Version string `pulumi:"version,optional" enum:"ReportVersion"`
	// Adopt says that the report is there already, in a bucket that is adopted too. It is then neither changed nor deleted, and
	// may have any name that AWS allows.
	Adopt bool `pulumi:"adopt,optional"`
	// TimeUnit is DAILY or HOURLY; empty for DAILY.
	TimeUnit string `pulumi:"timeUnit,optional" enum:"ReportTimeUnit"`
	// SchemaElements are what the report holds besides resource IDs: SPLIT_COST_ALLOCATION_DATA, MANUAL_DISCOUNT_COMPATIBILITY.
	SchemaElements []string `pulumi:"schemaElements,optional" enum:"ReportSchemaElement"`
	// ActivatedTags are the cost allocation tags to activate. Billing must have seen them; they stay active when they are
	// taken out again, and when all is destroyed.
	ActivatedTags []string `pulumi:"activatedTags,optional"`
	// Prefix is where in the bucket the report goes: not empty, without slashes around it.
	Prefix string `pulumi:"prefix"`
	// BucketName is the name of the bucket to make. With AdoptBucket it is there already, and neither changed nor deleted.
	BucketName  string `pulumi:"bucketName"`
	AdoptBucket bool   `pulumi:"adoptBucket,optional"`
	// KmsKeyArn, unless empty, is the key that the bucket is encrypted with. Its policy must let the billing service use it.
	KmsKeyArn string `pulumi:"kmsKeyArn,optional"`
	// ExpirationDays is after how many days the report's data is deleted; 0 keeps it.
	ExpirationDays int `pulumi:"expirationDays,optional"`
	// Protect keeps Pulumi from deleting the report and its bucket: a report that is made again with the same name, bucket
	// and prefix can corrupt the data.
	Protect bool `pulumi:"protect,optional"`
	// ForceDestroy deletes the bucket together with what is in it. For throw-away accounts only.
	ForceDestroy bool `pulumi:"forceDestroy,optional"`
	// NotifyEventBridge has the bucket tell EventBridge of its objects.
	NotifyEventBridge bool `pulumi:"notifyEventBridge,optional"`
	// ReportProvider is an AWS provider of the same account in the partition's billing region: us-east-1, or cn-northwest-1 in
	// China. Without it the component's own provider is taken.
	ReportProvider pulumi.ProviderResource `resource:"reportProvider"`
	// Tags are put on every resource.
	Tags map[string]string `pulumi:"tags,optional"`
}

// BillingReport is a daily or hourly Cost and Usage Report with resource IDs in Parquet, legacy or CUR 2.0, and the bucket that
// AWS delivers it to.
type BillingReport struct {
	pulumi.ResourceState

	// BucketName is the name of the report's bucket.
	BucketName pulumi.StringOutput `pulumi:"bucketName"`
	// ReportName is the name of the report definition or, of CUR 2.0, of the export.
	ReportName pulumi.StringOutput `pulumi:"reportName"`
}

func (args *BillingReportArgs) validate(name string) (partition string, err error) {
	var f faults
	f.check("AccountID", args.AccountID, arn.CheckAccountID(args.AccountID))
	partition, _ = arn.Partition(args.Region)
	f.check("Region", args.Region, arn.CheckPayerRegion(args.Region))
	f.check("Version", args.Version, billing.CheckVersion(cmp.Or(args.Version, billing.Version1)))
	if args.Version == billing.Version2 {
		f.check("ReportName", args.ReportName, billing.CheckExportName(args.ReportName))
		if args.Adopt {
			f.check("Adopt", "true", fmt.Errorf("what can be adopted is a legacy report, not an export of CUR 2.0"))
		}
	} else {
		f.check("ReportName", args.ReportName, billing.CheckName(args.ReportName, args.Adopt))
	}
	f.check("TimeUnit", args.TimeUnit, billing.CheckTimeUnit(cmp.Or(args.TimeUnit, billing.Daily)))
	f.check("SchemaElements", fmt.Sprint(args.SchemaElements), billing.CheckSchemaElements(args.SchemaElements))
	if args.KmsKeyArn != "" {
		f.check("KmsKeyArn", args.KmsKeyArn, arn.CheckKey(args.KmsKeyArn, arn.Place{Partition: partition, Region: args.Region, Account: args.AccountID}))
	}
	f.check("Prefix", args.Prefix, billing.CheckPrefix(args.Prefix))
	f.check("BucketName", args.BucketName, arn.CheckBucketName(args.BucketName))
	if args.ExpirationDays < 0 {
		f.check("ExpirationDays", fmt.Sprint(args.ExpirationDays), fmt.Errorf("it is a number of days, or 0 for never"))
	}
	if args.NotifyEventBridge && args.AdoptBucket {
		f.check("NotifyEventBridge", "true", errNotifications)
	}
	if args.Adopt && !args.AdoptBucket {
		f.check("AdoptBucket", "false", fmt.Errorf("a report that is there already has a bucket that is: adopt both"))
	}
	return partition, f.of("BillingReport", name)
}

// NewBillingReport registers the report and its bucket.
func NewBillingReport(
	ctx *pulumi.Context, name string, args *BillingReportArgs, opts ...pulumi.ResourceOption,
) (*BillingReport, error) {
	if args == nil {
		return nil, fmt.Errorf("the arguments of BillingReport %q are missing", name)
	}
	partition, err := args.validate(name)
	if err != nil {
		return nil, err
	}
	c := &BillingReport{}
	if err := ctx.RegisterComponentResource(BillingReportType, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering BillingReport %q: %w", name, err)
	}

	report := billing.Report{Name: args.ReportName, Bucket: args.BucketName, Prefix: args.Prefix, Version: args.Version}
	var rules s3.BucketLifecycleConfigurationV2RuleArray
	if args.ExpirationDays > 0 {
		// Only the data: the manifests and AWS's test object in the bucket's root stay.
		rules = append(rules, expire("expire-report-data", report.DataPrefix()+"/", args.ExpirationDays))
	}
	policy := iampolicy.Delivery(partition, args.AccountID, args.BucketName)
	if args.Version == billing.Version2 {
		policy = iampolicy.ExportDelivery(partition, args.AccountID, args.BucketName)
	}
	b, err := newBucket(ctx, name+"-bucket", bucketArgs{
		Name:         args.BucketName,
		Adopt:        args.AdoptBucket,
		Policy:       policy,
		Rules:        rules,
		KmsKeyArn:    args.KmsKeyArn,
		ForceDestroy: args.ForceDestroy,
		Protect:      args.Protect,
		Tags:         tags(args.Tags),
	}, c)
	if err != nil {
		return nil, err
	}

	if args.NotifyEventBridge {
		if _, err := s3.NewBucketNotification(ctx, name+"-bucket-notification", &s3.BucketNotificationArgs{
			Bucket:      b.Bucket,
			Eventbridge: pulumi.Bool(true),
		}, pulumi.Parent(c), pulumi.DependsOn(b.ready)); err != nil {
			return nil, fmt.Errorf("registering the notification of bucket %s: %w", args.BucketName, err)
		}
	}

	// AWS tries the bucket when the report is made and refuses it if the billing service may not write there.
	// It can be replaced only where it is not protected, and then only after it is gone: its name is its identity.
	inUSEast1 := []pulumi.ResourceOption{pulumi.Parent(c)}
	if args.ReportProvider != nil {
		inUSEast1 = append(inUSEast1, pulumi.Provider(args.ReportProvider))
	}
	reportOpts := append(slices.Clone(inUSEast1),
		pulumi.DependsOn(b.ready), protect(args.Protect), pulumi.DeleteBeforeReplace(true))
	c.BucketName, c.ReportName = b.Bucket, pulumi.String(args.ReportName).ToStringOutput()
	switch {
	case args.Adopt:
	case args.Version == billing.Version2:
		c.ReportName, err = newExport(ctx, name, args, partition, reportOpts)
	default:
		c.ReportName, err = newDefinition(ctx, name, args, reportOpts)
	}
	if err != nil {
		return nil, err
	}
	if err := activate(ctx, name, args.ActivatedTags, inUSEast1); err != nil {
		return nil, err
	}

	if err := ctx.RegisterResourceOutputs(c, pulumi.Map{
		"bucketName": c.BucketName,
		"reportName": c.ReportName,
	}); err != nil {
		return nil, fmt.Errorf("registering the outputs of BillingReport %q: %w", name, err)
	}
	return c, nil
}
