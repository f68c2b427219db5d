package security

// deniedReads: the payer role reads the report's data and its own results, by one work group and one table.
func deniedReads() []Case {
	who := []caller{payerRole}
	bucket := []target{report("report's bucket", "")}
	all := []Case{
		denied(readElse, "although their policies open them to the payer account", who, nil, []target{
			foreign("another bucket of the payer account", payer, "arn:aws:s3:::another-bucket/x"),
			foreign("a bucket whose name begins as the report's", payer, "arn:aws:s3:::"+reportBucket+"-archive/x"),
			foreign("a bucket whose name begins as the results'", payer, "arn:aws:s3:::"+resultsBucket+"-archive/x"),
			foreign("Athena's usual results bucket of the account", payer, "arn:aws:s3:::aws-athena-query-results-"+payer+"-"+region+"/x"),
			foreign("a bucket of the primary account", primary, "arn:aws:s3:::primary-bucket/x"),
			foreign("a bucket of another account", stranger, "arn:aws:s3:::strangers-bucket/x"),
		}, "s3:GetObject"),
		denied(readElse, "although their policies open them to the payer account", who, nil, []target{
			foreign("another bucket of the payer account", payer, "arn:aws:s3:::another-bucket"),
			foreign("a bucket whose name begins as the report's", payer, "arn:aws:s3:::"+reportBucket+"-archive"),
			foreign("a bucket whose name begins as the results'", payer, "arn:aws:s3:::"+resultsBucket+"-archive"),
			foreign("a bucket of another account", stranger, "arn:aws:s3:::strangers-bucket"),
		}, "s3:ListBucket", "s3:GetBucketLocation"),
		denied(readElse, "", who, nil, []target{
			report("the test object in the bucket's root", "/aws-programmatic-access-test-object"),
			report("a report's manifest", "/cur/kubecost/20260101-20260201/kubecost-Manifest.json"),
			report("another report in the bucket", "/cur/finance/finance/year=2026/month=1/x.snappy.parquet"),
			report("a folder whose name begins as the report's", "/"+dataPrefix+"-2/x"),
		}, "s3:GetObject"),
		denied(readElse, "", who, nil, []target{report("the report's data", parquet)}, "s3:GetObjectVersion", "s3:GetObjectAcl", "s3:GetObjectTagging", "s3:GetObjectTorrent"),
		denied(readElse, "no prefix", who, nil, bucket, "s3:ListBucket"),
	}
	for _, prefix := range []string{"/", "cur/", "cur/kubecost/", "cur/finance/", dataPrefix + "-2/"} {
		all = append(all, denied(readElse, "prefix `"+prefix+"`", who, map[string]string{"s3:prefix": prefix}, bucket, "s3:ListBucket"))
	}
	return append(all,
		denied(readElse, "prefix of the report's data", who, map[string]string{"s3:prefix": dataPrefix + "/"}, bucket, "s3:ListBucketVersions"),
		denied(readElse, "prefix of the report's data", who, map[string]string{"s3:prefix": dataPrefix + "/"}, []target{
			foreign("another bucket of the payer account", payer, "arn:aws:s3:::another-bucket"),
			foreign("a bucket whose name begins as the report's", payer, "arn:aws:s3:::"+reportBucket+"-archive"),
		}, "s3:ListBucket"),
		denied(readElse, "", who, nil, bucket, "s3:ListBucketVersions", "s3:GetBucketAcl", "s3:GetBucketPolicy", "s3:GetBucketLogging", "s3:ListBucketMultipartUploads"),
		denied(readElse, "", who, nil, []target{anything(payer)}, "s3:ListAllMyBuckets"),
		denied(readElse, "", who, nil, []target{
			in("another database", "glue", payer, region, "database/finance"), in("database default", "glue", payer, region, "database/default"),
			in("the database's name in another region", "glue", payer, another, "database/"+database), in("the database's name in another account", "glue", stranger, region, "database/"+database),
		}, "glue:GetDatabase", "glue:GetTables"),
		denied(readElse, "", who, nil, []target{
			in("another table of the database", "glue", payer, region, "table/"+database+"/cost_and_usage_data_status"),
			in("a table whose name begins as the report's", "glue", payer, region, "table/"+database+"/kubecost_2"),
			in("a table of that name in another database", "glue", payer, region, "table/finance/kubecost"),
			in("the table's name in another region", "glue", payer, another, "table/"+database+"/kubecost"),
			in("the table's name in another account", "glue", stranger, region, "table/"+database+"/kubecost"),
		}, "glue:GetTable", "glue:GetPartitions"),
		denied(readElse, "", who, nil, []target{ownTable}, "glue:GetTableVersions", "glue:GetColumnStatisticsForTable", "glue:SearchTables"),
		denied(readElse, "", who, nil, []target{in("a connection", "glue", payer, region, "connection/warehouse"), catalog}, "glue:GetConnection"),
		denied(readElse, "", who, nil, []target{catalog}, "glue:GetResourcePolicy", "glue:GetUserDefinedFunctions"),
		denied(readElse, "", who, nil, []target{
			in("work group primary", "athena", payer, region, "workgroup/primary"), in("a work group whose name begins as its own", "athena", payer, region, "workgroup/"+workGroup+"-2"),
			in("the work group's name in another region", "athena", payer, another, "workgroup/"+workGroup), in("the work group's name in another account", "athena", stranger, region, "workgroup/"+workGroup),
		}, "athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults"),
		denied(readElse, "", who, nil, []target{ownWorkGroup}, "athena:GetWorkGroup", "athena:ListQueryExecutions", "athena:GetNamedQuery", "athena:BatchGetQueryExecution"),
		denied(readElse, "", who, nil, []target{anything(payer)}, "athena:ListWorkGroups", "athena:ListDataCatalogs"),
	)
}

