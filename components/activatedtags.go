package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/costexplorer"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

// activate makes cost allocation tags active, so that reports carry them. opts put them below a component and in us-east-1,
// where the billing API is.
//
// The tags are the account's, not this stack's: others may group their costs by them. The provider would deactivate them when
// their resources are deleted, so they are only let go.
// Source: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
func activate(ctx *pulumi.Context, name string, tags []string, opts []pulumi.ResourceOption) error {
	for _, tag := range tags {
		key := billing.TagKey(tag)
		_, err := costexplorer.NewCostAllocationTag(ctx, name+"-tag-"+key, &costexplorer.CostAllocationTagArgs{
			TagKey: pulumi.String(key),
			Status: pulumi.String("Active"),
		}, append(opts[:len(opts):len(opts)], pulumi.RetainOnDelete(true))...)
		if err != nil {
			return fmt.Errorf("registering the activation of cost allocation tag %s: %w", key, err)
		}
	}
	return nil
}
