package iampolicy

import (
	"cmp"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// CIPrimary is what the program brings up in the account of a cluster that is there already. What it makes in the cluster is decided
// on by the cluster.
type CIPrimary struct {
	CIPlace
	Cluster       string  // name of the EKS cluster; empty if a kubeconfig alone leads to it
	Role          arn.ARN // of Kubecost's pods
	PodIdentity   bool
	OIDCProvider  string // ARN of the cluster's; empty if it is found by the cluster's issuer
	MakesProvider bool   // the OIDC provider
	PodAgentAddon string // add-on that is looked for, with PodIdentity
}

var _ CIStack = CIPrimary{}

func (p CIPrimary) clusters(kind, below string) []string {
	if p.Cluster == "" {
		return nil
	}
	return []string{p.resource("eks", kind+"/"+p.Cluster+below)}
}

// providers are the OIDC provider of the cluster, or all of EKS's in the region, since its issuer is known by the cluster only.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html
func (p CIPrimary) providers() []string {
	if p.PodIdentity {
		return nil
	}
	any := arn.ARN{
		Partition: p.Partition, Service: "iam", Account: p.Account,
		Resource: "oidc-provider/oidc.eks." + p.Region + "." + arn.Domain(p.Partition) + "/id/*",
	}
	return []string{cmp.Or(p.OIDCProvider, any.String())}
}

// Preview is what a preview of the stack needs, with a refresh or without, and the doctor.
func (p CIPrimary) Preview() Document {
	statements := of("FindCluster", p.clusters("cluster", ""), "eks:DescribeCluster")
	if !p.PodIdentity {
		statements = append(statements, of("ListOIDCProviders", all, "iam:ListOpenIDConnectProviders")...)
	} else {
		statements = append(statements, of("FindAgent", p.clusters("addon", "/"+p.PodAgentAddon+"/*"), "eks:DescribeAddon")...)
		statements = append(statements, of("ListAssociations", p.clusters("cluster", ""), "eks:ListPodIdentityAssociations")...)
		statements = append(statements, of("ReadAssociations", p.clusters("podidentityassociation", "/*"),
			"eks:DescribePodIdentityAssociation")...)
	}
	statements = append(statements, of("ReadOIDCProvider", p.providers(), "iam:GetOpenIDConnectProvider")...)
	return document(append(statements, readRoles([]string{p.Role.String()})...)...)
}

// Update is what bringing the stack up needs besides.
func (p CIPrimary) Update() Document {
	statements := p.keepRoles([]string{p.Role.String()}, nil)
	if p.MakesProvider {
		statements = append(statements, of("KeepOIDCProvider", p.providers(),
			"iam:AddClientIDToOpenIDConnectProvider", "iam:CreateOpenIDConnectProvider", "iam:DeleteOpenIDConnectProvider",
			"iam:RemoveClientIDFromOpenIDConnectProvider", "iam:TagOpenIDConnectProvider", "iam:UntagOpenIDConnectProvider",
			"iam:UpdateOpenIDConnectProviderThumbprint")...)
	}
	if p.PodIdentity {
		statements = append(statements, of("MakeAssociations", p.clusters("cluster", ""), "eks:CreatePodIdentityAssociation")...)
		statements = append(statements, of("KeepAssociations", p.clusters("podidentityassociation", "/*"),
			"eks:DeletePodIdentityAssociation", "eks:TagResource", "eks:UntagResource", "eks:UpdatePodIdentityAssociation")...)
		statements = append(statements, pass("HandPodsTheirRole", PodIdentityService, p.Role.String()))
	}
	return document(statements...)
}
