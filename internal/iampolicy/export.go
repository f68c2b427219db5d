package iampolicy

import "github.com/kubecost-cur/kubecost-cur/internal/arn"

// ExportDelivery is Delivery for CUR 2.0: it lets Data Exports deliver the exports of one account into a bucket. Beside the
// service of Data Exports it names the billing service, as AWS's page did when the service was new.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/dataexports-s3-bucket.html
func ExportDelivery(partition, account, bucket string) Document {
	condition := ownExports(partition, account)
	return document(
		Statement{
			Sid: "DataExportsReadsBucketPolicy", Effect: Allow,
			Principal: exportServices(),
			Action:    []string{"s3:GetBucketPolicy"},
			Resource:  []string{arn.Bucket(partition, bucket).String()},
			Condition: condition,
		},
		Statement{
			Sid: "DataExportsDelivers", Effect: Allow,
			Principal: exportServices(),
			Action:    []string{"s3:PutObject"},
			Resource:  []string{arn.Objects(partition, bucket, "").String()},
			Condition: condition,
		},
		tlsOnly(partition, bucket),
	)
}

func exportServices() *Principal {
	return &Principal{Service: []string{ExportService, BillingService}}
}

// ownExports holds for what Data Exports does for the exports of one account. Their ARNs too are in the billing region.
func ownExports(partition, account string) Condition {
	return own(partition, account, "bcm-data-exports", "export/*")
}
