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

// Athena is one AWS integration of a cloud-integration.json, with the flat format's keys.
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

// Integrations are what Kubecost finds in a cloud-integration.json.
type Integrations struct {
	Athena []Athena
	Others []Other
}

// Other is an integration of another cloud.
type Other struct {
	Cloud      string
	Key        string // that Kubecost tells integrations apart by
	Authorizer string // who Kubecost is there: the newer format's name of it
	Secret     string // with which it proves it; of a key with several values, all of them
}

// ParseIntegrations reads a cloud-integration.json: in the newer format and, on any error, all of it in the flat format. As for
// Kubecost, values are JSON strings, unknown keys are passed over, and a flat entry with neither database nor table is no Athena
// integration at all. It returns an error for a file that Kubecost could not read, which loses it every integration.
func ParseIntegrations(file []byte) (Integrations, error) {
	var newer newerFile
	asNewer := json.Unmarshal(file, &newer)
	if asNewer == nil {
		return newer.integrations(), nil
	}
	var flat flatFile
	if err := json.Unmarshal(file, &flat); err != nil {
		return Integrations{}, fmt.Errorf("parsing cloud-integration.json: %w", errors.Join(asNewer, err))
	}
	return flat.integrations(), nil
}
