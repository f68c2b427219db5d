package simaws

import (
	"context"
	"fmt"
	"net/http"
)

const (
	billingService    = "billingreports.amazonaws.com"
	deliverySucceeded = "SUCCESS"
	// accessTestObject is what the billing service leaves in the root of a bucket when a report is defined.
	accessTestObject = "aws-programmatic-access-test-object"
)

// billingMay tells whether the billing service may do an action for a report: the bucket's policy decides.
func (c *Cloud) billingMay(account, report, bucket, key, action string) (bool, error) {
	return c.serviceMay(serviceCaller{billingService, reportARN(account, report), account}, bucket, key, action)
}

// checkReport does what AWS does before it takes a definition: it looks at the definition, then tries the bucket.
func (c *Cloud) checkReport(ctx context.Context, account string, r Report) error {
	if err := checkDefinition(r); err != nil {
		return err
	}
	refused := badRequest("ValidationException", "Failed to verify customer bucket permission. accountId=%s, bucket name: %s, bucket region: %s", account, r.S3Bucket, r.S3Region)
	at, ok := c.buckets.find(r.S3Bucket)
	if !ok || at.region != r.S3Region {
		return refused
	}
	for action, key := range map[string]string{
		"s3:GetBucketAcl": "", "s3:GetBucketPolicy": "", "s3:PutObject": accessTestObject,
	} {
		ok, err := c.billingMay(account, r.ReportName, r.S3Bucket, key, action)
		if err != nil {
			return err
		}
		if !ok {
			return refused
		}
	}
	c.kms.encrypted(r.S3Bucket, accessTestObject, at.encryption.key)
	return c.moto.putObject(ctx, at.place, r.S3Bucket, accessTestObject, []byte(`{"version":"1.0"}`))
}

// BillingPutObject writes an object of a delivery into the bucket of a report, as the billing service does: with no
// rights but those that the bucket's policy gives to it for this report. The report's status tells how it went. A
// refusal is an error in S3's words.
func (c *Cloud) BillingPutObject(ctx context.Context, account, reportName, key string, body []byte) error {
	c.reports.mu.Lock()
	r := c.reports.find(account, reportName)
	var bucket string
	if r != nil {
		bucket = r.S3Bucket
	}
	c.reports.mu.Unlock()
	if r == nil {
		return fmt.Errorf("delivering %s: account %s has no report %s", key, account, reportName)
	}
	at, ok := c.buckets.find(bucket)
	if !ok {
		c.reports.setStatus(account, reportName, "ERROR_NO_BUCKET")
		return fmt.Errorf("delivering %s: %w", key, &apiError{http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist"})
	}
	may, err := c.billingMay(account, reportName, bucket, key, "s3:PutObject")
	if err != nil {
		return fmt.Errorf("delivering %s: %w", key, err)
	}
	if !may {
		c.reports.setStatus(account, reportName, "ERROR_PERMISSIONS")
		return fmt.Errorf("delivering %s: %w", key, serviceCaller{service: billingService}.refused("s3:PutObject", objectARN(bucket, key)))
	}
	if err := c.moto.putObject(ctx, at.place, bucket, key, body); err != nil {
		return fmt.Errorf("delivering %s: %w", key, err)
	}
	c.kms.encrypted(bucket, key, at.encryption.key)
	c.reports.setStatus(account, reportName, deliverySucceeded)
	if err := c.objectCreated(ctx, bucket, key, len(body)); err != nil {
		return fmt.Errorf("telling of the delivery of %s: %w", key, err)
	}
	return nil
}
