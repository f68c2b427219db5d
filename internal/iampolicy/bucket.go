package iampolicy

import "github.com/kubecost-cur/kubecost-cur/internal/arn"

// BillingService delivers legacy Cost and Usage Reports, ExportService CUR 2.0, in every partition that has them.
const (
	BillingService = "billingreports.amazonaws.com"
	ExportService  = "bcm-data-exports.amazonaws.com"
)

// Delivery lets the billing service deliver the reports of one account into a bucket, and nobody reach the bucket without
// TLS. The report's ARN is always in the partition's billing region, whatever the bucket's: with the bucket's region in it,
// deliveries stop without a word.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/cur-s3.html
func Delivery(partition, account, bucket string) Document {
	condition := ownReports(partition, account)
	return document(
		Statement{
			Sid: "BillingReadsBucketPolicy", Effect: Allow,
			Principal: &Principal{Service: []string{BillingService}},
			Action:    []string{"s3:GetBucketAcl", "s3:GetBucketPolicy"},
			Resource:  []string{arn.Bucket(partition, bucket).String()},
			Condition: condition,
		},
		Statement{
			Sid: "BillingDeliversReports", Effect: Allow,
			Principal: &Principal{Service: []string{BillingService}},
			Action:    []string{"s3:PutObject"},
			Resource:  []string{arn.Objects(partition, bucket, "").String()},
			Condition: condition,
		},
		tlsOnly(partition, bucket),
	)
}

// ownReports holds for what the billing service does for the reports of one account.
func ownReports(partition, account string) Condition {
	return own(partition, account, "cur", "definition/*")
}

// own holds for what a service does for resources of one account in the billing region.
func own(partition, account, service, resource string) Condition {
	source := arn.ARN{Partition: partition, Service: service, Region: arn.BillingRegion(partition), Account: account, Resource: resource}
	return Condition{
		ArnLike:      {"aws:SourceArn": {source.String()}},
		StringEquals: {"aws:SourceAccount": {account}},
	}
}

// TLSOnly lets nobody reach a bucket without TLS.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
func TLSOnly(partition, bucket string) Document {
	return document(tlsOnly(partition, bucket))
}

func tlsOnly(partition, bucket string) Statement {
	return Statement{
		Sid: "DenyWithoutTLS", Effect: Deny,
		Principal: &Principal{AWS: []string{"*"}},
		Action:    []string{"s3:*"},
		Resource:  []string{arn.Bucket(partition, bucket).String(), arn.Objects(partition, bucket, "").String()},
		Condition: Condition{Bool: {"aws:SecureTransport": {"false"}}},
	}
}
