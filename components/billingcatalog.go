package components

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/glue"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

// What Athena needs to know to read Parquet.
// Source: https://docs.aws.amazon.com/athena/latest/ug/parquet-serde.html
const (
	parquetInput  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
	parquetOutput = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
	parquetSerDe  = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
)

// BillingCatalogArgs describe the Glue database and table over a report.
type BillingCatalogArgs struct {
	// ReportName, BucketName and Prefix say where the report is delivered, as in BillingReportArgs.
	ReportName string `pulumi:"reportName"`
	BucketName string `pulumi:"bucketName"`
	Prefix     string `pulumi:"prefix"`
	// Version is that of the report, as in BillingReportArgs.
	Version string `pulumi:"version,optional" enum:"ReportVersion"`
	// Adopt says that DatabaseName and TableName are there already. They are then neither changed nor deleted, and the rest says
	// only what they are over.
	Adopt        bool   `pulumi:"adopt,optional"`
	DatabaseName string `pulumi:"databaseName,optional"`
	TableName    string `pulumi:"tableName,optional"`
	// CostAllocationTags are the tag keys that become columns, such as team or aws:eks:cluster-name; none of CUR 2.0, which has
	// all tags in one column.
	CostAllocationTags []string `pulumi:"costAllocationTags,optional"`
	// SchemaElements are those of the report that add columns, as in BillingReportArgs.
	SchemaElements []string `pulumi:"schemaElements,optional" enum:"ReportSchemaElement"`
	// Crawler, if there is one, is the crawler that registers the table's partitions and adds the columns that a bill has. Without it, Athena
	// works the partitions out by itself (partition projection), and the table's columns are those declared.
	Crawler *CrawlerArgs `pulumi:"crawler,optional"`
	// Tags are put on every resource that takes tags.
	Tags map[string]string `pulumi:"tags,optional"`
}

// BillingCatalog is a Glue database and table over a report. The table is declared in full, crawler or not, so that it can be queried
// before anything is delivered or crawled.
type BillingCatalog struct {
	pulumi.ResourceState

	// DatabaseName is the name of the Glue database.
	DatabaseName pulumi.StringOutput `pulumi:"databaseName"`
	// TableName is the name of the Glue table.
	TableName pulumi.StringOutput `pulumi:"tableName"`
	// CrawlerName is the name of the Glue crawler; unset without one.
	CrawlerName pulumi.StringOutput `pulumi:"crawlerName" output:"optional"`
}

func (args *BillingCatalogArgs) validate(name string) ([]billing.Column, error) {
	var f faults
	f.check("ReportName", args.ReportName, billing.CheckExistingReportName(args.ReportName))
	if args.Adopt {
		f.check("DatabaseName", args.DatabaseName, arn.CheckGlueName(args.DatabaseName))
		f.check("TableName", args.TableName, arn.CheckGlueName(args.TableName))
	} else if args.DatabaseName != "" || args.TableName != "" {
		f.check("DatabaseName, TableName", args.DatabaseName+", "+args.TableName, errors.New("only those that are there already are "+
			"named: one that is made is named as AWS names it"))
	}
	f.check("BucketName", args.BucketName, arn.CheckBucketName(args.BucketName))
	f.check("Prefix", args.Prefix, billing.CheckPrefix(args.Prefix))
	f.check("Version", args.Version, billing.CheckVersion(cmp.Or(args.Version, billing.Version1)))
	if args.Crawler != nil {
		f.check("Crawler", args.Crawler.RoleName, CheckCrawledCatalog(args.Adopt))
		args.Crawler.validate(&f, args.ReportName)
		f.check("Version", args.Version, billing.CheckCrawledVersion(args.Version))
	}
	if args.Version == billing.Version2 {
		if len(args.CostAllocationTags) > 0 {
			f.check("CostAllocationTags", fmt.Sprint(args.CostAllocationTags), errors.New("CUR 2.0 has all tags in the column resource_tags"))
		}
		return billing.ExportColumns(args.SchemaElements...), f.of("BillingCatalog", name)
	}
	columns, err := billing.Columns(args.CostAllocationTags, args.SchemaElements...)
	f.check("CostAllocationTags", fmt.Sprint(args.CostAllocationTags), err)
	return columns, f.of("BillingCatalog", name)
}

