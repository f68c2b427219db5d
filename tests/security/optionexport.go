package security

import "maps"

// exportCases: Data Exports delivers this account's exports, and the payer role reads that one's data.
func exportCases() []Case {
	const ours = "for an export of the payer account"
	bucket, data := exported("report's bucket", ""), exported("a data file", exportParquet)
	both := []caller{dataExports, billing} // AWS's page has named both
	own := reportOf("arn:aws:bcm-data-exports:us-east-1:"+payer+":export/kubecost-1a2b", payer)
	plain := maps.Clone(own)
	plain["aws:SecureTransport"] = "false"
	who := []caller{exportRole}
	key := []target{theExportsKey}
	cases := []Case{
		granted(exportSetting, ours, both, own, []target{bucket}, "s3:GetBucketPolicy"),
		granted(exportSetting, ours, both, own, []target{data, exported("a manifest", "/cur/kubecost/metadata/BILLING_PERIOD=2026-01/kubecost-Manifest.json")}, "s3:PutObject"),
		granted(exportSetting, ours, both, own, key, "kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"),
		granted(exportSetting, "through S3", who, throughS3, key, "kms:Decrypt", "kms:GenerateDataKey"),
		granted(exportSetting, "", who, nil, []target{data}, "s3:GetObject"),

		denied(exportSetting, ours, both, own, []target{bucket}, "s3:GetBucketAcl", "s3:ListBucket", "s3:PutBucketPolicy", "s3:DeleteBucket"),
		denied(exportSetting, ours, both, own, []target{data}, "s3:GetObject", "s3:DeleteObject", "s3:PutObjectAcl"),
		denied(exportSetting, ours, both, own, key, "kms:Encrypt", "kms:CreateGrant", "kms:ScheduleKeyDeletion"),
		denied(exportSetting, "for a legacy report of the payer account", both, ownReport(), []target{data}, "s3:PutObject"),
		denied(exportSetting, "for a legacy report of the payer account", both, ownReport(), []target{bucket}, "s3:GetBucketPolicy"),
		denied(exportSetting, "for a legacy report of the payer account", both, ownReport(), key, "kms:GenerateDataKey"),
		denied(exportSetting, "with the same source", []caller{service("cloudtrail.amazonaws.com"), service("delivery.logs.amazonaws.com"), glue}, own, []target{data}, "s3:PutObject"),
		denied(exportSetting, "with the same source", []caller{service("cloudtrail.amazonaws.com"), glue}, own, []target{bucket}, "s3:GetBucketPolicy"),
		denied(exportSetting, "with the same source", []caller{service("cloudtrail.amazonaws.com"), glue}, own, key, "kms:GenerateDataKey"),
		denied(exportSetting, "without TLS", both, plain, []target{data}, "s3:PutObject"),
		denied(exportSetting, "", []caller{primaryAdministrator, strangersRole, reader}, nil, []target{data}, "s3:GetObject", "s3:PutObject"),

		denied(exportSetting, "", who, nil, []target{
			exported("a manifest", "/cur/kubecost/metadata/BILLING_PERIOD=2026-01/kubecost-Manifest.json"), exported("a legacy report's data", parquet),
			exported("a folder whose name begins as the data's", "/"+exportPrefix+"-2/x"), exported("another export in the bucket", "/cur/finance/data/BILLING_PERIOD=2026-01/x.snappy.parquet"),
			foreign("another bucket of the payer account, open to all", payer, "arn:aws:s3:::another-bucket/x"),
		}, "s3:GetObject"),
		denied(exportSetting, "", who, nil, []target{data}, "s3:PutObject", "s3:DeleteObject", "s3:GetObjectVersion"),
		denied(exportSetting, "no prefix", who, nil, []target{bucket}, "s3:ListBucket"),
		denied(exportSetting, "through S3", []caller{payerAdministrator, strangersRole}, throughS3, key, "kms:Decrypt"),
		denied(exportSetting, "not through S3", append(who, anyPayerRole), nil, key, "kms:Decrypt"),
		denied(exportSetting, "through S3", []caller{anyPayerRole}, throughS3, key, "kms:Encrypt", "kms:CreateGrant"),
	}
	for _, prefix := range []string{exportPrefix, exportPrefix + "/BILLING_PERIOD=2026-01/"} {
		cases = append(cases, granted(exportSetting, "prefix `"+prefix+"`", who, map[string]string{"s3:prefix": prefix}, []target{bucket}, "s3:ListBucket"))
	}
	for _, prefix := range []string{"cur/", "cur/kubecost/", "cur/kubecost/metadata/", exportPrefix + "-2/"} {
		cases = append(cases, denied(exportSetting, "prefix `"+prefix+"`", who, map[string]string{"s3:prefix": prefix}, []target{bucket}, "s3:ListBucket"))
	}
	listing := map[string]string{"s3:prefix": exportPrefix + "/"}
	cases = append(cases, denied(exportSetting, "prefix of the export's data", who, listing, []target{bucket}, "s3:ListBucketVersions"),
		denied(exportSetting, "prefix of the export's data", who, listing, []target{foreign("another bucket of the payer account, open to all", payer, "arn:aws:s3:::another-bucket")}, "s3:ListBucket"))
	for _, service := range both {
		cases = append(cases, foreignSources(exportSetting, service, "bcm-data-exports", "export/kubecost-1a2b", []target{data}, "s3:PutObject")...)
		cases = append(cases, foreignSources(exportSetting, service, "bcm-data-exports", "export/kubecost-1a2b", []target{bucket}, "s3:GetBucketPolicy")...)
		cases = append(cases, foreignSources(exportSetting, service, "bcm-data-exports", "export/kubecost-1a2b", key, "kms:GenerateDataKey")...)
	}
	return cases
}