// deniedWrites: the payer role writes results, and nothing else; it deletes nothing.
func deniedWrites() []Case {
	who := []caller{payerRole}
	return []Case{
		denied(writing, "", who, nil, []target{
			report("the report's data", parquet), report("a manifest", "/cur/kubecost/20260101-20260201/kubecost-Manifest.json"), report("the bucket's root", "/x"),
		}, "s3:PutObject", "s3:AbortMultipartUpload"),
		denied(writing, "", who, nil, []target{report("the report's data", parquet), results("a result", "/0a1b2c3d.csv")}, "s3:PutObjectAcl", "s3:PutObjectTagging", "s3:RestoreObject"),
		denied(writing, "", who, nil, []target{report("report's bucket", ""), results("results bucket", "")},
			"s3:PutBucketPolicy", "s3:PutBucketAcl", "s3:PutLifecycleConfiguration", "s3:PutEncryptionConfiguration", "s3:PutBucketPublicAccessBlock", "s3:PutBucketNotification"),
		denied(writing, "although its policy opens it to the payer account", who, nil, []target{
			foreign("another bucket of the payer account", payer, "arn:aws:s3:::another-bucket/x"),
			foreign("a bucket whose name begins as the results'", payer, "arn:aws:s3:::"+resultsBucket+"-archive/x"),
			foreign("Athena's usual results bucket of the account", payer, "arn:aws:s3:::aws-athena-query-results-"+payer+"-"+region+"/x"),
			foreign("a bucket of another account", stranger, "arn:aws:s3:::strangers-bucket/x"),
		}, "s3:PutObject"),
		denied(writing, "", who, nil, []target{catalog}, "glue:CreateDatabase", "glue:PutResourcePolicy", "glue:PutDataCatalogEncryptionSettings"),
		denied(writing, "", who, nil, []target{ownDatabase}, "glue:UpdateDatabase", "glue:CreateTable"),
		denied(writing, "", who, nil, []target{ownTable}, "glue:UpdateTable", "glue:CreatePartition", "glue:BatchCreatePartition", "glue:UpdatePartition", "glue:CreatePartitionIndex"),
		denied(writing, "", who, nil, []target{anything(payer)}, "glue:CreateCrawler", "glue:StartCrawler", "glue:CreateJob", "s3:CreateBucket", "athena:CreateDataCatalog"),
		denied(writing, "", who, nil, []target{ownWorkGroup}, "athena:CreateWorkGroup", "athena:UpdateWorkGroup", "athena:CreateNamedQuery", "athena:CreatePreparedStatement",
			"athena:StopQueryExecution", "athena:TagResource"),
		denied(deleting, "", who, nil, []target{report("the report's data", parquet), results("a result", "/0a1b2c3d.csv")}, "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:DeleteObjectTagging"),
		denied(deleting, "", who, nil, []target{report("report's bucket", ""), results("results bucket", "")}, "s3:DeleteBucket", "s3:DeleteBucketPolicy"),
		denied(deleting, "", who, nil, []target{ownTable}, "glue:DeleteTable", "glue:BatchDeleteTable", "glue:DeletePartition", "glue:BatchDeletePartition", "glue:DeleteTableVersion"),
		denied(deleting, "", who, nil, []target{ownDatabase}, "glue:DeleteDatabase"),
		denied(deleting, "", who, nil, []target{ownWorkGroup}, "athena:DeleteWorkGroup", "athena:DeleteNamedQuery"),
		denied(deleting, "", who, nil, []target{in("report kubecost", "cur", payer, "us-east-1", "definition/kubecost")},
			"cur:DeleteReportDefinition", "cur:ModifyReportDefinition", "cur:PutReportDefinition"),
	}
}

