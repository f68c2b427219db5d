package security

// crawlerCases: Glue has the role for one crawler, which reads one report, changes one table and writes its own log.
func crawlerCases() []Case {
	who, itself := []caller{crawlerRole}, []target{crawlersRole}
	source := reportOf("arn:aws:glue:"+region+":"+payer+":crawler/"+crawlerName, payer)
	otherTable := in("another table of the database", "glue", payer, region, "table/"+database+"/cost_and_usage_data_status")
	logGroup := in("log group of crawlers", "logs", payer, region, "log-group:/aws-glue/crawlers")
	stream := in("its log stream", "logs", payer, region, "log-group:/aws-glue/crawlers:log-stream:"+crawlerName)
	bucket := report("report's bucket", "")
	cases := []Case{
		granted(crawlerSetting, "for that crawler", []caller{glue}, source, itself, "sts:AssumeRole"),
		granted(crawlerSetting, "", who, nil, []target{catalog, ownDatabase}, "glue:GetDatabase"),
		granted(crawlerSetting, "", who, nil, []target{catalog, ownDatabase, ownTable, otherTable}, "glue:GetTable", "glue:GetTables"),
		granted(crawlerSetting, "", who, nil, []target{catalog, ownDatabase, ownTable}, "glue:BatchCreatePartition", "glue:BatchGetPartition", "glue:BatchUpdatePartition",
			"glue:CreatePartition", "glue:GetPartition", "glue:GetPartitions", "glue:UpdatePartition", "glue:UpdateTable"),
		granted(crawlerSetting, "", who, nil, []target{bucket}, "s3:GetBucketLocation"),
		granted(crawlerSetting, "", who, nil, []target{report("the report's data", parquet)}, "s3:GetObject"),
		granted(crawlerSetting, "", who, nil, []target{logGroup}, "logs:CreateLogGroup"),
		granted(crawlerSetting, "", who, nil, []target{stream}, "logs:CreateLogStream", "logs:PutLogEvents"),

		denied(crawlerSetting, "", []caller{payerAdministrator, role("payer account: another role", payer, "deploy"), root("payer account: root", payer), payerRole, anyReader, strangersRole},
			nil, itself, "sts:AssumeRole"),
		denied(crawlerSetting, "with the same source", []caller{service("lambda.amazonaws.com"), eventBridge, billing, service("athena.amazonaws.com")}, source, itself, "sts:AssumeRole"),
		denied(crawlerSetting, "for that crawler", []caller{glue}, source, itself, "sts:TagSession", "sts:SetSourceIdentity"),
		denied(crawlerSetting, "for another crawler of the account", []caller{glue}, reportOf("arn:aws:glue:"+region+":"+payer+":crawler/other", payer), itself, "sts:AssumeRole"),
		denied(crawlerSetting, "for a job of the account", []caller{glue}, reportOf("arn:aws:glue:"+region+":"+payer+":job/"+crawlerName, payer), itself, "sts:AssumeRole"),

		denied(crawlerSetting, "", who, nil, []target{ownDatabase}, "glue:CreateTable", "glue:UpdateDatabase", "glue:DeleteDatabase"),
		denied(crawlerSetting, "", who, nil, []target{ownTable}, "glue:DeleteTable", "glue:BatchDeleteTable", "glue:DeletePartition", "glue:BatchDeletePartition", "glue:GetTableVersions"),
		denied(crawlerSetting, "", who, nil, []target{
			otherTable, in("a table of that name in another database", "glue", payer, region, "table/finance/kubecost"),
			in("the table's name in another region", "glue", payer, another, "table/"+database+"/kubecost"), in("the table's name in another account", "glue", stranger, region, "table/"+database+"/kubecost"),
		}, "glue:UpdateTable", "glue:BatchCreatePartition"),
		denied(crawlerSetting, "", who, nil, []target{in("another database", "glue", payer, region, "database/finance"), in("database default", "glue", payer, region, "database/default")},
			"glue:GetDatabase", "glue:GetTables"),
		denied(crawlerSetting, "", who, nil, []target{report("the report's data", parquet)}, "s3:PutObject", "s3:DeleteObject", "s3:GetObjectVersion"),
		denied(crawlerSetting, "", who, nil, []target{bucket}, "s3:PutBucketPolicy", "s3:GetBucketPolicy", "s3:ListBucketVersions"),
		denied(crawlerSetting, "no prefix", who, nil, []target{bucket}, "s3:ListBucket"),
		denied(crawlerSetting, "", who, nil, []target{
			report("another report in the bucket", "/cur/finance/finance/year=2026/month=1/x.snappy.parquet"), results("a result", "/0a1b2c3d.csv"),
			foreign("another bucket of the payer account, open to all", payer, "arn:aws:s3:::another-bucket/x"),
		}, "s3:GetObject"),
		denied(crawlerSetting, "", who, nil, []target{foreign("another bucket of the payer account, open to all", payer, "arn:aws:s3:::another-bucket")}, "s3:GetBucketLocation"),
		denied(crawlerSetting, "prefix of the report's data", who, map[string]string{"s3:prefix": dataPrefix + "/"},
			[]target{foreign("another bucket of the payer account, open to all", payer, "arn:aws:s3:::another-bucket")}, "s3:ListBucket"),
		denied(crawlerSetting, "prefix of the report's data", who, map[string]string{"s3:prefix": dataPrefix + "/"}, []target{bucket}, "s3:ListBucketVersions"),
		denied(crawlerSetting, "", who, nil, []target{stream}, "logs:GetLogEvents", "logs:DeleteLogStream"),
		denied(crawlerSetting, "", who, nil, []target{logGroup}, "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:FilterLogEvents"),
		denied(crawlerSetting, "", who, nil, []target{
			in("a stream of another log group", "logs", payer, region, "log-group:/aws/lambda/x:log-stream:y"), in("a stream of a log group whose name begins as its own", "logs", payer, region, "log-group:/aws-glue/crawlers-2:log-stream:y"),
		}, "logs:CreateLogStream", "logs:PutLogEvents"),
		denied(crawlerSetting, "", who, nil, []target{anything(payer)}, "glue:CreateCrawler", "glue:StartCrawler", "glue:CreateJob", "iam:PassRole", "iam:CreateRole", "organizations:ListAccounts",
			"lambda:InvokeFunction", "secretsmanager:GetSecretValue"),
		denied(crawlerSetting, "", who, nil, []target{opened(ownWorkGroup)}, "athena:StartQueryExecution"),
		denied(crawlerSetting, "although that role trusts its account", who, nil, []target{
			foreign("another role of the payer account", payer, "arn:aws:iam::"+payer+":role/deploy"), foreign("the payer role, if it trusted its account", payer, payerRoleItself.arn),
		}, "sts:AssumeRole"),
	}
	for _, prefix := range []string{dataPrefix, dataPrefix + "/year=2026/month=1/"} {
		cases = append(cases, granted(crawlerSetting, "prefix `"+prefix+"`", who, map[string]string{"s3:prefix": prefix}, []target{bucket}, "s3:ListBucket"))
	}
	for _, prefix := range []string{"/", "cur/", dataPrefix + "-2/"} {
		cases = append(cases, denied(crawlerSetting, "prefix `"+prefix+"`", who, map[string]string{"s3:prefix": prefix}, []target{bucket}, "s3:ListBucket"))
	}
	return append(cases, foreignSources(crawlerSetting, glue, "glue", "crawler/"+crawlerName, itself, "sts:AssumeRole")...)
}

