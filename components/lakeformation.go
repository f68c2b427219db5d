package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/glue"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lakeformation"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// LakeFormationGrantsArgs describe what a principal may do with a database and a table, in Lake Formation's words.
// Source: https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-reference.html
type LakeFormationGrantsArgs struct {
	// PrincipalArn is the ARN of the role that gets the grants.
	PrincipalArn pulumi.StringInput `pulumi:"principalArn"`
	// DatabaseName and TableName are what they are on.
	DatabaseName pulumi.StringInput `pulumi:"databaseName"`
	TableName    pulumi.StringInput `pulumi:"tableName"`
	// OnDatabase and OnTable are the permissions, such as DESCRIBE; at least one each.
	OnDatabase []string `pulumi:"onDatabase"`
	OnTable    []string `pulumi:"onTable"`
}

// LakeFormationGrants are a principal's grants on a database and a table. They need a caller who is an administrator of the
// account's data lake.
type LakeFormationGrants struct {
	pulumi.ResourceState

	// all are the grants. What has to wait for them depends on these: the SDK learns of a component's children while they are being
	// registered, and may not know of them yet.
	all []pulumi.Resource
}

// ReadTable are the grants of a role that queries a catalog's table.
func ReadTable(roleArn pulumi.StringInput, catalog *BillingCatalog) LakeFormationGrantsArgs {
	return LakeFormationGrantsArgs{
		PrincipalArn: roleArn, DatabaseName: catalog.DatabaseName, TableName: catalog.TableName,
		OnDatabase: []string{"DESCRIBE"}, OnTable: []string{"DESCRIBE", "SELECT"},
	}
}

// KeepTable are the grants of a crawler that changes a table and its partitions.
func KeepTable(roleArn pulumi.StringInput, table *glue.CatalogTable) LakeFormationGrantsArgs {
	return LakeFormationGrantsArgs{
		PrincipalArn: roleArn, DatabaseName: table.DatabaseName, TableName: table.Name,
		OnDatabase: []string{"DESCRIBE"}, OnTable: []string{"ALTER", "DESCRIBE", "INSERT", "SELECT"},
	}
}

func (args *LakeFormationGrantsArgs) validate(name string) error {
	var f faults
	f.require("PrincipalArn", args.PrincipalArn != nil)
	f.require("DatabaseName", args.DatabaseName != nil)
	f.require("TableName", args.TableName != nil)
	f.require("OnDatabase", len(args.OnDatabase) > 0)
	f.require("OnTable", len(args.OnTable) > 0)
	return f.of("LakeFormationGrants", name)
}

// NewLakeFormationGrants registers the grants.
func NewLakeFormationGrants(
	ctx *pulumi.Context, name string, args *LakeFormationGrantsArgs, opts ...pulumi.ResourceOption,
) (*LakeFormationGrants, error) {
	if args == nil {
		return nil, fmt.Errorf("the arguments of LakeFormationGrants %q are missing", name)
	}
	if err := args.validate(name); err != nil {
		return nil, err
	}
	c := &LakeFormationGrants{}
	if err := ctx.RegisterComponentResource(LakeFormationGrantsType, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering LakeFormationGrants %q: %w", name, err)
	}
	// Changed grants are other ones. Those of before are revoked first: afterwards, what both have would be gone too.
	opts = []pulumi.ResourceOption{pulumi.Parent(c), pulumi.DeleteBeforeReplace(true)}
	onDatabase, err := lakeformation.NewPermissions(ctx, name+"-database", &lakeformation.PermissionsArgs{
		Principal:   args.PrincipalArn,
		Permissions: pulumi.ToStringArray(args.OnDatabase),
		Database:    &lakeformation.PermissionsDatabaseArgs{Name: args.DatabaseName},
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("registering the grants on a database: %w", err)
	}
	onTable, err := lakeformation.NewPermissions(ctx, name+"-table", &lakeformation.PermissionsArgs{
		Principal:   args.PrincipalArn,
		Permissions: pulumi.ToStringArray(args.OnTable),
		Table:       &lakeformation.PermissionsTableArgs{DatabaseName: args.DatabaseName, Name: args.TableName},
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("registering the grants on a table: %w", err)
	}
	c.all = []pulumi.Resource{onDatabase, onTable}
	if err := ctx.RegisterResourceOutputs(c, pulumi.Map{}); err != nil {
		return nil, fmt.Errorf("registering the outputs of LakeFormationGrants %q: %w", name, err)
	}
	return c, nil
}
