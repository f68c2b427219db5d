package guardrails

import "strings"

// broken is a change of the safe resources, and what is then seen.
type broken struct {
	what   string
	change func(map[string]*Resource)
	want   []string
}

// set sets a property of one resource.
func set(resource, property string, value any) func(map[string]*Resource) {
	return func(all map[string]*Resource) { all[resource].Properties[property] = value }
}

// without leaves a resource out.
func without(name string) func(map[string]*Resource) {
	return func(all map[string]*Resource) { delete(all, name) }
}

// inPolicy replaces a part of a policy's text.
func inPolicy(resource, property, old, new string) func(map[string]*Resource) {
	return func(all map[string]*Resource) {
		was := all[resource].Properties[property].(string)
		changed := strings.Replace(was, old, new, 1)
		if changed == was {
			panic(old + " is not in " + was)
		}
		all[resource].Properties[property] = changed
	}
}

func trusting(resource string, statement map[string]any) func(map[string]*Resource) {
	return set(resource, "assumeRolePolicy", document(statement))
}

type object = map[string]any

func webTrust(condition object) func(map[string]*Resource) {
	return trusting("web-role", object{
		"Sid": "Pods", "Effect": "Allow", "Principal": object{"Federated": "arn:aws:iam::222222222222:oidc-provider/issuer"},
		"Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition,
	})
}

