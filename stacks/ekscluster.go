package stacks

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
)

// eksCluster is what EKS says of a cluster.
type eksCluster struct {
	name     string
	arn      string
	endpoint string
	ca       string // base64 of PEM
	issuer   string // with https://
	autoMode bool   // EKS runs the nodes, with the agent of Pod Identity on them
}

// lookupCluster looks up an EKS cluster.
func lookupCluster(ctx *pulumi.Context, name, region string) (eksCluster, error) {
	found, err := eks.LookupCluster(ctx, &eks.LookupClusterArgs{Name: name})
	if err != nil {
		return eksCluster{}, fmt.Errorf("looking up the EKS cluster %q (setting clusterName) in %s (aws:region): %w", name, region, inWords(err))
	}
	if madeHere(ctx, found.Tags) {
		return eksCluster{}, fmt.Errorf("this stack has made the EKS cluster %s, which Kubecost runs in, and would delete it as soon as it only "+
			"looks it up: set createCluster to true again, or, to move Kubecost, clusterName to another cluster; to keep this one, have the "+
			"stack forget it, as docs/cluster.md says; nothing was changed", found.Arn)
	}
	if len(found.CertificateAuthorities) == 0 || len(found.Identities) == 0 || len(found.Identities[0].Oidcs) == 0 {
		return eksCluster{}, fmt.Errorf("the EKS cluster %q (setting clusterName) is %s and has no endpoint yet: wait until it is ACTIVE",
			name, found.Status)
	}
	c := eksCluster{
		name:     name,
		arn:      found.Arn,
		endpoint: found.Endpoint,
		ca:       found.CertificateAuthorities[0].Data,
		issuer:   found.Identities[0].Oidcs[0].Issuer,
	}
	for _, compute := range found.ComputeConfigs {
		c.autoMode = c.autoMode || compute.Enabled
	}
	return c, nil
}

// provider looks up the IAM OIDC provider of the cluster's issuer, and returns its ARN.
func (c eksCluster) provider(ctx *pulumi.Context, region string) (string, error) {
	provider, err := iam.LookupOpenIdConnectProvider(ctx, &iam.LookupOpenIdConnectProviderArgs{Url: &c.issuer})
	if err != nil {
		return "", fmt.Errorf("looking up the IAM OIDC provider of %s, the issuer of the EKS cluster %q; if there is none, set "+
			"oidcProvider to %s, or run `eksctl utils associate-iam-oidc-provider --cluster %s --region %s --approve`: %w",
			c.issuer, c.name, createProvider, c.name, region, inWords(err))
	}
	if madeHere(ctx, provider.Tags) {
		return "", wouldDelete(provider, "oidcProvider")
	}
	return provider.Arn, nil
}

// madeHere says whether this stack has made what has these tags.
func madeHere(ctx *pulumi.Context, tags map[string]string) bool {
	key, own := components.StackTag(ctx)
	return tags[key] == own
}

// wouldDelete is the error of a stack that has made a provider and now, by a setting, only looks it up.
func wouldDelete(provider *iam.LookupOpenIdConnectProviderResult, setting string) error {
	return fmt.Errorf("this stack has made the OIDC provider %s, which its roles trust, and would delete it as soon as it only looks it up: "+
		"set %s to %s again; nothing was changed", provider.Arn, setting, createProvider)
}

// checkNoProvider returns an error if the issuer has an IAM OIDC provider that this stack has not made: AWS takes one an issuer.
// A look-up that fails is no fault: either there is none, or making one tells what is wrong.
func (c eksCluster) checkNoProvider(ctx *pulumi.Context) error {
	provider, err := iam.LookupOpenIdConnectProvider(ctx, &iam.LookupOpenIdConnectProviderArgs{Url: &c.issuer})
	if err != nil {
		return nil
	}
	if madeHere(ctx, provider.Tags) {
		return nil
	}
	return fmt.Errorf("the issuer of the EKS cluster %q has an IAM OIDC provider already, %s, which this stack has not made: set "+
		"oidcProvider to %s instead of %s, or to that ARN; nothing was changed", c.name, provider.Arn, lookupProvider, createProvider)
}

// checkNamedProvider returns an error if an IAM OIDC provider, by its ARN, is one that this stack has made. A look-up that fails is no
// fault: nothing else of the provider needs to be known, so the caller need not have the right.
func checkNamedProvider(ctx *pulumi.Context, providerARN string) error {
	provider, err := iam.LookupOpenIdConnectProvider(ctx, &iam.LookupOpenIdConnectProviderArgs{Arn: &providerARN})
	if err == nil && madeHere(ctx, provider.Tags) {
		return wouldDelete(provider, "oidcProvider")
	}
	return nil
}

// checkAgent returns an error if the cluster has no agent of EKS Pod Identity.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
func (c eksCluster) checkAgent(ctx *pulumi.Context, region string) error {
	if c.autoMode {
		return nil
	}
	_, err := eks.LookupAddon(ctx, &eks.LookupAddonArgs{ClusterName: c.name, AddonName: components.PodIdentityAgent})
	if err != nil {
		return fmt.Errorf("looking up the add-on %s of the EKS cluster %q, which identity %s needs; if there is none, run `aws eks "+
			"create-addon --cluster-name %s --region %s --addon-name %s`; nothing was changed: %w", components.PodIdentityAgent, c.name,
			podIdentity, c.name, region, components.PodIdentityAgent, inWords(err))
	}
	return nil
}

// checkIssuer returns an error for an OIDC provider, by its ARN, of another issuer than the cluster's.
func (c eksCluster) checkIssuer(provider, issuer string) error {
	if own := strings.TrimPrefix(c.issuer, "https://"); issuer != own {
		return fmt.Errorf("oidcProvider is %q, which is of issuer %s, and that of the EKS cluster %q is %s: name the provider of "+
			"that one; nothing was changed", provider, issuer, c.name, own)
	}
	return nil
}

// kubeconfig is a kubeconfig for the cluster, as the caller of the stack's AWS provider. It holds no token: the AWS command
// line makes one whenever it is needed, so that the file stays the same from one update to the next.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html
func (c eksCluster) kubeconfig(cfg awsConfig, region string) (string, error) {
	command := []string{"eks", "get-token", "--cluster-name", c.name, "--region", region, "--output", "json"}
	if cfg.assumeRole != nil {
		command = append(command, "--role-arn", *cfg.assumeRole.RoleArn)
	}
	if profile := cfg.texts["profile"]; profile != "" {
		command = append(command, "--profile", profile)
	}
	type object = map[string]any
	text, err := json.Marshal(object{
		"apiVersion":      "v1",
		"kind":            "Config",
		"current-context": c.name,
		"clusters": []object{{"name": c.name, "cluster": object{
			"server": c.endpoint, "certificate-authority-data": c.ca,
		}}},
		"contexts": []object{{"name": c.name, "context": object{"cluster": c.name, "user": c.name}}},
		"users": []object{{"name": c.name, "user": object{"exec": object{
			"apiVersion":      "client.authentication.k8s.io/v1beta1",
			"command":         "aws",
			"args":            command,
			"interactiveMode": "Never",
		}}}},
	})
	if err != nil {
		return "", fmt.Errorf("encoding the kubeconfig of cluster %s: %w", c.name, err)
	}
	return string(text), nil
}
