// Package charts knows Kubecost's Helm charts: where they are, which versions this project supports, what values connect
// them to the bill, and how to look at what they run.
package charts

import (
	"fmt"

	"github.com/blang/semver"
)

// The cost-analyzer chart, Kubecost 1.x and 2.x.
const (
	Repository = "https://kubecost.github.io/cost-analyzer/"
	Chart      = "cost-analyzer"
	// DefaultVersion is pinned: the newest version of the repository, 2.9, is a bridge to Kubecost 3 that refuses to render
	// without a federated store.
	DefaultVersion = "2.8.7"
)

var supported = semver.MustParseRange(">=2.8.0 <2.9.0")

// CheckVersion returns an error for a version of the cost-analyzer chart that the values here do not fit.
func CheckVersion(version string) error {
	v, err := semver.Parse(version)
	if err != nil {
		return fmt.Errorf("a chart version is written like %s", DefaultVersion)
	}
	if !supported(v) || len(v.Pre) > 0 {
		return fmt.Errorf("this project installs cost-analyzer 2.8; 2.9 and later refuse to render without a federated store")
	}
	return nil
}

// Commands are shell commands that show what a release does.
type Commands struct {
	Logs   string // what it says of the bill
	Status string // the state of each integration, as JSON
	UI     string // makes the UI reachable on localhost:9090
}

// Look returns the commands for a release of the cost-analyzer chart.
func Look(namespace, release string) Commands {
	deployment := "deployment/" + release + "-cost-analyzer"
	return Commands{
		Logs: fmt.Sprintf("kubectl logs -n %s %s -c cloud-cost --follow", namespace, deployment),
		Status: fmt.Sprintf("kubectl get --raw /api/v1/namespaces/%s/services/%s-cost-analyzer:9090/proxy/model/cloudCost/status",
			namespace, release),
		UI: fmt.Sprintf("kubectl port-forward -n %s %s 9090", namespace, deployment),
	}
}
