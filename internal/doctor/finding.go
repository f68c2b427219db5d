// Package doctor walks the chain by which Kubecost gets the bill, link by link, and says where it breaks: the report, its
// deliveries, the table, the work group, the roles, one real query, the secret, the pods, and what Kubecost itself says.
//
// It changes nothing. It asks AWS and Kubernetes through the small interfaces of access.go, and knows neither's SDK.
package doctor

import (
	"encoding/json"
	"slices"
	"time"
)

// State is what a check came to.
type State string

// The four states, the worst last but for NotChecked, which says nothing.
const (
	NotChecked State = "not checked" // it could not be asked; Remedy says what that would need
	OK         State = "ok"
	Waiting    State = "waiting" // nothing is wrong, and something is still to come, until Until
	Failed     State = "failed"
)

// Finding is what one check found.
type Finding struct {
	// Check is the check's name, which stays the same from release to release, such as report-definition.
	Check string `json:"check"`
	// Title says in a few words what was looked at, such as "the report definition kubecost".
	Title string `json:"title"`
	State State  `json:"state"`
	// Seen is what was seen: the value, or the raw error, shortened.
	Seen string `json:"seen,omitempty"`
	// Cause is the likely cause of a failure, Remedy the command or setting that mends it.
	Cause  string `json:"cause,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	// Docs is where it is written down: a section of docs/doctor.md.
	Docs string `json:"docs,omitempty"`
	// Until is when a waiting finding should be looked at again.
	Until *time.Time `json:"until,omitempty"`
}

// JSONVersion changes when a field of the JSON changes its name, its shape or its meaning. New fields do not change it.
const JSONVersion = 1

// Report is all that the doctor found, in the order of the chain.
type Report struct {
	Version  int       `json:"version"` // JSONVersion
	Time     time.Time `json:"time"`
	State    State     `json:"state"`
	Findings []Finding `json:"findings"`
}

// NewReport sums findings up: failed if one of them is, else waiting if one of them is, else ok if one of them is.
func NewReport(at time.Time, findings []Finding) Report {
	r := Report{Version: JSONVersion, Time: at.UTC(), State: NotChecked, Findings: findings}
	order := []State{NotChecked, OK, Waiting, Failed}
	for _, f := range findings {
		if slices.Index(order, f.State) > slices.Index(order, r.State) {
			r.State = f.State
		}
	}
	return r
}

// JSON is the report as scripts read it; docs/doctor.md describes it.
func (r Report) JSON() ([]byte, error) { return json.MarshalIndent(r, "", "  ") }

// The exit codes of the command line.
const (
	ExitOK         = 0
	ExitFailed     = 1
	ExitWaiting    = 2
	ExitNotChecked = 3 // wrong usage, and where nothing at all could be checked
)

// ExitCode is the exit code that tells the report's state.
func (r Report) ExitCode() int {
	switch r.State {
	case OK:
		return ExitOK
	case Waiting:
		return ExitWaiting
	case Failed:
		return ExitFailed
	default:
		return ExitNotChecked
	}
}

func ok(seen string) Finding { return Finding{State: OK, Seen: seen} }

func waiting(seen, cause string, until time.Time) Finding {
	return Finding{State: Waiting, Seen: seen, Cause: cause, Until: &until}
}

func failed(seen, cause, remedy string) Finding {
	return Finding{State: Failed, Seen: shorten(seen), Cause: cause, Remedy: remedy}
}

// notChecked says what a check would need to be made.
func notChecked(needs string) Finding { return Finding{State: NotChecked, Remedy: needs} }
