package simaws

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// kmsKeys are the KMS keys of all accounts, and what is encrypted with them. Objects are not encrypted in fact: what is kept is
// which key an object needs.
type kmsKeys struct {
	mu      sync.RWMutex
	byARN   map[string]kmsKey
	objects map[string]string // ARN of the key, by bucket/key
}

type kmsKey struct {
	place
	policy   json.RawMessage
	material [32]byte
}

// AddKey makes a KMS key with a policy and returns its ARN. Like AWS, it takes nothing for granted: who is not in the key's
// policy, or in an account to which that leaves it, cannot use the key.
func (c *Cloud) AddKey(account, region, policy string) string {
	arn := fmt.Sprintf("arn:aws:kms:%s:%s:key/%s", region, account, requestID())
	c.SetKeyPolicy(arn, policy)
	return arn
}

// SetKeyPolicy replaces the policy of a key.
func (c *Cloud) SetKeyPolicy(arn, policy string) {
	parts := strings.SplitN(arn, ":", 6)
	c.kms.mu.Lock()
	defer c.kms.mu.Unlock()
	key, known := c.kms.byARN[arn]
	if !known {
		_, _ = rand.Read(key.material[:]) // it never fails
	}
	key.place, key.policy = place{parts[4], parts[3]}, json.RawMessage(policy)
	c.kms.byARN[arn] = key
}

func (s *kmsKeys) find(arn string) (kmsKey, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	key, ok := s.byARN[arn]
	return key, ok
}

// encrypted notes which key an object now needs; an empty one is S3's own.
func (s *kmsKeys) encrypted(bucket, object, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[bucket+"/"+object] = key
}

// of is the key that an object needs; empty for S3's own.
func (s *kmsKeys) of(bucket, object string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.objects[bucket+"/"+object]
}

// keyUse is what S3 asks of KMS for an object.
type keyUse struct {
	key    string // ARN
	action string
	bucket bucket
	object string // ARN of the object, or of the bucket where it has a key of its own
}

// keyAccess is the question that KMS decides on. Its error is for a key that is not there.
func (c *Cloud) keyAccess(use keyUse) (access, error) {
	key, ok := c.kms.find(use.key)
	if !ok || key.region != use.bucket.region {
		return access{}, badRequest("KMS.NotFoundException", "Key '%s' does not exist", use.key)
	}
	return access{action: use.action, resource: use.key, account: key.account, policy: key.policy, context: map[string]string{
		"kms:ViaService":                   "s3." + use.bucket.region + awsDomain,
		"kms:EncryptionContext:aws:s3:arn": use.object,
	}}, nil
}

// mayDecrypt asks for the key of an object that is read, if it has one.
func (c *Cloud) mayDecrypt(ctx context.Context, who *principal, name, object string) error {
	return c.mayUseKey(ctx, who, c.kms.of(name, object), name, object, "kms:Decrypt")
}

// mayEncrypt asks for the key of an object that is written, if it gets one.
func (c *Cloud) mayEncrypt(ctx context.Context, who *principal, key, name, object string) error {
	return c.mayUseKey(ctx, who, key, name, object, "kms:GenerateDataKey")
}

func (c *Cloud) mayUseKey(ctx context.Context, who *principal, key, name, object, action string) error {
	if key == "" {
		return nil
	}
	at, _ := c.buckets.find(name)
	a, err := c.keyAccess(keyUse{key, action, at, at.encryptionContext(name, object)})
	if err != nil {
		return err
	}
	a.context["kms:CallerAccount"] = who.Account
	return c.may(ctx, who, a)
}

// encryption is a bucket's default encryption.
type encryption struct {
	key       string // ARN; empty for S3's own
	bucketKey bool
}

// encryptionContext is what S3 tells KMS of an object.
func (b bucket) encryptionContext(name, object string) string {
	if b.encryption.bucketKey {
		object = ""
	}
	return objectARN(name, object)
}

// keyFor is the key that a new object gets: that of the request, else the bucket's.
func (b bucket) keyFor(header http.Header) string {
	switch header.Get("X-Amz-Server-Side-Encryption") {
	case "AES256":
		return ""
	case "aws:kms":
		return firstOf(header.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"), b.encryption.key)
	}
	return b.encryption.key
}

// setEncryption keeps what a call says of a bucket's default encryption. One that is deleted is S3's own key again.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketEncryption.html
func (c *Cloud) setEncryption(k *call, at place) error {
	var in struct {
		Rule struct {
			ApplyServerSideEncryptionByDefault struct{ SSEAlgorithm, KMSMasterKeyID string }
			BucketKeyEnabled                   bool
		}
	}
	if k.r.Method == http.MethodPut {
		if err := xml.Unmarshal(k.body, &in); err != nil {
			return badRequest("MalformedXML", "%v", err)
		}
	}
	if k.r.Method == http.MethodDelete {
		own := "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>" +
			"</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>"
		setting := url.URL{Path: "/" + k.bucket, RawQuery: "encryption"}
		if _, err := c.moto.do(k.r.Context(), at, "s3", http.MethodPut, setting, nil, []byte(own)); err != nil {
			return err
		}
	}
	c.buckets.change(k.bucket, func(b *bucket) {
		b.encryption = encryption{}
		if in.Rule.ApplyServerSideEncryptionByDefault.SSEAlgorithm == "aws:kms" {
			b.encryption = encryption{in.Rule.ApplyServerSideEncryptionByDefault.KMSMasterKeyID, in.Rule.BucketKeyEnabled}
		}
	})
	return nil
}
