package e2e

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// drift is what somebody does to a resource of a type in the console or with kubectl.
type drift struct {
	change func(*drifting, apitype.ResourceV3)
	shows  string // the property that a preview then names
	by     string // how an update mends it: update, unless it is replace
	same   string // in the place of change: why nothing of it differs
	remove func(*drifting, apitype.ResourceV3)
	kept   string // why it cannot be deleted, or why that makes no difference
	last   bool   // what it holds goes with it, or all that is in it: it is deleted in a round of its own
}

// drifts has every type that a stack's state may have in AWS or in the cluster.
var drifts = []map[string]drift{bucketDrifts, payerDrifts, identityDrifts, clusterDrifts}

// drifting is a world whose resources are changed and deleted behind Pulumi's back.
type drifting struct {
	*patient
	stacks []string
	sides  map[string]map[string]string // further settings of each stack
	bucket string                       // the report's
	// podIdentity says that the service account is not annotated with its role.
	podIdentity bool
}

// newDrifting brings the stacks up and delivers a bill.
func newDrifting(w *world, sides map[string]map[string]string, stacks ...string) *drifting {
	w.t.Helper()
	d := &drifting{patient: &patient{world: w}, stacks: stacks, sides: sides, bucket: "kubecost-cur-" + w.payer + "-" + sandbox.Region}
	d.each(func(stack string) { d.up(stack) })
	if _, err := box.Deliver(w.t.Context(), w.payer, sandbox.Month(time.Now()), nil); err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (d *drifting) each(run func(stack string)) {
	for _, stack := range d.stacks {
		d.with(d.sides[stack], func() { run(stack) })
	}
}

// row is what can happen to a resource; none is there for what is in no account and no cluster.
func (d *drifting) row(r apitype.ResourceV3) (drift, bool) {
	d.t.Helper()
	if token := string(r.Type); strings.HasPrefix(token, "pulumi:") || strings.HasPrefix(token, "kubecost-cur:") {
		return drift{}, false
	}
	var row drift
	for _, some := range drifts {
		if found, is := some[string(r.Type)]; is {
			row = found
		}
	}
	if (row.change == nil) == (row.same == "") || row.remove == nil && row.kept == "" {
		d.t.Errorf("what drifts of %s (%s) is not tested: add it to the table", r.URN.Name(), r.Type)
		return drift{}, false
	}
	return row, true
}

// expected is what a preview is to show of a resource.
type expected struct{ op, property string }

// change changes every resource of a stack, the newest first, and returns what is to be seen of it.
func (d *drifting) change(stack string) map[string]expected {
	d.t.Helper()
	want := map[string]expected{}
	for _, r := range slices.Backward(d.resources(stack)) {
		if row, is := d.row(r); is && row.change != nil && !(d.podIdentity && r.Type == "kubernetes:core/v1:ServiceAccount") {
			row.change(d, r)
			want[r.URN.Name()] = expected{cmp.Or(row.by, "update"), row.shows}
		}
	}
	return want
}

// remove deletes the resources of a stack, the newest first: those that hold nothing, or also those that do.
func (d *drifting) remove(stack string, all bool) map[string]expected {
	d.t.Helper()
	want := map[string]expected{}
	for _, r := range slices.Backward(d.resources(stack)) {
		row, is := d.row(r)
		if !is {
			continue
		}
		removed := row.remove != nil && (all || !row.last)
		if removed {
			row.remove(d, r)
		}
		if removed && row.kept == "" || all && r.Outputs["bucket"] != nil { // what is kept goes with its bucket
			want[r.URN.Name()] = expected{"create", ""}
		}
	}
	return want
}

// shows expects that a preview of a stack shows all that is expected, and nothing else.
func (d *drifting) shows(stack string, want map[string]expected, opts ...optpreview.Option) {
	d.t.Helper()
	got, said, err := d.record(stack, opts...)
	if err != nil {
		d.t.Fatalf("previewing %s: %v\n%s", stack, err, said)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		step, there := got.steps[name]
		op := strings.NewReplacer("create-replacement", "replace", "delete-replaced", "replace").Replace(step)
		named := want[name].property == "" || slices.ContainsFunc(got.differences[name], func(path string) bool {
			return strings.HasPrefix(path, want[name].property)
		})
		if !there || op != want[name].op || !named {
			d.t.Errorf("%s: a preview would %q %s for %v, want %+v", stack, step, name, got.differences[name], want[name])
		}
	}
	for name, step := range got.steps {
		if _, expected := want[name]; !expected {
			d.t.Errorf("%s: a preview would also %s %s for %v", stack, step, name, got.differences[name])
		}
	}
}

// delivered are the objects in the report's bucket.
func (d *drifting) delivered() []object {
	d.t.Helper()
	return d.stored(d.bucket, "")
}

// mended expects that nothing of some stacks differs any more, and that the report's data is as it was.
func (d *drifting) mended(before []object, stacks ...string) {
	d.t.Helper()
	for _, stack := range stacks {
		d.with(d.sides[stack], func() { d.unchanged(stack, optpreview.Refresh()) })
	}
	if after := d.delivered(); !slices.Equal(before, after) || len(after) == 0 {
		d.t.Errorf("the report's bucket had %v, and has %v", before, after)
	}
}

// All that two stacks make is changed and deleted, many at a time.
func TestDriftOfTwoStacksIsSeenAndMendedAndTheBillStays(t *testing.T) {
	w := newWorldOf(t, sandbox.WorldOptions{NoOIDCProvider: true})
	box.Cloud.SeeCostTags(w.payer, "team")
	d := newDrifting(w, map[string]map[string]string{
		"payer": {
			"reportProtect": "", "forceDestroy": "", "catalogMode": "crawler", "crawlerTrigger": "event", "lakeFormation": "true",
			"reportExpirationDays": "120", "activatedCostAllocationTags": `["team"]`,
		},
		"primary": {"oidcProvider": "create"},
	}, "payer", "primary")
	d.unseen()
	d.changed()
	d.anotherReportIsRefused(d.byTheHour())
	d.anotherSecretIsNamed()
	d.deleted()
	d.emptied()
}

// All that one stack with both sides makes, with other settings.
func TestDriftOfOneStackIsSeenAndMendedAndTheBillStays(t *testing.T) {
	w := newWorldOf(t, sandbox.WorldOptions{NoOIDCProvider: true, PodIdentityAgent: true})
	var payers []string // so many that the reader role needs a second policy
	for i := range 80 {
		payers = append(payers, fmt.Sprintf(`{athenaBucketName: "s3://results-%d", athenaRegion: us-east-2, athenaDatabase: d, athenaTable: t, `+
			`athenaWorkgroup: w, projectID: "3%011d", masterPayerARN: "arn:aws:iam::3%011d:role/kubecost-cur-access"}`, i, i, i))
	}
	d := newDrifting(w, map[string]map[string]string{"both": {
		"reportProtect": "", "forceDestroy": "", "reportVersion": `"2"`, "costAllocationTags": "", "identity": "pod-identity", "chartLine": "opencost",
		"payers": "[" + strings.Join(payers, ", ") + "]",
	}}, "both")
	d.podIdentity = true
	d.changed()
	d.anotherReportIsRefused(d.elsewhere())
	d.deleted()
}

// changed changes everything, and mends it by an update that looks first at what is there.
func (d *drifting) changed() {
	d.t.Helper()
	before, want := d.delivered(), map[string]map[string]expected{}
	d.each(func(stack string) {
		want[stack] = d.change(stack)
		d.unchanged(stack) // a preview alone compares the program with the state
	})
	if !d.podIdentity { // the service account's annotation is somebody else's now
		d.with(d.sides["primary"], func() {
			if _, said, err := d.record("primary", optpreview.Refresh()); err == nil || !strings.Contains(said, "eks.amazonaws.com/role-arn") {
				d.t.Errorf("whose the annotation is now is not said: %v\n%s", err, said)
			}
		})
	}
	d.variables = map[string]string{"PULUMI_K8S_ENABLE_PATCH_FORCE": "true"}
	d.each(func(stack string) { d.shows(stack, want[stack], optpreview.Refresh()) })
	d.each(d.refresh)
	d.variables = nil
	d.mended(before, d.stacks...)
}

// deleted deletes all that holds no data, and mends it by a refresh and then an update.
func (d *drifting) deleted() {
	d.t.Helper()
	before, want := d.delivered(), map[string]map[string]expected{}
	d.each(func(stack string) { want[stack] = d.remove(stack, false) })
	d.each(func(stack string) {
		s := d.stack(stack)
		if _, err := s.Refresh(d.t.Context(), optrefresh.Color("never"), optrefresh.SuppressProgress()); err != nil {
			d.t.Fatalf("refreshing %s: %v", stack, err)
		}
		d.shows(stack, want[stack])
		d.up(stack)
	})
	d.mended(before, d.stacks...)
}

// emptied deletes everything, the buckets and the namespace too, and delivers another bill.
func (d *drifting) emptied() {
	d.t.Helper()
	want := map[string]map[string]expected{}
	d.each(func(stack string) { want[stack] = d.remove(stack, true) })
	d.each(func(stack string) {
		d.shows(stack, want[stack], optpreview.Refresh())
		d.refresh(stack)
	})
	_, err := box.Deliver(d.t.Context(), d.payer, sandbox.Month(time.Now()), nil)
	d.must(err)
	d.mended(d.delivered(), d.stacks...)
}

// unseen does what no preview shows, since the program says nothing of it.
func (d *drifting) unseen() {
	d.t.Helper()
	d.s3(d.payer, http.MethodPut, d.bucket, "", "cors",
		`<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>`)
	d.putPolicy(d.payer, payerRole, "further", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}`)
	label := map[string]any{"metadata": map[string]any{"labels": map[string]any{"owner": "somebody"}}}
	d.must(box.Cluster.Merge(d.t.Context(), "/api/v1/namespaces/"+d.name, label))
	d.must(box.Cluster.Merge(d.t.Context(), "/apis/apps/v1/namespaces/"+d.name+"/deployments/kubecost-cost-analyzer", label))
	d.each(func(stack string) { d.unchanged(stack, optpreview.Refresh()) })
}