// eventCases: EventBridge has the role for one rule, which starts one workflow.
func eventCases() []Case {
	who, itself := []caller{ruleRole}, []target{rulesRole}
	source := reportOf("arn:aws:events:"+region+":"+payer+":rule/"+crawlerName, payer)
	cases := []Case{
		granted(eventSetting, "for that rule", []caller{eventBridge}, source, itself, "sts:AssumeRole"),
		granted(eventSetting, "", who, nil, []target{ownWorkflow}, "glue:notifyEvent"),

		denied(eventSetting, "", []caller{payerAdministrator, role("payer account: another role", payer, "deploy"), crawlerRole, strangersRole}, nil, itself, "sts:AssumeRole"),
		denied(eventSetting, "with the same source", []caller{glue, service("lambda.amazonaws.com"), service("scheduler.amazonaws.com"), service("s3.amazonaws.com")}, source, itself, "sts:AssumeRole"),
		denied(eventSetting, "for that rule", []caller{eventBridge}, source, itself, "sts:TagSession", "sts:SetSourceIdentity"),
		denied(eventSetting, "for another rule of the account", []caller{eventBridge}, reportOf("arn:aws:events:"+region+":"+payer+":rule/other", payer), itself, "sts:AssumeRole"),
		denied(eventSetting, "", who, nil, []target{ownWorkflow}, "glue:StartWorkflowRun", "glue:StopWorkflowRun", "glue:UpdateWorkflow", "glue:DeleteWorkflow", "glue:PutWorkflowRunProperties"),
		denied(eventSetting, "", who, nil, []target{
			in("another workflow", "glue", payer, region, "workflow/other"), in("a workflow whose name begins as its own", "glue", payer, region, "workflow/"+crawlerName+"-2"),
			in("the workflow's name in another region", "glue", payer, another, "workflow/"+crawlerName), in("the workflow's name in another account", "glue", stranger, region, "workflow/"+crawlerName),
		}, "glue:notifyEvent"),
		denied(eventSetting, "", who, nil, []target{anything(payer)}, "glue:StartCrawler", "events:PutEvents", "events:PutRule", "lambda:InvokeFunction", "iam:PassRole"),
		denied(eventSetting, "although that role trusts its account", who, nil, []target{foreign("the crawler's role, if it trusted its account", payer, crawlersRole.arn)}, "sts:AssumeRole"),
	}
	return append(cases, foreignSources(eventSetting, eventBridge, "events", "rule/"+crawlerName, itself, "sts:AssumeRole")...)
}