// deniedRights: what would let the payer role get further.
func deniedRights() []Case {
	who := []caller{payerRole}
	return []Case{
		denied(otherRights, "itself", who, nil, []target{payerRoleItself}, "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:DeleteRolePolicy", "iam:PassRole"),
		denied(otherRights, "", who, nil, []target{anything(payer)}, "iam:CreateUser", "iam:CreateAccessKey", "iam:CreateRole", "iam:CreatePolicyVersion", "iam:ListRoles"),
		denied(otherRights, "although that role trusts its account", who, nil, []target{
			foreign("another role of the payer account", payer, "arn:aws:iam::"+payer+":role/deploy"),
			foreign("the organisation's access role in a member account", stranger, "arn:aws:iam::"+stranger+":role/OrganizationAccountAccessRole"),
			foreign("a role of the primary account", primary, "arn:aws:iam::"+primary+":role/deploy"),
		}, "sts:AssumeRole"),
		denied(otherRights, "", who, nil, []target{anything(payer)}, "sts:GetFederationToken"),
		denied(otherRights, "", who, nil, []target{anything(payer)},
			"organizations:CreateAccount", "organizations:CloseAccount", "organizations:InviteAccountToOrganization", "organizations:RemoveAccountFromOrganization", "organizations:MoveAccount",
			"organizations:CreatePolicy", "organizations:UpdatePolicy", "organizations:AttachPolicy", "organizations:DetachPolicy", "organizations:DeletePolicy", "organizations:LeaveOrganization",
			"organizations:EnableAWSServiceAccess", "organizations:RegisterDelegatedAdministrator", "organizations:TagResource", "organizations:UntagResource",
			"organizations:DescribeOrganization", "organizations:ListRoots", "organizations:ListPolicies"),
		denied(otherRights, "", who, nil, []target{anything(payer)},
			"ce:GetCostAndUsage", "budgets:ViewBudget", "billing:GetBillingData", "ec2:RunInstances", "lambda:InvokeFunction", "kms:Decrypt", "secretsmanager:GetSecretValue",
			"ssm:GetParameter", "lakeformation:GetDataAccess", "lakeformation:GrantPermissions", "cloudformation:CreateStack", "logs:GetLogEvents"),
	}
}
