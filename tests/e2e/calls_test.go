package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
)

// again are the requests that an operation makes more than once: patterns of both, how often at most, and why. All of them are the
// engine's and the plugins', not the program's.
var again = []struct {
	operation, request string
	most               int // 0 for what takes as long as it takes
	reason             string
}{
	{".*", `kms \S+ Decrypt `, 3, "the engine asks for the key of the secrets once for the settings, and once for each state that it reads"},
	{"payer (up|refresh)", `s3 \S+ (ListBucket|Get\w+) `, 3, "a bucket reads all that is set on it, and each resource that sets something of it reads that"},
	{".* (up|refresh)", "iam us-east-1 GetRolePolicy ", 2, "a role reads its policies, and each policy itself"},
	{"payer destroy", `s3 \S+ (DeleteBucket|ListBucketVersions) arn:aws:s3:::kubecost-cur-`, 2, "what is in it is deleted first, once it turns out not to be empty"},
	{"primary up", `kubernetes create /\S+/(persistentvolumeclaims|services|deployments|serviceaccounts|configmaps)\?`, 0, "the chart has more than one of these"},
	{"primary up", `kubernetes get /(api|apis|version)\?`, 2, "the plugin asks what the API server has, and so does Helm"},
	{"primary (up|destroy)", `kubernetes (get|list) /\S+/namespaces/NAME/`, 0, "Helm asks until it is ready, or gone"},
	{"primary destroy", "kubernetes get /api/v1/namespaces/NAME$", 0, "the plugin asks until it is gone"},
}

// asked runs an operation and returns the requests to AWS and Kubernetes that it makes of a world's accounts: how often each.
func (w *world) asked(operation func()) map[string]int {
	w.t.Helper()
	aws := len(box.Cloud.Requests())
	kubernetes, err := box.Cluster.Requests()
	w.must(err)
	operation()
	type question struct {
		same uint64
		said string
	}
	counted := map[question]int{}
	names := strings.NewReplacer(w.payer, "PAYER", w.primary, "PRIMARY", w.name, "NAME")
	for _, r := range box.Cloud.Requests()[aws:] {
		if r.Account == w.payer || r.Account == w.primary {
			counted[question{r.Same, fmt.Sprintf("%s %s %s %s", r.Service, r.Region, r.Action, names.Replace(r.Resource))}]++
		}
	}
	after, err := box.Cluster.Requests()
	w.must(err)
	for _, r := range after[len(kubernetes):] {
		if strings.Contains(r.User, w.primary) {
			counted[question{0, fmt.Sprintf("kubernetes %s %s", r.Verb, names.Replace(r.Path))}]++
		}
	}
	most := map[string]int{}
	for q, times := range counted {
		most[q.said] = max(most[q.said], times)
	}
	return most
}

// A preview asks what it must know and nothing twice; what else asks again is known, with its reason.
func TestNoCallIsMadeTwiceWithoutAReason(t *testing.T) {
	w := newWorld(t)
	used := map[int]bool{}
	operation := func(name string, do func()) {
		total := 0
		for request, times := range w.asked(do) {
			total += times
			if times == 1 {
				continue
			}
			known := false
			for i, a := range again {
				if regexp.MustCompile("^"+a.operation+"$").MatchString(name) && regexp.MustCompile("^"+a.request).MatchString(request) {
					known = a.most == 0 || times <= a.most
					used[i] = true
				}
			}
			if !known {
				t.Errorf("%s: %d times %s", name, times, request)
			}
		}
		t.Logf("%s: %d requests", name, total)
	}
	for _, stack := range []string{"payer", "primary"} {
		operation(stack+" up", func() { w.up(stack) })
		operation(stack+" preview", func() { w.unchanged(stack) })
		operation(stack+" refresh", func() { w.unchanged(stack, optpreview.Refresh()) })
	}
	for _, stack := range []string{"primary", "payer"} {
		operation(stack+" destroy", func() { w.destroy(stack) })
	}
	for i, a := range again {
		if !used[i] {
			t.Errorf("no %s makes %s more than once: %s", a.operation, a.request, a.reason)
		}
	}
}