// prefixCases: results go below the prefix.
func prefixCases() []Case {
	who, bucket := []caller{exportRole}, results("results bucket", "")
	below := func(prefix string) map[string]string { return map[string]string{"s3:prefix": prefix} }
	elsewhere := []target{
		results("a result of others", "/0a1b2c3d.csv"), results("a folder whose name begins as the prefix", "/"+ResultsPrefix+"-2/x.csv"),
		foreign("another bucket of the payer account, open to all", payer, "arn:aws:s3:::another-bucket/"+ResultsPrefix+"/x.csv"),
	}
	anotherBucket := foreign("another bucket of the payer account, open to all", payer, "arn:aws:s3:::another-bucket")
	return []Case{
		granted(prefixSetting, "", who, nil, []target{results("a result below it", "/"+ResultsPrefix+"/0a1b2c3d.csv")}, "s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
		granted(prefixSetting, "", who, nil, []target{bucket}, "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"),
		granted(prefixSetting, "the prefix", who, below(ResultsPrefix), []target{bucket}, "s3:ListBucket"),
		granted(prefixSetting, "below the prefix", who, below(ResultsPrefix+"/"), []target{bucket}, "s3:ListBucket"),

		denied(prefixSetting, "", who, nil, elsewhere, "s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"),
		denied(prefixSetting, "", who, nil, []target{results("a result below it", "/"+ResultsPrefix+"/0a1b2c3d.csv")}, "s3:DeleteObject", "s3:PutObjectAcl", "s3:GetObjectVersion"),
		denied(prefixSetting, "no prefix", who, nil, []target{bucket}, "s3:ListBucket"),
		denied(prefixSetting, "another prefix", who, below("kubecost/"), []target{bucket}, "s3:ListBucket"),
		denied(prefixSetting, "below the prefix", who, below(ResultsPrefix+"/"), []target{bucket}, "s3:ListBucketVersions"),
		denied(prefixSetting, "below the prefix", who, below(ResultsPrefix+"/"), []target{anotherBucket}, "s3:ListBucket"),
		denied(prefixSetting, "", who, nil, []target{anotherBucket}, "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"),
		denied(prefixSetting, "", who, nil, []target{bucket}, "s3:PutBucketPolicy", "s3:DeleteBucket", "s3:GetBucketPolicy"),
	}
}
