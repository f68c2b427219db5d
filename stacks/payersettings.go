package stacks

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

// payerSettings are the settings of the payer side, checked.
type payerSettings struct {
	Region                string // of its buckets, Glue and Athena
	Adopt                 components.Adoption
	ReportName            string
	ReportVersion         string
	DatabaseName          string // of an adopted catalog
	TableName             string
	ReportTimeUnit        string
	ReportSchemaElements  []string
	ReportPrefix          string
	ReportBucketName      string
	ReportExpirationDays  int
	ReportProtect         bool
	CostAllocationTags    []string
	ActivatedTags         []string // those of CostAllocationTags to activate
	Catalog               catalogSettings
	ResultsBucketName     string
	ResultsPrefix         string
	ResultsExpirationDays int
	WorkGroupName         string
	BytesScannedCutoff    int // 0 with the work group primary
	KmsKeyArn             string
	LakeFormation         bool
	RoleName              string
	RolePath              string
	FurtherReaderRoleArns []string
	OrganizationID        string
	StrictTrust           bool
	ListAccounts          bool
	ForceDestroy          bool
}

// payer reads the settings of the payer side.
func (r *reader) payer(s settings) payerSettings {
	p := payerSettings{
		Region:                s.Region,
		Adopt:                 r.adoption(),
		ReportName:            r.text("reportName"),
		ReportVersion:         r.text("reportVersion"),
		DatabaseName:          r.text("databaseName"),
		TableName:             r.text("tableName"),
		ReportTimeUnit:        r.text("reportTimeUnit"),
		ReportSchemaElements:  r.list("reportSchemaElements"),
		ReportPrefix:          r.text("reportPrefix"),
		ReportBucketName:      r.text("reportBucketName"),
		ReportExpirationDays:  r.integer("reportExpirationDays"),
		ReportProtect:         r.flag("reportProtect"),
		CostAllocationTags:    r.list("costAllocationTags"),
		ActivatedTags:         r.list("activatedCostAllocationTags"),
		Catalog:               r.catalog(),
		ResultsBucketName:     r.text("resultsBucketName"),
		ResultsPrefix:         r.text("resultsPrefix"),
		ResultsExpirationDays: r.integer("resultsExpirationDays"),
		WorkGroupName:         r.text("workGroupName"),
		BytesScannedCutoff:    r.integer("bytesScannedCutoff"),
		KmsKeyArn:             r.text("kmsKeyArn"),
		LakeFormation:         r.flag("lakeFormation"),
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
		p.ReportBucketName = components.DefaultReportBucketName(s.PayerAccountID, p.Region)
	} else {
		r.fault("reportBucketName", p.ReportBucketName, arn.CheckBucketName(p.ReportBucketName))
	}
	if p.ResultsBucketName == "" {
		p.ResultsBucketName = components.DefaultResultsBucketName(s.PayerAccountID, p.Region)
	} else {
		r.fault("resultsBucketName", p.ResultsBucketName, arn.CheckBucketName(p.ResultsBucketName))
	}
	if p.ResultsBucketName == p.ReportBucketName {
		r.fault("resultsBucketName", p.ResultsBucketName, errors.New("the report's bucket cannot take query results too"))
	}
	r.fault("reportVersion", p.ReportVersion, billing.CheckVersion(p.ReportVersion))
	if p.ReportVersion == billing.Version2 {
		r.cur2(&p)
	} else {
		r.fault("reportName", p.ReportName, billing.CheckName(p.ReportName, p.Adopt.Report))
	}
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
	p.BytesScannedCutoff = r.scanLimit(p)
	r.payerOptions(s, p)
	r.fault("payerRoleName", p.RoleName, arn.CheckRoleName(p.RoleName))
	r.fault("payerRolePath", p.RolePath, arn.CheckRolePath(p.RolePath))
	r.crawler(p)
	r.readers(s, p)
	r.adopted(s, &p)
	if s.Partition != "" {
		r.fault("aws:region", s.Region, arn.CheckPayerRegion(s.Region))
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
