package simaws

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// buckets knows where each bucket is, since names are shared by all accounts and regions, and its policy: moto would
// apply one without looking at its conditions, and so lock everybody out of a bucket that denies requests without TLS.
type buckets struct {
	mu     sync.RWMutex
	byName map[string]bucket
}

type bucket struct {
	place
	policy        json.RawMessage // nil if there is none
	encryption    encryption
	notifications notifications
}

func (b *buckets) find(name string) (bucket, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	found, ok := b.byName[name]
	return found, ok
}

func (b *buckets) set(name string, to bucket) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.byName[name] = to
}

// change changes a bucket that is there. Settings of one bucket are often changed at the same time.
func (b *buckets) change(name string, change func(*bucket)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if found, ok := b.byName[name]; ok {
		change(&found)
		b.byName[name] = found
	}
}

func (b *buckets) remove(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.byName, name)
}

// s3 lets a request through to moto if the caller may do it, by the caller's policies and the bucket's. A bucket of
// another account is out of reach unless both allow it.
func (c *Cloud) s3(w http.ResponseWriter, k *call) error {
	if k.bucket == "" {
		if err := c.mayS3(k, access{action: "s3:" + k.action, resource: "*", account: k.caller.Account}); err != nil {
			return err
		}
		c.moto.forward(w, k, k.caller.Account)
		return nil
	}
	k.resource = objectARN(k.bucket, k.object)
	at, ok := c.buckets.find(k.bucket)
	if !ok || k.action == "CreateBucket" {
		return c.missingBucket(w, k, ok)
	}
	w.Header().Set("X-Amz-Bucket-Region", at.region)
	a := access{action: "s3:" + k.action, resource: k.resource, account: at.account, policy: at.policy}
	if k.action == "DeleteObject" && k.object == "" { // of a list of keys
		a.resource = objectARN(k.bucket, "*")
	}
	if at.region != k.region {
		return &apiError{http.StatusMovedPermanently, "PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint."}
	}
	if prefix := k.r.URL.Query(); k.action == "ListBucket" && prefix.Has("prefix") {
		a.context = map[string]string{"s3:prefix": prefix.Get("prefix")}
	}
	if err := c.mayS3(k, a); err != nil {
		return err
	}
	if err := c.mayCopy(k); err != nil {
		return err
	}
	key, err := c.mayCrypt(k, at)
	if err != nil {
		return err
	}
	if strings.HasSuffix(k.action, "BucketPolicy") {
		return c.bucketPolicy(w, k, at)
	}
	if strings.HasSuffix(k.action, "BucketNotification") {
		return c.bucketNotification(w, k, at)
	}
	rec := &responseRecorder{ResponseWriter: w}
	c.moto.forward(rec, k, at.account)
	switch {
	case rec.status >= http.StatusMultipleChoices:
	case k.action == "DeleteBucket":
		c.buckets.remove(k.bucket)
	case k.action == "PutEncryptionConfiguration":
		return c.setEncryption(k, at.place)
	case k.action == "PutObject":
		c.kms.encrypted(k.bucket, k.object, key)
		if !k.r.URL.Query().Has("uploadId") { // a part is no object yet
			c.tellOfObject(k, at)
		}
	}
	return nil
}

// mayCrypt asks for the key of an object that a call writes, which it returns, or reads. Parts of an upload get the key that
// the upload began with.
func (c *Cloud) mayCrypt(k *call, at bucket) (key string, err error) {
	switch {
	case k.action == "PutObject":
		key = at.keyFor(k.r.Header)
		return key, c.mayEncrypt(k.r.Context(), k.caller, key, k.bucket, k.object)
	case strings.HasPrefix(k.action, "GetObject") && k.r.Method == http.MethodGet && !strings.HasSuffix(k.action, "Acl") && !strings.HasSuffix(k.action, "Tagging"):
		return "", c.mayDecrypt(k.r.Context(), k.caller, k.bucket, k.object)
	}
	return "", nil
}

