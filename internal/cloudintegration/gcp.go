package cloudintegration

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// GCP is one Google Cloud billing export in BigQuery.
// Source: OpenCost, type BigQueryConfiguration in pkg/cloud/gcp/bigqueryconfiguration.go.
type GCP struct {
	ProjectID string
	Dataset   string
	Table     string
	// ServiceAccountKey is the JSON object that Google gives for a service account's key; secret. Empty for the pod's own
	// Google identity (workload identity).
	ServiceAccountKey string
}

var (
	checkProjectID   = matches(`([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]`, "a project's ID is 6 to 30 lower-case letters, digits and hyphens, a letter first")
	checkDatasetName = matches(`[A-Za-z0-9_]+`, "a dataset's name is letters, digits and underscores; the table is a key of its own")
	checkTableName   = matches(`[A-Za-z0-9_-]+`, "a table's name is letters, digits, underscores and hyphens, without its dataset")
)

func (g *GCP) fields(Format) []field {
	return []field{
		{key: "projectId", value: &g.ProjectID, missing: "the project of the billing export", check: checkProjectID},
		{key: "dataset", value: &g.Dataset, missing: "the BigQuery dataset of the billing export", check: checkDatasetName},
		{key: "table", value: &g.Table, missing: "the BigQuery table of the billing export", check: checkTableName},
		{key: "serviceAccountKey", value: &g.ServiceAccountKey, secret: true, object: true, check: func(v string) error {
			_, err := parseServiceAccountKey(v)
			return err
		}},
	}
}

func (g *GCP) key() string   { return g.ProjectID + "/" + g.Dataset + "." + g.Table }
func (g *GCP) keyed() string { return "projectId, dataset and table" }

// parseServiceAccountKey reads the JSON that Google gives. Its error tells no value.
func parseServiceAccountKey(text string) (map[string]string, error) {
	var key map[string]string
	var kind *json.UnmarshalTypeError
	switch err := json.Unmarshal([]byte(text), &key); {
	case errors.As(err, &kind):
		return nil, errors.New("all values of a service account's key are strings, as Google gives them; Kubecost could not read others")
	case err != nil || key == nil:
		return nil, errors.New("it is the JSON object that Google gives for a service account's key")
	case key["type"] != "service_account":
		return nil, errors.New("its type is not service_account")
	case key["client_email"] == "":
		return nil, errors.New("it has no client_email")
	case checkPrivateKey(key["private_key"]) != nil:
		return nil, fmt.Errorf("its private_key: %w", checkPrivateKey(key["private_key"]))
	}
	return key, nil
}

// checkPrivateKey returns an error for what is no private key in PEM. It tells nothing of it.
func checkPrivateKey(text string) error {
	block, rest := pem.Decode([]byte(text))
	if block == nil || !strings.HasSuffix(block.Type, "PRIVATE KEY") || len(block.Bytes) < 32 || strings.TrimSpace(string(rest)) != "" {
		return errors.New("it is a private key in PEM, all its lines from BEGIN to END, and nothing after them")
	}
	return nil
}

// normal is the entry with one way to write its key.
func (g GCP) normal() GCP {
	g.ServiceAccountKey = writeServiceAccountKey(g.keyMap())
	return g
}

// keyMap is the service account's key; nil for none. The entry was checked.
func (g GCP) keyMap() map[string]string {
	key, _ := parseServiceAccountKey(g.ServiceAccountKey)
	return key
}

func writeServiceAccountKey(key map[string]string) string {
	if len(key) == 0 {
		return ""
	}
	b, _ := json.Marshal(key) // a map of strings always encodes
	return string(b)
}

// gcpFlat is a GCP in the flat format. Without a key Kubecost takes the pod's identity.
// Source: OpenCost, type BigQueryConfig in pkg/cloud/gcp/provider.go.
type gcpFlat struct {
	ProjectID          string            `json:"projectID"`
	BillingDataDataset string            `json:"billingDataDataset"` // dataset.table
	Key                map[string]string `json:"key,omitempty"`
}

func (g GCP) flat() gcpFlat { return gcpFlat{g.ProjectID, g.Dataset + "." + g.Table, g.keyMap()} }

func (f gcpFlat) entry() GCP {
	parts := strings.Split(f.BillingDataDataset+".", ".") // Kubecost takes the first two
	return GCP{f.ProjectID, parts[0], parts[1], writeServiceAccountKey(f.Key)}
}

// gcpBigQuery is a GCP in the newer format.
type gcpBigQuery struct {
	ProjectID  string        `json:"projectID"`
	Dataset    string        `json:"dataset"`
	Table      string        `json:"table"`
	Authorizer gcpAuthorizer `json:"authorizer"`
}

// gcpAuthorizer is GCPServiceAccountKey, or GCPWorkloadIdentity without a key.
type gcpAuthorizer struct {
	Type string            `json:"authorizerType"`
	Key  map[string]string `json:"key,omitempty"`
}

const (
	gcpServiceAccountKeyType = "GCPServiceAccountKey"
	gcpWorkloadIdentityType  = "GCPWorkloadIdentity"
)

func (g GCP) newer() gcpBigQuery {
	authorizer := gcpAuthorizer{Type: gcpWorkloadIdentityType}
	if g.ServiceAccountKey != "" {
		authorizer = gcpAuthorizer{gcpServiceAccountKeyType, g.keyMap()}
	}
	return gcpBigQuery{g.ProjectID, g.Dataset, g.Table, authorizer}
}

func (n gcpBigQuery) entry() GCP {
	return GCP{n.ProjectID, n.Dataset, n.Table, writeServiceAccountKey(n.Authorizer.Key)}
}

// UnmarshalJSON returns an error for what Kubecost does not take.
func (n *gcpBigQuery) UnmarshalJSON(b []byte) error {
	type plain gcpBigQuery
	if err := unmarshal(b, (*plain)(n), "projectID", "dataset", "table"); err != nil {
		return err
	}
	switch a := n.Authorizer; {
	case a.Type == gcpWorkloadIdentityType && len(a.Key) == 0:
	case a.Type == gcpServiceAccountKeyType && len(a.Key) > 0:
	default:
		return fmt.Errorf("the authorizer is neither %s with a key nor %s", gcpServiceAccountKeyType, gcpWorkloadIdentityType)
	}
	return nil
}
