package simaws

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Request is one request to an AWS API, as an audit trail would show it.
type Request struct {
	Time      time.Time
	Account   string // account of the caller; empty if nobody was authenticated
	Principal string // ARN of the caller
	Service   string // as in the credential scope: "s3", "sts", "athena"
	Region    string
	Action    string // "AssumeRole"; for S3, the action that IAM checks: "PutObject"
	Resource  string // ARN, if it is known
	Error     string // error code; empty if the request succeeded
	Fault     Fault  // that went wrong with it
	Same      uint64 // equal for requests that ask the same
}

// requestLog keeps the requests of a run.
type requestLog struct {
	mu    sync.Mutex
	all   []Request
	asked map[string]map[string]bool // actions, by the ARN of the role whose policies were asked for them
}

// ask keeps that a role's policies were asked for an action.
func (l *requestLog) ask(role, action string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asked[role] == nil {
		l.asked[role] = map[string]bool{}
	}
	l.asked[role][action] = true
}

// Asked are the actions that a role's policies were asked for so far, whether they allowed them or not. Beside those of the requests
// they are those that a request needs besides, such as iam:PassRole.
func (c *Cloud) Asked(role string) []string {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	return slices.Sorted(maps.Keys(c.log.asked[role]))
}

func (l *requestLog) add(r Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, r)
}

// Requests are all requests so far, in the order in which they were answered.
func (c *Cloud) Requests() []Request {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	return slices.Clone(c.log.all)
}
