package awsaccess

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bcmdataexports"
	"github.com/aws/aws-sdk-go-v2/service/costandusagereportservice"
	"github.com/aws/aws-sdk-go-v2/service/costandusagereportservice/types"

	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
)

// deliveryTime is how the CUR API writes the time of a delivery.
const deliveryTime = "20060102T150405Z"

// Report is a report definition by its name; nil if there is none.
func (a *Account) Report(ctx context.Context, name string) (*doctor.ReportDefinition, error) {
	pages := costandusagereportservice.NewDescribeReportDefinitionsPaginator(a.cur(), nil)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, d := range page.ReportDefinitions {
			if aws.ToString(d.ReportName) == name {
				return definition(d)
			}
		}
	}
	return nil, nil
}

func definition(d types.ReportDefinition) (*doctor.ReportDefinition, error) {
	out := &doctor.ReportDefinition{
		TimeUnit: string(d.TimeUnit), Format: string(d.Format), Versioning: string(d.ReportVersioning),
		Bucket: aws.ToString(d.S3Bucket), Prefix: aws.ToString(d.S3Prefix), Region: string(d.S3Region),
	}
	for _, e := range d.AdditionalSchemaElements {
		out.SchemaElements = append(out.SchemaElements, string(e))
	}
	for _, e := range d.AdditionalArtifacts {
		out.Artifacts = append(out.Artifacts, string(e))
	}
	if d.ReportStatus == nil {
		return out, nil
	}
	out.LastStatus = string(d.ReportStatus.LastStatus)
	if last := aws.ToString(d.ReportStatus.LastDelivery); last != "" {
		var err error
		if out.LastDelivery, err = time.Parse(deliveryTime, last); err != nil {
			return nil, fmt.Errorf("reading the time of the last delivery: %w", err)
		}
	}
	return out, nil
}

// Export is a CUR 2.0 export by its name; nil if there is none.
func (a *Account) Export(ctx context.Context, name string) (*doctor.Export, error) {
	pages := bcmdataexports.NewListExportsPaginator(a.exports(), nil)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, e := range page.Exports {
			if aws.ToString(e.ExportName) == name {
				return a.export(ctx, aws.ToString(e.ExportArn))
			}
		}
	}
	return nil, nil
}

func (a *Account) export(ctx context.Context, exportARN string) (*doctor.Export, error) {
	got, err := a.exports().GetExport(ctx, &bcmdataexports.GetExportInput{ExportArn: &exportARN})
	if err != nil {
		return nil, err
	}
	out := &doctor.Export{}
	if e := got.Export; e != nil && e.DestinationConfigurations != nil && e.DestinationConfigurations.S3Destination != nil {
		to := e.DestinationConfigurations.S3Destination
		out.Bucket, out.Prefix = aws.ToString(to.S3Bucket), aws.ToString(to.S3Prefix)
	}
	if s := got.ExportStatus; s != nil {
		out.Status, out.Reason, out.LastDelivery = string(s.StatusCode), string(s.StatusReason), aws.ToTime(s.LastRefreshedAt)
	}
	return out, nil
}
