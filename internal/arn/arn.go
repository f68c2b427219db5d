// Package arn holds what identifies things in AWS: account IDs, regions, their partitions, and the Amazon Resource Names
// built from them.
package arn

import (
	"fmt"
	"regexp"
	"strings"
)

// ARN is an Amazon Resource Name in its parts. Region and Account are empty for services that have none in their ARNs
// (S3 has neither, IAM has no region).
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
type ARN struct {
	Partition string
	Service   string
	Region    string
	Account   string
	Resource  string
}

// String returns the ARN as AWS writes it: arn:partition:service:region:account:resource.
func (a ARN) String() string {
	return strings.Join([]string{"arn", a.Partition, a.Service, a.Region, a.Account, a.Resource}, ":")
}

// parts is an ARN: all but its resource is letters, digits and hyphens, without wildcards.
var parts = regexp.MustCompile(`^(?s:arn:([a-z0-9-]+):([a-z0-9-]+):([a-z0-9-]*):([a-z0-9-]*):(.+))$`)

// Parse splits an ARN into its parts. It returns an error for a string that is not six parts, the first of them "arn", or in which
// any but the last is a pattern. The resource may be any text.
func Parse(s string) (ARN, error) {
	p := parts.FindStringSubmatch(s)
	if p == nil {
		return ARN{}, fmt.Errorf("%q is not an ARN (arn:partition:service:region:account:resource)", s)
	}
	return ARN{Partition: p[1], Service: p[2], Region: p[3], Account: p[4], Resource: p[5]}, nil
}

// Role is the ARN of an IAM role. Its path is "/" or begins and ends with a slash.
func Role(partition, account, path, name string) ARN {
	return ARN{Partition: partition, Service: "iam", Account: account, Resource: "role" + path + name}
}

// Root is the ARN that stands for a whole account in a policy's Principal.
func Root(partition, account string) ARN {
	return ARN{Partition: partition, Service: "iam", Account: account, Resource: "root"}
}

// Cluster is the ARN of an EKS cluster.
func Cluster(partition, region, account, name string) ARN {
	return ARN{Partition: partition, Service: "eks", Region: region, Account: account, Resource: "cluster/" + name}
}

// Bucket is the ARN of an S3 bucket.
func Bucket(partition, name string) ARN {
	return ARN{Partition: partition, Service: "s3", Resource: name}
}

// Objects is the ARN of the objects of an S3 bucket below a prefix, or of all its objects for the empty prefix. The prefix
// has no leading or trailing slash.
func Objects(partition, bucket, prefix string) ARN {
	if prefix != "" {
		prefix += "/"
	}
	return Bucket(partition, bucket+"/"+prefix+"*")
}

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

// CheckAccountID returns an error that says what is wrong with an AWS account ID: it is a string of 12 digits, leading zeros
// included.
func CheckAccountID(id string) error {
	switch {
	case accountID.MatchString(id):
		return nil
	case strings.ContainsAny(id, "eE.+") && strings.Trim(id, "0123456789eE.+") == "":
		return fmt.Errorf("an account ID is 12 digits; this one was read as a number: put it in quotes")
	case len(id) < 12 && id != "" && strings.Trim(id, "0123456789") == "":
		return fmt.Errorf("an account ID is 12 digits, here are %d; if it starts with 0, the zero was lost because it "+
			"was read as a number: put it in quotes", len(id))
	default:
		return fmt.Errorf("an account ID is 12 digits")
	}
}

var roleName = regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]{1,64}$`)

// CheckRoleName returns an error for a name that IAM would refuse for a role.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
func CheckRoleName(name string) error {
	if !roleName.MatchString(name) {
		return fmt.Errorf("a role name is 1 to 64 letters, digits and _+=,.@-")
	}
	return nil
}

var rolePolicyName = regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]+$`)

// CheckRolePolicyName returns an error for a name that IAM would refuse for an inline policy.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
func CheckRolePolicyName(name string) error {
	if len(name) > 128 {
		return fmt.Errorf("the name of the policy for it has %d characters, and IAM takes 128: adopt a table with a shorter name, or no role", len(name))
	}
	if !rolePolicyName.MatchString(name) {
		return fmt.Errorf("the name of the policy for it is %q, and IAM takes letters, digits and _+=,.@-", name)
	}
	return nil
}

const maxRolePath = 512

var rolePath = regexp.MustCompile(`^/([A-Za-z0-9_+=,.@-]+/)*$`)

// CheckRolePath returns an error for a path that IAM would refuse for a role, or that a policy could take for a pattern.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
func CheckRolePath(path string) error {
	if !rolePath.MatchString(path) || len(path) > maxRolePath {
		return fmt.Errorf("a role's path is / or folders between slashes, such as /platform/kubecost/, at most 512 characters")
	}
	return nil
}

