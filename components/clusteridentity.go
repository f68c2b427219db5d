package components

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// ClusterIdentityArgs describe who Kubecost is, to Kubernetes and to AWS.
type ClusterIdentityArgs struct {
	// RoleName is the name of the IAM role to make, RolePath its path; empty for /. The payer role trusts it by both.
	RoleName string `pulumi:"roleName"`
	RolePath string `pulumi:"rolePath,optional"`
	// AccountID is the account that the role is made in, 12 digits; needed with PermissionsBoundary only.
	AccountID string `pulumi:"accountId,optional"`
	// PermissionsBoundary, unless empty, is the ARN of the managed policy that bounds the role.
	PermissionsBoundary string `pulumi:"permissionsBoundary,optional"`
	// Namespace is the Kubernetes namespace to make.
	Namespace string `pulumi:"namespace"`
	// ServiceAccountName is the Kubernetes service account to make.
	ServiceAccountName string `pulumi:"serviceAccountName"`
	// Issuer is the cluster's OIDC issuer, with or without https://. Not needed with PodIdentity.
	Issuer pulumi.StringInput `pulumi:"issuer,optional"`
	// OidcProviderArn is the ARN of the IAM OIDC provider of that issuer in the cluster's account. Not needed with PodIdentity.
	OidcProviderArn pulumi.StringInput `pulumi:"oidcProviderArn,optional"`
	// CreateOidcProvider makes that provider, for a cluster that has none; OidcProviderArn is left out then.
	CreateOidcProvider bool `pulumi:"createOidcProvider,optional"`
	// PodIdentity has EKS Pod Identity give the role to the pods, by an association in the cluster. Without it the role is got by
	// the service account's token (IRSA).
	PodIdentity bool `pulumi:"podIdentity,optional"`
	// ClusterName and ClusterArn are the EKS cluster's. Needed with PodIdentity only.
	ClusterName pulumi.StringInput `pulumi:"clusterName,optional"`
	ClusterArn  pulumi.StringInput `pulumi:"clusterArn,optional"`
	// PayerRoleArns are the ARNs of the payer roles that the role may assume, at most 1,210.
	PayerRoleArns []pulumi.StringInput `pulumi:"payerRoleArns"`
	// Tags are put on the role.
	Tags map[string]string `pulumi:"tags,optional"`
}

// ClusterIdentity is Kubecost's namespace and service account, and the IAM role that the pods of that service account, and
// nobody else, get, by IRSA or by EKS Pod Identity. All that the role may do is assume the payer roles.
type ClusterIdentity struct {
	pulumi.ResourceState

	// RoleArn is the role's ARN.
	RoleArn pulumi.StringOutput `pulumi:"roleArn"`
	// Namespace is the namespace's name, once it exists.
	Namespace pulumi.StringOutput `pulumi:"namespace"`
	// ServiceAccountName is the service account's name, once it exists.
	ServiceAccountName pulumi.StringOutput `pulumi:"serviceAccountName"`
}

var dnsLabel = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// CheckKubernetesName returns an error for a name that is no DNS label, as namespaces, and here all objects, are named.
// Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
func CheckKubernetesName(name string) error {
	if !dnsLabel.MatchString(name) {
		return fmt.Errorf("a Kubernetes name is 1 to 63 lower-case letters, digits and hyphens, and starts and ends with a " +
			"letter or digit")
	}
	return nil
}

