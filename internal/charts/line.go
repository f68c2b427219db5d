// Package charts knows the Helm charts that read the bill: where they are, which versions this project supports, what values
// connect them to the bill, and how to look at what they run. What differs between them is in a file a line.
package charts

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/blang/semver"

	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

// Line is a line of versions of a chart that take the same values.
type Line struct {
	// Name is what the setting chartLine calls it.
	Name string
	// Repository is the Helm repository's URL, Chart the chart's name in it.
	Repository, Chart string
	// DefaultVersion is pinned: a repository's newest version may be of another line, or not render with these values.
	DefaultVersion string

	span    string // the versions, as a person says them
	covers  semver.Range
	formats []cloudintegration.Format
	cur2    semver.Range // the versions that read CUR 2.0; nil for none

	clusterID string // the value that names the cluster in the costs
	asksID    bool   // clusterID has no usable default

	defaults func(Settings) values // that a user may change
	required func(Settings) values // without which the bill is not read
	refused  []refusal
	demands  func(version semver.Version, user values) []error
	look     func(namespace, release string) Commands
}

// lines are all there are, the default first.
var lines = []Line{costAnalyzer2, costAnalyzer1, kubecost3, openCost}

var (
	flatOnly    = []cloudintegration.Format{cloudintegration.Flat}
	bothFormats = []cloudintegration.Format{cloudintegration.Flat, cloudintegration.Athena}
)

// DefaultLine is the name of the line that is taken where none is named.
var DefaultLine = lines[0].Name

// Named returns the line of a name; that of the empty name is the default. Another name is an error that lists them.
func Named(name string) (Line, error) {
	if name == "" {
		name = DefaultLine
	}
	var names []string
	for _, l := range lines {
		if l.Name == name {
			return l, nil
		}
		names = append(names, l.Name)
	}
	last := len(names) - 1
	return Line{}, fmt.Errorf("a chart line is %s or %s", strings.Join(names[:last], ", "), names[last])
}

// Version returns the version to install: the given one, or the line's default if it is empty.
func (l Line) Version(given string) string {
	if given == "" {
		return l.DefaultVersion
	}
	return given
}

// CheckVersion returns an error for a version that is not of the line, with the line that it is of.
func (l Line) CheckVersion(version string) error {
	v, err := semver.Parse(version)
	if err != nil || len(v.Build) > 0 {
		return fmt.Errorf("a chart version is written like %s", l.DefaultVersion)
	}
	if len(v.Pre) > 0 {
		return fmt.Errorf("it is a pre-release; the line %s is %s", l.Name, l.span)
	}
	if l.covers(v) {
		return nil
	}
	err = fmt.Errorf("the line %s is %s", l.Name, l.span)
	for _, other := range lines {
		if other.Name != l.Name && other.covers(v) {
			err = fmt.Errorf("%w; for this version set chartLine to %s", err, other.Name)
		}
	}
	return err
}

// CheckValues returns an error that names every value of a user with which that version does not render, does not read the bill,
// or which it would pass over, and every one that it cannot do without. The version is one that CheckVersion takes. No value is
// in the error: it may be secret.
func (l Line) CheckValues(version string, user map[string]any) error {
	var faults []error
	for _, r := range l.refused {
		if set(user, r.path) {
			faults = append(faults, fmt.Errorf("%s %s", r.path, r.why))
		}
	}
	if v, err := semver.Parse(version); err == nil && l.demands != nil {
		faults = append(faults, l.demands(v, user)...)
	}
	return errors.Join(faults...)
}

// CheckClusterID returns an error for an ID of the cluster that the line does not take, or for a missing one that it needs.
func (l Line) CheckClusterID(id string) error {
	switch {
	case l.asksID && id == "":
		return fmt.Errorf("the line %s needs one, unlike that of any other cluster", l.Name)
	case !l.asksID && id != "":
		return fmt.Errorf("the line %s has it among its values: remove it, and set %s in the setting values", l.Name, l.clusterID)
	case strings.ContainsFunc(id, func(r rune) bool { return r == '/' || r == ' ' || !unicode.IsPrint(r) }):
		return errors.New("an ID of a cluster has neither spaces nor slashes, and nothing that cannot be seen")
	}
	return nil
}

// NeedsClusterID is whether the chart asks for an ID of the cluster.
func (l Line) NeedsClusterID() bool { return l.asksID }

// Reads is whether all versions of the line read that format of cloud-integration.json.
// Source: opencost/opencost, pkg/cloud/config; the loader that reads the newer one arrived with OpenCost 1.108, and so with Kubecost 2.
func (l Line) Reads(format cloudintegration.Format) bool { return slices.Contains(l.formats, format) }

// Commands are shell commands that show what a release does.
type Commands struct {
	Logs   string // what it says of the bill
	Status string // the state of each integration, as JSON
	UI     string // makes the UI reachable on localhost:9090
	// StatusPath is what Status asks the API server for, where the answer tells of each integration; empty where the log alone does.
	StatusPath string
	// Container is the one that reads the bill, among those that can see cloud-integration.json.
	Container string
}

// Look returns the commands for a release.
func (l Line) Look(namespace, release string) Commands { return l.look(namespace, release) }

// look makes the commands from the container that reads the bill, where its status is, and what the UI is reached through.
func look(namespace, workload, container, status, ui string) Commands {
	path := fmt.Sprintf("/api/v1/namespaces/%s/services/%s", namespace, status)
	return Commands{
		Logs:       fmt.Sprintf("kubectl logs -n %s %s -c %s --follow", namespace, workload, container),
		Status:     "kubectl get --raw " + path,
		StatusPath: path,
		Container:  container,
		UI:         fmt.Sprintf("kubectl port-forward -n %s %s 9090", namespace, ui),
	}
}

// fullName is what a chart names a release's objects after: the release, and the chart unless the release's name has it already.
func fullName(release, chart string) string {
	if strings.Contains(release, chart) {
		return release
	}
	return release + "-" + chart
}
