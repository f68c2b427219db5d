package security

import "slices"

// the groups of the denied requests
const (
	assumePayer  = "Assuming the payer role"
	assumeReader = "Assuming the reader role"
	readersReach = "What the reader role may not do"
	readElse     = "Reading anything but the bill"
	writing      = "Writing"
	deleting     = "Deleting"
	otherRights  = "IAM, STS, Organizations and other services"
	transport    = "Without TLS"
	deliveries   = "Delivering, and other ways into the buckets"
)

// Denied are requests that no policy may let through.
func Denied() []Case {
	return slices.Concat(deniedPayerRole(), deniedReaderRole(), deniedReader(), deniedReads(), deniedWrites(), deniedRights(), deniedBuckets())
}

func denied(group, note string, who []caller, context map[string]string, on []target, actions ...string) Case {
	return Case{group, who, actions, on, context, note, false}
}

// deniedPayerRole: everybody but the one reader role, whatever their own accounts let them do.
func deniedPayerRole() []Case {
	itself, withOrg := []target{payerRoleItself}, []target{payerRoleWithOrg}
	unbound := role("reader role, if its own account let it do everything", primary, "kubecost-cur-reader")
	outside, nowhere, inside := reader, reader, strangersRole
	outside.organization, nowhere.organization, inside.organization = "o-anotherone", "", Organization
	return []Case{
		denied(assumePayer, "", []caller{
			role("primary account: another role", primary, "eks-node"), role("primary account: a role with the reader's name below a path", primary, "team/kubecost-cur-reader"),
			role("primary account: a role whose name begins as the reader's", primary, "kubecost-cur-reader-2"),
			role("primary account: a role whose name ends as the reader's", primary, "my-kubecost-cur-reader"),
			role("primary account: the reader's name in capitals", primary, "KUBECOST-CUR-READER"),
			role("primary account: an administrator's role", primary, "aws-reserved/sso.amazonaws.com/AWSReservedSSO_Administrator"),
			primaryAdministrator, user("primary account: a user with the reader's name", primary, "kubecost-cur-reader"), root("primary account: root", primary),
		}, nil, itself, "sts:AssumeRole"),
		denied(assumePayer, "", []caller{
			payerAdministrator, role("payer account: another role", payer, "deploy"), role("payer account: a role with the reader's name", payer, "kubecost-cur-reader"), payerRole,
		}, nil, itself, "sts:AssumeRole"),
		denied(assumePayer, "", []caller{strangersRole, user("other account: a user", stranger, "administrator"), root("other account: root", stranger)}, nil, itself, "sts:AssumeRole"),
		denied(assumePayer, "", []caller{service("ec2.amazonaws.com"), service("lambda.amazonaws.com"), service("glue.amazonaws.com"), service("pods.eks.amazonaws.com"), billing},
			nil, itself, "sts:AssumeRole"),
		denied(assumePayer, "the service account's own token, without the reader role between", []caller{provider("token of the cluster, whose provider the payer account has too", payer, issuer)},
			tokenOf(subject, audience), itself, "sts:AssumeRoleWithWebIdentity"),
		denied(assumePayer, "", []caller{unbound}, nil, itself, "sts:TagSession", "sts:SetSourceIdentity", "sts:AssumeRoleWithSAML"),
		denied(assumePayer, "with organizationId, the reader's account in another organisation", []caller{outside}, nil, withOrg, "sts:AssumeRole"),
		denied(assumePayer, "with organizationId, the reader's account in none", []caller{nowhere}, nil, withOrg, "sts:AssumeRole"),
		denied(assumePayer, "with organizationId, in the organisation", []caller{
			inside, role("primary account: another role", primary, "eks-node"), primaryAdministrator, payerAdministrator, root("primary account: root", primary),
		}, nil, withOrg, "sts:AssumeRole"),
		denied(assumePayer, "with organizationId", []caller{unbound}, nil, withOrg, "sts:TagSession", "sts:SetSourceIdentity"),
	}
}

