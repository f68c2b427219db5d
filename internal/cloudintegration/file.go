// Package cloudintegration writes cloud-integration.json, by which Kubecost learns where the bills are.
package cloudintegration

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// FileName is the key that the file has in its Kubernetes secret. Kubecost's charts mount that key and no other.
const FileName = "cloud-integration.json"

// MaxBytes is what fits into a Kubernetes secret.
// Source: https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size
const MaxBytes = 1 << 20

// Format is one of the two that Kubecost reads. A file has one format, for all its clouds: Kubecost reads a file with both as
// none, and then has no bill at all.
type Format string

const (
	// Flat is the format of Kubecost's guide. Every Kubecost version reads it.
	Flat Format = "flat"
	// Athena is the newer format, with a nested authorizer in each entry. Kubecost 2.0 and later read it.
	Athena Format = "athena"
)

// CheckFormat returns an error for a format that there is not.
func CheckFormat(f Format) error {
	if f != Flat && f != Athena {
		return fmt.Errorf("it is %s, which every Kubecost reads, or %s, the newer one", Flat, Athena)
	}
	return nil
}

// Entries are what the file tells Kubecost: where each cloud's bills are.
type Entries struct {
	AWS     []AWS
	Azure   []Azure
	GCP     []GCP
	Alibaba []Alibaba
	OCI     []OCI
}

// Write returns the file for the given entries. It returns an error with every fault of theirs, one for no payer account, and
// one if the file, read as Kubecost reads it, is not the same entries in the same format. No error tells a secret.
func Write(f Format, e Entries) (string, error) {
	if len(e.AWS) == 0 {
		return "", errors.New("cloud-integration.json needs at least one payer account")
	}
	if err := e.Check(f); err != nil {
		return "", fmt.Errorf("cloud-integration.json: %w", err)
	}
	file, err := e.encode(f)
	if err != nil {
		return "", fmt.Errorf("encoding cloud-integration.json: %w", err)
	}
	// The error of reading it may quote it, and so is not told.
	if read, format, err := Parse(file); err != nil || format != f || !reflect.DeepEqual(read, e.normal()) {
		return "", fmt.Errorf("cloud-integration.json: Kubecost would read something else than these entries in the %s format; "+
			"look for characters in them that are not text", f)
	}
	return string(file), nil
}

// Check returns every fault of the entries for a format: of each entry, of two that Kubecost takes for one, and of all together
// if they do not fit into a Kubernetes secret.
func (e Entries) Check(f Format) error {
	if err := CheckFormat(f); err != nil {
		return fmt.Errorf("the format is %q: %w", f, err)
	}
	var faults []error
	seen := map[string]bool{}
	for _, a := range e.AWS {
		if err := a.Check(); err != nil {
			faults = append(faults, err)
		} else if key := a.key(); seen[key] {
			faults = append(faults, fmt.Errorf("two entries have account and results location %s, which Kubecost takes for one: "+
				"give one of them another athenaBucketName", key))
		}
		seen[a.key()] = true
	}
	for _, cloud := range e.clouds() {
		for _, fault := range cloud.faults(f, nil) {
			faults = append(faults, fault)
		}
	}
	if len(faults) > 0 {
		return errors.Join(faults...)
	}
	switch file, err := e.encode(f); {
	case err != nil:
		return fmt.Errorf("encoding the entries: %w", err)
	case len(file) > MaxBytes:
		return fmt.Errorf("the file has %d bytes, and a Kubernetes secret takes %d: take entries out", len(file), MaxBytes)
	}
	return nil
}

// flatFile is a file in the flat format.
// Source: OpenCost, type MultiCloudConfig in pkg/cloud/config/configurations.go.
type flatFile struct {
	AWS     []AWS         `json:"aws,omitempty"`
	Azure   []azureFlat   `json:"azure,omitempty"`
	GCP     []gcpFlat     `json:"gcp,omitempty"`
	Alibaba []alibabaFlat `json:"alibaba,omitempty"`
}

// newerFile is a file in the newer format.
// Source: OpenCost, type Configurations in the same file.
type newerFile struct {
	AWS struct {
		Athena []awsAthena `json:"athena,omitempty"`
	} `json:"aws,omitzero"`
	Azure struct {
		Storage []azureStorage `json:"storage,omitempty"`
	} `json:"azure,omitzero"`
	GCP struct {
		BigQuery []gcpBigQuery `json:"bigQuery,omitempty"`
	} `json:"gcp,omitzero"`
	Alibaba struct {
		BOA []alibabaBOA `json:"boa,omitempty"`
	} `json:"alibaba,omitzero"`
	OCI struct {
		UsageAPI []ociUsageAPI `json:"usageApi,omitempty"`
	} `json:"oci,omitzero"`
}

func (e Entries) encode(f Format) ([]byte, error) {
	var file any
	if f == Flat {
		file = flatFile{
			AWS: e.AWS, Azure: each(e.Azure, Azure.flat), GCP: each(e.GCP, GCP.flat), Alibaba: each(e.Alibaba, Alibaba.flat),
		}
	} else {
		var n newerFile
		n.AWS.Athena = each(e.AWS, AWS.newer)
		n.Azure.Storage = each(e.Azure, Azure.newer)
		n.GCP.BigQuery = each(e.GCP, GCP.newer)
		n.Alibaba.BOA = each(e.Alibaba, Alibaba.newer)
		n.OCI.UsageAPI = each(e.OCI, OCI.newer)
		file = n
	}
	b, err := json.MarshalIndent(file, "", "  ")
	return bytes.TrimSpace(b), err
}

// each returns what f makes of every element; nil of none.
func each[A, B any](list []A, f func(A) B) []B {
	var made []B
	for _, a := range list {
		made = append(made, f(a))
	}
	return made
}

// normal returns the entries as Parse returns them: without empty lists, and each key of GCP in one way to write it.
func (e Entries) normal() Entries {
	same := func(a AWS) AWS { return a }
	return Entries{
		AWS: each(e.AWS, same), Azure: each(e.Azure, func(a Azure) Azure { return a }), GCP: each(e.GCP, GCP.normal),
		Alibaba: each(e.Alibaba, func(a Alibaba) Alibaba { return a }), OCI: each(e.OCI, func(o OCI) OCI { return o }),
	}
}

// SecretName returns the name of the Kubernetes secret for a file: base and a hash of the content. A changed file so gets
// another secret, and with it every chart version restarts the pods that read it; charts do not notice changed content.
//
// The name is no secret, and the file may be. The hash does not give it away: it has 40 bits, and a file with any secret in it
// has a key that a machine made, which Check lets in only from about 95 random bits on, so that there is nothing to guess and
// compare. (A passphrase comes beside its private key.) A keyed hash would need its key kept somewhere, and protect no more.
func SecretName(base, file string) string {
	sum := sha256.Sum256([]byte(file))
	return base + "-" + hex.EncodeToString(sum[:])[:10]
}
