package iampolicy

import "strings"

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

// AssumePayerRoles lets a role do one thing: assume the given payer roles.
func AssumePayerRoles(roleARNs ...string) Document {
	return document(Statement{
		Sid: "AssumePayerRoles", Effect: Allow,
		Action:   []string{"sts:AssumeRole"},
		Resource: roleARNs,
	})
}