// NewBillingCatalog registers the database and the table.
func NewBillingCatalog(
	ctx *pulumi.Context, name string, args *BillingCatalogArgs, opts ...pulumi.ResourceOption,
) (*BillingCatalog, error) {
	if args == nil {
		return nil, fmt.Errorf("the arguments of BillingCatalog %q are missing", name)
	}
	columns, err := args.validate(name)
	if err != nil {
		return nil, err
	}
	c := &BillingCatalog{}
	if err := ctx.RegisterComponentResource(BillingCatalogType, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering BillingCatalog %q: %w", name, err)
	}
	if args.Adopt {
		c.DatabaseName, c.TableName = pulumi.String(args.DatabaseName).ToStringOutput(), pulumi.String(args.TableName).ToStringOutput()
		return c, c.registered(ctx, name, false)
	}

	report := billing.Report{Name: args.ReportName, Bucket: args.BucketName, Prefix: args.Prefix, Version: args.Version}
	database, err := glue.NewCatalogDatabase(ctx, name+"-database", &glue.CatalogDatabaseArgs{
		Name:        pulumi.String(report.Database()),
		Description: pulumi.String("The Cost and Usage Report " + report.Name + " for Kubecost"),
		Tags:        tags(args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("registering database %s: %w", report.Database(), err)
	}

	var dataColumns glue.CatalogTableStorageDescriptorColumnArray
	for _, column := range columns {
		dataColumns = append(dataColumns, &glue.CatalogTableStorageDescriptorColumnArgs{
			Name: pulumi.String(column.Name), Type: pulumi.String(column.Type),
		})
	}
	var partitionKeys glue.CatalogTablePartitionKeyArray
	for _, key := range report.PartitionKeys() {
		partitionKeys = append(partitionKeys, &glue.CatalogTablePartitionKeyArgs{
			Name: pulumi.String(key.Name), Type: pulumi.String(key.Type),
		})
	}
	parameters, tableOpts := report.ProjectionParameters(), []pulumi.ResourceOption{pulumi.Parent(c)}
	if args.Crawler != nil {
		parameters, tableOpts = report.CrawlerParameters(), append(tableOpts, pulumi.IgnoreChanges(crawled()))
	}
	table, err := glue.NewCatalogTable(ctx, name+"-table", &glue.CatalogTableArgs{
		Name:          pulumi.String(report.Table()),
		DatabaseName:  database.Name,
		Description:   pulumi.String("One row a line item of the bill; columns as Kubecost reads them"),
		TableType:     pulumi.String("EXTERNAL_TABLE"),
		Parameters:    pulumi.ToStringMap(parameters),
		PartitionKeys: partitionKeys,
		StorageDescriptor: &glue.CatalogTableStorageDescriptorArgs{
			Location:     pulumi.String(report.Location() + "/"),
			InputFormat:  pulumi.String(parquetInput),
			OutputFormat: pulumi.String(parquetOutput),
			SerDeInfo: &glue.CatalogTableStorageDescriptorSerDeInfoArgs{
				SerializationLibrary: pulumi.String(parquetSerDe),
				Parameters:           pulumi.StringMap{"serialization.format": pulumi.String("1")},
			},
			Columns: dataColumns,
		},
	}, tableOpts...)
	if err != nil {
		return nil, fmt.Errorf("registering table %s: %w", report.Table(), err)
	}

	c.DatabaseName, c.TableName = database.Name, table.Name
	if args.Crawler != nil {
		crawler, err := newCrawler(ctx, name+"-crawler", args.Crawler, report, database.Name, table, args.Tags, c)
		if err != nil {
			return nil, err
		}
		c.CrawlerName = crawler.Name
	}
	return c, c.registered(ctx, name, args.Crawler != nil)
}

// registered ends the registration of the component.
func (c *BillingCatalog) registered(ctx *pulumi.Context, name string, crawled bool) error {
	outputs := pulumi.Map{"databaseName": c.DatabaseName, "tableName": c.TableName}
	if crawled {
		outputs["crawlerName"] = c.CrawlerName
	}
	if err := ctx.RegisterResourceOutputs(c, outputs); err != nil {
		return fmt.Errorf("registering the outputs of BillingCatalog %q: %w", name, err)
	}
	return nil
}

// crawled are the properties of a table that a crawl changes. The parameters are named one by one: those that are declared follow the
// mode, so that a table changes its mode in place.
func crawled() []string {
	paths := []string{"owner", "storageDescriptor.columns", "storageDescriptor.numberOfBuckets", "storageDescriptor.parameters"}
	for _, key := range billing.CrawlerWrites() {
		paths = append(paths, fmt.Sprintf("parameters[%q]", key))
	}
	return paths
}
