// Package kubecost reads an AWS bill the way Kubecost's cloud cost client does: the integration from cloud-integration.json,
// the credentials from a pod's service-account token through the chain of roles, the costs from Athena by the same queries.
//
// It is there to tell whether what was set up would work for Kubecost, so it forgives nothing that Kubecost does not forgive.
package kubecost

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Athena is one AWS integration of a cloud-integration.json in the flat format.
type Athena struct {
	Bucket         string `json:"athenaBucketName"` // where results go: an S3 URI
	Region         string `json:"athenaRegion"`
	Database       string `json:"athenaDatabase"`
	Catalog        string `json:"athenaCatalog"`
	Table          string `json:"athenaTable"`
	Workgroup      string `json:"athenaWorkgroup"`
	Account        string `json:"projectID"` // of the payer
	KeyID          string `json:"serviceKeyName"`
	KeySecret      string `json:"serviceKeySecret"`
	MasterPayerARN string `json:"masterPayerARN"` // role to assume in the payer account; none if empty
}

// Key is what Kubecost tells integrations apart by: of two with the same key one is lost.
func (a Athena) Key() string { return a.Account + "/" + a.Bucket }

// Validate returns an error that names everything an Athena integration cannot do without and lacks.
func (a Athena) Validate() error {
	var faults []error
	for _, field := range []struct{ name, value string }{
		{"athenaBucketName", a.Bucket}, {"athenaRegion", a.Region}, {"athenaDatabase", a.Database}, {"athenaTable", a.Table}, {"projectID", a.Account},
	} {
		if field.value == "" {
			faults = append(faults, fmt.Errorf("missing %s", field.name))
		}
	}
	if (a.KeyID == "") != (a.KeySecret == "") {
		faults = append(faults, errors.New("of serviceKeyName and serviceKeySecret only one is set"))
	}
	return errors.Join(faults...)
}

// ParseIntegrations returns the Athena integrations of a cloud-integration.json in the flat format. As for Kubecost, values are
// JSON strings, unknown keys and other clouds are passed over, and an entry with neither database nor table is no Athena
// integration at all. It returns an error for a file that Kubecost could not read, which loses it every integration.
func ParseIntegrations(file []byte) ([]Athena, error) {
	var clouds struct {
		AWS     []Athena          `json:"aws"`
		Azure   []json.RawMessage `json:"azure"`
		GCP     []json.RawMessage `json:"gcp"`
		Alibaba []json.RawMessage `json:"alibaba"`
	}
	if err := json.Unmarshal(file, &clouds); err != nil {
		return nil, fmt.Errorf("parsing cloud-integration.json: %w", err)
	}
	var integrations []Athena
	for _, a := range clouds.AWS {
		if a.Database != "" || a.Table != "" {
			integrations = append(integrations, a)
		}
	}
	return integrations, nil
}
