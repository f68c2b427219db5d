package guardrails

import "encoding/json"

const stackURN = "urn:pulumi:payer::kubecost-cur::kubecost-cur:index:CurIntegration$kubecost-cur:index:"

// safe are resources that break no rule, by their name.
func safe() map[string]*Resource {
	all := map[string]*Resource{}
	add := func(component, token, name string, properties map[string]any) *Resource {
		all[name] = &Resource{Type: token, URN: stackURN + component + "$" + token + "::" + name, Properties: properties}
		return all[name]
	}
	bucket := func(component, name string, policy map[string]any) *Resource {
		b := add(component, "aws:s3/bucketV2:BucketV2", name, map[string]any{"bucket": "kubecost-" + name})
		beside := func(token, what string, properties map[string]any) {
			properties["bucket"] = Unknown
			add(component, token, name+"-"+what, properties).From = map[string][]string{"bucket": {b.URN}}
		}
		beside("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "block", map[string]any{
			"blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true, "restrictPublicBuckets": true,
		})
		beside("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "ownership", map[string]any{
			"rule": map[string]any{"objectOwnership": "BucketOwnerEnforced"},
		})
		beside("aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", "encryption", map[string]any{
			"rules": []any{map[string]any{"applyServerSideEncryptionByDefault": map[string]any{"sseAlgorithm": "AES256"}}},
		})
		beside("aws:s3/bucketPolicy:BucketPolicy", "policy", map[string]any{"policy": document(policy, tlsOnly("kubecost-"+name))})
		return b
	}
	bucket("BillingReport", "report", map[string]any{
		"Sid": "Deliver", "Effect": "Allow", "Principal": map[string]any{"Service": "billingreports.amazonaws.com"},
		"Action": "s3:PutObject", "Resource": "arn:aws:s3:::kubecost-report/*",
		"Condition": map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": "111111111111"}},
	}).Protect = true
	bucket("QueryWorkspace", "results", nil)
	add("QueryWorkspace", "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "results-lifecycle", map[string]any{
		"bucket": "kubecost-results",
		"rules": []any{
			map[string]any{"status": "Enabled", "filter": map[string]any{"prefix": ""}, "expiration": map[string]any{"days": 1.0}},
			map[string]any{"status": "Enabled", "abortIncompleteMultipartUpload": map[string]any{"daysAfterInitiation": 1.0}},
		},
	})
	add("BillingReport", "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "report-lifecycle", map[string]any{
		"bucket": "kubecost-report",
		"rules": []any{map[string]any{
			"status": "Enabled", "filter": map[string]any{"prefix": "cur/kubecost/"}, "expiration": map[string]any{"days": 100.0},
		}},
	})
	add("BillingReport", "aws:cur/reportDefinition:ReportDefinition", "definition", map[string]any{"reportName": "kubecost"}).Protect = true
	add("BillingReport", "aws:bcmdata/export:Export", "export", map[string]any{"export": map[string]any{"name": "kubecost"}}).Protect = true
	add("QueryWorkspace", "aws:athena/workgroup:Workgroup", "workgroup", map[string]any{"configuration": map[string]any{
		"enforceWorkgroupConfiguration": true,
		"resultConfiguration":           map[string]any{"encryptionConfiguration": map[string]any{"encryptionOption": "SSE_S3"}},
	}})
	add("PayerRole", "aws:iam/role:Role", "role", map[string]any{"assumeRolePolicy": document(map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"AWS": []any{"arn:aws:iam::222222222222:root"}}, "Action": []any{"sts:AssumeRole"},
		"Condition": map[string]any{"ArnEquals": map[string]any{"aws:PrincipalArn": []any{"arn:aws:iam::222222222222:role/reader"}}},
	})})
	add("PayerRole", "aws:iam/rolePolicy:RolePolicy", "rights", map[string]any{"policy": document(
		map[string]any{
			"Sid": "Read", "Effect": "Allow", "Action": []any{"s3:GetObject", "logs:PutLogEvents"},
			"Resource": []any{"arn:aws:s3:::kubecost-report/*", "arn:aws:logs:us-east-2:111111111111:log-group:/aws-glue/crawlers:*"},
		},
		map[string]any{"Effect": "Allow", "Action": "organizations:ListAccounts", "Resource": "*"},
	)})
	add("ClusterIdentity", "aws:iam/role:Role", "web-role", map[string]any{"assumeRolePolicy": map[string]any{"Statement": map[string]any{
		"Sid": "Pods", "Effect": "Allow", "Principal": map[string]any{"Federated": "arn:aws:iam::222222222222:oidc-provider/issuer"},
		"Action":    "sts:AssumeRoleWithWebIdentity",
		"Condition": map[string]any{"StringEquals": map[string]any{"issuer:aud": "sts.amazonaws.com", "issuer:sub": "system:serviceaccount:kubecost:kubecost"}},
	}}})
	add("CrawlerRole", "aws:iam/role:Role", "service-role", map[string]any{"assumeRolePolicy": document(map[string]any{
		"Sid": "Glue", "Effect": "Allow", "Principal": map[string]any{"Service": []any{"glue.amazonaws.com"}}, "Action": "sts:AssumeRole",
		"Condition": map[string]any{"ArnLike": map[string]any{"aws:SourceArn": "arn:aws:glue:us-east-2:111111111111:crawler/kubecost/*"}},
	})})
	add("KubecostCluster", "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attachment", map[string]any{
		"policyArn": "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
	})
	add("KubecostCluster", "kubernetes:storage.k8s.io/v1:StorageClass", "storage", map[string]any{
		"provisioner": "ebs.csi.aws.com", "parameters": map[string]any{"encrypted": "true"},
	})
	add("KubecostCluster", "aws:ec2/securityGroup:SecurityGroup", "group", map[string]any{
		"ingress": []any{map[string]any{"cidrBlocks": []any{"10.0.0.0/8"}}}, "egress": []any{map[string]any{"cidrBlocks": []any{"0.0.0.0/0"}}},
	})
	add("KubecostCluster", "eks:index:Cluster", "cluster", map[string]any{"publicAccessCidrs": []any{"192.0.2.0/24"}})
	add("CurIntegration", "pulumi:providers:aws", "provider", map[string]any{"region": "us-east-1", "profile": "payer"})
	return all
}

// document is a policy with these statements, but for those that are nil.
func document(statements ...map[string]any) string {
	var given []map[string]any
	for _, s := range statements {
		if s != nil {
			given = append(given, s)
		}
	}
	b, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": given})
	if err != nil {
		panic(err)
	}
	return string(b)
}

func tlsOnly(bucket string) map[string]any {
	return map[string]any{
		"Sid": "TLS", "Effect": "Deny", "Principal": "*", "Action": []any{"s3:*"},
		"Resource":  []any{"arn:aws:s3:::" + bucket, "arn:aws:s3:::" + bucket + "/*"},
		"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
	}
}
