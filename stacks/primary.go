package stacks

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/charts"
	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

// runPrimary is the primary stack: who Kubecost is, the secret that tells it where the bill is, and its release.
func runPrimary(ctx *pulumi.Context, s settings) error {
	args, where, err := primaryArgs(ctx, s)
	if err != nil {
		return err
	}
	integration, err := newPrimary(ctx, s, &components.CurIntegrationArgs{Primary: args}, where)
	if err != nil {
		return err
	}
	exportPrimary(ctx, s, integration)
	return nil
}

// newPrimary registers the cluster, if it is to be made, its provider, and the integration. What is wrong with the integration's arguments
// is told before: a cluster takes a quarter of an hour, and costs money.
func newPrimary(ctx *pulumi.Context, s settings, args *components.CurIntegrationArgs, where cluster) (*components.CurIntegration, error) {
	where.tell(args.Primary)
	if err := args.Validate(integrationName); err != nil {
		return nil, err
	}
	var err error
	if s.Primary.Cluster.Create {
		if where, err = newCluster(ctx, s); err != nil {
			return nil, err
		}
		where.tell(args.Primary)
	}
	if args.Primary.KubernetesProvider, err = where.provider(ctx); err != nil {
		return nil, err
	}
	return components.NewCurIntegration(ctx, integrationName, args)
}

// primaryArgs are the primary side's arguments, but for where the cluster is. The payers' outputs and the cluster are looked up and
// checked; nothing is registered.
func primaryArgs(ctx *pulumi.Context, s settings) (args *components.PrimaryArgs, where cluster, err error) {
	payers, where, err := lookUp(ctx, s)
	if err != nil {
		return nil, where, err
	}
	var connections []components.PayerConnection
	for _, p := range payers {
		connections = append(connections, connection(p))
	}
	values, err := helmValues(ctx, s)
	if err != nil {
		return nil, where, err
	}
	return &components.PrimaryArgs{
		AccountID:           s.PrimaryAccountID,
		Payers:              connections,
		OtherClouds:         otherClouds(s.Primary.Clouds),
		FileFormat:          s.Primary.Format,
		ReaderRoleName:      s.ReaderRoleName,
		ReaderRolePath:      s.ReaderRolePath,
		PermissionsBoundary: s.PermissionsBoundary,
		Namespace:           s.Primary.Namespace,
		ServiceAccountName:  s.Primary.ServiceAccountName,
		CreateOidcProvider:  s.Primary.Cluster.OIDCProvider == createProvider,
		PodIdentity:         s.Identity == podIdentity,
		ReleaseName:         s.Primary.ReleaseName,
		ChartLine:           s.Primary.Chart.Name,
		ChartVersion:        s.Primary.ChartVersion,
		ClusterID:           s.Primary.ClusterID,
		TimeoutSeconds:      s.Primary.TimeoutSeconds,
		StorageClass:        s.Primary.StorageClass,
		Values:              values,
		Tags:                s.Tags,
	}, where, nil
}

// lookUp reads the payers' outputs and finds the cluster, at the same time: the first waits for the state's backend, the second for
// AWS, and before that for the AWS provider to start.
func lookUp(ctx *pulumi.Context, s settings) (payers []cloudintegration.AWS, where cluster, err error) {
	found := make(chan error, 1)
	go func() {
		var err error
		where, err = findCluster(ctx, s)
		found <- err
	}()
	payers, err = readPayers(ctx, s)
	if notFound := <-found; err == nil { // what is wrong with a payer is told first
		err = notFound
	}
	return payers, where, err
}

// helmValues are the user's values for the chart, secret if they are. It warns of those that will not be taken.
func helmValues(ctx *pulumi.Context, s settings) (pulumi.MapInput, error) {
	overridden := s.Primary.Chart.Overridden(charts.Settings{ServiceAccount: s.Primary.ServiceAccountName, User: s.Primary.Values})
	if len(overridden) > 0 {
		if err := ctx.Log.Warn(fmt.Sprintf("of the setting values, %s is not taken: with another value than this program's, Kubecost "+
			"would not read the bill", strings.Join(overridden, ", ")), nil); err != nil {
			return nil, err
		}
	}
	if nulls := charts.Nulls(s.Primary.Values); len(nulls) > 0 {
		if err := ctx.Log.Warn(fmt.Sprintf("of the setting values, what is null is not taken, and the chart keeps its own value: %s. Pulumi's "+
			"Kubernetes provider leaves nulls out: give a value that turns it off, such as false or \"\"", strings.Join(nulls, ", ")), nil); err != nil {
			return nil, err
		}
	}
	var values pulumi.MapInput = pulumi.ToMap(s.Primary.Values)
	if s.Primary.ValuesSecret {
		values = pulumi.ToSecret(values).(pulumi.MapOutput)
	}
	return values, nil
}

// exportPrimary makes what a person needs the stack's outputs.
func exportPrimary(ctx *pulumi.Context, s settings, integration *components.CurIntegration) {
	look := s.Primary.Chart.Look(s.Primary.Namespace, s.Primary.ReleaseName)
	ctx.Export("readerRoleArn", integration.ReaderRoleArn)
	ctx.Export("namespace", integration.Namespace)
	ctx.Export("secretName", integration.SecretName)
	ctx.Export("releaseName", integration.ReleaseName)
	ctx.Export("releaseStatus", integration.ReleaseStatus)
	ctx.Export("logsCommand", pulumi.String(look.Logs))
	ctx.Export("statusCommand", pulumi.String(look.Status))
	ctx.Export("uiCommand", pulumi.String(look.UI))
	// What else the doctor asks for.
	for name, value := range map[string]string{
		"serviceAccountName": s.Primary.ServiceAccountName,
		"chartLine":          s.Primary.Chart.Name,
		"chartVersion":       s.Primary.ChartVersion,
		"clusterName":        s.Primary.Cluster.Name,
		"clusterRegion":      s.Region,
		"identity":           string(s.Identity),
	} {
		ctx.Export(name, pulumi.String(value))
	}
}
