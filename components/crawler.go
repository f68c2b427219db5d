package components

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/glue"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// CrawlerArgs describe the Glue crawler that keeps a report's table.
type CrawlerArgs struct {
	// AccountID is the payer account's ID, 12 digits. Region is that of the catalog and of the report's bucket.
	AccountID string `pulumi:"accountId"`
	Region    string `pulumi:"region"`
	// RoleName is the role to make for the crawler, RolePath its path; empty for /. A second role, for EventBridge, has -events added
	// to the name.
	RoleName string `pulumi:"roleName"`
	RolePath string `pulumi:"rolePath,optional"`
	// PermissionsBoundary, unless empty, is the ARN of the managed policy that bounds the roles.
	PermissionsBoundary string `pulumi:"permissionsBoundary,optional"`
	// KmsKeyArn, unless empty, is the key that the report's bucket is encrypted with.
	KmsKeyArn string `pulumi:"kmsKeyArn,optional"`
	// LakeFormation grants the crawler's role the database and the table in the account's Lake Formation.
	LakeFormation bool `pulumi:"lakeFormation,optional"`
	// Trigger is what starts a crawl: schedule or event; empty for schedule. With event, the report's bucket has to tell EventBridge
	// of its objects, as BillingReportArgs.NotifyEventBridge has it.
	Trigger string `pulumi:"trigger,optional" enum:"CrawlerTrigger"`
	// Schedule is a cron expression of Glue, for the trigger schedule.
	Schedule string `pulumi:"schedule,optional"`
}

// eventsRoleSuffix makes the crawler's role name that of EventBridge's.
const eventsRoleSuffix = "-events"

// EventsRoleName is the name of the role that EventBridge gets, if deliveries start a crawler, by that of the crawler's own.
func EventsRoleName(crawlerRole string) string { return crawlerRole + eventsRoleSuffix }

// CheckCrawlerRoleName returns an error for a name that IAM would refuse for the crawler's role, or for EventBridge's if a delivery
// starts the crawler.
func CheckCrawlerRoleName(name, trigger string) error {
	if err := arn.CheckRoleName(name); err != nil || trigger != billing.OnEvent {
		return err
	}
	if arn.CheckRoleName(EventsRoleName(name)) != nil {
		return fmt.Errorf("the role that EventBridge uses has %s added to it, so it has at most %d characters, here are %d",
			eventsRoleSuffix, 64-len(eventsRoleSuffix), len(name))
	}
	return nil
}

// CheckCrawledCatalog returns an error for a catalog that a crawler is not for: one that is there already is not changed.
func CheckCrawledCatalog(adopted bool) error {
	if adopted {
		return errors.New("a catalog that is there already keeps what it has, a crawler or projection")
	}
	return nil
}

// errNotifications is why a bucket that is there already does not tell EventBridge: a bucket has one configuration of notifications,
// and another one takes the place of the whole.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
var errNotifications = errors.New("the notifications of a bucket that is there already would be replaced")

// CheckNotifiedBucket returns an error for a bucket whose deliveries cannot start a crawler.
func CheckNotifiedBucket(adopted bool, trigger string) error {
	if adopted && trigger == billing.OnEvent {
		return errNotifications
	}
	return nil
}

// SameRole says whether a role has the name of the crawler's, or of EventBridge's. Names of roles are unique whatever their path and case.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func SameRole(role, crawlerRole, trigger string) bool {
	return strings.EqualFold(role, crawlerRole) || trigger == billing.OnEvent && strings.EqualFold(role, EventsRoleName(crawlerRole))
}

// validate records what is wrong with the crawler of a report.
func (args *CrawlerArgs) validate(f *faults, reportName string) {
	trigger := cmp.Or(args.Trigger, billing.OnSchedule)
	f.check("Crawler.AccountID", args.AccountID, arn.CheckAccountID(args.AccountID))
	partition, err := arn.Partition(args.Region)
	f.check("Crawler.Region", args.Region, err)
	f.check("Crawler.RoleName", args.RoleName, CheckCrawlerRoleName(args.RoleName, trigger))
	f.check("Crawler.RolePath", args.RolePath, arn.CheckRolePath(cmp.Or(args.RolePath, "/")))
	if args.PermissionsBoundary != "" {
		f.check("Crawler.PermissionsBoundary", args.PermissionsBoundary, arn.CheckPolicy(args.PermissionsBoundary, args.AccountID, partition))
	}
	f.check("Crawler.Trigger", args.Trigger, billing.CheckCrawlerTrigger(trigger))
	f.check("ReportName", reportName, billing.CheckCrawledReport(reportName, trigger))
	if trigger == billing.OnSchedule {
		f.check("Crawler.Schedule", args.Schedule, billing.CheckSchedule(args.Schedule))
	} else if args.Schedule != "" {
		f.check("Crawler.Schedule", args.Schedule, errors.New("a delivery starts the crawler: leave the schedule out"))
	}
}

