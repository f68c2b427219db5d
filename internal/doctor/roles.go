package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// mendPrimary is what mends whatever the primary stack makes and somebody changed or deleted.
const mendPrimary = "pulumi up --refresh --stack PRIMARY"

// payerRole is whether the payer role is there, lets the reader role in, and may query the bill.
var payerRole = Check{
	Name:  "payer-role",
	Title: func(s *Subject) string { return "payer role " + s.Payer.MasterPayerARN },
	Needs: []Need{PayerAWS},
	Run: func(ctx context.Context, s *Subject) Finding {
		p := s.Payer
		role, f := s.role(ctx, s.PayerAWS, p.MasterPayerARN, mendPayer)
		if role == nil {
			return f
		}
		reader, err := arn.Parse(s.readerRole())
		if err != nil {
			return failed(err.Error(), "the outputs do not name the role of Kubecost's pods", mendPrimary)
		}
		if err := iampolicy.CheckTrust(role.Trust, reader, s.Primary.usesPodIdentity()); err != nil {
			return failed(reasonFirst(err), "primaryAccountId, readerRoleName, readerRolePath or identity differ between the two stacks, or the trust policy was changed",
				"make them the same in both stacks, then "+mendPayer)
		}
		bucket, prefix := p.results()
		lacking, err := iampolicy.Lacking(role.Policies, iampolicy.QueryBill(iampolicy.BillQuery{
			Partition: reader.Partition, Region: p.AthenaRegion, Account: p.ProjectID, WorkGroup: p.AthenaWorkgroup,
			Database: p.AthenaDatabase, Table: p.AthenaTable, ReportBucket: p.CurBucketName, DataPrefix: p.report().DataPrefix(),
			ResultsBucket: bucket, ResultsPrefix: prefix,
		}))
		if err != nil {
			return failed(err.Error(), "a policy of the role cannot be read", mendPayer)
		}
		if len(lacking) > 0 {
			return failed("the role may not "+strings.Join(lacking, "; "), "its policy was changed, or another one denies it", mendPayer)
		}
		return bounded(ok("it trusts "+reader.String()+" and may query the bill"), role)
	},
}

// reasonFirst is an error of a policy with the reason before the policy, which may be long.
func reasonFirst(err error) string {
	if reason := errors.Unwrap(err); reason != nil {
		return reason.Error() + "; " + err.Error()
	}
	return err.Error()
}

// bounded adds to what was found of a role that its boundary was not looked at.
func bounded(f Finding, role *Role) Finding {
	if role.Boundary != "" {
		f.Seen += "; whether its permissions boundary " + role.Boundary + " lets it, the sessions show"
	}
	return f
}

// readerRole is the role of Kubecost's pods: the primary stack's, or without that the only one that the payer stack trusts.
func (s *Subject) readerRole() string {
	if s.Primary.ReaderRoleArn != "" {
		return s.Primary.ReaderRoleArn
	}
	first, _, _ := strings.Cut(s.Payer.TrustedRoleArn, ",")
	return first
}

// role looks a role up by its ARN. Without one, the finding says why.
func (s *Subject) role(ctx context.Context, account AccountAccess, roleARN, mend string) (*Role, Finding) {
	_, name, isRole := cutLast(roleARN, "/")
	if !isRole {
		return nil, failed(fmt.Sprintf("the role is %q", roleARN), "it is no role's ARN", mend)
	}
	role, err := account.Role(ctx, name)
	switch {
	case err != nil:
		return nil, unasked(err, "iam:GetRole and to list and read the policies of "+name)
	case role == nil:
		return nil, failed("there is no role "+name, "the role was deleted", mend)
	case role.ARN != roleARN:
		return nil, failed("the role is "+role.ARN+", and the stack's is "+roleARN, "it was made again with another path", mend)
	}
	return role, Finding{}
}

func cutLast(text, separator string) (before, after string, found bool) {
	i := strings.LastIndex(text, separator)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(separator):], true
}

