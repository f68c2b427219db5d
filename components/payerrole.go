package components

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// PayerRoleArgs describe the role through which Kubecost reads the bill.
type PayerRoleArgs struct {
	// RoleName is the role's name, Path its path in IAM; empty for /.
	RoleName string `pulumi:"roleName"`
	Path     string `pulumi:"path,optional"`
	// Adopt says that the role is there already. It gets the policies, under names of their own, and is else neither changed nor
	// deleted. Who may assume it is what its own trust policy says, so that nothing here narrows it: ReaderRoleArns is one reader.
	Adopt bool `pulumi:"adopt,optional"`
	// Query names what the role may query.
	Query iampolicy.BillQuery `pulumi:"query"`
	// ReaderRoleArns are the roles that may assume this one, at least one: those of Kubecost's pods in the primary accounts.
	ReaderRoleArns []string `pulumi:"readerRoleArns"`
	// OrganizationID, unless empty, is the organization whose members the readers' accounts must be.
	OrganizationID string `pulumi:"organizationId,optional"`
	// StrictTrust names the readers themselves as Principal, which must exist then; else they need not exist yet.
	StrictTrust bool `pulumi:"strictTrust,optional"`
	// SessionTags lets the readers' sessions bring tags: those of EKS Pod Identity do, and are refused without it.
	SessionTags bool `pulumi:"sessionTags,optional"`
	// PermissionsBoundary, unless empty, is the ARN of the managed policy that bounds the role.
	PermissionsBoundary string `pulumi:"permissionsBoundary,optional"`
	// ListAccounts lets the role read the names and tags of the organisation's accounts.
	ListAccounts bool `pulumi:"listAccounts,optional"`
	// Tags are put on the role.
	Tags map[string]string `pulumi:"tags,optional"`
}

// PayerRole is the role in the payer account that Kubecost assumes from the primary account.
type PayerRole struct {
	pulumi.ResourceState

	// RoleArn is the role's ARN.
	RoleArn pulumi.StringOutput `pulumi:"roleArn"`
	// TrustedRoleArn is the ARN of the role that may assume it; several are separated by commas.
	TrustedRoleArn pulumi.StringOutput `pulumi:"trustedRoleArn"`
}

func (args *PayerRoleArgs) validate(name string) error {
	var f faults
	f.check("RoleName", args.RoleName, arn.CheckRoleName(args.RoleName))
	f.check("Query.Account", args.Query.Account, arn.CheckAccountID(args.Query.Account))
	f.check("Query.WorkGroup", args.Query.WorkGroup, arn.CheckWorkGroupName(args.Query.WorkGroup))
	f.check("Query.Database", args.Query.Database, arn.CheckGlueName(args.Query.Database))
	f.check("Query.Table", args.Query.Table, arn.CheckGlueName(args.Query.Table))
	f.check("Query.ReportBucket", args.Query.ReportBucket, arn.CheckBucketName(args.Query.ReportBucket))
	if args.Query.DataPrefix == "" || strings.ContainsAny(args.Query.DataPrefix, "*?$") {
		f.check("Query.DataPrefix", args.Query.DataPrefix, errors.New("it is one folder, without wildcards"))
	}
	f.check("Query.ResultsBucket", args.Query.ResultsBucket, arn.CheckBucketName(args.Query.ResultsBucket))
	f.check("Query.ResultsPrefix", args.Query.ResultsPrefix, billing.CheckResultsPrefix(args.Query.ResultsPrefix))
	if key := args.Query.KmsKeyArn; key != "" {
		f.check("Query.KmsKeyArn", key, arn.CheckKey(key, arn.Place{Partition: args.Query.Partition, Region: args.Query.Region, Account: args.Query.Account}))
	}
	f.check("Path", args.Path, arn.CheckRolePath(cmp.Or(args.Path, "/")))
	f.require("ReaderRoleArns", len(args.ReaderRoleArns) > 0)
	for i, reader := range args.ReaderRoleArns {
		f.check(fmt.Sprintf("ReaderRoleArns[%d]", i), reader, arn.CheckRole(reader, args.Query.Partition))
	}
	if args.OrganizationID != "" {
		f.check("OrganizationID", args.OrganizationID, arn.CheckOrganizationID(args.OrganizationID))
	}
	if args.PermissionsBoundary != "" {
		f.check("PermissionsBoundary", args.PermissionsBoundary, arn.CheckPolicy(args.PermissionsBoundary, args.Query.Account, args.Query.Partition))
	}
	if args.Adopt {
		if len(args.ReaderRoleArns) > 1 || args.OrganizationID != "" || args.StrictTrust || args.PermissionsBoundary != "" {
			f.check("Adopt", "true", errors.New("a role that is there already keeps its trust policy and its boundary: there is one "+
				"of ReaderRoleArns, and OrganizationID, StrictTrust and PermissionsBoundary stay empty"))
		}
		for _, policyName := range []string{args.policyNames().query, args.policyNames().accounts} {
			f.check("Query.Table", args.Query.Table, arn.CheckRolePolicyName(policyName))
		}
	}
	return f.of("PayerRole", name)
}

