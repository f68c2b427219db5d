package kubecost

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// newerFile is a file in the newer format.
type newerFile struct {
	AWS struct {
		Athena []properties `json:"athena"`
	} `json:"aws"`
	GCP struct {
		BigQuery []properties `json:"bigQuery"`
	} `json:"gcp"`
	Azure struct {
		Storage []properties `json:"storage"`
	} `json:"azure"`
	Alibaba struct {
		BOA []properties `json:"boa"`
	} `json:"alibaba"`
	OCI struct {
		UsageAPI []properties `json:"usageApi"`
	} `json:"oci"`
	all Integrations
}

// properties are those of an entry, of which Kubecost demands some by their exact names.
type properties map[string]any

// UnmarshalJSON returns an error for the first entry that lacks something, since with one such entry Kubecost reads none.
func (f *newerFile) UnmarshalJSON(b []byte) error {
	type plain newerFile
	if err := json.Unmarshal(b, (*plain)(f)); err != nil {
		return err
	}
	for _, p := range f.AWS.Athena {
		if err := f.addAthena(p); err != nil {
			return fmt.Errorf("aws.athena: %w", err)
		}
	}
	for _, cloud := range []struct {
		name    string
		entries []properties
		demands []string
		secrets map[string]string // by the authorizer, the property with the secret; empty for none
		key     func(properties) string
	}{
		{"gcp", f.GCP.BigQuery, []string{"projectID", "dataset", "table"},
			map[string]string{"GCPServiceAccountKey": "key", "GCPWorkloadIdentity": ""},
			func(p properties) string {
				return p.text("projectID") + "/" + p.text("dataset") + "." + p.text("table")
			}},
		{"azure", f.Azure.Storage, []string{"subscriptionID", "account", "container", "path", "cloud"},
			map[string]string{"AzureAccessKey": "accessKey", "AzureDefaultCredential": ""},
			func(p properties) string {
				return azureKey(p.text("subscriptionID"), p.text("container"), p.text("path"))
			}},
		{"alibaba", f.Alibaba.BOA, []string{"account", "region"}, map[string]string{"AlibabaAccessKey": "accessKeySecret"},
			func(p properties) string { return p.text("account") + "/" + p.text("region") }},
		{"oci", f.OCI.UsageAPI, []string{"tenancyID", "region"}, map[string]string{"OCIRawConfigProvider": "privateKey"},
			func(p properties) string { return p.text("tenancyID") }},
	} {
		for _, p := range cloud.entries {
			authorizer, err := p.demand(cloud.demands...)
			if err != nil {
				return fmt.Errorf("%s: %w", cloud.name, err)
			}
			kind := authorizer.text("authorizerType")
			property, known := cloud.secrets[kind]
			secret := authorizer.text(property)
			if key, ok := authorizer[property].(map[string]any); ok {
				texts := map[string]string{}
				for name, value := range key {
					if texts[name], ok = value.(string); !ok {
						return fmt.Errorf("%s: %s is no text", cloud.name, name)
					}
				}
				secret = joined(texts)
			}
			if !known || (secret == "") != (property == "") {
				return fmt.Errorf("%s: the authorizer %q is unknown, or lacks its secret", cloud.name, kind)
			}
			f.all.Others = append(f.all.Others, Other{cloud.name, cloud.key(p), kind, secret})
		}
	}
	return nil
}

func (f *newerFile) integrations() Integrations { return f.all }

func (f *newerFile) addAthena(p properties) error {
	authorizer, err := p.demand("bucket", "region", "database", "table", "workgroup", "account")
	if err != nil {
		return err
	}
	a := Athena{
		Bucket: p.text("bucket"), Region: p.text("region"), Database: p.text("database"), Catalog: p.text("catalog"),
		Table: p.text("table"), Workgroup: p.text("workgroup"), Account: p.text("account"),
	}
	if authorizer.text("authorizerType") == "AWSAssumeRole" {
		if a.MasterPayerARN = authorizer.text("roleARN"); a.MasterPayerARN == "" {
			return fmt.Errorf("AWSAssumeRole without roleARN")
		}
		if authorizer, err = authorizer.authorizer(); err != nil {
			return err
		}
	}
	switch kind := authorizer.text("authorizerType"); kind {
	case "AWSServiceAccount":
	case "AWSAccessKey":
		a.KeyID, a.KeySecret = authorizer.text("id"), authorizer.text("secret")
	default:
		return fmt.Errorf("the authorizer %q is unknown", kind)
	}
	f.all.Athena = append(f.all.Athena, a)
	return nil
}

// demand returns the entry's authorizer, or an error for a property that is missing or no text.
func (p properties) demand(texts ...string) (properties, error) {
	for _, name := range texts {
		if _, ok := p[name].(string); !ok {
			return nil, fmt.Errorf("missing %q as a string", name)
		}
	}
	return p.authorizer()
}

func (p properties) authorizer() (properties, error) {
	a, ok := p["authorizer"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("missing the authorizer")
	}
	return a, nil
}

func (p properties) text(name string) string {
	text, _ := p[name].(string)
	return text
}

// joined are the values of a key, in the order of their names.
func joined(key map[string]string) string {
	var values []string
	for _, name := range slices.Sorted(maps.Keys(key)) {
		values = append(values, key[name])
	}
	return strings.Join(values, " ")
}
