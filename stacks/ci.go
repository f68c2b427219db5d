package stacks

import (
	"cmp"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// runCI is a stack for CI: the roles with which it previews another stack, of the same settings, and brings it up.
func runCI(ctx *pulumi.Context, s settings) error {
	provider, err := gitHubProvider(ctx, s)
	if err != nil {
		return err
	}
	stack, err := ciStack(ctx, s)
	if err != nil {
		return err
	}
	roles, err := components.NewCIRoles(ctx, "ci", &components.CIRolesArgs{
		AccountID:           s.ownAccount(),
		Stack:               stack,
		RoleName:            s.CI.RoleName,
		Repository:          s.CI.Repository,
		Branch:              s.CI.Branch,
		Environment:         s.CI.Environment,
		OidcProviderArn:     provider,
		PermissionsBoundary: s.CI.PermissionsBoundary,
		Tags:                s.Tags,
	})
	if err != nil {
		return err
	}
	ctx.Export("previewRoleArn", roles.PreviewRoleArn)
	ctx.Export("deployRoleArn", roles.DeployRoleArn)
	return nil
}

// gitHubProvider is the ARN of the account's IAM OIDC provider of GitHub; empty for one that is to be made.
func gitHubProvider(ctx *pulumi.Context, s settings) (string, error) {
	issuer := iampolicy.IssuerURL(iampolicy.GitHubIssuer)
	found, err := iam.LookupOpenIdConnectProvider(ctx, &iam.LookupOpenIdConnectProviderArgs{Url: &issuer})
	switch {
	case err != nil && s.CI.CreateProvider: // there is none, or making one tells what is wrong
		return "", nil
	case err != nil:
		return "", fmt.Errorf("looking up the IAM OIDC provider of %s in account %s; if there is none, set ciOidcProvider to %s; nothing was "+
			"changed: %w", issuer, s.ownAccount(), createProvider, inWords(err))
	}
	made := madeHere(ctx, found.Tags)
	switch {
	case made && s.CI.CreateProvider:
		return "", nil
	case made:
		return "", wouldDelete(found, "ciOidcProvider")
	case !s.CI.CreateProvider:
		return found.Arn, nil
	}
	return "", fmt.Errorf("account %s has an IAM OIDC provider of GitHub already, %s, which this stack has not made: set ciOidcProvider to %s "+
		"instead of %s; nothing was changed", s.ownAccount(), found.Arn, lookupProvider, createProvider)
}

// ciStack is what the other stack makes. The path of a role that it adopts is looked up, as it is there.
func ciStack(ctx *pulumi.Context, s settings) (iampolicy.CIStack, error) {
	if s.Side == primary {
		return ciPrimary(s), nil
	}
	if s.Payer.Adopt.PayerRole {
		a := &adopter{ctx: ctx, s: s}
		found, ok := a.findRole()
		if !ok {
			return nil, a.err()
		}
		s.Payer.RolePath = found.Path
	}
	return ciPayer(s), nil
}

// ciPayer is what a payer stack of these settings makes.
func ciPayer(s settings) iampolicy.CIPayer {
	p := s.Payer
	report := billing.Report{Name: p.ReportName, Bucket: p.ReportBucketName, Prefix: p.ReportPrefix, Version: p.ReportVersion}
	role := func(name string) arn.ARN { return arn.Role(s.Partition, s.PayerAccountID, p.RolePath, name) }
	c := iampolicy.CIPayer{
		CIPlace: iampolicy.CIPlace{
			Partition: s.Partition, Region: p.Region, Account: s.PayerAccountID, Boundary: s.PermissionsBoundary,
		},
		Report:        p.ReportName,
		Export:        p.ReportVersion == billing.Version2,
		FoundReport:   p.Adopt.Report,
		Database:      cmp.Or(p.DatabaseName, report.Database()),
		Table:         cmp.Or(p.TableName, report.Table()),
		FoundCatalog:  p.Adopt.Catalog,
		Role:          role(p.RoleName),
		FoundRole:     p.Adopt.PayerRole,
		LakeFormation: p.LakeFormation,
		ActivatesTags: len(p.ActivatedTags) > 0,
	}
	for _, b := range []struct {
		name  string
		found bool
	}{{p.ReportBucketName, p.Adopt.ReportBucket}, {p.ResultsBucketName, p.Adopt.ResultsBucket}} {
		if b.found {
			c.FoundBuckets = append(c.FoundBuckets, b.name)
		} else {
			c.Buckets = append(c.Buckets, b.name)
		}
	}
	if p.WorkGroupName != components.PrimaryWorkGroup {
		c.WorkGroup = p.WorkGroupName
	}
	if p.Catalog.Mode == billing.Crawler {
		c.Crawler, c.CrawlerRole = report.CrawlerName(), role(p.Catalog.CrawlerRoleName)
		if p.Catalog.CrawlerTrigger == billing.OnEvent {
			c.EventsRole = role(components.EventsRoleName(p.Catalog.CrawlerRoleName))
		}
	}
	return c
}

// ciPrimary is what a primary stack of these settings makes in its account.
func ciPrimary(s settings) iampolicy.CIPrimary {
	c := iampolicy.CIPrimary{
		CIPlace: iampolicy.CIPlace{
			Partition: s.Partition, Region: s.Region, Account: s.PrimaryAccountID, Boundary: s.PermissionsBoundary,
		},
		Cluster:       s.Primary.Cluster.Name,
		Role:          arn.Role(s.Partition, s.PrimaryAccountID, s.ReaderRolePath, s.ReaderRoleName),
		PodIdentity:   s.Identity == podIdentity,
		MakesProvider: s.Primary.Cluster.OIDCProvider == createProvider,
		PodAgentAddon: components.PodIdentityAgent,
	}
	if s.Primary.Cluster.Issuer != "" {
		c.OIDCProvider = s.Primary.Cluster.OIDCProvider
	}
	return c
}
