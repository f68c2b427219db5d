package kubecost

import "strings"

// flatFile is a file in the flat format.
type flatFile struct {
	AWS   []Athena `json:"aws"`
	Azure []struct {
		SubscriptionID string `json:"azureSubscriptionID"`
		Account        string `json:"azureStorageAccount"`
		AccessKey      string `json:"azureStorageAccessKey"`
		Container      string `json:"azureStorageContainer"`
		Path           string `json:"azureContainerPath"`
		Cloud          string `json:"azureCloud"`
	} `json:"azure"`
	GCP []struct {
		ProjectID string            `json:"projectID"`
		Dataset   string            `json:"billingDataDataset"`
		Key       map[string]string `json:"key"`
	} `json:"gcp"`
	Alibaba []struct {
		Region  string `json:"ClusterRegion"`
		Account string `json:"accountID"`
		KeyID   string `json:"serviceKeyName"`
		Secret  string `json:"serviceKeySecret"`
	} `json:"alibaba"`
}

func (f flatFile) integrations() Integrations {
	var all Integrations
	for _, a := range f.AWS {
		if a.Database != "" || a.Table != "" {
			all.Athena = append(all.Athena, a)
		}
	}
	for _, g := range f.GCP {
		dataset, rest, _ := strings.Cut(g.Dataset, ".")
		table, _, _ := strings.Cut(rest, ".")
		authorizer := "GCPWorkloadIdentity"
		if len(g.Key) > 0 {
			authorizer = "GCPServiceAccountKey"
		}
		all.Others = append(all.Others, Other{"gcp", g.ProjectID + "/" + dataset + "." + table, authorizer, joined(g.Key)})
	}
	for _, a := range f.Azure {
		all.Others = append(all.Others, Other{"azure", azureKey(a.SubscriptionID, a.Container, a.Path), "AzureAccessKey", a.AccessKey})
	}
	for _, a := range f.Alibaba {
		all.Others = append(all.Others, Other{"alibaba", a.Account + "/" + a.Region, "AlibabaAccessKey", a.Secret})
	}
	return all
}

func azureKey(subscription, container, path string) string {
	if path == "" {
		return subscription + "/" + container
	}
	return subscription + "/" + container + "/" + path
}
