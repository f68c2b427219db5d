package simeks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// auditPolicy has the API server write down what callers from outside ask: not the cluster's own programs.
const auditPolicy = `{"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"], "rules": [
  {"level": "None", "users": ["admin", "system:apiserver", "system:anonymous"]},
  {"level": "None", "userGroups": ["system:serviceaccounts"]},
  {"level": "Metadata"}
]}
`

// Request is one request to the API server, as its audit log has it.
type Request struct {
	User string // of an AWS caller, its ARN
	Verb string // of Kubernetes: "get", "patch"
	Path string // with the query
	Code int    // of HTTP
}

// Requests are all requests of AWS callers so far, in the order in which they were answered.
func (k *Cluster) Requests() ([]Request, error) {
	b, err := os.ReadFile(k.files.auditLog)
	if err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	var all []Request
	for line := range bytes.Lines(b) {
		var event struct {
			User           struct{ Username string }
			Verb           string
			RequestURI     string
			ResponseStatus struct{ Code int }
		}
		if err := json.Unmarshal(line, &event); err != nil {
			return nil, fmt.Errorf("reading the audit log: %w", err)
		}
		all = append(all, Request{event.User.Username, event.Verb, event.RequestURI, event.ResponseStatus.Code})
	}
	return all, nil
}
