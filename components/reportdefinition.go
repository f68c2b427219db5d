package components

import (
	"cmp"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/bcmdata"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cur"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

// newDefinition registers the definition of a legacy report and returns its name.
func newDefinition(
	ctx *pulumi.Context, name string, args *BillingReportArgs, opts []pulumi.ResourceOption,
) (pulumi.StringOutput, error) {
	definition, err := cur.NewReportDefinition(ctx, name+"-definition", &cur.ReportDefinitionArgs{
		ReportName:               pulumi.String(args.ReportName),
		TimeUnit:                 pulumi.String(cmp.Or(args.TimeUnit, billing.Daily)),
		Format:                   pulumi.String("Parquet"),
		Compression:              pulumi.String("Parquet"),
		AdditionalSchemaElements: pulumi.ToStringArray(append([]string{billing.Resources}, args.SchemaElements...)),
		AdditionalArtifacts:      pulumi.ToStringArray([]string{"ATHENA"}),
		ReportVersioning:         pulumi.String("OVERWRITE_REPORT"),
		RefreshClosedReports:     pulumi.Bool(true),
		S3Bucket:                 pulumi.String(args.BucketName),
		S3Prefix:                 pulumi.String(args.Prefix),
		S3Region:                 pulumi.String(args.Region),
		Tags:                     tags(args.Tags),
	}, opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("registering report definition %s: %w", args.ReportName, err)
	}
	return definition.ReportName, nil
}

// newExport registers the export of CUR 2.0 and returns its name.
func newExport(
	ctx *pulumi.Context, name string, args *BillingReportArgs, partition string, opts []pulumi.ResourceOption,
) (pulumi.StringOutput, error) {
	configuration := billing.ExportConfiguration(partition, args.AccountID, cmp.Or(args.TimeUnit, billing.Daily), args.SchemaElements...)
	export, err := bcmdata.NewExport(ctx, name+"-export", &bcmdata.ExportArgs{
		Export: &bcmdata.ExportExportArgs{
			Name: pulumi.String(args.ReportName),
			DataQueries: bcmdata.ExportExportDataQueryArray{&bcmdata.ExportExportDataQueryArgs{
				QueryStatement:      pulumi.String(billing.ExportQuery(args.SchemaElements...)),
				TableConfigurations: pulumi.StringMapMap{billing.ExportTable: pulumi.ToStringMap(configuration)},
			}},
			DestinationConfigurations: bcmdata.ExportExportDestinationConfigurationArray{
				&bcmdata.ExportExportDestinationConfigurationArgs{
					S3Destinations: bcmdata.ExportExportDestinationConfigurationS3DestinationArray{destination(args)},
				},
			},
			RefreshCadences: bcmdata.ExportExportRefreshCadenceArray{
				&bcmdata.ExportExportRefreshCadenceArgs{Frequency: pulumi.String("SYNCHRONOUS")},
			},
		},
		Tags: tags(args.Tags),
	}, opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("registering export %s: %w", args.ReportName, err)
	}
	return export.Export.Name().Elem(), nil
}

// destination is where the export goes: Parquet, of which the files of a month are overwritten by newer ones.
func destination(args *BillingReportArgs) *bcmdata.ExportExportDestinationConfigurationS3DestinationArgs {
	type output = bcmdata.ExportExportDestinationConfigurationS3DestinationS3OutputConfigurationArgs
	return &bcmdata.ExportExportDestinationConfigurationS3DestinationArgs{
		S3Bucket: pulumi.String(args.BucketName),
		S3Prefix: pulumi.String(args.Prefix),
		S3Region: pulumi.String(args.Region),
		S3OutputConfigurations: bcmdata.ExportExportDestinationConfigurationS3DestinationS3OutputConfigurationArray{&output{
			OutputType:  pulumi.String("CUSTOM"),
			Format:      pulumi.String("PARQUET"),
			Compression: pulumi.String("PARQUET"),
			Overwrite:   pulumi.String("OVERWRITE_REPORT"),
		}},
	}
}
