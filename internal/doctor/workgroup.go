package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// leastCutoff is a scan limit, in bytes, that a month of a small bill may exceed.
const leastCutoff = 100 << 20

// workGroup is whether queries can run, and where their results go.
var workGroup = Check{
	Name:  "work-group",
	Title: func(s *Subject) string { return "Athena work group " + s.Payer.AthenaWorkgroup },
	Needs: []Need{PayerAWS},
	Run: func(ctx context.Context, s *Subject) Finding {
		p := s.Payer
		w, err := s.PayerAWS.WorkGroup(ctx, p.AthenaRegion, p.AthenaWorkgroup)
		if err != nil {
			return unasked(err, "athena:GetWorkGroup")
		}
		switch {
		case w == nil:
			return failed("there is no work group "+p.AthenaWorkgroup+" in "+p.AthenaRegion, "the work group was deleted", mendPayer)
		case !w.Enabled:
			return failed("the work group is disabled", "somebody disabled it; Athena then refuses every query",
				fmt.Sprintf("aws athena update-work-group --region %s --work-group %s --state ENABLED", p.AthenaRegion, p.AthenaWorkgroup))
		case w.Enforced && !sameLocation(w.Location, p.AthenaBucketName):
			return failed(fmt.Sprintf("it enforces the location %q, and the payer stack's is %q", w.Location, p.AthenaBucketName),
				"the work group's settings win over Kubecost's, and the payer role may not write there", mendPayer)
		case w.BytesScanned > 0 && w.BytesScanned < leastCutoff:
			f := ok(fmt.Sprintf("a query may scan %s", size(w.BytesScanned)))
			f.Cause = "a query that scans more is cancelled; raise bytesScannedCutoff if queries fail with \"Bytes scanned limit was exceeded\""
			return f
		case w.BytesScanned > 0:
			return ok(fmt.Sprintf("a query may scan %s", size(w.BytesScanned)))
		}
		return ok("without a scan limit")
	},
}

func sameLocation(a, b string) bool { return strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/") }

// size is a number of bytes for people.
func size(bytes int64) string {
	const units = "KMGTP"
	if bytes < 1<<10 {
		return fmt.Sprintf("%d bytes", bytes)
	}
	value, unit := float64(bytes)/(1<<10), 0
	for value >= 1<<10 && unit < len(units)-1 {
		value, unit = value/(1<<10), unit+1
	}
	return fmt.Sprintf("%.1f %ciB", value, units[unit])
}

// results is whether the bucket for results is there, where Athena is, and not the report's.
var results = Check{
	Name:  "results-bucket",
	Title: func(s *Subject) string { return "results in " + s.Payer.AthenaBucketName },
	Needs: []Need{PayerAWS},
	Run: func(ctx context.Context, s *Subject) Finding {
		p := s.Payer
		bucket, _ := p.results()
		if !strings.HasPrefix(p.AthenaBucketName, "s3://") || arn.CheckBucketName(bucket) != nil {
			return failed(fmt.Sprintf("athenaBucketName is %q", p.AthenaBucketName), "Kubecost passes it to Athena as it is, which then says \"outputLocation is not a valid S3 path\"",
				"write it as s3://BUCKET/, optionally with a prefix")
		}
		if bucket == p.CurBucketName {
			return failed("results go to the report's bucket "+bucket, "results would be read as part of the bill", "give the payer stack another resultsBucketName")
		}
		region, err := s.PayerAWS.BucketRegion(ctx, bucket)
		if isMissing(err) {
			return failed("there is no bucket "+bucket, "the bucket was deleted; Athena then says \"Unable to verify/create output bucket\"", mendPayer)
		} else if err != nil {
			return unasked(err, "s3:GetBucketLocation on "+bucket)
		}
		if region != p.AthenaRegion {
			return failed(fmt.Sprintf("the bucket is in %s, and Athena is asked in %s", region, p.AthenaRegion), "Athena writes results to buckets of its own region only", mendPayer)
		}
		return ok("in " + region)
	},
}
