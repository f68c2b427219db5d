// Command awspart is the primary stack without what is in Kubernetes: what OpenTofu's module for it has, for want of its providers
// for Kubernetes and Helm. It looks up and makes in AWS what the program does.
package main

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

func main() { pulumi.Run(run) }

func run(ctx *pulumi.Context) error {
	settings := config.New(ctx, "kubecost-cur")
	payer, err := pulumi.NewStackReference(ctx, ctx.Organization()+"/"+ctx.Project()+"/"+settings.Get("payerStack"), nil)
	if err != nil {
		return fmt.Errorf("reading the payer stack: %w", err)
	}
	cluster, err := eks.LookupCluster(ctx, &eks.LookupClusterArgs{Name: settings.Get("clusterName")})
	if err != nil {
		return fmt.Errorf("looking up the cluster: %w", err)
	}
	issuer := cluster.Identities[0].Oidcs[0].Issuer
	provider, err := iam.LookupOpenIdConnectProvider(ctx, &iam.LookupOpenIdConnectProviderArgs{Url: &issuer})
	if err != nil {
		return fmt.Errorf("looking up the OIDC provider: %w", err)
	}
	trust, err := iampolicy.TrustServiceAccount(provider.Arn, strings.TrimPrefix(issuer, "https://"), settings.Get("namespace"), "kubecost").JSON()
	if err != nil {
		return err
	}
	role, err := iam.NewRole(ctx, "reader", &iam.RoleArgs{
		Name: pulumi.String("kubecost-cur-reader"), AssumeRolePolicy: pulumi.String(trust),
		Description: pulumi.String("Kubecost reads the bill"), Tags: pulumi.StringMap{"pulumi-project": pulumi.String("kubecost-cur")},
	})
	if err != nil {
		return fmt.Errorf("registering the role: %w", err)
	}
	policy := payer.GetStringOutput(pulumi.String("masterPayerARN")).ApplyT(func(arn string) (string, error) {
		return iampolicy.AssumePayerRoles(arn).JSON()
	}).(pulumi.StringOutput)
	_, err = iam.NewRolePolicy(ctx, "assume-payer", &iam.RolePolicyArgs{
		Name: pulumi.String("kubecost-access-cur-in-payer-account"), Role: role.ID(), Policy: policy,
	})
	if err != nil {
		return fmt.Errorf("registering the role's policy: %w", err)
	}
	return nil
}
