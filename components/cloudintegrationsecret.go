package components

import (
	"cmp"
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

// PayerConnection is how Kubecost reaches one payer account's bill. The fields are those of the guide's
// cloud-integration.json; all are required.
type PayerConnection struct {
	// AthenaBucketName is where Athena writes results: s3://bucket, or s3://bucket/prefix/.
	AthenaBucketName pulumi.StringInput `pulumi:"athenaBucketName"`
	// AthenaRegion is the region of Athena and of its Glue catalog.
	AthenaRegion pulumi.StringInput `pulumi:"athenaRegion"`
	// AthenaDatabase and AthenaTable are the Glue database and table of the bill.
	AthenaDatabase pulumi.StringInput `pulumi:"athenaDatabase"`
	AthenaTable    pulumi.StringInput `pulumi:"athenaTable"`
	// AthenaWorkgroup is the work group that queries run in.
	AthenaWorkgroup pulumi.StringInput `pulumi:"athenaWorkgroup"`
	// ProjectID is the payer account's ID, 12 digits.
	ProjectID pulumi.StringInput `pulumi:"projectID"`
	// MasterPayerARN is the ARN of the payer role.
	MasterPayerARN pulumi.StringInput `pulumi:"masterPayerARN"`
}

func (p PayerConnection) complete() bool {
	return p.AthenaBucketName != nil && p.AthenaRegion != nil && p.AthenaDatabase != nil && p.AthenaTable != nil &&
		p.AthenaWorkgroup != nil && p.ProjectID != nil && p.MasterPayerARN != nil
}

// entry resolves the connection to an entry of the file.
func (p PayerConnection) entry() pulumi.Output {
	return pulumi.All(
		p.AthenaBucketName, p.AthenaRegion, p.AthenaDatabase, p.AthenaTable, p.AthenaWorkgroup, p.ProjectID, p.MasterPayerARN,
	).ApplyT(func(v []any) cloudintegration.AWS {
		return cloudintegration.AWS{
			AthenaBucketName: v[0].(string),
			AthenaRegion:     v[1].(string),
			AthenaDatabase:   v[2].(string),
			AthenaTable:      v[3].(string),
			AthenaWorkgroup:  v[4].(string),
			ProjectID:        v[5].(string),
			MasterPayerARN:   v[6].(string),
		}
	})
}

// CloudIntegrationSecretArgs describe the secret that tells Kubecost where the bills are.
type CloudIntegrationSecretArgs struct {
	// Namespace is the namespace that Kubecost runs in.
	Namespace pulumi.StringInput `pulumi:"namespace"`
	// Payers are the payer accounts, at least one.
	Payers []PayerConnection `pulumi:"payers"`
	// OtherClouds are further bills.
	OtherClouds OtherClouds `pulumi:"otherClouds,optional"`
	// Format is the file's; empty for flat.
	Format cloudintegration.Format `pulumi:"format,optional" enum:"CloudIntegrationFormat"`
}

// CloudIntegrationSecret is the Kubernetes secret with cloud-integration.json. Its name carries a hash of its content, and
// its content cannot change: a change makes another secret, and so restarts the pods that read it. With a key of another cloud
// in it, the content is a Pulumi secret, whether the key was given as one or not.
type CloudIntegrationSecret struct {
	pulumi.ResourceState

	// SecretName is the secret's name, once it exists.
	SecretName pulumi.StringOutput `pulumi:"secretName"`
}

// format is the file's format.
func (args *CloudIntegrationSecretArgs) format() cloudintegration.Format {
	return cmp.Or(args.Format, cloudintegration.Flat)
}

// validate returns the faults of the arguments. With a payer to come, there need be none yet.
func (args *CloudIntegrationSecretArgs) validate(name string, withPayer bool) error {
	var f faults
	f.require("Namespace", args.Namespace != nil)
	f.require("Payers", len(args.Payers) > 0 || withPayer)
	for i, p := range args.Payers {
		f.require(fmt.Sprintf("Payers[%d]: one of its fields", i), p.complete())
	}
	f.check("Format", string(args.format()), cloudintegration.CheckFormat(args.format()))
	args.OtherClouds.validate(&f)
	return f.of("CloudIntegrationSecret", name)
}

// NewCloudIntegrationSecret registers the secret. What does not fit Kubecost's parsing rules is refused before it is written,
// in a preview already where the values are known.
func NewCloudIntegrationSecret(
	ctx *pulumi.Context, name string, args *CloudIntegrationSecretArgs, opts ...pulumi.ResourceOption,
) (*CloudIntegrationSecret, error) {
	if args == nil {
		return nil, fmt.Errorf("the arguments of CloudIntegrationSecret %q are missing", name)
	}
	if err := args.validate(name, false); err != nil {
		return nil, err
	}
	c := &CloudIntegrationSecret{}
	if err := ctx.RegisterComponentResource(CloudIntegrationSecretType, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering CloudIntegrationSecret %q: %w", name, err)
	}

	var entries []any
	for _, p := range args.Payers {
		entries = append(entries, p.entry())
	}
	file := pulumi.All(append(entries, args.OtherClouds.entries()...)...).ApplyT(func(v []any) (string, error) {
		return cloudintegration.Write(args.format(), collect(v))
	}).(pulumi.StringOutput)
	if args.OtherClouds.secret() {
		file = pulumi.ToSecret(file).(pulumi.StringOutput)
	}
	// The name is no secret, though it is made from one: SecretName says why.
	secretName := pulumi.Unsecret(file.ApplyT(func(f string) string {
		return cloudintegration.SecretName("cloud-integration", f)
	})).(pulumi.StringOutput)

	secret, err := corev1.NewSecret(ctx, name, &corev1.SecretArgs{
		Metadata:   &metav1.ObjectMetaArgs{Name: secretName, Namespace: args.Namespace},
		StringData: pulumi.StringMap{cloudintegration.FileName: file},
		Immutable:  pulumi.Bool(true),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("registering the cloud integration secret: %w", err)
	}

	c.SecretName = secret.Metadata.Name().Elem()
	if err := ctx.RegisterResourceOutputs(c, pulumi.Map{"secretName": c.SecretName}); err != nil {
		return nil, fmt.Errorf("registering the outputs of CloudIntegrationSecret %q: %w", name, err)
	}
	return c, nil
}