// breaks has the safe resources first, and then at least two ways to break each rule.
var breaks = []broken{
	{what: "safe"},
	{what: "not known before an update", change: func(all map[string]*Resource) {
		for _, r := range all {
			for property := range r.Properties {
				r.Properties[property] = Unknown
			}
		}
		all["results-lifecycle"].From = map[string][]string{"bucket": {all["results"].URN}}
	}},

	{"anybody may deliver", inPolicy("report-policy", "policy", `{"Service":"billingreports.amazonaws.com"}`, `"*"`),
		[]string{"no-wildcard-principals: report-policy: policy, Deliver: Principal *"}},
	{"any account may assume", inPolicy("role", "assumeRolePolicy", `"arn:aws:iam::222222222222:root"`, `"*"`),
		[]string{"no-wildcard-principals: role: assumeRolePolicy, statement 1: Principal AWS *"}},
	{"all accounts but one", inPolicy("role", "assumeRolePolicy", `"Principal"`, `"NotPrincipal"`),
		[]string{"no-wildcard-principals: role: assumeRolePolicy, statement 1: NotPrincipal allows all others"}},
	{"a denial of all but one", set("report-policy", "policy", document(
		object{"Effect": "Deny", "NotPrincipal": object{"AWS": "arn:aws:iam::111111111111:root"}, "Action": "s3:*", "Resource": "*"}, tlsOnly("kubecost-report"))), nil},

	{"all actions of a service", inPolicy("rights", "policy", "s3:GetObject", "s3:*"),
		[]string{"no-wildcard-actions: rights: policy, Read: Action s3:*"}},
	{"all actions", inPolicy("rights", "policy", `["s3:GetObject","logs:PutLogEvents"]`, `"*"`),
		[]string{"no-wildcard-actions: rights: policy, Read: Action *"}},
	{"all actions but some", inPolicy("rights", "policy", `"Action":["s3`, `"NotAction":["s3`),
		[]string{"no-wildcard-actions: rights: policy, Read: NotAction allows all others"}},
	{"a policy within a role", func(all map[string]*Resource) {
		all["role"].Properties["inlinePolicies"] = []any{object{"name": "all", "policy": all["rights"].Properties["policy"]}}
		inPolicy("rights", "policy", "s3:GetObject", "s3:Get*")(all)
		all["role"].Properties["inlinePolicies"].([]any)[0].(object)["policy"] = all["rights"].Properties["policy"]
		delete(all, "rights")
	}, []string{"no-wildcard-actions: role: inlinePolicies[0].policy, Read: Action s3:Get*"}},
	{"no policy at all", set("rights", "policy", "s3:GetObject"), []string{"no-wildcard-actions: rights: policy is no policy document"}},

	{"on anything", inPolicy("rights", "policy", `["arn:aws:s3:::kubecost-report/*","arn:aws:logs:us-east-2:111111111111:log-group:/aws-glue/crawlers:*"]`, `"*"`),
		[]string{"no-wildcard-resources: rights: policy, Read: s3:GetObject on *", "no-wildcard-resources: rights: policy, Read: logs:PutLogEvents on *"}},
	{"on all buckets of a name", inPolicy("rights", "policy", "kubecost-report/*", "kubecost-report*"),
		[]string{"no-wildcard-resources: rights: policy, Read: Resource arn:aws:s3:::kubecost-report*"}},
	{"in all regions", inPolicy("rights", "policy", "logs:us-east-2", "logs:*"),
		[]string{"no-wildcard-resources: rights: policy, Read: Resource arn:aws:logs:*:111111111111:log-group:/aws-glue/crawlers:*"}},
	{"on all of a kind", inPolicy("rights", "policy", "arn:aws:s3:::kubecost-report/*", "arn:aws:iam::111111111111:role/*"),
		[]string{"no-wildcard-resources: rights: policy, Read: Resource arn:aws:iam::111111111111:role/*"}},
	{"an export, with the ID that AWS adds", inPolicy("rights", "policy", "arn:aws:s3:::kubecost-report/*",
		"arn:aws:bcm-data-exports:us-east-1:111111111111:export/kubecost-*"), nil},
	{"all exports", inPolicy("rights", "policy", "arn:aws:s3:::kubecost-report/*", "arn:aws:bcm-data-exports:us-east-1:111111111111:export/*"),
		[]string{"no-wildcard-resources: rights: policy, Read: Resource arn:aws:bcm-data-exports:us-east-1:111111111111:export/*"}},
	{"actions that know no resource", set("rights", "policy", document(object{
		"Sid": "List", "Effect": "Allow", "Action": []any{"cur:DescribeReportDefinitions", "lakeformation:ListPermissions"}, "Resource": "*",
	})), nil},
	{"on all but one", inPolicy("rights", "policy", `"Resource":["arn`, `"NotResource":["arn`),
		[]string{"no-wildcard-resources: rights: policy, Read: NotResource allows all others"}},

	{"an administrator's policy", set("attachment", "policyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
		[]string{"no-broad-managed-policies: attachment: arn:aws:iam::aws:policy/AdministratorAccess is attached"}},
	{"a reader of everything", set("role", "managedPolicyArns", []any{"arn:aws-cn:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111111111111:policy/own"}),
		[]string{"no-broad-managed-policies: role: arn:aws-cn:iam::aws:policy/ReadOnlyAccess is attached"}},

	{"a user", func(all map[string]*Resource) { all["group"].Type = "aws:iam/user:User" },
		[]string{"no-access-keys: group: it is a aws:iam/user:User"}},
	{"a provider's keys", func(all map[string]*Resource) {
		set("provider", "accessKey", "AKIA")(all)
		set("provider", "secretKey", object{"secret": true})(all)
	}, []string{"no-access-keys: provider: accessKey is set", "no-access-keys: provider: secretKey is set"}},

	{"all roles of an account", inPolicy("role", "assumeRolePolicy", "aws:PrincipalArn", "aws:PrincipalOrgID"),
		[]string{"exact-trust: role: assumeRolePolicy, statement 1: all of arn:aws:iam::222222222222:root"}},
	{"roles by a pattern", inPolicy("role", "assumeRolePolicy", "role/reader", "role/*"),
		[]string{"exact-trust: role: assumeRolePolicy, statement 1: all of arn:aws:iam::222222222222:root"}},
	{"any pod of a namespace", webTrust(object{
		"StringEquals": object{"issuer:aud": "sts.amazonaws.com"}, "StringLike": object{"issuer:sub": "system:serviceaccount:kubecost:*"},
	}), []string{"exact-trust: web-role: assumeRolePolicy, Pods: whatever sub the token has"}},
	{"a token for anybody", webTrust(object{"StringEquals": object{"issuer:sub": "system:serviceaccount:kubecost:kubecost"}}),
		[]string{"exact-trust: web-role: assumeRolePolicy, Pods: whatever aud the token has"}},
	{"a service for whatever source", inPolicy("service-role", "assumeRolePolicy", "aws:SourceArn", "aws:RequestedRegion"),
		[]string{"exact-trust: service-role: assumeRolePolicy, Glue: glue.amazonaws.com for whatever source"}},
	{"a service for all accounts", inPolicy("report-policy", "policy", `"StringEquals"`, `"StringNotEquals"`),
		[]string{"exact-trust: report-policy: policy, Deliver: billingreports.amazonaws.com for whatever source"}},
	{"instances", trusting("service-role", object{"Effect": "Allow", "Principal": object{"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}), nil},

	{"a bucket without a block", without("results-block"), []string{"public-access-blocked: results: it has no BucketPublicAccessBlock"}},
	{"a block of three", set("report-block", "restrictPublicBuckets", false), []string{"public-access-blocked: report-block: restrictPublicBuckets is false"}},
	{"a public bucket", set("report", "acl", "public-read"), []string{"public-access-blocked: report: acl is public-read"}},
	{"a block by the bucket's name", func(all map[string]*Resource) {
		all["results-block"].From = nil
		set("results-block", "bucket", "kubecost-results")(all)
	}, nil},

	{"a bucket without an owner", without("report-ownership"), []string{"acls-off: report: it has no BucketOwnershipControls"}},
	{"objects of others", set("report-ownership", "rule", object{"objectOwnership": "ObjectWriter"}), []string{"acls-off: report-ownership: objectOwnership is ObjectWriter"}},

	{"a bucket in plain", without("report-encryption"), []string{"encrypted: report: it has no BucketServerSideEncryptionConfiguration"}},
	{"an unknown cipher", set("report-encryption", "rules", []any{object{"applyServerSideEncryptionByDefault": object{"sseAlgorithm": "rot13"}}, object{}}),
		[]string{"encrypted: report-encryption: rules[0]: sseAlgorithm is rot13", "encrypted: report-encryption: rules[1]: sseAlgorithm is missing"}},
	{"encryption without rules", set("report-encryption", "rules", []any{}), []string{"encrypted: report-encryption: it has no rules"}},
	{"results in plain", set("workgroup", "configuration", object{"enforceWorkgroupConfiguration": false, "resultConfiguration": object{}}),
		[]string{"encrypted: workgroup: enforceWorkgroupConfiguration is false", "encrypted: workgroup: its results have no encryptionConfiguration"}},
	{"volumes in plain", set("storage", "parameters", object{"type": "gp3"}), []string{"encrypted: storage: encrypted is missing"}},

	{"a bucket without a policy", without("results-policy"), []string{"tls-only: results: it has no BucketPolicy"}},
	{"objects without TLS", inPolicy("results-policy", "policy", `,"arn:aws:s3:::kubecost-results/*"`, ""),
		[]string{"tls-only: results-policy: its policy does not deny access without TLS"}},
	{"some without TLS", inPolicy("results-policy", "policy", `"aws:SecureTransport":"false"`, `"aws:SecureTransport":"false","aws:SourceIp":"192.0.2.1"`),
		[]string{"tls-only: results-policy: its policy does not deny access without TLS"}},
	{"writing without TLS", inPolicy("results-policy", "policy", "s3:*", "s3:GetObject"),
		[]string{"tls-only: results-policy: its policy does not deny access without TLS"}},

	{"results for good", without("results-lifecycle"), []string{"results-expire: results: its objects never expire"}},
	{"results for good by a rule that is off", func(all map[string]*Resource) {
		all["results-lifecycle"].Properties["rules"].([]any)[0].(object)["status"] = "Disabled"
	}, []string{"results-expire: results: its objects never expire"}},
	{"parts for good", func(all map[string]*Resource) {
		all["results-lifecycle"].Properties["rules"] = all["results-lifecycle"].Properties["rules"].([]any)[:1]
	}, []string{"results-expire: results: uploads that are given up stay in it"}},

	{"a report for seven days", func(all map[string]*Resource) {
		all["report-lifecycle"].Properties["rules"].([]any)[0].(object)["expiration"] = object{"days": 7.0}
	}, []string{"report-kept: report-lifecycle: the report's data expires after 7 days"}},
	{"a report with its manifests", func(all map[string]*Resource) {
		all["report-lifecycle"].Properties["rules"].([]any)[0].(object)["filter"] = object{}
	}, []string{"report-kept: report-lifecycle: all of the bucket expires, and not the data alone"}},

	{"an export that may go", func(all map[string]*Resource) { all["export"].Protect = false }, []string{"report-protected: export: it is not protected"}},
	{"a bucket that may go, with all in it", func(all map[string]*Resource) {
		all["report"].Protect = false
		set("report", "forceDestroy", true)(all)
	}, []string{"report-protected: report: it is not protected", "report-protected: report: forceDestroy is true"}},

	{"a group for everybody", set("group", "ingress", []any{object{"cidrBlocks": []any{"0.0.0.0/0"}, "ipv6CidrBlocks": []any{"::/0"}}}),
		[]string{"no-open-network: group: it lets 0.0.0.0/0 in", "no-open-network: group: it lets ::/0 in"}},
	{"a cluster for everybody", set("cluster", "publicAccessCidrs", []any{"0.0.0.0/0"}), []string{"no-open-network: cluster: it lets 0.0.0.0/0 in"}},
}
