package simaws

import (
	"context"
	"fmt"
	"maps"
	"net/http"
)

const exportService = "bcm-data-exports.amazonaws.com"

func exportCaller(account, arn string) serviceCaller {
	return serviceCaller{exportService, arn, account}
}

// ExportPutObject writes an object of a delivery into the bucket of an export, as Data Exports does: with no rights but those that
// the bucket's policy gives to it for this export. The export's status tells how it went. A refusal is an error in S3's words.
func (c *Cloud) ExportPutObject(ctx context.Context, account, arn, key string, body []byte) error {
	c.exports.mu.Lock()
	e, err := c.exports.find(account, arn)
	var bucket string
	if err == nil {
		bucket = e.DestinationConfigurations.S3Destination.S3Bucket
	}
	c.exports.mu.Unlock()
	if err != nil {
		return fmt.Errorf("delivering %s: %w", key, err)
	}
	by := exportCaller(account, arn)
	may, err := c.serviceMay(by, bucket, key, "s3:PutObject")
	if err != nil {
		return fmt.Errorf("delivering %s: %w", key, err)
	}
	if !may {
		c.exports.delivered(account, arn, "INSUFFICIENT_PERMISSION")
		return fmt.Errorf("delivering %s: %w", key, by.refused("s3:PutObject", objectARN(bucket, key)))
	}
	at, _ := c.buckets.find(bucket)
	if err := c.moto.putObject(ctx, at.place, bucket, key, body); err != nil {
		return fmt.Errorf("delivering %s: %w", key, err)
	}
	c.kms.encrypted(bucket, key, at.encryption.key)
	c.exports.delivered(account, arn, "")
	if err := c.objectCreated(ctx, bucket, key, len(body)); err != nil {
		return fmt.Errorf("telling of the delivery of %s: %w", key, err)
	}
	return nil
}

// delivered notes how a delivery went: the reason why it did not, or nothing.
func (s *exports) delivered(account, arn, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, err := s.find(account, arn)
	if err != nil {
		return
	}
	e.status.StatusCode, e.status.StatusReason = "HEALTHY", reason
	if reason != "" {
		e.status.StatusCode = "UNHEALTHY"
		return
	}
	e.status.LastRefreshedAt = exportTime()
}

// serviceCaller is a service of AWS that does something for a resource of an account.
type serviceCaller struct {
	service string // bcm-data-exports.amazonaws.com
	source  string // ARN of the resource
	account string
}

func (s serviceCaller) refused(action, resource string) error {
	return &apiError{http.StatusForbidden, accessDenied, fmt.Sprintf(
		"User: %s is not authorized to perform: %s on resource: %q because no resource-based policy allows the %s action",
		s.service, action, resource, action)}
}

// serviceMay tells whether a service may do an action in a bucket: the bucket's policy decides and, of what is written into a
// bucket with a customer's key, that key's policy. Without a bucket it may not.
func (c *Cloud) serviceMay(by serviceCaller, bucket, key, action string) (bool, error) {
	owner, ok := c.buckets.find(bucket)
	if !ok || owner.policy == nil {
		return false, nil
	}
	asked := []access{{action: action, resource: objectARN(bucket, key), account: owner.account, policy: owner.policy}}
	if action == "s3:PutObject" && owner.encryption.key != "" {
		// It writes in parts, for which S3 decrypts too.
		for _, use := range []string{"kms:GenerateDataKey", "kms:Decrypt"} {
			a, err := c.keyAccess(keyUse{owner.encryption.key, use, owner, owner.encryptionContext(bucket, key)})
			if err != nil {
				return false, nil
			}
			asked = append(asked, a)
		}
	}
	for _, a := range asked {
		q := Question{
			Principal: by.service, Action: a.action,
			Resource: a.resource, ResourceAccount: a.account, ResourcePolicy: a.policy,
			Context: map[string]string{
				"aws:SourceArn":             by.source,
				"aws:SourceAccount":         by.account,
				"aws:SecureTransport":       "true",
				"aws:PrincipalIsAWSService": "true",
				"aws:PrincipalServiceName":  by.service,
			},
		}
		maps.Copy(q.Context, a.context)
		if answer, err := c.simulator.decide(q); err != nil || answer != allowed {
			return false, err
		}
	}
	return true, nil
}
