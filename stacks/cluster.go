package stacks

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/apiserver"
)

// cluster is the cluster that Kubecost runs in, as the components take it. What the identity does not need may be nil.
type cluster struct {
	kubeconfig      pulumi.StringInput
	context         string // of the kubeconfig; empty for its current one
	name            pulumi.StringInput
	arn             pulumi.StringInput
	issuer          pulumi.StringInput // without https://
	oidcProviderARN pulumi.StringInput
	identifier      pulumi.StringInput // tells a cluster of EKS from others, and from one of the same name that was there before
}

// tell has the primary side know the cluster.
func (found cluster) tell(args *components.PrimaryArgs) {
	args.Issuer, args.OidcProviderArn = found.issuer, found.oidcProviderARN
	args.ClusterName, args.ClusterArn = found.name, found.arn
}

// findCluster looks up a cluster that is there, and checks that it is fit and answers. It registers nothing. Of a cluster that
// is to be made it says that there will be all of it.
func findCluster(ctx *pulumi.Context, s settings) (cluster, error) {
	c := s.Primary.Cluster
	if c.Create {
		const later = pulumi.String("")
		return cluster{kubeconfig: later, name: later, arn: later, issuer: later, oidcProviderARN: later}, nil
	}
	var found cluster
	server := apiserver.Server{
		URL: c.Server.Server, CA: c.Server.CA, Insecure: c.Server.Insecure, ServerName: c.Server.ServerName, Proxy: c.Server.Proxy,
	}
	if c.Kubeconfig != "" {
		found.kubeconfig = pulumi.ToSecret(pulumi.String(c.Kubeconfig)).(pulumi.StringOutput)
		found.context = c.Context
	}
	if c.Issuer != "" {
		if err := checkNamedProvider(ctx, c.OIDCProvider); err != nil {
			return cluster{}, err
		}
		found.issuer, found.oidcProviderARN = pulumi.String(c.Issuer), pulumi.String(c.OIDCProvider)
	}
	if c.Name != "" {
		known, err := lookupCluster(ctx, c.Name, s.Region)
		if err != nil {
			return cluster{}, err
		}
		if err := found.of(ctx, known, s); err != nil {
			return cluster{}, err
		}
		if c.Kubeconfig == "" {
			text, err := known.kubeconfig(s.AWS, s.Region)
			if err != nil {
				return cluster{}, err
			}
			found.kubeconfig = pulumi.String(text)
			if s.AWS.secret("profile") || s.AWS.secret("assumeRole") { // which it names
				found.kubeconfig = secret(text)
			}
			server.URL = known.endpoint
			if server.CA, err = base64.StdEncoding.DecodeString(known.ca); err != nil {
				return cluster{}, fmt.Errorf("reading the certificate authority of the EKS cluster %q (setting clusterName): %w", c.Name, err)
			}
		}
	}
	return found, c.answers(ctx.Context(), server)
}

// of takes over what EKS says of a cluster, and checks what the identity needs of it.
func (found *cluster) of(ctx *pulumi.Context, known eksCluster, s settings) error {
	c := s.Primary.Cluster
	found.name, found.arn = pulumi.String(known.name), pulumi.String(known.arn)
	found.issuer = pulumi.String(strings.TrimPrefix(known.issuer, "https://"))
	found.identifier = found.issuer
	switch {
	case s.Identity == podIdentity:
		return known.checkAgent(ctx, s.Region)
	case c.OIDCProvider == createProvider:
		return known.checkNoProvider(ctx)
	case c.Issuer != "":
		return known.checkIssuer(c.OIDCProvider, c.Issuer)
	}
	provider, err := known.provider(ctx, s.Region)
	if err != nil {
		return err
	}
	found.oidcProviderARN = pulumi.String(provider)
	return nil
}

// answers returns an error if the API server does not answer, unless that was not to be asked. The Kubernetes plugin lets a
// preview of a cluster that cannot be reached pass, or shows it as something else.
// Source: https://github.com/pulumi/pulumi-kubernetes/issues/2374
func (c clusterSettings) answers(ctx context.Context, server apiserver.Server) error {
	if !c.Check {
		return nil
	}
	name, setting := c.Name, "clusterName"
	if c.Kubeconfig != "" {
		name, setting = c.Server.Name, "kubeconfig"
	}
	if err := apiserver.Answers(ctx, server); err != nil {
		return fmt.Errorf("the API server of cluster %q (setting %s), %s, does not answer; nothing was changed. Open a way to it from here "+
			"(its public access, a VPN, HTTPS_PROXY and NO_PROXY), or, for a preview without one, set checkCluster to false: %w",
			name, setting, server.URL, err)
	}
	return nil
}

// newCluster registers a new EKS cluster.
func newCluster(ctx *pulumi.Context, s settings) (cluster, error) {
	args := &components.KubecostClusterArgs{
		ClusterName:         s.Primary.Cluster.Name,
		Region:              s.Region,
		AccountID:           s.PrimaryAccountID,
		Version:             s.Primary.Cluster.Version,
		NodeInstanceType:    s.Primary.Cluster.NodeInstanceType,
		NodeCount:           s.Primary.Cluster.NodeCount,
		PodIdentityAgent:    s.Identity == podIdentity,
		Profile:             s.AWS.texts["profile"],
		PermissionsBoundary: s.PermissionsBoundary,
		Tags:                s.Tags,
	}
	if role := s.AWS.assumeRole; role != nil {
		args.RoleArn = *role.RoleArn
	}
	made, err := components.NewKubecostCluster(ctx, "cluster", args)
	if err != nil {
		return cluster{}, err
	}
	return cluster{
		kubeconfig:      made.Kubeconfig,
		name:            made.ClusterName,
		arn:             made.ClusterArn,
		issuer:          made.Issuer,
		oidcProviderARN: made.OidcProviderArn,
		identifier:      made.Issuer,
	}, nil
}

// provider registers the cluster's Kubernetes provider.
func (found cluster) provider(ctx *pulumi.Context) (*kubernetes.Provider, error) {
	args := &kubernetes.ProviderArgs{Kubeconfig: found.kubeconfig, EnableServerSideApply: pulumi.Bool(true)}
	if found.context != "" {
		args.Context = pulumi.String(found.context)
	}
	if found.identifier != nil { // without one, the plugin compares kubeconfigs, and replaces all when one is not known yet
		args.ClusterIdentifier = found.identifier.ToStringOutput().ToStringPtrOutput()
	}
	provider, err := kubernetes.NewProvider(ctx, "cluster", args)
	if err != nil {
		return nil, fmt.Errorf("registering the Kubernetes provider: %w", err)
	}
	return provider, nil
}
