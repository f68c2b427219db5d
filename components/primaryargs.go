package components

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

// PrimaryArgs describe the primary side: Kubecost, who it is, and what it is told of the bills.
type PrimaryArgs struct {
	// AccountID is the ID of the account that the cluster runs in, 12 digits.
	AccountID string
	// Payers are the payer accounts to read. With a payer side in the same CurIntegration, that one is added.
	Payers []PayerConnection
	// OtherClouds are further bills. FileFormat is the format of cloud-integration.json, by which Kubecost learns of them all;
	// empty for flat.
	OtherClouds OtherClouds
	FileFormat  cloudintegration.Format
	// ReaderRoleName is the IAM role to make for Kubecost's pods, ReaderRolePath its path; empty for /.
	ReaderRoleName string
	ReaderRolePath string
	// PermissionsBoundary, unless empty, is the ARN of the managed policy that bounds it.
	PermissionsBoundary string
	// Namespace and ServiceAccountName are what Kubecost runs in and as; both are made.
	Namespace          string
	ServiceAccountName string
	// Issuer is the cluster's OIDC issuer, OidcProviderArn its IAM OIDC provider, which CreateOidcProvider makes.
	Issuer             pulumi.StringInput
	OidcProviderArn    pulumi.StringInput
	CreateOidcProvider bool
	// PodIdentity takes EKS Pod Identity in place of IRSA; it needs the names of the EKS cluster and no OIDC provider.
	PodIdentity bool
	ClusterName pulumi.StringInput
	ClusterArn  pulumi.StringInput
	// ReleaseName, ChartLine, ChartVersion, ClusterID and TimeoutSeconds describe the Helm release, as in KubecostReleaseArgs.
	ReleaseName    string
	ChartLine      string
	ChartVersion   string
	ClusterID      string
	TimeoutSeconds int
	// StorageClass and Values change what the chart makes, as in KubecostReleaseArgs.
	StorageClass string
	Values       pulumi.MapInput
	// Tags are put on every AWS resource.
	Tags map[string]string
	// Provider is the primary account's AWS provider; nil takes the component's own.
	Provider pulumi.ProviderResource
	// KubernetesProvider is the cluster's provider; nil takes the component's own.
	KubernetesProvider pulumi.ProviderResource
}
