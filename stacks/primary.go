package stacks

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/charts"
)

// runPrimary is the primary stack: who Kubecost is, the secret that tells it where the bill is, and its release.
func runPrimary(ctx *pulumi.Context, s settings) error {
	args, err := primaryArgs(ctx, s)
	if err != nil {
		return err
	}
	integration, err := components.NewCurIntegration(ctx, "kubecost", &components.CurIntegrationArgs{Primary: args})
	if err != nil {
		return err
	}
	exportPrimary(ctx, s, integration)
	return nil
}

// primaryArgs are the primary side's arguments. The payers' outputs and the cluster are looked up and checked before anything
// is registered.
func primaryArgs(ctx *pulumi.Context, s settings) (*components.PrimaryArgs, error) {
	payers, err := readPayers(ctx, s.Primary.Payers, s)
	if err != nil {
		return nil, err
	}
	var connections []components.PayerConnection
	for _, p := range payers {
		connections = append(connections, connection(p))
	}
	found, err := findCluster(ctx, s.Primary.ClusterName, s.Region)
	if err != nil {
		return nil, err
	}
	kubeconfig, err := found.kubeconfig(ctx, s.Region)
	if err != nil {
		return nil, err
	}
	values, err := helmValues(ctx, s)
	if err != nil {
		return nil, err
	}
	kubernetesProvider, err := kubernetes.NewProvider(ctx, "cluster", &kubernetes.ProviderArgs{
		Kubeconfig:            pulumi.String(kubeconfig),
		EnableServerSideApply: pulumi.Bool(true),
	})
	if err != nil {
		return nil, fmt.Errorf("registering the Kubernetes provider: %w", err)
	}
	return &components.PrimaryArgs{
		AccountID:           s.PrimaryAccountID,
		Payers:              connections,
		ReaderRoleName:      s.ReaderRoleName,
		ReaderRolePath:      s.ReaderRolePath,
		PermissionsBoundary: s.PermissionsBoundary,
		Namespace:           s.Primary.Namespace,
		ServiceAccountName:  s.Primary.ServiceAccountName,
		Issuer:              pulumi.String(found.issuer),
		OidcProviderArn:     pulumi.String(found.oidcProviderARN),
		ReleaseName:         s.Primary.ReleaseName,
		ChartLine:           s.Primary.Chart.Name,
		ChartVersion:        s.Primary.ChartVersion,
		ClusterID:           s.Primary.ClusterID,
		TimeoutSeconds:      s.Primary.TimeoutSeconds,
		StorageClass:        s.Primary.StorageClass,
		Values:              values,
		Tags:                s.Tags,
		KubernetesProvider:  kubernetesProvider,
	}, nil
}

// helmValues are the user's values for the chart, secret if they are. It warns of those that will not be taken.
func helmValues(ctx *pulumi.Context, s settings) (pulumi.MapInput, error) {
	overridden := s.Primary.Chart.Overridden(charts.Settings{ServiceAccount: s.Primary.ServiceAccountName, User: s.Primary.Values})
	if len(overridden) > 0 {
		if err := ctx.Log.Warn(fmt.Sprintf("of the setting values, %s is not taken: with another value than this program's, Kubecost "+
			"would not read the bill", strings.Join(overridden, ", ")), nil); err != nil {
			return nil, err
		}
	}
	var values pulumi.MapInput = pulumi.ToMap(s.Primary.Values)
	if s.Primary.ValuesSecret {
		values = pulumi.ToSecret(values).(pulumi.MapOutput)
	}
	return values, nil
}

// exportPrimary makes what a person needs the stack's outputs.
func exportPrimary(ctx *pulumi.Context, s settings, integration *components.CurIntegration) {
	look := s.Primary.Chart.Look(s.Primary.Namespace, s.Primary.ReleaseName)
	ctx.Export("readerRoleArn", integration.ReaderRoleArn)
	ctx.Export("namespace", integration.Namespace)
	ctx.Export("secretName", integration.SecretName)
	ctx.Export("releaseName", integration.ReleaseName)
	ctx.Export("releaseStatus", integration.ReleaseStatus)
	ctx.Export("logsCommand", pulumi.String(look.Logs))
	ctx.Export("statusCommand", pulumi.String(look.Status))
	ctx.Export("uiCommand", pulumi.String(look.UI))
}

// cluster is what is known of the EKS cluster before anything is made.
type cluster struct {
	name            string
	endpoint        string
	ca              string // base64 of PEM
	issuer          string
	oidcProviderARN string
}

// findCluster looks up an EKS cluster and the IAM OIDC provider of its issuer.
func findCluster(ctx *pulumi.Context, name, region string) (cluster, error) {
	found, err := eks.LookupCluster(ctx, &eks.LookupClusterArgs{Name: name})
	if err != nil {
		return cluster{}, fmt.Errorf("looking up the EKS cluster %q (setting clusterName) in %s (aws:region): %w", name, region, err)
	}
	if len(found.CertificateAuthorities) == 0 || len(found.Identities) == 0 || len(found.Identities[0].Oidcs) == 0 {
		return cluster{}, fmt.Errorf("the EKS cluster %q (setting clusterName) is %s and has no endpoint yet: wait until it is ACTIVE",
			name, found.Status)
	}
	issuer := found.Identities[0].Oidcs[0].Issuer
	provider, err := iam.LookupOpenIdConnectProvider(ctx, &iam.LookupOpenIdConnectProviderArgs{Url: pulumi.StringRef(issuer)})
	if err != nil {
		return cluster{}, fmt.Errorf("looking up the IAM OIDC provider of %s, the issuer of the EKS cluster %q; if there is none, "+
			"run `eksctl utils associate-iam-oidc-provider --cluster %s --region %s --approve`: %w", issuer, name, name, region, err)
	}
	return cluster{
		name:            name,
		endpoint:        found.Endpoint,
		ca:              found.CertificateAuthorities[0].Data,
		issuer:          strings.TrimPrefix(issuer, "https://"),
		oidcProviderARN: provider.Arn,
	}, nil
}
