package stacks

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/charts"
)

// settings are a stack's settings, checked. Those of the other side are zero.
type settings struct {
	Side                side
	PayerAccountID      string
	PrimaryAccountID    string
	ReaderRoleName      string
	ReaderRolePath      string
	PermissionsBoundary string // of the roles of this side
	Region              string // aws:region
	Partition           string // of Region
	Tags                map[string]string

	Payer   payerSettings
	Primary primarySettings
	Both    bothSettings
}

// bothSettings say, for a stack that holds both sides, as whom the payer account is called.
type bothSettings struct {
	PayerProfile       string
	PayerAssumeRoleARN string
}

type payerSettings struct {
	Region                string // of its buckets, Glue and Athena
	ReportName            string
	ReportTimeUnit        string
	ReportPrefix          string
	ReportBucketName      string
	ReportExpirationDays  int
	ReportProtect         bool
	CostAllocationTags    []string
	ResultsBucketName     string
	ResultsExpirationDays int
	WorkGroupName         string
	BytesScannedCutoff    int
	RoleName              string
	RolePath              string
	FurtherReaderRoleArns []string
	OrganizationID        string
	StrictTrust           bool
	ListAccounts          bool
	ForceDestroy          bool
}

type primarySettings struct {
	Payers             []payerSource
	ClusterName        string
	Namespace          string
	ServiceAccountName string
	ReleaseName        string
	ChartVersion       string
	TimeoutSeconds     int
	StorageClass       string
	Values             map[string]any // of the chart
	ValuesSecret       bool           // some of Values are a Pulumi secret
}

// readerRoleARN is the role that the primary side makes, whether it is there yet or not.
func (s settings) readerRoleARN() string {
	return arn.Role(s.Partition, s.PrimaryAccountID, s.ReaderRolePath, s.ReaderRoleName).String()
}

// readSettings reads and checks the stack's settings. Its error names every fault with the key, the value and the rule.
func readSettings(ctx *pulumi.Context) (settings, error) {
	r := newReader(ctx)
	s := settings{
		Side:                side(r.required("side")),
		PayerAccountID:      r.text("payerAccountId"),
		PrimaryAccountID:    r.required("primaryAccountId"),
		ReaderRoleName:      r.text("readerRoleName"),
		ReaderRolePath:      r.text("readerRolePath"),
		PermissionsBoundary: r.text("permissionsBoundary"),
		Region:              r.aws.Get("region"),
		Tags:                r.tags(),
	}
	r.accounts(s)
	r.fault("readerRoleName", s.ReaderRoleName, arn.CheckRoleName(s.ReaderRoleName))
	r.fault("readerRolePath", s.ReaderRolePath, arn.CheckRolePath(s.ReaderRolePath))
	if s.Region == "" {
		r.faults = append(r.faults, errors.New("aws:region is missing: the region of this stack's resources, such as us-east-2"))
	} else {
		var err error
		s.Partition, err = arn.Partition(s.Region)
		r.fault("aws:region", s.Region, err)
	}

	switch s.Side {
	case payer:
		r.required("payerAccountId")
		s.Payer = r.payer(s)
		r.strangers(payer)
	case primary:
		s.Primary = r.primary(ctx, s)
		r.strangers(primary)
	case both:
		r.required("payerAccountId")
		s.Both = r.both(s)
		s.Payer, s.Primary = r.payer(s), r.primary(ctx, s)
		r.strangers(both)
	case "":
	default:
		r.fault("side", string(s.Side), errors.New("it is payer, primary or both"))
	}
	if err := r.err(ctx.Stack()); err != nil {
		return settings{}, err
	}
	return s, nil
}

// both is who the payer's caller is, in a stack that holds both sides.
func (r *reader) both(s settings) bothSettings {
	b := bothSettings{PayerProfile: r.text("payerProfile"), PayerAssumeRoleARN: r.text("payerAssumeRoleArn")}
	if b.PayerProfile == "" && b.PayerAssumeRoleARN == "" {
		r.faults = append(r.faults, fmt.Errorf("%s and %s are missing: one of them says how the payer account is reached from this stack",
			r.full("payerProfile"), r.full("payerAssumeRoleArn")))
	}
	if role := b.PayerAssumeRoleARN; role != "" && s.Partition != "" {
		if err := arn.CheckRole(role, s.Partition); err != nil {
			r.fault("payerAssumeRoleArn", role, err)
		} else if parsed, _ := arn.Parse(role); parsed.Account != s.PayerAccountID {
			r.fault("payerAssumeRoleArn", role, fmt.Errorf("it is not a role of the payer account, %s", s.PayerAccountID))
		}
	}
	if region := r.text("payerRegion"); region != "" {
		partition, err := arn.Partition(region)
		if err == nil && s.Partition != "" && partition != s.Partition {
			err = fmt.Errorf("it is in partition %s, and aws:region is in %s", partition, s.Partition)
		}
		r.fault("payerRegion", region, err)
	}
	if r.text("permissionsBoundary") != "" {
		r.fault("permissionsBoundary", r.text("permissionsBoundary"), errors.New("a boundary is of one account, and this stack makes "+
			"roles in two: use a stack for each side"))
	}
	return b
}

