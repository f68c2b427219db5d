package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// firstDelivery is how long AWS may take to deliver the first report.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/cur-create.html
const firstDelivery = 24 * time.Hour

// bucketPolicy is whether the billing service may deliver.
var bucketPolicy = Check{
	Name:  "bucket-policy",
	Title: func(s *Subject) string { return "policy of the report's bucket " + s.Payer.CurBucketName },
	Needs: []Need{PayerAWS},
	Run: func(ctx context.Context, s *Subject) Finding {
		p := s.Payer
		region, err := s.PayerAWS.BucketRegion(ctx, p.CurBucketName)
		if isMissing(err) {
			return failed("there is no bucket "+p.CurBucketName, "the bucket was deleted", mendPayer)
		} else if err != nil {
			return unasked(err, "s3:GetBucketLocation on "+p.CurBucketName)
		}
		if region != p.AthenaRegion {
			return failed(fmt.Sprintf("the bucket is in %s, and Athena is asked in %s", region, p.AthenaRegion), "the bucket was made again in another region",
				"set aws:region of the payer stack to the bucket's, then run pulumi up")
		}
		policy, err := s.PayerAWS.BucketPolicy(ctx, p.CurBucketName)
		if err != nil {
			return unasked(err, "s3:GetBucketPolicy on "+p.CurBucketName)
		}
		want := iampolicy.Delivery
		if p.IsExport() {
			want = iampolicy.ExportDelivery
		}
		faults := iampolicy.CheckDelivery(policy, want(partition(p.MasterPayerARN), p.ProjectID, p.CurBucketName), p.ProjectID, p.report().DataPrefix())
		if len(faults) > 0 {
			return failed(errors.Join(faults...).Error(), "the bucket's policy was changed; AWS then stops delivering without a word", mendPayer)
		}
		return ok("the billing service may deliver")
	},
}

// delivery is whether data is there, laid out as AWS lays out the report of the payer stack.
var delivery = Check{
	Name:  "delivery",
	Title: func(s *Subject) string { return "files of the bill in " + s.Payer.CurBucketName },
	Needs: []Need{PayerAWS},
	Run: func(ctx context.Context, s *Subject) Finding {
		p := s.Payer
		data := p.report().DataPrefix() + "/"
		files, err := s.PayerAWS.Objects(ctx, p.CurBucketName, data, 1000)
		if isMissing(err) {
			return failed("there is no bucket "+p.CurBucketName, "the bucket was deleted", mendPayer)
		} else if err != nil {
			return unasked(err, "s3:ListBucket on "+p.CurBucketName)
		}
		if n, newest := parquet(files); n > 0 {
			return ok(fmt.Sprintf("%d Parquet files below %s, the newest of %s", n, data, newest.UTC().Format(time.RFC3339)))
		}
		others, err := s.PayerAWS.Objects(ctx, p.CurBucketName, p.CurPrefix+"/", 1000)
		if err != nil {
			return unasked(err, "s3:ListBucket on "+p.CurBucketName)
		}
		for _, o := range append(files, others...) {
			if strings.HasSuffix(o.Key, ".csv.gz") || strings.HasSuffix(o.Key, ".zip") || strings.HasSuffix(o.Key, ".parquet") {
				return failed("there is "+o.Key+", and no Parquet file below "+data, "what is delivered has another format, name or layout than the payer stack's report",
					"deliver the payer stack's report here and no other: "+mendPayer)
			}
		}
		return s.undelivered(ctx)
	},
}

// parquet is how many files of data there are, and when the newest was written.
func parquet(objects []Object) (n int, newest time.Time) {
	for _, o := range objects {
		if !strings.HasSuffix(o.Key, ".parquet") || o.Size == 0 {
			continue
		}
		n++
		if o.Modified.After(newest) {
			newest = o.Modified
		}
	}
	return n, newest
}

// undelivered is the finding for a bucket without data. When the report was made, AWS does not say, but that is when it wrote its test
// object into the bucket.
func (s *Subject) undelivered(ctx context.Context) Finding {
	const seen, cause = "nothing was delivered yet", "AWS delivers the first report within 24 hours"
	tests, err := s.PayerAWS.Objects(ctx, s.Payer.CurBucketName, iampolicy.AccessTestObject, 1)
	if err != nil || len(tests) == 0 {
		return waiting(seen, cause, s.now().Add(firstDelivery))
	}
	made := tests[0].Modified
	if until := made.Add(firstDelivery); s.now().Before(until) {
		return waiting(seen, cause+"; it took this one at "+made.UTC().Format(time.RFC3339), until)
	}
	return failed(seen+", and AWS took the report at "+made.UTC().Format(time.RFC3339), "AWS cannot deliver: see the report definition and the bucket's policy",
		mendPayer+"; if nothing comes within a day, ask AWS support about the report's deliveries")
}
