package components

import (
	"cmp"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

// What a CurIntegration has where its arguments are left out. The program's settings have the same defaults.
const (
	DefaultReportName            = "kubecost"
	DefaultReportPrefix          = "cur"
	DefaultResultsExpirationDays = 1
	DefaultWorkGroupName         = "kubecost-cur"
	DefaultBytesScannedCutoff    = 107_374_182_400 // 100 GiB
	DefaultPayerRoleName         = "kubecost-cur-access"
	DefaultCrawlerSchedule       = "cron(0 2 * * ? *)"
	DefaultCrawlerRoleName       = "kubecost-cur-crawler"
	DefaultReaderRoleName        = "kubecost-cur-reader"
	DefaultNamespace             = "kubecost"
	DefaultServiceAccountName    = "kubecost-serviceaccount"
	DefaultReleaseName           = "kubecost"
	DefaultTimeoutSeconds        = 900
)

// DefaultReportBucketName and DefaultResultsBucketName are the names of a payer's buckets: S3's names are global.
func DefaultReportBucketName(accountID, region string) string {
	return "kubecost-cur-" + accountID + "-" + region
}

// DefaultResultsBucketName: see DefaultReportBucketName.
func DefaultResultsBucketName(accountID, region string) string {
	return "kubecost-athena-" + accountID + "-" + region
}

// DefaultCostAllocationTags are the tags by which Kubecost tells what of the bill belongs to Kubernetes.
// Source: OpenCost, TagColumnsIsK8sCUR10 in pkg/cloud/aws/athenaintegration.go.
func DefaultCostAllocationTags() []string {
	return []string{
		"aws:eks:cluster-name",
		"eks:cluster-name",
		"alpha.eksctl.io/cluster-name",
		"kubernetes.io/service-name",
		"kubernetes.io/created-for/pvc/name",
		"kubernetes.io/created-for/pv/name",
	}
}

// withDefaults are the arguments with the defaults of those that are left out.
func (args PayerArgs) withDefaults() *PayerArgs {
	args.ReportName = cmp.Or(args.ReportName, DefaultReportName)
	args.ReportPrefix = cmp.Or(args.ReportPrefix, DefaultReportPrefix)
	args.ReportBucketName = cmp.Or(args.ReportBucketName, DefaultReportBucketName(args.AccountID, args.Region))
	args.ResultsBucketName = cmp.Or(args.ResultsBucketName, DefaultResultsBucketName(args.AccountID, args.Region))
	args.ResultsExpirationDays = cmp.Or(args.ResultsExpirationDays, DefaultResultsExpirationDays)
	args.WorkGroupName = cmp.Or(args.WorkGroupName, DefaultWorkGroupName)
	if args.WorkGroupName != PrimaryWorkGroup {
		args.BytesScannedCutoff = cmp.Or(args.BytesScannedCutoff, DefaultBytesScannedCutoff)
	}
	args.RoleName = cmp.Or(args.RoleName, DefaultPayerRoleName)
	args.ReportProtect, args.ListAccounts = cmp.Or(args.ReportProtect, &yes), cmp.Or(args.ListAccounts, &yes)
	if args.CostAllocationTags == nil && args.ReportVersion != billing.Version2 {
		args.CostAllocationTags = DefaultCostAllocationTags()
	}
	args.CatalogMode = cmp.Or(args.CatalogMode, billing.Projection)
	if args.CatalogMode == billing.Crawler {
		args.CrawlerRoleName = cmp.Or(args.CrawlerRoleName, DefaultCrawlerRoleName)
		if args.CrawlerTrigger != billing.OnEvent {
			args.CrawlerSchedule = cmp.Or(args.CrawlerSchedule, DefaultCrawlerSchedule)
		}
	}
	return &args
}

// withDefaults are the arguments with the defaults of those that are left out.
func (args PrimaryArgs) withDefaults() *PrimaryArgs {
	args.ReaderRoleName = cmp.Or(args.ReaderRoleName, DefaultReaderRoleName)
	args.Namespace = cmp.Or(args.Namespace, DefaultNamespace)
	args.ServiceAccountName = cmp.Or(args.ServiceAccountName, DefaultServiceAccountName)
	args.ReleaseName = cmp.Or(args.ReleaseName, DefaultReleaseName)
	args.TimeoutSeconds = cmp.Or(args.TimeoutSeconds, DefaultTimeoutSeconds)
	return &args
}

var yes = true
