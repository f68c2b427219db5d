package iampolicy

import (
	"strings"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// TokenAudience is the audience of the tokens that EKS gives to pods for AWS STS, in every partition.
const TokenAudience = "sts.amazonaws.com"

// TrustServiceAccount lets the pods of exactly one Kubernetes service account assume a role (IRSA). issuer is the cluster's
// OIDC issuer, with or without https://.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
func TrustServiceAccount(oidcProviderARN, issuer, namespace, serviceAccount string) Document {
	key := strings.TrimPrefix(issuer, "https://")
	return document(Statement{
		Sid: "PodsOfTheServiceAccountAssumeThisRole", Effect: Allow,
		Principal: &Principal{Federated: []string{oidcProviderARN}},
		Action:    []string{"sts:AssumeRoleWithWebIdentity"},
		Condition: Condition{StringEquals: {
			key + ":aud": {TokenAudience},
			key + ":sub": {"system:serviceaccount:" + namespace + ":" + serviceAccount},
		}},
	})
}

// IssuerURL is an OIDC issuer with https://, whether it is given with it or without.
func IssuerURL(issuer string) string { return "https://" + strings.TrimPrefix(issuer, "https://") }

// AssumePayerRoles lets a role do one thing: assume the given payer roles.
func AssumePayerRoles(roleARNs ...string) Document {
	return document(Statement{
		Sid: "AssumePayerRoles", Effect: Allow,
		Action:   []string{"sts:AssumeRole"},
		Resource: roleARNs,
	})
}

// AssumePayerRolesWithTags is AssumePayerRoles for a role whose sessions carry transitive tags, as those of EKS Pod Identity
// do: STS asks for the right to hand them on, of the caller and of the payer role's trust policy.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
func AssumePayerRolesWithTags(roleARNs ...string) Document {
	d := AssumePayerRoles(roleARNs...)
	d.Statement[0].Action = append(d.Statement[0].Action, tagSession)
	return d
}

const (
	// PodIdentityService is the service that hands out roles by EKS Pod Identity, in every partition.
	PodIdentityService = "pods.eks.amazonaws.com"
	// tagSession is the right to give a session tags, or to hand on those that the caller's session has.
	tagSession = "sts:TagSession"
)

// TrustPodIdentity lets the pods of exactly one Kubernetes service account of one EKS cluster assume a role by EKS Pod Identity.
// The session's tags name the service account; without them every association in the cluster would do.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
func TrustPodIdentity(cluster arn.ARN, namespace, serviceAccount string) Document {
	return document(Statement{
		Sid: "PodsOfTheServiceAccountGetThisRole", Effect: Allow,
		Principal: &Principal{Service: []string{PodIdentityService}},
		Action:    []string{"sts:AssumeRole", tagSession},
		Condition: Condition{
			ArnEquals: {"aws:SourceArn": {cluster.String()}},
			StringEquals: {
				"aws:SourceAccount":                         {cluster.Account},
				"aws:RequestTag/kubernetes-namespace":       {namespace},
				"aws:RequestTag/kubernetes-service-account": {serviceAccount},
			},
		},
	})
}
