// A program of one's own, with the components of kubecost-cur: the bill for a Kubecost that something else installs, such as Argo CD.
// One stack makes the payer side and, in the cluster, Kubecost's service account and secret. What Argo CD has to put into the chart's
// values are the stack's outputs.
package main

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/kubecost-cur/kubecost-cur/components"
)

const (
	payerRegion   = "us-east-2"
	billingRegion = "us-east-1" // where AWS defines reports, wherever they go
)

func main() { pulumi.Run(run) }

func run(ctx *pulumi.Context) error {
	cfg := config.New(ctx, "")
	connection, err := payerSide(ctx, cfg)
	if err != nil {
		return err
	}
	return primarySide(ctx, cfg, connection)
}

// payerSide makes the report, the table, the work group and the payer role, in the payer account.
func payerSide(ctx *pulumi.Context, cfg *config.Config) (components.PayerConnection, error) {
	var none components.PayerConnection
	account := cfg.Require("payerAccountId")
	provider := func(name, region string) (*aws.Provider, error) {
		return aws.NewProvider(ctx, name, &aws.ProviderArgs{
			Region: pulumi.String(region), Profile: pulumi.String(cfg.Require("payerProfile")),
			AllowedAccountIds: pulumi.StringArray{pulumi.String(account)},
		})
	}
	payer, err := provider("payer", payerRegion)
	if err != nil {
		return none, err
	}
	billing, err := provider("billing", billingRegion)
	if err != nil {
		return none, err
	}
	protect := false // true, the default, where the bill matters, and no ForceDestroy
	integration, err := components.NewCurIntegration(ctx, "bill", &components.CurIntegrationArgs{Payer: &components.PayerArgs{
		AccountID:          account,
		Region:             payerRegion,
		CostAllocationTags: append(components.DefaultCostAllocationTags(), "team"),
		ReaderRoleArns:     []string{fmt.Sprintf("arn:aws:iam::%s:role/%s", cfg.Require("primaryAccountId"), components.DefaultReaderRoleName)},
		ReportProtect:      &protect,
		ForceDestroy:       true,
		Provider:           payer,
		ReportProvider:     billing,
	}})
	if err != nil {
		return none, err
	}
	return integration.Connection(), nil
}

// primarySide makes who Kubecost is and what it is told of the bill, in the cluster and its account.
func primarySide(ctx *pulumi.Context, cfg *config.Config, connection components.PayerConnection) error {
	cluster, err := eks.LookupCluster(ctx, &eks.LookupClusterArgs{Name: cfg.Require("clusterName")})
	if err != nil {
		return err
	}
	issuer := cluster.Identities[0].Oidcs[0].Issuer
	oidc, err := iam.LookupOpenIdConnectProvider(ctx, &iam.LookupOpenIdConnectProviderArgs{Url: &issuer})
	if err != nil {
		return err
	}
	kube, err := kubernetes.NewProvider(ctx, "cluster", &kubernetes.ProviderArgs{
		Kubeconfig: cfg.RequireSecret("kubeconfig"), EnableServerSideApply: pulumi.Bool(true),
	})
	if err != nil {
		return err
	}
	identity, err := components.NewClusterIdentity(ctx, "identity", &components.ClusterIdentityArgs{
		RoleName:           components.DefaultReaderRoleName,
		AccountID:          cfg.Require("primaryAccountId"),
		Namespace:          cfg.Require("namespace"),
		ServiceAccountName: components.DefaultServiceAccountName,
		Issuer:             pulumi.String(issuer),
		OidcProviderArn:    pulumi.String(oidc.Arn),
		PayerRoleArns:      []pulumi.StringInput{connection.MasterPayerARN},
	}, pulumi.Providers(kube))
	if err != nil {
		return err
	}
	secret, err := components.NewCloudIntegrationSecret(ctx, "bill-secret", &components.CloudIntegrationSecretArgs{
		Namespace: identity.Namespace,
		Payers:    []components.PayerConnection{connection},
	}, pulumi.Providers(kube))
	if err != nil {
		return err
	}
	// For the chart's values serviceAccount.create: false, serviceAccount.name, and kubecostProductConfigs.cloudIntegrationSecret.
	ctx.Export("namespace", identity.Namespace)
	ctx.Export("serviceAccountName", identity.ServiceAccountName)
	ctx.Export("cloudIntegrationSecret", secret.SecretName)
	return nil
}