// accounts checks the two accounts, and that AWS credentials of another account than this side's are refused at once.
func (r *reader) accounts(s settings) {
	if s.PayerAccountID != "" {
		r.fault("payerAccountId", s.PayerAccountID, arn.CheckAccountID(s.PayerAccountID))
	}
	if s.PrimaryAccountID != "" {
		r.fault("primaryAccountId", s.PrimaryAccountID, arn.CheckAccountID(s.PrimaryAccountID))
	}
	if s.PayerAccountID != "" && s.PayerAccountID == s.PrimaryAccountID {
		r.fault("primaryAccountId", s.PrimaryAccountID, fmt.Errorf("it is the same account as %s; the bill's account and "+
			"Kubecost's are two", r.full("payerAccountId")))
	}
	own, key := s.PayerAccountID, "payerAccountId"
	if s.Side == primary || s.Side == both {
		own, key = s.PrimaryAccountID, "primaryAccountId"
	}
	if s.PermissionsBoundary != "" {
		r.fault("permissionsBoundary", s.PermissionsBoundary, arn.CheckPolicy(s.PermissionsBoundary, own))
	}
	var allowed []string
	if err := r.aws.TryObject("allowedAccountIds", &allowed); err != nil || !slices.Equal(allowed, []string{own}) {
		r.faults = append(r.faults, fmt.Errorf("aws:allowedAccountIds is %q: it is a list of this side's account, [%q] (%s), so "+
			"that credentials of another account are refused", r.aws.Get("allowedAccountIds"), own, r.full(key)))
	}
}

func (r *reader) tags() map[string]string {
	tags := map[string]string{}
	for _, tag := range r.list("resourceTags") {
		key, value, ok := strings.Cut(tag, "=")
		if !ok || key == "" || strings.HasPrefix(key, "aws:") || len(key) > 128 || len(value) > 256 {
			r.fault("resourceTags", tag, errors.New("a tag is key=value; the key has 1 to 128 characters and does not start "+
				"with aws:, the value has at most 256"))
		}
		tags[key] = value
	}
	return tags
}

