package e2e

import (
	"net/http"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

var bucketDrifts = map[string]drift{
	"aws:s3/bucketV2:BucketV2": {
		change: put("tagging", `<Tagging><TagSet><Tag><Key>owner</Key><Value>somebody</Value></Tag></TagSet></Tagging>`), shows: "tags",
		remove: (*drifting).deleteBucket, last: true},
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
		change: put("publicAccessBlock", `<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>`+
			`<BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>`),
		shows: "blockPublicPolicy", remove: unset("publicAccessBlock")},
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
		change: put("ownershipControls", `<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>`),
		shows:  "rule", remove: unset("ownershipControls")},
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": {
		change: put("encryption", `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm>`+
			`</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`),
		shows: "rules", remove: unset("encryption"), kept: "S3 encrypts with its own key then, as the program says"},
	"aws:s3/bucketPolicy:BucketPolicy": {
		change: put("policy", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::BUCKET/*"}]}`),
		shows:  "policy", remove: unset("policy")},
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": {
		change: put("lifecycle", `<LifecycleConfiguration><Rule><ID>soon</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>`+
			`<Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>`),
		shows: "rules", remove: unset("lifecycle")},
	"aws:s3/bucketNotification:BucketNotification": {
		change: put("notification", `<NotificationConfiguration></NotificationConfiguration>`), shows: "eventbridge",
		kept: "a bucket always has one; an empty one is a change"},
}

// put sets a part of a resource's bucket.
func put(part, body string) func(*drifting, apitype.ResourceV3) {
	return func(d *drifting, r apitype.ResourceV3) {
		bucket := r.Outputs["bucket"].(string)
		d.s3(d.payer, http.MethodPut, bucket, "", part, strings.ReplaceAll(body, "BUCKET", bucket))
	}
}

func unset(part string) func(*drifting, apitype.ResourceV3) {
	return func(d *drifting, r apitype.ResourceV3) {
		d.s3(d.payer, http.MethodDelete, r.Outputs["bucket"].(string), "", part, "")
	}
}

// deleteBucket deletes a bucket, which S3 does only if nothing is in it.
func (d *drifting) deleteBucket(r apitype.ResourceV3) {
	bucket := r.Outputs["bucket"].(string)
	for _, key := range d.keys(bucket, "") {
		d.s3(d.payer, http.MethodDelete, bucket, key, "", "")
	}
	d.s3(d.payer, http.MethodDelete, bucket, "", "", "")
}