// newCrawler makes the crawler of a report's table, its role and what starts it, all children of parent.
func newCrawler(
	ctx *pulumi.Context, name string, args *CrawlerArgs, report billing.Report, database pulumi.StringInput, table *glue.CatalogTable,
	given map[string]string, parent pulumi.Resource,
) (*glue.Crawler, error) {
	partition, err := arn.Partition(args.Region)
	if err != nil {
		return nil, err
	}
	crawl := iampolicy.Crawl{
		Partition: partition, Region: args.Region, Account: args.AccountID, Crawler: report.CrawlerName(),
		Database: report.Database(), Table: report.Table(), ReportBucket: report.Bucket, DataPrefix: report.DataPrefix(),
		KmsKeyArn: args.KmsKeyArn,
	}
	role, err := args.newRole(ctx, name+"-role", args.RoleName, "Glue crawls the Cost and Usage Report",
		iampolicy.TrustCrawler(crawl), given, parent)
	if err != nil {
		return nil, err
	}
	if err := rolePolicy(ctx, name+"-crawl-report", "crawl-report", role.ID(), iampolicy.CrawlReport(crawl), parent); err != nil {
		return nil, err
	}
	first := []pulumi.Resource{table}
	if args.LakeFormation {
		grants := KeepTable(role.Arn, table)
		granted, err := NewLakeFormationGrants(ctx, name+"-grants", &grants, pulumi.Parent(parent))
		if err != nil {
			return nil, err
		}
		first = append(first, granted.all...)
	}
	configuration, err := billing.CrawlerConfiguration()
	if err != nil {
		return nil, err
	}
	// Everything is crawled each time: AWS writes a month's files anew, and they may have columns that they did not have before.
	crawler, err := glue.NewCrawler(ctx, name, &glue.CrawlerArgs{
		Name:         pulumi.String(crawl.Crawler),
		Description:  pulumi.String("Partitions and new columns of the Cost and Usage Report " + report.Name),
		DatabaseName: database,
		Role:         role.Arn,
		S3Targets: glue.CrawlerS3TargetArray{&glue.CrawlerS3TargetArgs{
			Path:       pulumi.String(report.Location()),
			Exclusions: pulumi.ToStringArray(billing.CrawlerExclusions()),
		}},
		SchemaChangePolicy: &glue.CrawlerSchemaChangePolicyArgs{
			UpdateBehavior: pulumi.String("UPDATE_IN_DATABASE"), DeleteBehavior: pulumi.String("LOG"),
		},
		RecrawlPolicy: &glue.CrawlerRecrawlPolicyArgs{RecrawlBehavior: pulumi.String("CRAWL_EVERYTHING")},
		Configuration: pulumi.String(configuration),
		Schedule:      optional(args.Schedule),
		Tags:          tags(given),
	}, pulumi.Parent(parent), pulumi.DependsOn(first))
	if err != nil {
		return nil, fmt.Errorf("registering crawler %s: %w", crawl.Crawler, err)
	}
	if args.Trigger == billing.OnEvent {
		return crawler, args.newDeliveryTrigger(ctx, name, report, crawl, crawler, given, parent)
	}
	return crawler, nil
}

// newRole makes a role that a service assumes.
func (args *CrawlerArgs) newRole(
	ctx *pulumi.Context, name, roleName, description string, trust iampolicy.Document, given map[string]string, parent pulumi.Resource,
) (*iam.Role, error) {
	text, err := trust.JSON()
	if err != nil {
		return nil, err
	}
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		Name:                pulumi.String(roleName),
		Description:         pulumi.String(description),
		AssumeRolePolicy:    pulumi.String(text),
		Path:                pulumi.String(cmp.Or(args.RolePath, "/")),
		PermissionsBoundary: optional(args.PermissionsBoundary),
		Tags:                tags(given),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering role %s: %w", roleName, err)
	}
	return role, nil
}
