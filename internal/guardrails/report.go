package guardrails

import "fmt"

// Days for which a new Kubecost reads back, and some for what AWS delivers late.
const leastReportDays = 100

// keptResults says which results buckets keep results, or parts of them, for good.
func keptResults(resources []Resource) map[string]string {
	seen := map[string]string{}
	for _, b := range resources {
		if !b.is("s3", "Bucket") || !b.below("QueryWorkspace") {
			continue
		}
		expire, abort := false, false
		for _, lifecycle := range beside(b, resources, "BucketLifecycleConfiguration") {
			if lifecycle.Properties["rules"] == Unknown {
				expire, abort = true, true
			}
			for _, rule := range enabled(lifecycle) {
				expire = expire || positive(at(rule, "expiration", "days"))
				abort = abort || positive(at(rule, "abortIncompleteMultipartUpload", "daysAfterInitiation"))
			}
		}
		switch {
		case !expire:
			seen[b.URN] = "its objects never expire"
		case !abort:
			seen[b.URN] = "uploads that are given up stay in it"
		}
	}
	return seen
}

// expiringReport looks at the lifecycle of a report's bucket: AWS's own files beside the data must stay.
func expiringReport(r Resource) []string {
	if !r.is("s3", "BucketLifecycleConfiguration") || !r.below("BillingReport") {
		return nil
	}
	var seen []string
	for _, rule := range enabled(r) {
		days, known := at(rule, "expiration", "days").(float64)
		if known && days < leastReportDays {
			seen = append(seen, fmt.Sprintf("the report's data expires after %v days", days))
		}
		if known && !hasPrefix(rule) {
			seen = append(seen, "all of the bucket expires, and not the data alone")
		}
	}
	return seen
}

// hasPrefix says whether a rule is about what is below a prefix, in whichever of the places for it that S3 has had.
func hasPrefix(rule any) bool {
	for _, prefix := range []any{at(rule, "filter", "prefix"), at(rule, "filter", "and", "prefix"), at(rule, "prefix")} {
		if prefix != nil && prefix != "" {
			return true
		}
	}
	return false
}

func enabled(lifecycle Resource) []any {
	var rules []any
	for _, rule := range list(lifecycle.Properties["rules"]) {
		if at(rule, "status") == "Enabled" {
			rules = append(rules, rule)
		}
	}
	return rules
}

func positive(days any) bool {
	n, known := days.(float64)
	return days == Unknown || known && n > 0
}

func unprotectedReport(r Resource) []string {
	var seen []string
	bucket := r.is("s3", "Bucket") && r.below("BillingReport")
	if (bucket || r.is("cur", "ReportDefinition") || r.is("bcmdata", "Export")) && !r.Protect {
		seen = append(seen, "it is not protected")
	}
	if bucket && r.Properties["forceDestroy"] == true {
		seen = append(seen, "forceDestroy is true")
	}
	return seen
}
