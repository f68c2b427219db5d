package components

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/utilities"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// helmRelease is the Kubernetes provider's Release. The SDK has a type for it in a package that imports the whole Kubernetes
// API, 66 packages with 26 MB of source, which every user of this program would compile and link. This one registers the same
// resource; a test compares it with the SDK's.
type helmRelease struct {
	pulumi.CustomResourceState

	Name   pulumi.StringPtrOutput `pulumi:"name"`
	Status pulumi.MapOutput       `pulumi:"status"`
}

// helmReleaseType is the Release's type token.
const helmReleaseType = "kubernetes:helm.sh/v3:Release"

func newHelmRelease(
	ctx *pulumi.Context, name string, inputs pulumi.Map, opts ...pulumi.ResourceOption,
) (*helmRelease, error) {
	inputs["compat"] = pulumi.String("true") // as the SDK sets it: the provider's Release, not its Chart
	r := &helmRelease{}
	if err := ctx.RegisterResource(helmReleaseType, name, inputs, r, utilities.PkgResourceDefaultOpts(opts)...); err != nil {
		return nil, fmt.Errorf("registering %s %q: %w", helmReleaseType, name, err)
	}
	return r, nil
}

// status is the release's status as Helm names it, such as deployed.
func (r *helmRelease) status() pulumi.StringOutput {
	return r.Status.ApplyT(func(status map[string]any) string {
		text, _ := status["status"].(string) // not there yet in a preview
		return text
	}).(pulumi.StringOutput)
}