var roleResource = regexp.MustCompile(`^role/([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}$`)

// CheckRole returns an error for a string that is not the ARN of exactly one IAM role of a partition.
func CheckRole(text, partition string) error {
	role, err := Parse(text)
	if err != nil || role.Service != "iam" || role.Region != "" || CheckAccountID(role.Account) != nil || !roleResource.MatchString(role.Resource) ||
		strings.LastIndex(role.Resource, "/") >= len("role")+maxRolePath {
		return fmt.Errorf("it is a role's ARN, arn:aws:iam::ACCOUNT:role/NAME, without wildcards")
	}
	if role.Partition != partition {
		return fmt.Errorf("the role is in partition %s, and this stack's region is in %s", role.Partition, partition)
	}
	return nil
}

var policyResource = regexp.MustCompile(`^policy/([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,128}$`)

// CheckPolicy returns an error for a string that is not the ARN of a managed policy that an account can use: its own, or one of
// AWS. An empty partition is not asked for.
func CheckPolicy(text, account, partition string) error {
	policy, err := Parse(text)
	if err != nil || policy.Service != "iam" || policy.Region != "" || !policyResource.MatchString(policy.Resource) {
		return fmt.Errorf("it is a managed policy's ARN, arn:aws:iam::ACCOUNT:policy/NAME")
	}
	if policy.Account != account && policy.Account != "aws" {
		return fmt.Errorf("a boundary is a policy of the role's own account, %s, or of AWS", account)
	}
	if partition != "" && policy.Partition != partition {
		return fmt.Errorf("the policy is in partition %s, and this stack's region is in %s", policy.Partition, partition)
	}
	return nil
}

// oidcProvider is the resource of an OIDC provider: the issuer's host and path, without the scheme.
var oidcProvider = regexp.MustCompile(`^oidc-provider/([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+(/[A-Za-z0-9._~-]+)*$`)

// OIDCIssuer returns the issuer, without https://, of the IAM OIDC provider that an ARN names. It returns an error for a string
// that is not the ARN of an OIDC provider of a partition and an account.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
func OIDCIssuer(text, partition, account string) (string, error) {
	provider, err := Parse(text)
	if err != nil || provider.Service != "iam" || provider.Region != "" || !oidcProvider.MatchString(provider.Resource) {
		return "", fmt.Errorf("an OIDC provider's ARN is arn:aws:iam::ACCOUNT:oidc-provider/ISSUER, the issuer without https://")
	}
	if provider.Partition != partition {
		return "", fmt.Errorf("the provider is in partition %s, and this stack's region is in %s", provider.Partition, partition)
	}
	if provider.Account != account {
		return "", fmt.Errorf("the provider is in account %q, and must be in the cluster's, %s", provider.Account, account)
	}
	return strings.TrimPrefix(provider.Resource, "oidc-provider/"), nil
}

var clusterName = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$`)

// CheckClusterName returns an error for a name that EKS would refuse for a cluster.
// Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
func CheckClusterName(name string) error {
	if !clusterName.MatchString(name) {
		return fmt.Errorf("a cluster's name is 1 to 100 letters, digits, hyphens and underscores, and starts with a letter or digit")
	}
	return nil
}

var organizationID = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)

// CheckOrganizationID returns an error for a string that is no ID of an AWS organization.
// Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
func CheckOrganizationID(id string) error {
	if !organizationID.MatchString(id) {
		return fmt.Errorf("an organization's ID is o- and 10 to 32 lower-case letters and digits")
	}
	return nil
}

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)

// CheckBucketName returns an error for a name that S3 would refuse for a bucket. Names with dots, which S3 allows, are
// refused too: TLS does not cover them as host names, and the buckets here are reached by TLS only.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
func CheckBucketName(name string) error {
	if !bucketName.MatchString(name) || strings.HasPrefix(name, "xn--") || strings.HasSuffix(name, "-s3alias") {
		return fmt.Errorf("a bucket name is 3 to 63 lower-case letters, digits and hyphens, and starts and ends with a " +
			"letter or digit")
	}
	return nil
}

var workGroupName = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,128}$`)

// CheckWorkGroupName returns an error for a name that Athena would refuse for a work group.
// Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateWorkGroup.html
func CheckWorkGroupName(name string) error {
	if !workGroupName.MatchString(name) {
		return fmt.Errorf("a work group's name is 1 to 128 letters, digits, dots, hyphens and underscores")
	}
	return nil
}

var glueName = regexp.MustCompile(`^[a-z0-9_]{1,255}$`)

// CheckGlueName returns an error for a name of a database or table in the Glue catalog that Athena could not query.
// Source: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
func CheckGlueName(name string) error {
	if !glueName.MatchString(name) {
		return fmt.Errorf("a Glue database or table is named with 1 to 255 lower-case letters, digits and underscores")
	}
	return nil
}
