package components

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

const (
	// payersPerPolicy keeps a policy below maxPolicy for ARNs of 70 characters, which is a role name of 35 without a path. Only
	// where that many policies have no room for all payers do they hold more, so that few payers more change one policy.
	payersPerPolicy = 80
	// policies are those of one role: an inline one, and as many managed ones as a role may have by default.
	// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
	policies = 1 + 10
	// maxPolicy is the length of a managed policy in characters, the shorter of the two kinds.
	maxPolicy = 6144

	// MaxPayers is how many payer roles one reader role may assume: of the default name, 50 characters with the ARN, that many
	// fit into its policies. Longer names are refused sooner.
	MaxPayers = 110 * policies
)

// perPolicy is how many of n payer roles go into one policy.
func perPolicy(n int) int { return max(payersPerPolicy, (n+policies-1)/policies) }

// checkLengths returns an error for payer roles whose policies would be longer than IAM takes, of those that are known already.
func (args *ClusterIdentityArgs) checkLengths() error {
	var known []string
	for _, role := range args.PayerRoleArns {
		if text, ok := role.(pulumi.String); ok {
			known = append(known, string(text))
		}
	}
	for some := range slices.Chunk(known, perPolicy(len(args.PayerRoleArns))) {
		if _, err := args.assumePolicy(some); err != nil {
			return err
		}
	}
	return nil
}

// assumePayers lets a role assume the payer roles: by one inline policy of one statement, and, for more payers than that has
// room for, managed policies of the same kind.
func assumePayers(ctx *pulumi.Context, name string, role *iam.Role, args *ClusterIdentityArgs, parent pulumi.Resource) error {
	const policyName = "kubecost-access-cur-in-payer-account"
	each := perPolicy(len(args.PayerRoleArns))
	for i, n := 0, 1; i == 0 || i < len(args.PayerRoleArns); i, n = i+each, n+1 {
		some := pulumi.StringArray(args.PayerRoleArns[i:min(i+each, len(args.PayerRoleArns))])
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
	seen := map[string]bool{}
	for _, a := range arns {
		if !seen[a] {
			unique = append(unique, a)
		}
		seen[a] = true
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
