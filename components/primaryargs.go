package components

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

// PrimaryArgs describe the primary side: Kubecost, who it is, and what it is told of the bills.
type PrimaryArgs struct {
	// AccountID is the ID of the account that the cluster runs in, 12 digits.
	AccountID string `pulumi:"accountId"`
	// Payers are the payer accounts to read. With a payer side in the same CurIntegration, that one is added.
	Payers []PayerConnection `pulumi:"payers,optional"`
	// OtherClouds are further bills. FileFormat is the format of cloud-integration.json, by which Kubecost learns of them all;
	// empty for flat.
	OtherClouds OtherClouds             `pulumi:"otherClouds,optional"`
	FileFormat  cloudintegration.Format `pulumi:"fileFormat,optional" enum:"CloudIntegrationFormat"`
	// ReaderRoleName is the IAM role to make for Kubecost's pods, DefaultReaderRoleName if empty; ReaderRolePath is its path, empty
	// for /.
	ReaderRoleName string `pulumi:"readerRoleName,optional"`
	ReaderRolePath string `pulumi:"readerRolePath,optional"`
	// PermissionsBoundary, unless empty, is the ARN of the managed policy that bounds it.
	PermissionsBoundary string `pulumi:"permissionsBoundary,optional"`
	// Namespace and ServiceAccountName are what Kubecost runs in and as, DefaultNamespace and DefaultServiceAccountName if empty;
	// both are made.
	Namespace          string `pulumi:"namespace,optional"`
	ServiceAccountName string `pulumi:"serviceAccountName,optional"`
	// Issuer is the cluster's OIDC issuer, OidcProviderArn its IAM OIDC provider, which CreateOidcProvider makes.
	Issuer             pulumi.StringInput `pulumi:"issuer,optional"`
	OidcProviderArn    pulumi.StringInput `pulumi:"oidcProviderArn,optional"`
	CreateOidcProvider bool               `pulumi:"createOidcProvider,optional"`
	// PodIdentity takes EKS Pod Identity in place of IRSA; it needs ClusterName and ClusterArn, and no OIDC provider.
	PodIdentity bool `pulumi:"podIdentity,optional"`
	// ClusterName and ClusterArn are the EKS cluster's; needed with PodIdentity only.
	ClusterName pulumi.StringInput `pulumi:"clusterName,optional"`
	ClusterArn  pulumi.StringInput `pulumi:"clusterArn,optional"`
	// ReleaseName, ChartLine, ChartVersion, ClusterID and TimeoutSeconds describe the Helm release, as in KubecostReleaseArgs;
	// the first and the last are DefaultReleaseName and DefaultTimeoutSeconds if left out.
	ReleaseName    string `pulumi:"releaseName,optional"`
	ChartLine      string `pulumi:"chartLine,optional" enum:"ChartLine"`
	ChartVersion   string `pulumi:"chartVersion,optional"`
	ClusterID      string `pulumi:"clusterId,optional"`
	TimeoutSeconds int    `pulumi:"timeoutSeconds,optional"`
	// StorageClass and Values change what the chart makes, as in KubecostReleaseArgs.
	StorageClass string          `pulumi:"storageClass,optional"`
	Values       pulumi.MapInput `pulumi:"values,optional"`
	// Tags are put on every AWS resource.
	Tags map[string]string `pulumi:"tags,optional"`
	// Provider is the primary account's AWS provider; without it the component's own is taken.
	Provider pulumi.ProviderResource `resource:"provider"`
	// KubernetesProvider is the cluster's provider; without it the component's own is taken.
	KubernetesProvider pulumi.ProviderResource `resource:"kubernetesProvider"`
}