// oidcProvider is whether AWS knows the cluster's issuer of tokens (IRSA), or EKS associates the role with the service account.
var oidcProvider = Check{
	Name:  "oidc-provider",
	Title: func(s *Subject) string { return "IAM OIDC provider of cluster " + s.Primary.ClusterName },
	Needs: []Need{PrimaryAWS},
	Run: func(ctx context.Context, s *Subject) Finding {
		p := s.Primary
		if p.ClusterName == "" {
			return notChecked("needs the output clusterName of the primary stack, which has a kubeconfig only")
		}
		cluster, err := s.PrimaryAWS.EKSCluster(ctx, p.ClusterRegion, p.ClusterName)
		if err != nil {
			return unasked(err, "eks:DescribeCluster")
		}
		if cluster == nil {
			return failed("there is no EKS cluster "+p.ClusterName+" in "+p.ClusterRegion, "the cluster was deleted, or has another name or region",
				"set clusterName and aws:region of the primary stack to the cluster's, then pulumi up")
		}
		if p.usesPodIdentity() {
			return checkAssociation(ctx, s)
		}
		provider, err := s.PrimaryAWS.OIDCProvider(ctx, cluster.Issuer)
		switch {
		case err != nil:
			return unasked(err, "iam:ListOpenIDConnectProviders and iam:GetOpenIDConnectProvider")
		case provider == nil:
			return failed("there is no provider of "+cluster.Issuer, "it was deleted, or was never made; AWS then says \"No OpenIDConnect provider found in your account\"",
				fmt.Sprintf("set oidcProvider: create, or run: eksctl utils associate-iam-oidc-provider --cluster %s --region %s --approve", p.ClusterName, p.ClusterRegion))
		case !slices.Contains(provider.ClientIDs, iampolicy.TokenAudience):
			return failed(fmt.Sprintf("its client IDs are %q", provider.ClientIDs), "AWS takes tokens of these audiences only, and the pods' is "+iampolicy.TokenAudience,
				fmt.Sprintf("aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn %s --client-id %s", provider.ARN, iampolicy.TokenAudience))
		}
		return ok(provider.ARN)
	},
}

func (p Primary) usesPodIdentity() bool { return p.Identity == "pod-identity" }

// checkAssociation is whether EKS gives Kubecost's pods the role.
func checkAssociation(ctx context.Context, s *Subject) Finding {
	p := s.Primary
	role, err := s.PrimaryAWS.PodIdentity(ctx, p.ClusterRegion, p.ClusterName, p.Namespace, p.ServiceAccountName)
	switch {
	case err != nil:
		return unasked(err, "eks:ListPodIdentityAssociations and eks:DescribePodIdentityAssociation")
	case role == "":
		return failed(fmt.Sprintf("no association for service account %s/%s", p.Namespace, p.ServiceAccountName), "it was deleted", mendPrimary)
	case role != p.ReaderRoleArn:
		return failed("the association gives "+role+", and the stack's role is "+p.ReaderRoleArn, "it was changed by hand", mendPrimary)
	}
	return ok("Pod Identity gives " + role)
}

// readerRole is whether the role of Kubecost's pods is there, takes the pods' token, and may assume the payer role.
var readerRole = Check{
	Name:  "reader-role",
	Title: func(s *Subject) string { return "reader role " + s.Primary.ReaderRoleArn },
	Needs: []Need{PrimaryAWS},
	Run: func(ctx context.Context, s *Subject) Finding {
		p := s.Primary
		role, f := s.role(ctx, s.PrimaryAWS, p.ReaderRoleArn, mendPrimary)
		if role == nil {
			return f
		}
		if err := s.checkReaderTrust(ctx, role); err != nil {
			return failed(reasonFirst(err), "the trust policy was changed, or the cluster, the namespace or the service account is another one than the primary stack's", mendPrimary)
		}
		want := iampolicy.AssumePayerRoles
		if p.usesPodIdentity() {
			want = iampolicy.AssumePayerRolesWithTags
		}
		lacking, err := iampolicy.Lacking(role.Policies, want(s.Payer.MasterPayerARN))
		if err != nil {
			return failed(err.Error(), "a policy of the role cannot be read", mendPrimary)
		}
		if len(lacking) > 0 {
			return failed("the role may not "+strings.Join(lacking, "; "), "its policy was changed, or the payer role has another name since the primary stack was last up", "pulumi up --stack PRIMARY")
		}
		return bounded(ok("it may assume the payer role"), role)
	},
}

// checkReaderTrust returns an error for a role that does not take the pods' token, or that does not trust EKS Pod Identity. Without a look
// at the cluster it cannot tell.
func (s *Subject) checkReaderTrust(ctx context.Context, role *Role) error {
	p := s.Primary
	if p.ClusterName == "" {
		return nil
	}
	parsed, err := arn.Parse(role.ARN)
	if err != nil {
		return err
	}
	if p.usesPodIdentity() {
		cluster := arn.Cluster(parsed.Partition, p.ClusterRegion, parsed.Account, p.ClusterName)
		return iampolicy.CheckSameTrust(role.Trust, iampolicy.TrustPodIdentity(cluster, p.Namespace, p.ServiceAccountName))
	}
	cluster, err := s.PrimaryAWS.EKSCluster(ctx, p.ClusterRegion, p.ClusterName)
	if err != nil || cluster == nil {
		return nil // the check of the OIDC provider says so
	}
	provider := arn.ARN{Partition: parsed.Partition, Service: "iam", Account: parsed.Account, Resource: "oidc-provider/" + strings.TrimPrefix(cluster.Issuer, "https://")}
	return iampolicy.CheckSameTrust(role.Trust, iampolicy.TrustServiceAccount(provider.String(), cluster.Issuer, p.Namespace, p.ServiceAccountName))
}
