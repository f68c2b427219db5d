package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

// staleDelivery is after how long without a delivery something is wrong: AWS delivers at least once a day.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/what-is-cur.html
const staleDelivery = 48 * time.Hour

// mendPayer is what mends whatever the payer stack makes and somebody changed or deleted.
const mendPayer = "pulumi up --refresh --stack PAYER"

// reportDefinition is whether the report is there, is one that Kubecost can read, and is delivered.
var reportDefinition = Check{
	Name:  "report-definition",
	Title: func(s *Subject) string { return "report definition " + s.Payer.ReportName },
	Needs: []Need{PayerAWS},
	Run: func(ctx context.Context, s *Subject) Finding {
		if s.Payer.IsExport() {
			return checkExport(ctx, s)
		}
		d, err := s.PayerAWS.Report(ctx, s.Payer.ReportName)
		if err != nil {
			return unasked(err, "cur:DescribeReportDefinitions")
		}
		if d == nil {
			return failed("account "+s.Payer.ProjectID+" has no report "+s.Payer.ReportName, "the report was deleted, or the payer stack was never up",
				mendPayer+"; give a report that is made again another reportPrefix, or AWS may corrupt the data that is there")
		}
		if err := misfits(d, s.Payer); err != nil {
			return failed(err.Error(), "the report was changed, or made by hand, with options that Kubecost cannot read",
				mendPayer+"; where a preview shows that this replaces the report, give it another reportName")
		}
		switch d.LastStatus {
		case "ERROR_PERMISSIONS":
			return failed("the last delivery ended with ERROR_PERMISSIONS", "the bucket's policy, or its key's, does not let the billing service write",
				mendPayer+"; with kmsKeyArn, add the output kmsKeyPolicyStatements to the key's policy")
		case "ERROR_NO_BUCKET":
			return failed("the last delivery ended with ERROR_NO_BUCKET", "the bucket "+s.Payer.CurBucketName+" was deleted", mendPayer)
		}
		return delivered(d.LastDelivery, s.now())
	},
}

// misfits are the reasons for which a report is not the one that the payer stack made.
func misfits(d *ReportDefinition, p Payer) error {
	faults := billing.Definition{
		TimeUnit: d.TimeUnit, Format: d.Format, SchemaElements: d.SchemaElements, Artifacts: d.Artifacts, Versioning: d.Versioning,
	}.Check()
	for _, f := range []struct{ what, got, want string }{
		{"bucket", d.Bucket, p.CurBucketName}, {"prefix", strings.Trim(d.Prefix, "/"), p.CurPrefix}, {"region", d.Region, p.AthenaRegion},
	} {
		if f.got != f.want {
			faults = append(faults, fmt.Errorf("its %s is %q, and the payer stack's is %q", f.what, f.got, f.want))
		}
	}
	return errors.Join(faults...)
}

// delivered is what the time of the last delivery says. That there was none is for the check of the files to judge.
func delivered(last, now time.Time) Finding {
	switch {
	case last.IsZero():
		return ok("it is as Kubecost needs it, and was not delivered yet")
	case now.Sub(last) > staleDelivery:
		return failed("the last delivery was at "+last.UTC().Format(time.RFC3339),
			"AWS stopped delivering, which it does without a word when the bucket's policy does not let it write any more",
			mendPayer+"; if nothing comes within a day, ask AWS support about the report's deliveries")
	}
	return ok("it is as Kubecost needs it, last delivered at " + last.UTC().Format(time.RFC3339))
}

// checkExport is reportDefinition for a CUR 2.0 export.
func checkExport(ctx context.Context, s *Subject) Finding {
	e, err := s.PayerAWS.Export(ctx, s.Payer.ReportName)
	if err != nil {
		return unasked(err, "bcm-data-exports:ListExports and GetExport")
	}
	at := fmt.Sprintf("s3://%s/%s", s.Payer.CurBucketName, s.Payer.CurPrefix)
	switch {
	case e == nil:
		return failed("account "+s.Payer.ProjectID+" has no export "+s.Payer.ReportName, "the export was deleted", mendPayer)
	case fmt.Sprintf("s3://%s/%s", e.Bucket, strings.Trim(e.Prefix, "/")) != at:
		return failed(fmt.Sprintf("it goes to s3://%s/%s, and the payer stack's data is at %s", e.Bucket, e.Prefix, at), "the export was changed by hand", mendPayer)
	case e.Status == "UNHEALTHY":
		return failed("it is UNHEALTHY: "+e.Reason, "AWS cannot deliver it", mendPayer)
	}
	return delivered(e.LastDelivery, s.now())
}
