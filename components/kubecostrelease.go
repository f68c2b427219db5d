package components

import (
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/charts"
)

// KubecostReleaseArgs describe the Helm release of Kubecost or OpenCost.
type KubecostReleaseArgs struct {
	// ReleaseName is the release's name; what the chart makes is named after it.
	ReleaseName string `pulumi:"releaseName"`
	// Namespace is the namespace to install into; it exists.
	Namespace pulumi.StringInput `pulumi:"namespace"`
	// ChartLine is the line of charts: cost-analyzer-2, cost-analyzer-1, kubecost-3 or opencost; empty for the first.
	ChartLine string `pulumi:"chartLine,optional" enum:"ChartLine"`
	// ChartVersion is a version of that line; empty for the line's default.
	ChartVersion string `pulumi:"chartVersion,optional"`
	// ClusterID names the cluster in the costs of kubecost-3, which needs it; empty for the other lines.
	ClusterID string `pulumi:"clusterId,optional"`
	// AccountID is the account that the cluster runs in, 12 digits.
	AccountID string `pulumi:"accountId"`
	// ServiceAccountName is the service account that Kubecost runs as; it exists.
	ServiceAccountName pulumi.StringInput `pulumi:"serviceAccountName"`
	// SecretName is the secret with cloud-integration.json; it exists.
	SecretName pulumi.StringInput `pulumi:"secretName"`
	// StorageClass is the storage class of Kubecost's volumes; empty for the cluster's default.
	StorageClass string `pulumi:"storageClass,optional"`
	// Values are Helm values of the user's. They win over this component's, but for those without which the bill is not read.
	Values pulumi.MapInput `pulumi:"values,optional"`
	// TimeoutSeconds is how long to wait for Kubecost to be ready.
	TimeoutSeconds int `pulumi:"timeoutSeconds"`
}

// KubecostRelease is the Helm release of Kubecost.
type KubecostRelease struct {
	pulumi.ResourceState

	// ReleaseName is the release's name.
	ReleaseName pulumi.StringOutput `pulumi:"releaseName"`
	// Status is the release's status as Helm names it, such as deployed.
	Status pulumi.StringOutput `pulumi:"status"`
}

func (args *KubecostReleaseArgs) validate(name string) error {
	var f faults
	f.check("ReleaseName", args.ReleaseName, CheckKubernetesName(args.ReleaseName))
	if line, err := charts.Named(args.ChartLine); err != nil {
		f.check("ChartLine", args.ChartLine, err)
	} else {
		f.check("ChartVersion", args.ChartVersion, line.CheckVersion(line.Version(args.ChartVersion)))
		f.check("ClusterID", args.ClusterID, line.CheckClusterID(args.ClusterID))
	}
	f.check("AccountID", args.AccountID, arn.CheckAccountID(args.AccountID))
	f.require("Namespace", args.Namespace != nil)
	f.require("ServiceAccountName", args.ServiceAccountName != nil)
	f.require("SecretName", args.SecretName != nil)
	if args.StorageClass != "" {
		f.check("StorageClass", args.StorageClass, CheckStorageClassName(args.StorageClass))
	}
	if args.TimeoutSeconds < 1 {
		f.check("TimeoutSeconds", fmt.Sprint(args.TimeoutSeconds), fmt.Errorf("it is a number of seconds"))
	}
	return f.of("KubecostRelease", name)
}

var dnsName = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)

// CheckStorageClassName returns an error for a name that no storage class can have.
// Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
func CheckStorageClassName(name string) error {
	if !dnsName.MatchString(name) {
		return fmt.Errorf("a storage class is named with 1 to 253 lower-case letters, digits, dots and hyphens")
	}
	return nil
}

// NewKubecostRelease registers the release. A first installation that does not get ready in time stays, so that its pods can
// be looked at; the next update mends it.
func NewKubecostRelease(
	ctx *pulumi.Context, name string, args *KubecostReleaseArgs, opts ...pulumi.ResourceOption,
) (*KubecostRelease, error) {
	if args == nil {
		return nil, fmt.Errorf("the arguments of KubecostRelease %q are missing", name)
	}
	if err := args.validate(name); err != nil {
		return nil, err
	}
	line, err := charts.Named(args.ChartLine)
	if err != nil {
		return nil, err
	}
	version := line.Version(args.ChartVersion)
	c := &KubecostRelease{}
	if err := ctx.RegisterComponentResource(KubecostReleaseType, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering KubecostRelease %q: %w", name, err)
	}

	var user pulumi.MapInput = pulumi.Map{}
	if args.Values != nil {
		user = args.Values
	}
	values := pulumi.All(args.ServiceAccountName, args.SecretName, user).ApplyT(func(v []any) (map[string]any, error) {
		given, _ := v[2].(map[string]any)
		if err := line.CheckValues(version, given); err != nil {
			return nil, fmt.Errorf("the Helm values of KubecostRelease %q: %w", name, err)
		}
		return line.Values(charts.Settings{
			Account:        args.AccountID,
			ServiceAccount: v[0].(string),
			Secret:         v[1].(string),
			StorageClass:   args.StorageClass,
			ClusterID:      args.ClusterID,
			User:           given,
		}), nil
	}).(pulumi.MapOutput)
	release, err := newHelmRelease(ctx, name, pulumi.Map{
		"name":           pulumi.String(args.ReleaseName), // what Pulumi would name it reaches into every object of the chart
		"namespace":      args.Namespace,
		"chart":          pulumi.String(line.Chart),
		"version":        pulumi.String(version),
		"repositoryOpts": pulumi.StringMap{"repo": pulumi.String(line.Repository)},
		"values":         values,
		"timeout":        pulumi.Int(args.TimeoutSeconds),
		// With another name or namespace it is another release. The charts make cluster roles, named alike in both, and Helm refuses
		// to install while they belong to the old one.
	}, pulumi.Parent(c), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return nil, err
	}

	c.ReleaseName = release.Name.Elem()
	c.Status = release.status()
	if err := ctx.RegisterResourceOutputs(c, pulumi.Map{
		"releaseName": c.ReleaseName,
		"status":      c.Status,
	}); err != nil {
		return nil, fmt.Errorf("registering the outputs of KubecostRelease %q: %w", name, err)
	}
	return c, nil
}
