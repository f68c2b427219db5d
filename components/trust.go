package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// stackTag is the tag of an OIDC provider or a cluster that says which stack made it.
const stackTag = "pulumi-stack"

// StackTag returns the tag, key and value, by which an OIDC provider or a cluster that a stack has made is told from others.
func StackTag(ctx *pulumi.Context) (key, value string) {
	return stackTag, ctx.Organization() + "/" + ctx.Project() + "/" + ctx.Stack()
}

// trust is the trust policy of the role; an OIDC provider that it needs is made if that is asked for.
func (args *ClusterIdentityArgs) trust(ctx *pulumi.Context, name string, parent pulumi.Resource) (pulumi.StringOutput, error) {
	if args.PodIdentity {
		return args.ClusterArn.ToStringOutput().ApplyT(func(text string) (string, error) {
			cluster, err := arn.Parse(text)
			if err != nil {
				return "", fmt.Errorf("ClusterArn of ClusterIdentity %q: %w", name, err)
			}
			return iampolicy.TrustPodIdentity(cluster, args.Namespace, args.ServiceAccountName).JSON()
		}).(pulumi.StringOutput), nil
	}
	provider := args.OidcProviderArn
	if args.CreateOidcProvider {
		made, err := args.newOidcProvider(ctx, name, parent)
		if err != nil {
			return pulumi.StringOutput{}, err
		}
		provider = made.Arn
	}
	return pulumi.All(provider, args.Issuer).ApplyT(func(v []any) (string, error) {
		return iampolicy.TrustServiceAccount(v[0].(string), v[1].(string), args.Namespace, args.ServiceAccountName).JSON()
	}).(pulumi.StringOutput), nil
}

// newOidcProvider makes the IAM OIDC provider of the cluster's issuer. AWS needs no thumbprint for those of EKS.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html
func (args *ClusterIdentityArgs) newOidcProvider(
	ctx *pulumi.Context, name string, parent pulumi.Resource,
) (*iam.OpenIdConnectProvider, error) {
	key, value := StackTag(ctx)
	all := tags(args.Tags)
	all[key] = pulumi.String(value)
	provider, err := iam.NewOpenIdConnectProvider(ctx, name+"-oidc-provider", &iam.OpenIdConnectProviderArgs{
		Url:           args.Issuer.ToStringOutput().ApplyT(iampolicy.IssuerURL).(pulumi.StringOutput),
		ClientIdLists: pulumi.ToStringArray([]string{iampolicy.TokenAudience}),
		Tags:          all,
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the OIDC provider of ClusterIdentity %q: %w", name, err)
	}
	return provider, nil
}

// associate has EKS Pod Identity give the role to the service account's pods. It returns the service account's name once the
// association is there too: a pod that is made earlier gets no role.
func (args *ClusterIdentityArgs) associate(
	ctx *pulumi.Context, name string, role *iam.Role, account pulumi.StringOutput, parent pulumi.Resource,
) (pulumi.StringOutput, error) {
	association, err := eks.NewPodIdentityAssociation(ctx, name+"-pod-identity", &eks.PodIdentityAssociationArgs{
		ClusterName:    args.ClusterName,
		Namespace:      pulumi.String(args.Namespace),
		ServiceAccount: pulumi.String(args.ServiceAccountName),
		RoleArn:        role.Arn,
		Tags:           tags(args.Tags),
	}, pulumi.Parent(parent))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("registering the pod identity association of role %s: %w", args.RoleName, err)
	}
	return pulumi.All(account, association.ID()).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput), nil
}
