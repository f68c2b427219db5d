package guardrails

import (
	"fmt"
	"slices"
	"strings"
)

// lacking says which buckets have none of what makes them safe, which is a resource of its own.
func lacking(kind string) func([]Resource) map[string]string {
	return func(resources []Resource) map[string]string {
		seen := map[string]string{}
		for _, b := range resources {
			if b.is("s3", "Bucket") && len(beside(b, resources, kind)) == 0 {
				seen[b.URN] = "it has no " + kind
			}
		}
		return seen
	}
}

// beside are the resources of a kind that are about a bucket: they have its name, or take it from there.
func beside(bucket Resource, resources []Resource, kind string) []Resource {
	var found []Resource
	name, named := bucket.Properties["bucket"].(string)
	for _, r := range resources {
		if r.is("s3", kind) && (slices.Contains(r.From["bucket"], bucket.URN) || named && name != Unknown && r.Properties["bucket"] == name) {
			found = append(found, r)
		}
	}
	return found
}

func openBlock(r Resource) []string {
	var seen []string
	if r.is("s3", "BucketPublicAccessBlock") {
		for _, property := range []string{"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"} {
			if v := r.Properties[property]; v != true && v != Unknown {
				seen = append(seen, property+" is "+text(v))
			}
		}
	}
	if acl := text(r.Properties["acl"]); r.is("s3", "Bucket", "BucketAcl") && strings.HasPrefix(acl, "public-") {
		seen = append(seen, "acl is "+acl)
	}
	return seen
}

func aclsOn(r Resource) []string {
	if !r.is("s3", "BucketOwnershipControls") {
		return nil
	}
	if v := at(r.Properties, "rule", "objectOwnership"); v != "BucketOwnerEnforced" && v != Unknown {
		return []string{"objectOwnership is " + text(v)}
	}
	return nil
}

func unencrypted(r Resource) []string {
	switch {
	case r.is("s3", "BucketServerSideEncryptionConfiguration"):
		if r.Properties["rules"] == Unknown {
			return nil
		}
		var seen []string
		rules := list(r.Properties["rules"])
		if len(rules) == 0 {
			seen = append(seen, "it has no rules")
		}
		for i, rule := range rules {
			algorithm := at(rule, "applyServerSideEncryptionByDefault", "sseAlgorithm")
			if !slices.Contains([]any{"AES256", "aws:kms", "aws:kms:dsse", Unknown}, algorithm) {
				seen = append(seen, fmt.Sprintf("rules[%d]: sseAlgorithm is %s", i, text(algorithm)))
			}
		}
		return seen
	case r.is("athena", "Workgroup"):
		return unencryptedResults(r)
	case r.Type == "kubernetes:storage.k8s.io/v1:StorageClass":
		if v := at(r.Properties, "parameters", "encrypted"); r.Properties["provisioner"] == "ebs.csi.aws.com" && v != "true" && v != Unknown {
			return []string{"encrypted is " + text(v)}
		}
	}
	return nil
}

// unencryptedResults looks at a work group. Unless it enforces its configuration, the client says how results are encrypted.
func unencryptedResults(workGroup Resource) []string {
	var seen []string
	if at(workGroup.Properties, "configuration", "enforceWorkgroupConfiguration") == false {
		seen = append(seen, "enforceWorkgroupConfiguration is false")
	}
	if at(workGroup.Properties, "configuration", "resultConfiguration", "encryptionConfiguration", "encryptionOption") == nil {
		seen = append(seen, "its results have no encryptionConfiguration")
	}
	return seen
}

func withoutTLS(r Resource) []string {
	if !r.is("s3", "BucketPolicy") || r.Properties["policy"] == Unknown {
		return nil
	}
	if slices.ContainsFunc(r.statements(), deniesWithoutTLS) {
		return nil
	}
	return []string{"its policy does not deny access without TLS"}
}

// deniesWithoutTLS says whether a statement denies everybody everything, on a bucket and its objects, and on no further condition.
func deniesWithoutTLS(s statement) bool {
	principals, conditions, resources := s.principals(), s.conditions(), texts(s.body["Resource"])
	everybody := slices.ContainsFunc(principals, func(p [2]string) bool { return p[1] == "*" && (p[0] == "*" || p[0] == "AWS") })
	everything := slices.ContainsFunc(texts(s.body["Action"]), func(action string) bool { return action == "*" || action == "s3:*" })
	both := slices.ContainsFunc(resources, func(bucket string) bool {
		return bucket == "*" || !strings.HasSuffix(bucket, "/*") && slices.Contains(resources, bucket+"/*")
	})
	plain := len(conditions) == 1 && strings.HasPrefix(conditions[0].operator, "bool") &&
		conditions[0].key == "aws:securetransport" && slices.Equal(conditions[0].values, []string{"false"})
	return !s.allows() && everybody && everything && both && plain
}
