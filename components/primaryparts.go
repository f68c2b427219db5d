package components

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/charts"
)

// primaryParts are the arguments of the primary side's components. What one component takes from another is set when that
// one is there; until then it is the name that it will have.
type primaryParts struct {
	identity ClusterIdentityArgs
	secret   CloudIntegrationSecretArgs
	release  KubecostReleaseArgs
	roles    []pulumi.StringInput
}

func (args *PrimaryArgs) parts() *primaryParts {
	p := &primaryParts{
		identity: ClusterIdentityArgs{
			RoleName:            args.ReaderRoleName,
			RolePath:            args.ReaderRolePath,
			AccountID:           args.AccountID,
			PermissionsBoundary: args.PermissionsBoundary,
			Namespace:           args.Namespace,
			ServiceAccountName:  args.ServiceAccountName,
			Issuer:              args.Issuer,
			OidcProviderArn:     args.OidcProviderArn,
			CreateOidcProvider:  args.CreateOidcProvider,
			PodIdentity:         args.PodIdentity,
			ClusterName:         args.ClusterName,
			ClusterArn:          args.ClusterArn,
			PayerRoleArns:       []pulumi.StringInput{},
			Tags:                args.Tags,
		},
		secret: CloudIntegrationSecretArgs{
			Namespace:   pulumi.String(args.Namespace),
			OtherClouds: args.OtherClouds,
			Format:      args.FileFormat,
		},
		release: KubecostReleaseArgs{
			ReleaseName:        args.ReleaseName,
			Namespace:          pulumi.String(args.Namespace),
			ChartLine:          args.ChartLine,
			ChartVersion:       args.ChartVersion,
			ClusterID:          args.ClusterID,
			AccountID:          args.AccountID,
			ServiceAccountName: pulumi.String(args.ServiceAccountName),
			SecretName:         pulumi.String(""),
			TimeoutSeconds:     args.TimeoutSeconds,
			StorageClass:       args.StorageClass,
			Values:             args.Values,
		},
	}
	for _, payer := range args.Payers {
		p.add(payer)
	}
	return p
}

// add has Kubecost read one more payer's bill.
func (p *primaryParts) add(payer PayerConnection) {
	p.secret.Payers = append(p.secret.Payers, payer)
	p.roles = append(p.roles, payer.MasterPayerARN)
	p.identity.PayerRoleArns = p.roles
}

// validate returns the faults of the parts. With a payer side to come, payer, there need be no other payer.
func (p *primaryParts) validate(name string, payer *payerParts) error {
	secret := p.secret.validate(name+"-cloud-integration", payer != nil)
	return errors.Join(p.identity.validate(name+"-identity"), secret, p.release.validate(name+"-release"), p.fits(name),
		p.reads(name, payer))
}

// reads returns an error for a chart that does not read the report of a payer side to come.
func (p *primaryParts) reads(name string, payer *payerParts) error {
	line, err := charts.Named(p.release.ChartLine)
	if err != nil || payer == nil || payer.report.Version != billing.Version2 {
		return nil // a wrong line is a fault of the release
	}
	if err := line.CheckCUR2(line.Version(p.release.ChartVersion)); err != nil {
		return fmt.Errorf("the arguments of CurIntegration %q: ReportVersion is %q: %w", name, billing.Version2, err)
	}
	return nil
}

// fits returns an error for a chart that does not read the file's format.
func (p *primaryParts) fits(name string) error {
	line, err := charts.Named(p.release.ChartLine)
	if format := p.secret.format(); err == nil && !line.Reads(format) {
		return fmt.Errorf("the arguments of CurIntegration %q: FileFormat is %q, which the ChartLine %s does not read", name, format, line.Name)
	}
	return nil
}
