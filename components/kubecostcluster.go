package components

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// KubecostClusterArgs describe a new EKS cluster.
type KubecostClusterArgs struct {
	// ClusterName is the name of the cluster to make.
	ClusterName string `pulumi:"clusterName"`
	// Region and AccountID say where it is made.
	Region    string `pulumi:"region"`
	AccountID string `pulumi:"accountId"`
	// Version is that of Kubernetes, such as 1.33; empty for EKS's default.
	Version string `pulumi:"version,optional"`
	// NodeInstanceType is the EC2 instance type of the nodes, NodeCount how many there are, at least 1.
	NodeInstanceType string `pulumi:"nodeInstanceType"`
	NodeCount        int    `pulumi:"nodeCount"`
	// PodIdentityAgent adds the agent of EKS Pod Identity.
	PodIdentityAgent bool `pulumi:"podIdentityAgent,optional"`
	// Profile and RoleArn are as whom the kubeconfig calls the cluster: the AWS profile and the role of who makes it.
	Profile string `pulumi:"profile,optional"`
	RoleArn string `pulumi:"roleArn,optional"`
	// PermissionsBoundary, unless empty, is the ARN of the managed policy that bounds the role of the EBS driver.
	PermissionsBoundary string `pulumi:"permissionsBoundary,optional"`
	// Tags are put on every resource.
	Tags map[string]string `pulumi:"tags,optional"`
}

// KubecostCluster is a new small EKS cluster with what Kubecost needs: nodes in the default VPC, an IAM OIDC provider, the EBS
// CSI driver and a default storage class of encrypted gp3 volumes.
type KubecostCluster struct {
	pulumi.ResourceState

	// Kubeconfig leads to the cluster. It is there when all of the cluster is, with its driver and its storage class. It holds
	// no token.
	Kubeconfig pulumi.StringOutput `pulumi:"kubeconfig"`
	// Issuer is the cluster's OIDC issuer, without https://.
	Issuer pulumi.StringOutput `pulumi:"issuer"`
	// OidcProviderArn is the ARN of the IAM OIDC provider of that issuer.
	OidcProviderArn pulumi.StringOutput `pulumi:"oidcProviderArn"`
	// ClusterName and ClusterArn are the cluster's, once it is there.
	ClusterName pulumi.StringOutput `pulumi:"clusterName"`
	ClusterArn  pulumi.StringOutput `pulumi:"clusterArn"`
}

var (
	kubernetesVersion = regexp.MustCompile(`^1\.[1-9][0-9]$`)
	instanceType      = regexp.MustCompile(`^[a-z][a-z0-9-]*\.[a-z0-9-]+$`)
)

// CheckKubernetesVersion returns an error for a string that is no version of Kubernetes as EKS names them.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
func CheckKubernetesVersion(version string) error {
	if !kubernetesVersion.MatchString(version) {
		return errors.New(`a version of Kubernetes is written like "1.33", in quotes`)
	}
	return nil
}

// CheckInstanceType returns an error for a string that is no EC2 instance type.
func CheckInstanceType(name string) error {
	if !instanceType.MatchString(name) {
		return errors.New("an EC2 instance type is written like m6i.large")
	}
	return nil
}

func (args *KubecostClusterArgs) validate(name string) (partition string, err error) {
	var f faults
	f.check("ClusterName", args.ClusterName, arn.CheckClusterName(args.ClusterName))
	partition, err = arn.Partition(args.Region)
	f.check("Region", args.Region, err)
	f.check("AccountID", args.AccountID, arn.CheckAccountID(args.AccountID))
	if args.Version != "" {
		f.check("Version", args.Version, CheckKubernetesVersion(args.Version))
	}
	f.check("NodeInstanceType", args.NodeInstanceType, CheckInstanceType(args.NodeInstanceType))
	if args.NodeCount < 1 {
		f.check("NodeCount", fmt.Sprint(args.NodeCount), errors.New("it is at least 1"))
	}
	if args.PermissionsBoundary != "" {
		f.check("PermissionsBoundary", args.PermissionsBoundary, arn.CheckPolicy(args.PermissionsBoundary, args.AccountID, partition))
	}
	return partition, f.of("KubecostCluster", name)
}