func (args *ClusterIdentityArgs) validate(name string) error {
	var f faults
	f.check("RoleName", args.RoleName, arn.CheckRoleName(args.RoleName))
	f.check("RolePath", args.RolePath, arn.CheckRolePath(cmp.Or(args.RolePath, "/")))
	if args.PermissionsBoundary != "" {
		f.check("PermissionsBoundary", args.PermissionsBoundary, arn.CheckPolicy(args.PermissionsBoundary, args.AccountID, ""))
	}
	f.check("Namespace", args.Namespace, CheckKubernetesName(args.Namespace))
	f.check("ServiceAccountName", args.ServiceAccountName, CheckKubernetesName(args.ServiceAccountName))
	if args.PodIdentity {
		f.require("ClusterName", args.ClusterName != nil)
		f.require("ClusterArn", args.ClusterArn != nil)
		if args.CreateOidcProvider {
			f.check("CreateOidcProvider", "true", errors.New("EKS Pod Identity needs no OIDC provider"))
		}
	} else {
		f.require("Issuer", args.Issuer != nil)
		f.require("OidcProviderArn", args.OidcProviderArn != nil || args.CreateOidcProvider)
		if args.OidcProviderArn != nil && args.CreateOidcProvider {
			f.check("CreateOidcProvider", "true", errors.New("OidcProviderArn names a provider already"))
		}
	}
	f.require("PayerRoleArns", args.PayerRoleArns != nil)
	if n := len(args.PayerRoleArns); n > MaxPayers {
		f.check("PayerRoleArns", fmt.Sprintf("%d ARNs", n), fmt.Errorf("one role reads the bills of at most %d payers", MaxPayers))
	} else if err := args.checkLengths(); err != nil {
		f.check("PayerRoleArns", fmt.Sprintf("%d ARNs", n), err)
	}
	return f.of("ClusterIdentity", name)
}

// NewClusterIdentity registers the namespace, the role and the service account.
func NewClusterIdentity(
	ctx *pulumi.Context, name string, args *ClusterIdentityArgs, opts ...pulumi.ResourceOption,
) (*ClusterIdentity, error) {
	if args == nil {
		return nil, fmt.Errorf("the arguments of ClusterIdentity %q are missing", name)
	}
	if err := args.validate(name); err != nil {
		return nil, err
	}
	c := &ClusterIdentity{}
	if err := ctx.RegisterComponentResource(ClusterIdentityType, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering ClusterIdentity %q: %w", name, err)
	}

	trust, err := args.trust(ctx, name, c)
	if err != nil {
		return nil, err
	}
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		Name:                pulumi.String(args.RoleName),
		Description:         pulumi.Sprintf("Kubecost (%s/%s) reads the bill", args.Namespace, args.ServiceAccountName),
		AssumeRolePolicy:    trust,
		Path:                pulumi.String(cmp.Or(args.RolePath, "/")),
		PermissionsBoundary: optional(args.PermissionsBoundary),
		Tags:                tags(args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("registering role %s: %w", args.RoleName, err)
	}

	if err := assumePayers(ctx, name+"-assume-payer", role, args, c); err != nil {
		return nil, err
	}

	namespace, err := corev1.NewNamespace(ctx, name+"-namespace", &corev1.NamespaceArgs{
		Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String(args.Namespace)},
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("registering namespace %s: %w", args.Namespace, err)
	}
	namespaceName := namespace.Metadata.Name().Elem()

	metadata := &metav1.ObjectMetaArgs{Name: pulumi.String(args.ServiceAccountName), Namespace: namespaceName}
	if !args.PodIdentity {
		metadata.Annotations = pulumi.StringMap{"eks.amazonaws.com/role-arn": role.Arn}
	}
	account, err := corev1.NewServiceAccount(ctx, name+"-service-account",
		&corev1.ServiceAccountArgs{Metadata: metadata}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("registering service account %s: %w", args.ServiceAccountName, err)
	}

	c.RoleArn, c.Namespace, c.ServiceAccountName = role.Arn, namespaceName, account.Metadata.Name().Elem()
	if args.PodIdentity {
		if c.ServiceAccountName, err = args.associate(ctx, name, role, c.ServiceAccountName, c); err != nil {
			return nil, err
		}
	}
	if err := ctx.RegisterResourceOutputs(c, pulumi.Map{
		"roleArn":            c.RoleArn,
		"namespace":          c.Namespace,
		"serviceAccountName": c.ServiceAccountName,
	}); err != nil {
		return nil, fmt.Errorf("registering the outputs of ClusterIdentity %q: %w", name, err)
	}
	return c, nil
}