// deniedReaderRole: everything but a token of the one service account.
func deniedReaderRole() []Case {
	itself := []target{readerRole}
	const web = "sts:AssumeRoleWithWebIdentity"
	var all []Case
	for _, sub := range []string{
		"system:serviceaccount:kubecost:default", "system:serviceaccount:kubecost:kubecost-cost-analyzer", "system:serviceaccount:kubecost:kubecost-serviceaccount2",
		"system:serviceaccount:kubecost:kubecost", "system:serviceaccount:kubecost:*", "system:serviceaccount:default:kubecost-serviceaccount",
		"system:serviceaccount:kubecost2:kubecost-serviceaccount", "system:serviceaccount:kube-system:kubecost-serviceaccount",
		"system:serviceaccount:kubecost:KUBECOST-SERVICEACCOUNT", "system:node:ip-10-0-0-1",
	} {
		all = append(all, denied(assumeReader, "subject `"+sub+"`", []caller{token}, tokenOf(sub, audience), itself, web))
	}
	for _, aud := range []string{"https://kubernetes.default.svc", "sts.amazonaws.com.cn", "vault", "sts.amazonaws.com/x"} {
		all = append(all, denied(assumeReader, "audience `"+aud+"`", []caller{token}, tokenOf(subject, aud), itself, web))
	}
	cluster2, cluster3 := "oidc.eks."+region+".amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF", "oidc.eks."+another+".amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
	for _, of := range []struct {
		who    caller
		issuer string
	}{
		{provider("token of another cluster of the account", primary, cluster2), cluster2},
		{provider("token of a cluster in another region", primary, cluster3), cluster3},
		{provider("token of GitHub Actions", primary, "token.actions.githubusercontent.com"), "token.actions.githubusercontent.com"},
	} {
		all = append(all, denied(assumeReader, "the right subject and audience", []caller{of.who}, tokenFrom(of.issuer, subject, audience), itself, web))
	}
	return append(all,
		denied(assumeReader, "another cluster's token that claims this one's", []caller{provider("token of another cluster of the account", primary, cluster2)}, tokenOf(subject, audience), itself, web),
		denied(assumeReader, "no subject", []caller{token}, map[string]string{issuer + ":aud": audience}, itself, web),
		denied(assumeReader, "no audience", []caller{token}, map[string]string{issuer + ":sub": subject}, itself, web),
		denied(assumeReader, "the right token, other calls", []caller{token}, tokenOf(subject, audience), itself, "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"),
		denied(assumeReader, "", []caller{
			primaryAdministrator, role("primary account: another role", primary, "eks-node"), root("primary account: root", primary), payerAdministrator, payerRole, strangersRole,
			service("ec2.amazonaws.com"), service("pods.eks.amazonaws.com"), service("eks.amazonaws.com"),
		}, nil, itself, "sts:AssumeRole"),
	)
}

// deniedReader: the reader role has one right.
func deniedReader() []Case {
	who := []caller{reader}
	return []Case{
		denied(readersReach, "although that role trusts its account", who, nil, []target{
			foreign("another role of the payer account", payer, "arn:aws:iam::"+payer+":role/deploy"),
			foreign("a role of the payer role's name below a path", payer, "arn:aws:iam::"+payer+":role/team/kubecost-cur-access"),
			foreign("a role whose name begins as the payer role's", payer, "arn:aws:iam::"+payer+":role/kubecost-cur-access-2"),
			foreign("the organisation's access role in the payer account", payer, "arn:aws:iam::"+payer+":role/OrganizationAccountAccessRole"),
			foreign("another role of the primary account", primary, "arn:aws:iam::"+primary+":role/deploy"),
			foreign("a role of the payer role's name in another account", stranger, "arn:aws:iam::"+stranger+":role/kubecost-cur-access"),
		}, "sts:AssumeRole"),
		denied(readersReach, "", who, nil, []target{payerRoleItself}, "sts:TagSession", "sts:SetSourceIdentity"),
		denied(readersReach, "the payer role's rights, without the second hop", who, nil, []target{report("the report's data", parquet), results("a result", "/0a1b2c3d.csv")}, "s3:GetObject", "s3:PutObject"),
		denied(readersReach, "the payer role's rights, without the second hop", who, nil, []target{opened(ownWorkGroup)}, "athena:StartQueryExecution", "athena:GetQueryResults"),
		denied(readersReach, "the payer role's rights, without the second hop", who, nil, []target{opened(ownTable)}, "glue:GetTable", "glue:GetPartitions"),
		denied(readersReach, "in the primary account", who, nil, []target{anything(primary)},
			"iam:CreateUser", "iam:CreateAccessKey", "iam:CreateRole", "iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:PassRole", "iam:UpdateAssumeRolePolicy",
			"sts:GetFederationToken", "organizations:ListAccounts", "eks:DescribeCluster", "ec2:DescribeInstances", "s3:ListAllMyBuckets", "secretsmanager:GetSecretValue",
			"ssm:GetParameter", "kms:Decrypt", "ce:GetCostAndUsage"),
	}
}
