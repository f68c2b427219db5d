package e2e

import (
	"testing"

	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// IAM and S3 may not see for a while what was made a moment ago: each request on a role or a bucket, and the report for want of its
// bucket's policy, is refused once. The provider waits for some of it; for the rest the next up goes on.
func TestWhatIsNotYetVisibleIsThereInTheNextUp(t *testing.T) {
	w, random := faulty(t)
	for _, name := range []string{"payer", "primary"} {
		b := w.breaks(random, func(r simaws.Request) []simaws.Fault {
			ofARole := r.Service == "iam" && r.Action != "ListOpenIDConnectProviders" && r.Action != "GetOpenIDConnectProvider"
			ofABucket := r.Service == "s3" && r.Action != "CreateBucket"
			if ofARole || ofABucket || r.Action == "PutReportDefinition" {
				return []simaws.Fault{simaws.NotYet}
			}
			return nil
		})
		w.upAtLast(name)
		b.mend()
		t.Logf("up of %s: %s", name, b.byKind())
		w.consistent()
		w.unchanged(name)
	}
}
