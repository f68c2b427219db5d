package simaws

import "net/http"

// bucketSettings are the IAM names of the parts of a bucket that a query parameter selects.
var bucketSettings = map[string]string{
	"abac":              "BucketABAC",
	"accelerate":        "AccelerateConfiguration",
	"acl":               "BucketAcl",
	"analytics":         "AnalyticsConfiguration",
	"cors":              "BucketCORS",
	"encryption":        "EncryptionConfiguration",
	"inventory":         "InventoryConfiguration",
	"lifecycle":         "LifecycleConfiguration",
	"location":          "BucketLocation",
	"logging":           "BucketLogging",
	"metrics":           "MetricsConfiguration",
	"notification":      "BucketNotification",
	"object-lock":       "BucketObjectLockConfiguration",
	"ownershipControls": "BucketOwnershipControls",
	"policy":            "BucketPolicy",
	"policyStatus":      "BucketPolicyStatus",
	"publicAccessBlock": "BucketPublicAccessBlock",
	"replication":       "ReplicationConfiguration",
	"requestPayment":    "BucketRequestPayment",
	"tagging":           "BucketTagging",
	"versioning":        "BucketVersioning",
	"website":           "BucketWebsite",
}

// ownDeletion has the settings that have a permission of their own for deletion; the others need that to put them.
var ownDeletion = map[string]bool{"policy": true, "website": true}

// s3Action is the action that IAM checks for a request to S3.
func s3Action(r *http.Request, bucket, key string) string {
	query := r.URL.Query()
	switch {
	case bucket == "":
		return "ListAllMyBuckets"
	case key != "":
		return objectAction(r)
	case query.Has("versions"):
		return "ListBucketVersions"
	case query.Has("uploads"):
		return "ListBucketMultipartUploads"
	case query.Has("delete"):
		return "DeleteObject"
	}
	for parameter, setting := range bucketSettings {
		if !query.Has(parameter) {
			continue
		}
		switch {
		case r.Method == http.MethodPut:
			return "Put" + setting
		case r.Method == http.MethodDelete && ownDeletion[parameter]:
			return "Delete" + setting
		case r.Method == http.MethodDelete:
			return "Put" + setting
		}
		return "Get" + setting
	}
	switch r.Method {
	case http.MethodPut:
		return "CreateBucket"
	case http.MethodDelete:
		return "DeleteBucket"
	}
	return "ListBucket"
}

// objectAction is that for a request to an object.
func objectAction(r *http.Request) string {
	query := r.URL.Query()
	part := ""
	switch {
	case query.Has("acl"):
		part = "Acl"
	case query.Has("tagging"):
		part = "Tagging"
	}
	version := ""
	if query.Has("versionId") {
		version = "Version"
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		if query.Has("uploadId") {
			return "ListMultipartUploadParts"
		}
		return "GetObject" + version + part
	case http.MethodDelete:
		if query.Has("uploadId") {
			return "AbortMultipartUpload"
		}
		return "DeleteObject" + version + part
	}
	return "PutObject" + version + part
}