// NewKubecostCluster registers the cluster and what belongs to it.
func NewKubecostCluster(
	ctx *pulumi.Context, name string, args *KubecostClusterArgs, opts ...pulumi.ResourceOption,
) (*KubecostCluster, error) {
	if args == nil {
		return nil, fmt.Errorf("the arguments of KubecostCluster %q are missing", name)
	}
	partition, err := args.validate(name)
	if err != nil {
		return nil, err
	}
	c := &KubecostCluster{}
	if err := ctx.RegisterComponentResource(KubecostClusterType, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering KubecostCluster %q: %w", name, err)
	}
	cluster, err := newEKSCluster(ctx, name, args.inputs(ctx), pulumi.Parent(c))
	if err != nil {
		return nil, err
	}
	// The name is known before the cluster is there; what takes it from this output waits for the cluster.
	c.ClusterName = cluster.KubeconfigJSON.ApplyT(func(string) string { return args.ClusterName }).(pulumi.StringOutput)
	c.ClusterArn = c.ClusterName.ApplyT(func(name string) string {
		return arn.Cluster(partition, args.Region, args.AccountID, name).String()
	}).(pulumi.StringOutput)
	c.Issuer, c.OidcProviderArn = cluster.OidcIssuer, cluster.OidcProviderArn

	ready := []any{cluster.KubeconfigJSON}
	driver, err := c.newDriver(ctx, name, partition, args)
	if err != nil {
		return nil, err
	}
	storage, err := newStorageClass(ctx, name, cluster, driver, c)
	if err != nil {
		return nil, err
	}
	ready = append(ready, driver.ID(), storage.ID())
	if args.PodIdentityAgent {
		agent, err := c.newAddon(ctx, name+"-pod-identity-agent", PodIdentityAgent, nil, args)
		if err != nil {
			return nil, err
		}
		ready = append(ready, agent.ID())
	}
	c.Kubeconfig = pulumi.All(ready...).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput)
	if err := ctx.RegisterResourceOutputs(c, pulumi.Map{
		"kubeconfig":      c.Kubeconfig,
		"issuer":          c.Issuer,
		"oidcProviderArn": c.OidcProviderArn,
		"clusterName":     c.ClusterName,
		"clusterArn":      c.ClusterArn,
	}); err != nil {
		return nil, fmt.Errorf("registering the outputs of KubecostCluster %q: %w", name, err)
	}
	return c, nil
}

// inputs are those of pulumi-eks's Cluster. The stack's tag is on the EKS cluster alone: on the nodes, which the others' tags are on as
// well, another tag may mean other nodes.
func (args *KubecostClusterArgs) inputs(ctx *pulumi.Context) pulumi.Map {
	key, value := StackTag(ctx)
	inputs := pulumi.Map{
		"name":                    pulumi.String(args.ClusterName),
		"createOidcProvider":      pulumi.Bool(true),
		"instanceType":            pulumi.String(args.NodeInstanceType),
		"desiredCapacity":         pulumi.Int(args.NodeCount),
		"minSize":                 pulumi.Int(args.NodeCount),
		"maxSize":                 pulumi.Int(args.NodeCount),
		"nodeRootVolumeEncrypted": pulumi.Bool(true),
		"clusterTags":             pulumi.StringMap{key: pulumi.String(value)},
		"tags":                    tags(args.Tags),
	}
	if args.Version != "" {
		inputs["version"] = pulumi.String(args.Version)
	}
	caller := pulumi.Map{}
	if args.Profile != "" {
		caller["profileName"] = pulumi.String(args.Profile)
	}
	if args.RoleArn != "" {
		caller["roleArn"] = pulumi.String(args.RoleArn)
	}
	if len(caller) > 0 {
		inputs["providerCredentialOpts"] = caller
	}
	return inputs
}
