package guardrails

// Rules are all guard rails.
func Rules() []Rule {
	return []Rule{
		{
			Name: "no-wildcard-principals", Description: "No policy allows anything to a principal with a wildcard, or to all but some.",
			Do: "Name the account, role, service or identity provider.", resource: wildcardPrincipals,
		},
		{
			Name: "no-wildcard-actions", Description: "No policy allows an action with a wildcard, or all but some.",
			Do: "List the actions that are needed.", resource: wildcardActions,
		},
		{
			Name: "no-wildcard-resources", Description: "A role's rights are on named resources; below one of them all may be meant. " +
				"Resource * is for the actions alone for which AWS has nothing narrower.",
			Do: "Name the resources, with region and account.", resource: wildcardResources,
		},
		{
			Name: "no-broad-managed-policies", Description: "Of AWS's own policies only those are attached that a part of EKS needs.",
			Do: "Attach a policy with the actions and resources that are needed.", resource: broadManagedPolicies,
		},
		{
			Name: "no-access-keys", Description: "There are no users with keys, and no keys in a provider, which would be in the state.",
			Do: "Use a role, a profile or OIDC.", resource: accessKeys,
		},
		{
			Name: "exact-trust", Description: "Who is trusted is one role, one service account with audience and subject, or a service for one source.",
			Do: "Add the condition, with exact values.", resource: looseTrust,
		},
		{
			Name: "public-access-blocked", Description: "Every bucket blocks public access in all four ways.",
			Do: "Give the bucket a public access block with all four set to true.", resource: openBlock, stack: lacking("BucketPublicAccessBlock"),
		},
		{
			Name: "acls-off", Description: "Every bucket has its access control lists turned off.",
			Do: "Give the bucket ownership controls with BucketOwnerEnforced.", resource: aclsOn, stack: lacking("BucketOwnershipControls"),
		},
		{
			Name: "encrypted", Description: "Every bucket, the results of every work group and every EBS storage class is encrypted.",
			Do: "Set the encryption: AES256 or a KMS key.", resource: unencrypted, stack: lacking("BucketServerSideEncryptionConfiguration"),
		},
		{
			Name: "tls-only", Description: "Every bucket has a policy that denies everything to everybody without TLS.",
			Do:       "Deny s3:* on the bucket and its objects to everybody where aws:SecureTransport is false.",
			resource: withoutTLS, stack: lacking("BucketPolicy"),
		},
		{
			Name: "results-expire", Description: "Query results expire, and uploads of them that are given up do.",
			Do: "Give the results bucket a lifecycle with an expiration and an end of incomplete uploads.", stack: keptResults,
		},
		{
			Name: "report-kept", Description: "The report's data is kept for good, or for 100 days at least: a new Kubecost reads back 91.",
			Do: "Set reportExpirationDays to 0, or to 100 or more.", Advisory: true, resource: expiringReport,
		},
		{
			Name: "report-protected", Description: "The report and its bucket are protected: made again in the same place, a report can corrupt its data.",
			Do: "Take reportProtect: false and forceDestroy: true out of the settings.", resource: unprotectedReport,
		},
		{
			Name: "no-open-network", Description: "Nothing lets the whole internet in: no security group, no endpoint of a cluster's API server.",
			Do: "Name the networks that need it.", resource: openNetwork,
		},
	}
}
