package security

// Allowed are the calls of Kubecost's client along the chain, those that Athena makes in its name, and those of the billing service.
func Allowed() []Case {
	var all []Case
	add := func(group, note string, who caller, context map[string]string, on []target, actions ...string) {
		all = append(all, Case{group, []caller{who}, actions, on, context, note, true})
	}
	const hops = "The two hops"
	add(hops, "the audience and the subject of the service account's token", token, tokenOf(subject, audience), []target{readerRole}, "sts:AssumeRoleWithWebIdentity")
	add(hops, "with the defaults", reader, nil, []target{payerRoleItself}, "sts:AssumeRole")
	add(hops, "with organizationId, both accounts in it", reader, nil, []target{payerRoleWithOrg}, "sts:AssumeRole")

	const query = "A query"
	add(query, "", payerRole, nil, []target{ownWorkGroup}, "athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults")
	add(query, "", payerRole, nil, []target{catalog, ownDatabase, ownTable},
		"glue:GetTable", "glue:GetTables", "glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition")
	add(query, "", payerRole, nil, []target{catalog, ownDatabase}, "glue:GetDatabase", "glue:GetDatabases")

	const bill = "The report's data"
	add(bill, "", payerRole, nil, []target{report("report's bucket", "")}, "s3:GetBucketLocation")
	for _, prefix := range []string{dataPrefix, dataPrefix + "/", dataPrefix + "/year=2026/month=1/"} {
		add(bill, "prefix `"+prefix+"`", payerRole, map[string]string{"s3:prefix": prefix}, []target{report("report's bucket", "")}, "s3:ListBucket")
	}
	add(bill, "", payerRole, nil, []target{
		report("`"+parquet[1:]+"`", parquet), report("a further file of that month", "/"+dataPrefix+"/year=2026/month=1/kubecost-00002.snappy.parquet"),
		report("a file of another month", "/"+dataPrefix+"/year=2025/month=12/kubecost-00001.snappy.parquet"),
	}, "s3:GetObject")

	const result = "The results of queries, large ones in parts"
	add(result, "", payerRole, nil, []target{results("results bucket", "")}, "s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
	add(result, "", payerRole, nil, []target{results("a result", "/0a1b2c3d.csv"), results("its metadata", "/0a1b2c3d.csv.metadata")},
		"s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")

	add("Names and tags of the organisation's accounts", "", payerRole, nil, []target{anything(payer)}, "organizations:ListAccounts", "organizations:ListTagsForResource")

	const delivery = "The delivery of the report"
	add(delivery, "for a report of the payer account", billing, ownReport(), []target{report("report's bucket", "")}, "s3:GetBucketAcl", "s3:GetBucketPolicy")
	add(delivery, "for a report of the payer account", billing, ownReport(), []target{
		report("the test object in the bucket's root", "/aws-programmatic-access-test-object"), report("a data file", parquet),
		report("a manifest", "/cur/kubecost/20260101-20260201/kubecost-Manifest.json"),
	}, "s3:PutObject")
	return all
}

// audience is that of the tokens for AWS.
const audience = "sts.amazonaws.com"

// tokenOf are the condition keys of a token of the cluster.
func tokenOf(sub, aud string) map[string]string { return tokenFrom(issuer, sub, aud) }

func tokenFrom(issuer, sub, aud string) map[string]string {
	return map[string]string{issuer + ":sub": sub, issuer + ":aud": aud}
}

// ownReport are the condition keys of the billing service for a report of the payer account.
func ownReport() map[string]string {
	return reportOf("arn:aws:cur:us-east-1:"+payer+":definition/kubecost", payer)
}

func reportOf(source, account string) map[string]string {
	return map[string]string{"aws:SourceArn": source, "aws:SourceAccount": account}
}

var (
	ownWorkGroup = in("work group "+workGroup, "athena", payer, region, "workgroup/"+workGroup)
	catalog      = in("Glue catalog", "glue", payer, region, "catalog")
	ownDatabase  = in("report's database", "glue", payer, region, "database/"+database)
	ownTable     = in("report's table", "glue", payer, region, "table/"+database+"/kubecost")
)
