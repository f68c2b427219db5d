package security

import "maps"

// podIdentity are the condition keys of EKS Pod Identity for a pod.
func podIdentity(changed map[string]string) map[string]string {
	keys := map[string]string{
		"aws:SourceArn": cluster, "aws:SourceAccount": primary,
		"aws:RequestTag/kubernetes-namespace": "kubecost", "aws:RequestTag/kubernetes-service-account": "kubecost-serviceaccount",
	}
	maps.Copy(keys, changed)
	return keys
}

// podCases: EKS Pod Identity has the reader role for one service account of one cluster.
func podCases() []Case {
	itself := []target{podsRole}
	hops := []string{"sts:AssumeRole", "sts:TagSession"}
	const namespace, account = "aws:RequestTag/kubernetes-namespace", "aws:RequestTag/kubernetes-service-account"
	cases := []Case{
		granted(podSetting, "for a pod of the service account", []caller{pods}, podIdentity(nil), itself, hops...),
		granted(podSetting, "", []caller{taggedReader}, nil, []target{payerRoleTagged}, hops...),

		denied(podSetting, "for a pod of the service account", []caller{pods}, podIdentity(nil), itself, "sts:SetSourceIdentity", "sts:AssumeRoleWithSAML"),
		denied(podSetting, "with the same source and tags", []caller{service("eks.amazonaws.com"), service("ec2.amazonaws.com"), service("ecs-tasks.amazonaws.com"), service("lambda.amazonaws.com")}, podIdentity(nil), itself, hops...),
		denied(podSetting, "with the same tags", []caller{
			primaryAdministrator, role("primary account: another role", primary, "eks-node"), root("primary account: root", primary), payerAdministrator, payerRole, strangersRole,
		}, map[string]string{namespace: "kubecost", account: "kubecost-serviceaccount"}, itself, hops...),
		denied(podSetting, "", []caller{token}, tokenOf(subject, audience), itself, "sts:AssumeRoleWithWebIdentity"),
		denied(podSetting, "", []caller{anyReader}, nil, []target{payerRoleTagged}, "sts:SetSourceIdentity", "sts:AssumeRoleWithSAML"),
		denied(podSetting, "without the reader role between", []caller{pods}, podIdentity(nil), []target{payerRoleTagged}, hops...),
		denied(podSetting, "without the setting", []caller{pods}, podIdentity(nil), []target{readerRole}, hops...),
		denied(podSetting, "without the setting", []caller{taggedReader}, nil, []target{payerRoleItself}, "sts:TagSession"),
	}
	for _, c := range []struct{ note, key, value string }{
		{"another namespace", namespace, "default"}, {"another service account", account, "default"}, {"the namespace in capitals", namespace, "KUBECOST"},
		{"a namespace that begins as its own", namespace, "kubecost2"}, {"a service account that begins as its own", account, "kubecost-serviceaccount2"}, {"a namespace `*`", namespace, "*"},
		{"no namespace", namespace, ""}, {"no service account", account, ""},
		{"another cluster", "aws:SourceArn", "arn:aws:eks:" + region + ":" + primary + ":cluster/other"}, {"a cluster whose name begins as its own", "aws:SourceArn", cluster + "2"},
		{"a cluster of that name in another region", "aws:SourceArn", "arn:aws:eks:" + another + ":" + primary + ":cluster/primary"},
		{"a cluster of that name in another account", "aws:SourceArn", "arn:aws:eks:" + region + ":" + stranger + ":cluster/primary"},
		{"no cluster", "aws:SourceArn", ""}, {"another account", "aws:SourceAccount", stranger}, {"no account", "aws:SourceAccount", ""},
	} {
		cases = append(cases, denied(podSetting, c.note, []caller{pods}, podIdentity(map[string]string{c.key: c.value}), itself, hops...))
	}
	return cases
}

// readerCases: the payer role trusts the named roles, each in its own account, and in the organisation.
func readerCases() []Case {
	tagged, strict := []target{payerRoleTagged}, []target{payerRoleStrict}
	hops := []string{"sts:AssumeRole", "sts:TagSession"}
	outside, nowhere, furtherOutside := anyReader, anyReader, further
	outside.organization, nowhere.organization, furtherOutside.organization = "o-anotherone", "", "o-anotherone"
	others := []caller{
		role("primary account: another role", primary, "eks-node"), role("primary account: a role with the reader's name below a path", primary, "team/kubecost-cur-reader"),
		role("primary account: a role whose name begins as the reader's", primary, "kubecost-cur-reader-2"), primaryAdministrator, root("primary account: root", primary),
		user("primary account: a user with the reader's name", primary, "kubecost-cur-reader"), payerAdministrator, role("payer account: a role with the reader's name", payer, "kubecost-cur-reader"), strangersRole,
		service("ec2.amazonaws.com"), pods,
	}
	return []Case{
		granted(furtherSetting, "", []caller{further}, nil, tagged, hops...),
		denied(furtherSetting, "", append([]caller{
			role("further account: another role", furtherAccount, "eks-node"), role("further account: a role with the reader's name below a path", furtherAccount, "team/kubecost-cur-reader"),
			user("further account: user administrator", furtherAccount, "administrator"), root("further account: root", furtherAccount),
		}, others...), nil, tagged, hops...),
		denied(furtherSetting, "without the setting", []caller{further}, nil, []target{payerRoleItself, payerRoleStrict}, "sts:AssumeRole"),

		granted(orgSetting, "in the organisation", []caller{taggedReader, further}, nil, tagged, "sts:AssumeRole"),
		denied(orgSetting, "in another organisation", []caller{outside, furtherOutside}, nil, tagged, hops...),
		denied(orgSetting, "in none", []caller{nowhere}, nil, tagged, hops...),

		granted(strictSetting, "", []caller{reader}, nil, strict, "sts:AssumeRole"),
		denied(strictSetting, "", others, nil, strict, "sts:AssumeRole"),
		denied(strictSetting, "", []caller{anyReader}, nil, strict, "sts:TagSession", "sts:SetSourceIdentity"),
	}
}

// payersCases: the reader role assumes the roles of these payers, and no others.
func payersCases() []Case {
	who := []caller{taggedReader}
	hops := []string{"sts:AssumeRole", "sts:TagSession"}
	return []Case{
		granted(payersSetting, "", who, nil, []target{payerRoleTagged, otherPayersRole}, hops...),
		denied(payersSetting, "although that role trusts its account", who, nil, []target{
			foreign("another role of the other payer's account", OtherPayer, "arn:aws:iam::"+OtherPayer+":role/deploy"),
			foreign("a role of the payer role's name below a path", OtherPayer, "arn:aws:iam::"+OtherPayer+":role/team/kubecost-cur-access"),
			foreign("a role whose name begins as the payer role's", OtherPayer, "arn:aws:iam::"+OtherPayer+":role/kubecost-cur-access-2"),
			foreign("a role of the payer role's name in another account", stranger, "arn:aws:iam::"+stranger+":role/kubecost-cur-access"),
			foreign("another role of the primary account", primary, "arn:aws:iam::"+primary+":role/deploy"),
		}, hops...),
		denied(payersSetting, "although that role trusts its account", who, nil, []target{otherPayersRole}, "sts:SetSourceIdentity"),
		denied(payersSetting, "without the setting", []caller{reader}, nil, []target{otherPayersRole}, "sts:AssumeRole"),
		denied(payersSetting, "in the primary account", who, nil, []target{anything(primary)}, "iam:CreateAccessKey", "iam:PutRolePolicy", "eks:DescribeCluster", "s3:ListAllMyBuckets", "organizations:ListAccounts"),
	}
}
