package components

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

const (
	// payersPerPolicy keeps a policy below the 6,144 characters of a managed policy for ARNs of 70 characters, which is a
	// role name of 35 without a path. What is longer all the same is refused by maxPolicy before AWS is asked.
	payersPerPolicy = 80
	// managedPolicies is how many managed policies a role may have by default.
	managedPolicies = 10
	// maxPolicy is the length of a managed policy in characters, the shorter of the two kinds.
	maxPolicy = 6144

	// MaxPayers is how many payer roles one reader role may assume: an inline policy, then managed ones.
	// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
	MaxPayers = payersPerPolicy * (1 + managedPolicies)
)

// assumePayers lets a role assume the payer roles: by one inline policy of one statement, and, for more payers than that has
// room for, managed policies of the same kind.
func assumePayers(ctx *pulumi.Context, name string, role *iam.Role, args *ClusterIdentityArgs, parent pulumi.Resource) error {
	const policyName = "kubecost-access-cur-in-payer-account"
	for i, n := 0, 1; i == 0 || i < len(args.PayerRoleArns); i, n = i+payersPerPolicy, n+1 {
		some := pulumi.StringArray(args.PayerRoleArns[i:min(i+payersPerPolicy, len(args.PayerRoleArns))])
		policy := some.ToStringArrayOutput().ApplyT(args.assumePolicy).(pulumi.StringOutput)
		if i == 0 {
			_, err := iam.NewRolePolicy(ctx, name, &iam.RolePolicyArgs{
				Name: pulumi.String(policyName), Role: role.ID(), Policy: policy,
			}, pulumi.Parent(parent))
			if err != nil {
				return fmt.Errorf("registering the policy of role %s: %w", args.RoleName, err)
			}
			continue
		}
		managed, err := iam.NewPolicy(ctx, fmt.Sprintf("%s-%d", name, n), &iam.PolicyArgs{
			Name:        pulumi.Sprintf("%s-payers-%d", args.RoleName, n),
			Description: pulumi.String("Further payer accounts whose bills Kubecost reads"),
			Policy:      policy,
			Tags:        tags(args.Tags),
		}, pulumi.Parent(parent))
		if err != nil {
			return fmt.Errorf("registering policy %d of role %s: %w", n, args.RoleName, err)
		}
		_, err = iam.NewRolePolicyAttachment(ctx, fmt.Sprintf("%s-%d", name, n), &iam.RolePolicyAttachmentArgs{
			Role: role.Name, PolicyArn: managed.Arn,
		}, pulumi.Parent(parent))
		if err != nil {
			return fmt.Errorf("attaching policy %d to role %s: %w", n, args.RoleName, err)
		}
	}
	return nil
}

// assumePolicy is the policy for some payer roles. Payers may share a role.
func (args *ClusterIdentityArgs) assumePolicy(arns []string) (string, error) {
	var unique []string
	for _, a := range arns {
		if !slices.Contains(unique, a) {
			unique = append(unique, a)
		}
	}
	document := iampolicy.AssumePayerRoles(unique...)
	if args.PodIdentity { // its sessions carry tags
		document = iampolicy.AssumePayerRolesWithTags(unique...)
	}
	text, err := document.JSON()
	if err == nil && len(text) > maxPolicy {
		err = fmt.Errorf("the policy for %d payer roles has %d characters, and IAM takes %d: give the payer roles shorter names",
			len(unique), len(text), maxPolicy)
	}
	return text, err
}