func (r *reader) payer(s settings) payerSettings {
	p := payerSettings{
		Region:                s.Region,
		ReportName:            r.text("reportName"),
		ReportTimeUnit:        r.text("reportTimeUnit"),
		ReportPrefix:          r.text("reportPrefix"),
		ReportBucketName:      r.text("reportBucketName"),
		ReportExpirationDays:  r.integer("reportExpirationDays"),
		ReportProtect:         r.flag("reportProtect"),
		CostAllocationTags:    r.list("costAllocationTags"),
		ResultsBucketName:     r.text("resultsBucketName"),
		ResultsExpirationDays: r.integer("resultsExpirationDays"),
		WorkGroupName:         r.text("workGroupName"),
		BytesScannedCutoff:    r.integer("bytesScannedCutoff"),
		RoleName:              r.text("payerRoleName"),
		RolePath:              r.text("payerRolePath"),
		FurtherReaderRoleArns: r.list("furtherReaderRoleArns"),
		OrganizationID:        r.text("organizationId"),
		StrictTrust:           r.flag("strictTrust"),
		ListAccounts:          r.flag("listAccounts"),
		ForceDestroy:          r.flag("forceDestroy"),
	}
	if region := r.text("payerRegion"); s.Side == both && region != "" {
		p.Region = region
	}
	if p.ReportBucketName == "" {
		p.ReportBucketName = fmt.Sprintf("kubecost-cur-%s-%s", s.PayerAccountID, p.Region)
	} else {
		r.fault("reportBucketName", p.ReportBucketName, arn.CheckBucketName(p.ReportBucketName))
	}
	if p.ResultsBucketName == "" {
		p.ResultsBucketName = fmt.Sprintf("kubecost-athena-%s-%s", s.PayerAccountID, p.Region)
	} else {
		r.fault("resultsBucketName", p.ResultsBucketName, arn.CheckBucketName(p.ResultsBucketName))
	}
	if p.ResultsBucketName == p.ReportBucketName {
		r.fault("resultsBucketName", p.ResultsBucketName, errors.New("the report's bucket cannot take query results too"))
	}
	r.fault("reportName", p.ReportName, billing.CheckReportName(p.ReportName))
	r.fault("reportTimeUnit", p.ReportTimeUnit, billing.CheckTimeUnit(p.ReportTimeUnit))
	r.fault("reportPrefix", p.ReportPrefix, billing.CheckPrefix(p.ReportPrefix))
	if p.ReportExpirationDays < 0 {
		r.fault("reportExpirationDays", fmt.Sprint(p.ReportExpirationDays), errors.New("it is a number of days, or 0 for never"))
	}
	if _, err := billing.Columns(p.CostAllocationTags); err != nil {
		r.fault("costAllocationTags", strings.Join(p.CostAllocationTags, ", "), err)
	}
	if p.ResultsExpirationDays < 1 {
		r.fault("resultsExpirationDays", fmt.Sprint(p.ResultsExpirationDays), errors.New("it is at least 1"))
	}
	r.fault("workGroupName", p.WorkGroupName, components.CheckWorkGroupName(p.WorkGroupName))
	if p.BytesScannedCutoff < components.MinBytesScannedCutoff {
		r.fault("bytesScannedCutoff", fmt.Sprint(p.BytesScannedCutoff),
			fmt.Errorf("the least that Athena takes is %d bytes", components.MinBytesScannedCutoff))
	}
	r.fault("payerRoleName", p.RoleName, arn.CheckRoleName(p.RoleName))
	r.fault("payerRolePath", p.RolePath, arn.CheckRolePath(p.RolePath))
	r.readers(s, p)
	if s.Partition != "" && s.Partition != arn.Commercial {
		r.fault("aws:region", s.Region, fmt.Errorf("the payer side supports the partition %s only, and this region is in %s",
			arn.Commercial, s.Partition))
	}
	return p
}

// readers checks who may assume the payer role.
func (r *reader) readers(s settings, p payerSettings) {
	seen := map[string]bool{s.readerRoleARN(): true}
	for _, role := range p.FurtherReaderRoleArns {
		if s.Partition != "" {
			r.fault("furtherReaderRoleArns", role, arn.CheckRole(role, s.Partition))
		}
		if seen[role] {
			r.fault("furtherReaderRoleArns", role, fmt.Errorf("it is there twice, or is the role of %s", r.full("readerRoleName")))
		}
		seen[role] = true
	}
	if p.OrganizationID != "" {
		r.fault("organizationId", p.OrganizationID, arn.CheckOrganizationID(p.OrganizationID))
	}
}

func (r *reader) primary(ctx *pulumi.Context, s settings) primarySettings {
	p := primarySettings{
		Payers:             r.payers(ctx, s.Side, s.PayerAccountID),
		ClusterName:        r.required("clusterName"),
		Namespace:          r.text("namespace"),
		ServiceAccountName: r.text("serviceAccountName"),
		ReleaseName:        r.text("releaseName"),
		ChartVersion:       r.text("chartVersion"),
		TimeoutSeconds:     r.integer("timeoutSeconds"),
		StorageClass:       r.text("storageClass"),
		Values:             r.object("values"),
		ValuesSecret:       r.secret("values"),
	}
	r.fault("namespace", p.Namespace, components.CheckKubernetesName(p.Namespace))
	r.fault("serviceAccountName", p.ServiceAccountName, components.CheckKubernetesName(p.ServiceAccountName))
	r.fault("releaseName", p.ReleaseName, components.CheckKubernetesName(p.ReleaseName))
	r.fault("chartVersion", p.ChartVersion, charts.CheckVersion(p.ChartVersion))
	if p.StorageClass != "" {
		r.fault("storageClass", p.StorageClass, components.CheckStorageClassName(p.StorageClass))
	}
	if err := charts.CheckValues(p.Values); err != nil {
		r.faults = append(r.faults, fmt.Errorf("%s: %w", r.full("values"), err))
	}
	if p.TimeoutSeconds < 1 {
		r.fault("timeoutSeconds", fmt.Sprint(p.TimeoutSeconds), errors.New("it is a number of seconds"))
	}
	return p
}
