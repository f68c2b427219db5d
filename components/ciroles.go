package components

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// CIRolesArgs describe the roles with which the workflows of a GitHub repository preview a stack of this program and bring it up.
type CIRolesArgs struct {
	// AccountID is the account of the stack and of the roles, 12 digits.
	AccountID string
	// Stack is what the stack makes, and so what the roles may look at and change.
	Stack iampolicy.CIStack
	// RoleName is what the names of both roles begin with: NAME-preview and NAME-deploy.
	RoleName string
	// Repository is the GitHub repository, owner/name. Its pull requests and its branch Branch get the preview role; what runs in its
	// environment Environment, the deploy role.
	Repository  string
	Branch      string
	Environment string
	// OidcProviderArn is the ARN of the account's IAM OIDC provider of GitHub; empty to make one, of which an account has one at most.
	OidcProviderArn string
	// PermissionsBoundary, unless empty, is the ARN of the managed policy that bounds both roles.
	PermissionsBoundary string
	// Tags are put on every resource.
	Tags map[string]string
}

// CIRoles are two roles for CI: one that looks, and one that changes too. Neither can delete a report, a bucket or an object.
type CIRoles struct {
	pulumi.ResourceState

	// PreviewRoleArn is the role for previews, for drift detection and for the doctor.
	PreviewRoleArn pulumi.StringOutput `pulumi:"previewRoleArn"`
	// DeployRoleArn is the role for updates.
	DeployRoleArn pulumi.StringOutput `pulumi:"deployRoleArn"`
}

// What CIRoles adds to RoleName.
const (
	previewRoleSuffix = "-preview"
	deployRoleSuffix  = "-deploy"
)

var (
	repository  = regexp.MustCompile(`^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}/[A-Za-z0-9._-]{1,100}$`)
	branch      = regexp.MustCompile(`^[A-Za-z0-9._/-]{1,244}$`)
	environment = regexp.MustCompile(`^[A-Za-z0-9._-]{1,255}$`)
)

// CheckRepository returns an error for a string that is no GitHub repository, owner/name.
func CheckRepository(name string) error {
	if !repository.MatchString(name) {
		return errors.New("it is a GitHub repository, as owner/name")
	}
	return nil
}

// CheckBranch returns an error for a string that is no branch, or of letters that a token's subject might have otherwise.
func CheckBranch(name string) error {
	if !branch.MatchString(name) {
		return errors.New("it is a branch's name, without refs/heads/: letters, digits and ._/-")
	}
	return nil
}

// CheckEnvironment returns an error for a string that is no environment of GitHub, or of letters that a token's subject has otherwise.
func CheckEnvironment(name string) error {
	if !environment.MatchString(name) {
		return errors.New("it is an environment's name: letters, digits and ._-")
	}
	return nil
}

// CheckCIRoleName returns an error for a name that IAM would refuse with what is added to it.
func CheckCIRoleName(name string) error {
	if len(name) > 64-len(previewRoleSuffix) {
		return fmt.Errorf("the roles have %s and %s added to it, so it has at most %d characters, here are %d", previewRoleSuffix,
			deployRoleSuffix, 64-len(previewRoleSuffix), len(name))
	}
	return arn.CheckRoleName(name)
}

func (args *CIRolesArgs) validate(name string) error {
	var f faults
	f.check("AccountID", args.AccountID, arn.CheckAccountID(args.AccountID))
	f.require("Stack", args.Stack != nil)
	f.check("RoleName", args.RoleName, CheckCIRoleName(args.RoleName))
	f.check("Repository", args.Repository, CheckRepository(args.Repository))
	f.check("Branch", args.Branch, CheckBranch(args.Branch))
	f.check("Environment", args.Environment, CheckEnvironment(args.Environment))
	if args.PermissionsBoundary != "" {
		f.check("PermissionsBoundary", args.PermissionsBoundary, arn.CheckPolicy(args.PermissionsBoundary, args.AccountID, ""))
	}
	return f.of("CIRoles", name)
}

// NewCIRoles registers the roles and their policies, and GitHub's OIDC provider unless there is one.
func NewCIRoles(ctx *pulumi.Context, name string, args *CIRolesArgs, opts ...pulumi.ResourceOption) (*CIRoles, error) {
	if args == nil {
		return nil, fmt.Errorf("the arguments of CIRoles %q are missing", name)
	}
	if err := args.validate(name); err != nil {
		return nil, err
	}
	c := &CIRoles{}
	if err := ctx.RegisterComponentResource(CIRolesType, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering CIRoles %q: %w", name, err)
	}
	provider := pulumi.String(args.OidcProviderArn).ToStringOutput()
	if args.OidcProviderArn == "" {
		key, value := StackTag(ctx)
		all := tags(args.Tags)
		all[key] = pulumi.String(value)
		made, err := iam.NewOpenIdConnectProvider(ctx, name+"-oidc-provider", &iam.OpenIdConnectProviderArgs{
			Url:           pulumi.String(iampolicy.IssuerURL(iampolicy.GitHubIssuer)),
			ClientIdLists: pulumi.ToStringArray([]string{iampolicy.TokenAudience}),
			Tags:          all,
		}, pulumi.Parent(c))
		if err != nil {
			return nil, fmt.Errorf("registering the OIDC provider of GitHub: %w", err)
		}
		provider = made.Arn
	}
	preview, update := args.Stack.Preview(), args.Stack.Update()
	subject := "repo:" + args.Repository + ":"
	previewer, err := args.newRole(ctx, name, previewRoleSuffix, "Previews", provider,
		[]string{subject + "pull_request", subject + "ref:refs/heads/" + args.Branch}, []iampolicy.Document{preview}, c)
	if err != nil {
		return nil, err
	}
	deployer, err := args.newRole(ctx, name, deployRoleSuffix, "Brings up", provider,
		[]string{subject + "environment:" + args.Environment}, []iampolicy.Document{preview, update}, c)
	if err != nil {
		return nil, err
	}
	c.PreviewRoleArn, c.DeployRoleArn = previewer.Arn, deployer.Arn
	if err := ctx.RegisterResourceOutputs(c, pulumi.Map{
		"previewRoleArn": c.PreviewRoleArn,
		"deployRoleArn":  c.DeployRoleArn,
	}); err != nil {
		return nil, fmt.Errorf("registering the outputs of CIRoles %q: %w", name, err)
	}
	return c, nil
}

// newRole registers a role for jobs of some subjects, with one policy or two: what a preview needs, and what an update needs besides.
func (args *CIRolesArgs) newRole(
	ctx *pulumi.Context, name, suffix, does string, provider pulumi.StringOutput, subjects []string, policies []iampolicy.Document,
	parent pulumi.Resource,
) (*iam.Role, error) {
	trust := provider.ApplyT(func(arn string) (string, error) { return iampolicy.TrustGitHub(arn, subjects...).JSON() })
	role, err := iam.NewRole(ctx, name+suffix, &iam.RoleArgs{
		Name:                pulumi.String(args.RoleName + suffix),
		Description:         pulumi.String(does + " the stack of kubecost-cur from CI of " + args.Repository),
		AssumeRolePolicy:    trust.(pulumi.StringOutput),
		PermissionsBoundary: optional(args.PermissionsBoundary),
		Tags:                tags(args.Tags),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering role %s%s: %w", args.RoleName, suffix, err)
	}
	for i, policyName := range []string{"preview", "update"}[:len(policies)] {
		if err := rolePolicy(ctx, name+suffix+"-may-"+policyName, policyName, role.ID(), policies[i], parent); err != nil {
			return nil, err
		}
	}
	return role, nil
}