// NewPayerRole registers the role and its policies.
func NewPayerRole(
	ctx *pulumi.Context, name string, args *PayerRoleArgs, opts ...pulumi.ResourceOption,
) (*PayerRole, error) {
	if args == nil {
		return nil, fmt.Errorf("the arguments of PayerRole %q are missing", name)
	}
	if err := args.validate(name); err != nil {
		return nil, err
	}
	c := &PayerRole{}
	if err := ctx.RegisterComponentResource(PayerRoleType, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering PayerRole %q: %w", name, err)
	}

	roleName, err := c.newRole(ctx, name, args)
	if err != nil {
		return nil, err
	}
	names := args.policyNames()
	if err := rolePolicy(ctx, name+"-query-bill", names.query, roleName, iampolicy.QueryBill(args.Query), c); err != nil {
		return nil, err
	}
	if args.ListAccounts {
		if err := rolePolicy(ctx, name+"-list-accounts", names.accounts, roleName, iampolicy.ListAccounts(), c); err != nil {
			return nil, err
		}
	}

	c.TrustedRoleArn = pulumi.String(strings.Join(args.ReaderRoleArns, ",")).ToStringOutput()
	if err := ctx.RegisterResourceOutputs(c, pulumi.Map{
		"roleArn":        c.RoleArn,
		"trustedRoleArn": c.TrustedRoleArn,
	}); err != nil {
		return nil, fmt.Errorf("registering the outputs of PayerRole %q: %w", name, err)
	}
	return c, nil
}

// newRole registers the role, unless it is adopted, and returns its name.
func (c *PayerRole) newRole(ctx *pulumi.Context, name string, args *PayerRoleArgs) (pulumi.StringInput, error) {
	if args.Adopt {
		c.RoleArn = pulumi.String(arn.Role(args.Query.Partition, args.Query.Account, cmp.Or(args.Path, "/"), args.RoleName).String()).ToStringOutput()
		return pulumi.String(args.RoleName), nil
	}
	readers := iampolicy.ReaderTrust{OrganizationID: args.OrganizationID, Strict: args.StrictTrust, SessionTags: args.SessionTags}
	for _, text := range args.ReaderRoleArns {
		reader, err := arn.Parse(text)
		if err != nil {
			return nil, err
		}
		readers.Readers = append(readers.Readers, reader)
	}
	trust, err := iampolicy.TrustReaders(readers).JSON()
	if err != nil {
		return nil, err
	}
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		Name:                pulumi.String(args.RoleName),
		Description:         pulumi.String("Kubecost reads the Cost and Usage Report"),
		AssumeRolePolicy:    pulumi.String(trust),
		Path:                pulumi.String(cmp.Or(args.Path, "/")),
		PermissionsBoundary: optional(args.PermissionsBoundary),
		Tags:                tags(args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("registering role %s: %w", args.RoleName, err)
	}
	c.RoleArn = role.Arn
	return role.ID().ToStringOutput(), nil
}

type rolePolicyNames struct{ query, accounts string }

// policyNames are the names of the role's policies. A role that is made gets the guide's. One that is there already may have
// those, made by hand, and IAM would overwrite them without a word; the names for it tell the table too, so that several stacks
// can share the role.
func (args *PayerRoleArgs) policyNames() rolePolicyNames {
	if args.Adopt {
		return rolePolicyNames{"kubecost-cur-query-bill-" + args.Query.Table, "kubecost-cur-list-accounts-" + args.Query.Table}
	}
	return rolePolicyNames{"kubecost-payer-account-cur-athena-glue-s3-access", "kubecost-payer-account-list-tags-policy"}
}

// rolePolicy registers an inline policy of a role.
func rolePolicy(
	ctx *pulumi.Context, name, policyName string, role pulumi.StringInput, document iampolicy.Document, parent pulumi.Resource,
) error {
	text, err := document.JSON()
	if err != nil {
		return err
	}
	_, err = iam.NewRolePolicy(ctx, name, &iam.RolePolicyArgs{
		Name:   pulumi.String(policyName),
		Role:   role,
		Policy: pulumi.String(text),
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering role policy %s: %w", policyName, err)
	}
	return nil
}
