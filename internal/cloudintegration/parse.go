package cloudintegration

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Parse reads a file by Kubecost's own rules: in the newer format and, on any error, all of it in the flat format, which passes
// over unknown keys. It returns an error for a file that Kubecost cannot read, which loses it every bill, and for entries in
// the newer format of kinds that this program does not write. The error may quote the file.
// Source: OpenCost, Configurations.UnmarshalJSON in pkg/cloud/config/configurations.go.
func Parse(file []byte) (Entries, Format, error) {
	var n newerFile
	asNewer := json.Unmarshal(file, &n)
	if asNewer == nil {
		return Entries{
			AWS:     each(n.AWS.Athena, awsAthena.entry),
			Azure:   each(n.Azure.Storage, azureStorage.entry),
			GCP:     each(n.GCP.BigQuery, gcpBigQuery.entry),
			Alibaba: each(n.Alibaba.BOA, alibabaBOA.entry),
			OCI:     each(n.OCI.UsageAPI, ociUsageAPI.entry),
		}, Athena, nil
	}
	var flat flatFile
	if asFlat := json.Unmarshal(file, &flat); asFlat != nil {
		return Entries{}, "", fmt.Errorf("reading %s: %w", FileName, errors.Join(
			fmt.Errorf("in the newer format: %w", asNewer), fmt.Errorf("in the flat format: %w", asFlat)))
	}
	return Entries{
		AWS:     flat.AWS,
		Azure:   each(flat.Azure, azureFlat.entry),
		GCP:     each(flat.GCP, gcpFlat.entry),
		Alibaba: each(flat.Alibaba, alibabaFlat.entry),
	}, Flat, nil
}

// unmarshal reads an entry of the newer format into a value. It returns an error unless the entry has all the named properties as
// texts, which may be empty, and an authorizer. Kubecost demands them by exactly these names.
func unmarshal(entry []byte, into any, texts ...string) error {
	var properties map[string]any
	if err := json.Unmarshal(entry, &properties); err != nil {
		return err
	}
	for _, name := range texts {
		if _, ok := properties[name].(string); !ok {
			return fmt.Errorf("%s is missing or no text", name)
		}
	}
	if _, ok := properties["authorizer"].(map[string]any); !ok {
		return errors.New("authorizer is missing or no object")
	}
	return json.Unmarshal(entry, into)
}