// mayS3 decides for a caller. The administrator of the bucket's account may always look at and change its policy.
func (c *Cloud) mayS3(k *call, a access) error {
	if k.caller.Role == "" && k.caller.Account == a.account && strings.HasSuffix(a.action, "BucketPolicy") {
		return nil
	}
	return c.may(k.r.Context(), k.caller, a)
}

// mayCopy checks the source of a copy.
func (c *Cloud) mayCopy(k *call) error {
	source, err := url.PathUnescape(k.r.Header.Get("X-Amz-Copy-Source"))
	if err != nil || source == "" {
		return err
	}
	source, _, _ = strings.Cut(strings.TrimPrefix(source, "/"), "?")
	bucket, key, _ := strings.Cut(source, "/")
	return c.mayReach(k.r.Context(), k.caller, "s3:GetObject", bucket, key)
}

// missingBucket makes a bucket, or tells that there is none.
func (c *Cloud) missingBucket(w http.ResponseWriter, k *call, exists bool) error {
	if k.action != "CreateBucket" {
		return &apiError{http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist"}
	}
	if err := c.may(k.r.Context(), k.caller, access{action: "s3:CreateBucket", resource: k.resource, account: k.caller.Account}); err != nil {
		return err
	}
	var in struct {
		LocationConstraint string
		Tags               []tag `xml:"Tags>Tag"`
	}
	if len(k.body) > 0 {
		if err := xml.Unmarshal(k.body, &in); err != nil {
			return badRequest("MalformedXML", "%v", err)
		}
	}
	if len(in.Tags) > 0 {
		if err := c.may(k.r.Context(), k.caller, access{action: "s3:TagResource", resource: k.resource, account: k.caller.Account}); err != nil {
			return err
		}
	}
	if region := firstOf(in.LocationConstraint, "us-east-1"); region != k.region {
		return badRequest("IllegalLocationConstraintException", "The %s location constraint is incompatible for the region specific endpoint this request was sent to.", firstOf(in.LocationConstraint, "unspecified"))
	}
	rec := &responseRecorder{ResponseWriter: w}
	c.moto.forward(rec, k, k.caller.Account)
	if exists || rec.status >= http.StatusMultipleChoices {
		return nil
	}
	at := place{k.caller.Account, k.region}
	c.buckets.set(k.bucket, bucket{place: at})
	return c.moto.tagBucket(k.r.Context(), at, k.bucket, in.Tags)
}

// mayReach is the same question for what services do with a caller's rights.
func (c *Cloud) mayReach(ctx context.Context, who *principal, action, bucket, key string) error {
	at, ok := c.buckets.find(bucket)
	if !ok {
		return &apiError{http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist"}
	}
	a := access{action: action, resource: objectARN(bucket, key), account: at.account, policy: at.policy}
	if action == "s3:ListBucket" {
		a.resource, a.context = objectARN(bucket, ""), map[string]string{"s3:prefix": key}
	}
	if err := c.may(ctx, who, a); err != nil || action != "s3:GetObject" {
		return err
	}
	return c.mayDecrypt(ctx, who, bucket, key)
}

// bucketPolicy answers the calls on a bucket's policy.
func (c *Cloud) bucketPolicy(w http.ResponseWriter, k *call, at bucket) error {
	switch k.r.Method {
	case http.MethodPut:
		if unknown, err := c.unknownPrincipal(k.r.Context(), k.body); err != nil || unknown != "" {
			return badRequest("MalformedPolicy", "Invalid principal in policy")
		}
		c.buckets.change(k.bucket, func(b *bucket) { b.policy = k.body })
	case http.MethodDelete:
		c.buckets.change(k.bucket, func(b *bucket) { b.policy = nil })
	default:
		if at.policy == nil {
			return &apiError{http.StatusNotFound, "NoSuchBucketPolicy", "The bucket policy does not exist"}
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(at.policy)
		return nil
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// objectARN is the ARN of an object, or of the bucket if there is no key.
func objectARN(bucket, key string) string {
	if key == "" {
		return "arn:aws:s3:::" + bucket
	}
	return "arn:aws:s3:::" + bucket + "/" + key
}
