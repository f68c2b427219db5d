package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	storagev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/storage/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

const (
	// PodIdentityAgent is the add-on that gives pods their roles by EKS Pod Identity.
	PodIdentityAgent = "eks-pod-identity-agent"
	// ebsAddon is the add-on with the EBS CSI driver, ebsProvisioner the driver's name in Kubernetes.
	ebsAddon       = "aws-ebs-csi-driver"
	ebsProvisioner = "ebs.csi.aws.com"
)

// newDriver makes the EBS CSI driver, with a role of its own for its service account.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html
func (c *KubecostCluster) newDriver(
	ctx *pulumi.Context, name, partition string, args *KubecostClusterArgs,
) (*eks.Addon, error) {
	trust := pulumi.All(c.OidcProviderArn, c.Issuer).ApplyT(func(v []any) (string, error) {
		return iampolicy.TrustServiceAccount(v[0].(string), v[1].(string), "kube-system", "ebs-csi-controller-sa").JSON()
	}).(pulumi.StringOutput)
	role, err := iam.NewRole(ctx, name+"-ebs-csi", &iam.RoleArgs{
		Description:         pulumi.Sprintf("The EBS CSI driver of EKS cluster %s", args.ClusterName),
		AssumeRolePolicy:    trust,
		PermissionsBoundary: optional(args.PermissionsBoundary),
		Tags:                tags(args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("registering the role of the EBS CSI driver: %w", err)
	}
	attachment, err := iam.NewRolePolicyAttachment(ctx, name+"-ebs-csi", &iam.RolePolicyAttachmentArgs{
		Role:      role.Name,
		PolicyArn: pulumi.String("arn:" + partition + ":iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("attaching the policy of the EBS CSI driver: %w", err)
	}
	return c.newAddon(ctx, name+"-ebs-csi", ebsAddon, role.Arn, args, pulumi.DependsOn([]pulumi.Resource{attachment}))
}

func (c *KubecostCluster) newAddon(
	ctx *pulumi.Context, name, addon string, role pulumi.StringPtrInput, args *KubecostClusterArgs, opts ...pulumi.ResourceOption,
) (*eks.Addon, error) {
	made, err := eks.NewAddon(ctx, name, &eks.AddonArgs{
		ClusterName:           c.ClusterName,
		AddonName:             pulumi.String(addon),
		ServiceAccountRoleArn: role,
		Tags:                  tags(args.Tags),
	}, append(opts, pulumi.Parent(c))...)
	if err != nil {
		return nil, fmt.Errorf("registering add-on %s: %w", addon, err)
	}
	return made, nil
}

// newStorageClass makes the default storage class. EKS has none since Kubernetes 1.30.
func newStorageClass(
	ctx *pulumi.Context, name string, cluster *eksCluster, driver *eks.Addon, parent pulumi.Resource,
) (*storagev1.StorageClass, error) {
	provider, err := kubernetes.NewProvider(ctx, name+"-storage", &kubernetes.ProviderArgs{
		Kubeconfig: cluster.KubeconfigJSON, ClusterIdentifier: cluster.OidcIssuer, EnableServerSideApply: pulumi.Bool(true),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the Kubernetes provider of the storage class: %w", err)
	}
	class, err := storagev1.NewStorageClass(ctx, name+"-gp3", &storagev1.StorageClassArgs{
		Metadata: &metav1.ObjectMetaArgs{
			Name:        pulumi.String("gp3"),
			Annotations: pulumi.StringMap{"storageclass.kubernetes.io/is-default-class": pulumi.String("true")},
		},
		Provisioner:          pulumi.String(ebsProvisioner),
		Parameters:           pulumi.StringMap{"type": pulumi.String("gp3"), "encrypted": pulumi.String("true")},
		VolumeBindingMode:    pulumi.String("WaitForFirstConsumer"),
		AllowVolumeExpansion: pulumi.Bool(true),
	}, pulumi.Parent(parent), pulumi.Provider(provider), pulumi.DependsOn([]pulumi.Resource{driver}))
	if err != nil {
		return nil, fmt.Errorf("registering the storage class: %w", err)
	}
	return class, nil
}
