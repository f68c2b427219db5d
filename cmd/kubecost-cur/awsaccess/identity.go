package awsaccess

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
)

// Role is an IAM role with its policies; nil if there is none.
func (a *Account) Role(ctx context.Context, name string) (*doctor.Role, error) {
	client := a.iam()
	got, err := client.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	if missing(err, "NoSuchEntity", "NoSuchEntityException") {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	role := &doctor.Role{ARN: aws.ToString(got.Role.Arn)}
	if b := got.Role.PermissionsBoundary; b != nil {
		role.Boundary = aws.ToString(b.PermissionsBoundaryArn)
	}
	if role.Trust, err = document(got.Role.AssumeRolePolicyDocument); err != nil {
		return nil, err
	}
	inline, err := client.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &name})
	if err != nil {
		return nil, err
	}
	for _, policy := range inline.PolicyNames {
		got, err := client.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &name, PolicyName: &policy})
		if err != nil {
			return nil, err
		}
		if err := add(role, got.PolicyDocument); err != nil {
			return nil, err
		}
	}
	attached, err := client.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: &name})
	if err != nil {
		return nil, err
	}
	for _, policy := range attached.AttachedPolicies {
		got, err := client.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: policy.PolicyArn})
		if err != nil {
			return nil, err
		}
		version, err := client.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: policy.PolicyArn, VersionId: got.Policy.DefaultVersionId})
		if err != nil {
			return nil, err
		}
		if err := add(role, version.PolicyVersion.Document); err != nil {
			return nil, err
		}
	}
	return role, nil
}

func add(role *doctor.Role, encoded *string) error {
	policy, err := document(encoded)
	if err != nil {
		return err
	}
	role.Policies = append(role.Policies, policy)
	return nil
}

// document is a policy as IAM's API gives it, which is encoded as in a URL.
func document(encoded *string) (string, error) {
	text, err := url.PathUnescape(aws.ToString(encoded))
	if err != nil {
		return "", fmt.Errorf("reading a policy of IAM: %w", err)
	}
	return text, nil
}

// OIDCProvider is the IAM OIDC provider of an issuer; nil if there is none.
func (a *Account) OIDCProvider(ctx context.Context, issuer string) (*doctor.OIDCProvider, error) {
	client := a.iam()
	list, err := client.ListOpenIDConnectProviders(ctx, nil)
	if err != nil {
		return nil, err
	}
	suffix := ":oidc-provider/" + strings.TrimPrefix(issuer, "https://")
	for _, p := range list.OpenIDConnectProviderList {
		if !strings.HasSuffix(aws.ToString(p.Arn), suffix) {
			continue
		}
		got, err := client.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: p.Arn})
		if err != nil {
			return nil, err
		}
		return &doctor.OIDCProvider{ARN: aws.ToString(p.Arn), ClientIDs: got.ClientIDList}, nil
	}
	return nil, nil
}

// EKSCluster is a cluster; nil if there is none.
func (a *Account) EKSCluster(ctx context.Context, region, name string) (*doctor.EKSCluster, error) {
	out, err := a.eks(region).DescribeCluster(ctx, &eks.DescribeClusterInput{Name: &name})
	if missing(err, "ResourceNotFoundException") {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	c := &doctor.EKSCluster{}
	if out.Cluster.Identity != nil && out.Cluster.Identity.Oidc != nil {
		c.Issuer = aws.ToString(out.Cluster.Identity.Oidc.Issuer)
	}
	return c, nil
}

// PodIdentity is the role that EKS gives a service account's pods by an association; empty if there is none.
func (a *Account) PodIdentity(ctx context.Context, region, cluster, namespace, serviceAccount string) (string, error) {
	client := a.eks(region)
	list, err := client.ListPodIdentityAssociations(ctx, &eks.ListPodIdentityAssociationsInput{
		ClusterName: &cluster, Namespace: &namespace, ServiceAccount: &serviceAccount,
	})
	if err != nil || len(list.Associations) == 0 {
		return "", err
	}
	got, err := client.DescribePodIdentityAssociation(ctx, &eks.DescribePodIdentityAssociationInput{
		ClusterName: &cluster, AssociationId: list.Associations[0].AssociationId,
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(got.Association.RoleArn), nil
}
