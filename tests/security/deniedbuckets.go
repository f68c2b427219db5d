package security

// deniedBuckets: who gets nowhere by way of the buckets' own policies.
func deniedBuckets() []Case {
	bucket, data := report("report's bucket", ""), report("a data file", parquet)
	both := []target{data, results("a result", "/0a1b2c3d.csv")}
	buckets := []target{bucket, results("results bucket", "")}
	plain := func(more map[string]string) map[string]string {
		keys := map[string]string{"aws:SecureTransport": "false"}
		for key, value := range more {
			keys[key] = value
		}
		return keys
	}
	all := []Case{
		denied(transport, "", []caller{payerRole, payerAdministrator}, plain(nil), both, "s3:GetObject", "s3:PutObject"),
		denied(transport, "", []caller{payerRole, payerAdministrator}, plain(map[string]string{"s3:prefix": dataPrefix + "/"}), buckets, "s3:ListBucket"),
		denied(transport, "", []caller{payerRole}, plain(nil), buckets, "s3:GetBucketLocation"),
		denied(transport, "for a report of the payer account", []caller{billing}, plain(ownReport()), []target{bucket}, "s3:GetBucketAcl", "s3:GetBucketPolicy"),
		denied(transport, "for a report of the payer account", []caller{billing}, plain(ownReport()), []target{data}, "s3:PutObject"),
	}
	own := "arn:aws:cur:us-east-1:" + payer + ":definition/kubecost"
	for _, of := range []struct {
		note, source, account string
	}{
		{"for another account's report", "arn:aws:cur:us-east-1:" + stranger + ":definition/kubecost", stranger},
		{"for the primary account's report", "arn:aws:cur:us-east-1:" + primary + ":definition/kubecost", primary},
		{"another account's report's ARN", "arn:aws:cur:us-east-1:" + stranger + ":definition/kubecost", payer},
		{"another source account", own, stranger},
		{"a report's ARN in the bucket's region", "arn:aws:cur:" + region + ":" + payer + ":definition/kubecost", payer},
		{"the ARN of an export", "arn:aws:bcm-data-exports:us-east-1:" + payer + ":export/kubecost", payer},
		{"an ARN that is no report's", "arn:aws:cur:us-east-1:" + payer + ":other/kubecost", payer},
		{"no source ARN", "", payer},
		{"no source account", own, ""},
		{"neither", "", ""},
	} {
		keys := reportOf(of.source, of.account)
		all = append(all,
			denied(deliveries, of.note, []caller{billing}, keys, []target{bucket}, "s3:GetBucketAcl", "s3:GetBucketPolicy"),
			denied(deliveries, of.note, []caller{billing}, keys, []target{data}, "s3:PutObject"))
	}
	const ours = "for a report of the payer account"
	return append(all,
		denied(deliveries, ours, []caller{billing}, ownReport(), []target{data}, "s3:GetObject", "s3:DeleteObject", "s3:PutObjectAcl"),
		denied(deliveries, ours, []caller{billing}, ownReport(), []target{bucket}, "s3:ListBucket", "s3:PutBucketPolicy", "s3:DeleteBucket"),
		denied(deliveries, ours, []caller{billing}, ownReport(), []target{results("a result", "/0a1b2c3d.csv")}, "s3:PutObject", "s3:GetObject"),
		denied(deliveries, "with the same source", []caller{
			service("bcm-data-exports.amazonaws.com"), service("cloudtrail.amazonaws.com"), service("delivery.logs.amazonaws.com"), service("logging.s3.amazonaws.com"), service("config.amazonaws.com"),
		}, ownReport(), []target{data}, "s3:PutObject"),
		denied(deliveries, "with the same source", []caller{service("bcm-data-exports.amazonaws.com"), service("cloudtrail.amazonaws.com")}, ownReport(), []target{bucket}, "s3:GetBucketAcl", "s3:GetBucketPolicy"),
		denied(deliveries, "", []caller{primaryAdministrator, strangersRole, reader}, nil, both, "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
		denied(deliveries, "", []caller{primaryAdministrator, strangersRole}, map[string]string{"s3:prefix": dataPrefix + "/"}, buckets, "s3:ListBucket"),
	)
}
