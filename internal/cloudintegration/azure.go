package cloudintegration

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// Azure is one Azure subscription's cost export in a storage account.
// Source: OpenCost, type StorageConfiguration in pkg/cloud/azure/storageconfiguration.go.
type Azure struct {
	SubscriptionID   string
	StorageAccount   string
	Container        string
	Path             string // of the export in the container; empty for all of it
	Cloud            string // public, gov or china; empty for public
	StorageAccessKey string // secret; empty for the pod's own Azure identity, in the newer format
}

var azureClouds = []string{"public", "gov", "china"}

var (
	checkSubscriptionID = matches(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`, "a subscription's ID is 32 hexadecimal digits like 01234567-89ab-cdef-0123-456789abcdef")
	checkStorageAccount = matches(`[a-z0-9]{3,24}`, "a storage account's name is 3 to 24 lower-case letters and digits")
	checkContainerName  = matches(`[a-z0-9](-?[a-z0-9]){2,62}`, "a container's name is 3 to 63 lower-case letters, digits and single hyphens")
)

func (a *Azure) fields(f Format) []field {
	key := ""
	if f == Flat {
		key = "without one, Kubecost takes the pod's own Azure identity in the newer format only: set cloudIntegrationFormat to athena, " +
			"or give the key"
	}
	return []field{
		{key: "subscriptionId", value: &a.SubscriptionID, missing: "the subscription's ID", check: checkSubscriptionID},
		{key: "storageAccount", value: &a.StorageAccount, missing: "the storage account of the cost export", check: checkStorageAccount},
		{key: "container", value: &a.Container, missing: "the container of the cost export", check: checkContainerName},
		{key: "path", value: &a.Path, check: checkBlobPath},
		{key: "cloud", value: &a.Cloud, check: func(v string) error {
			if !slices.Contains(azureClouds, v) {
				return errors.New("it is public, gov or china")
			}
			return nil
		}},
		{key: "storageAccessKey", value: &a.StorageAccessKey, secret: true, missing: key, check: func(v string) error {
			if b, err := base64.StdEncoding.DecodeString(v); err != nil || len(b) < 32 {
				return errors.New("an access key is base64, 88 characters as the portal shows it")
			}
			return nil
		}},
	}
}

// blobPath takes what a blob's name can have between its slashes, but for what ends a line or escapes.
var blobPath = regexp.MustCompile(`^[^/\\\x00-\x1f\x7f]+(/[^/\\\x00-\x1f\x7f]+)*$`)

func checkBlobPath(v string) error {
	if !blobPath.MatchString(v) || len(v) > 1024 {
		return errors.New("it is a path in the container, with no slash before and after it, of at most 1024 characters")
	}
	return nil
}

// matches returns a check for a whole value, with the rule that its error tells.
func matches(pattern, rule string) func(string) error {
	whole := regexp.MustCompile(`^(?:` + pattern + `)$`)
	return func(v string) error {
		if !whole.MatchString(v) {
			return errors.New(rule)
		}
		return nil
	}
}

func (a *Azure) key() string {
	key := a.SubscriptionID + "/" + a.Container
	if a.Path != "" {
		key += "/" + a.Path
	}
	return key
}

func (a *Azure) keyed() string { return "subscriptionId, container and path" }

// azureFlat is an Azure in the flat format.
// Source: OpenCost, type AzureStorageConfig in pkg/cloud/azure/provider.go.
type azureFlat struct {
	SubscriptionID   string `json:"azureSubscriptionID"`
	StorageAccount   string `json:"azureStorageAccount"`
	StorageAccessKey string `json:"azureStorageAccessKey"`
	StorageContainer string `json:"azureStorageContainer"`
	ContainerPath    string `json:"azureContainerPath"`
	Cloud            string `json:"azureCloud"`
}

func (a Azure) flat() azureFlat {
	return azureFlat{a.SubscriptionID, a.StorageAccount, a.StorageAccessKey, a.Container, a.Path, a.Cloud}
}

func (f azureFlat) entry() Azure {
	return Azure{f.SubscriptionID, f.StorageAccount, f.StorageContainer, f.ContainerPath, f.Cloud, f.StorageAccessKey}
}

// azureStorage is an Azure in the newer format.
type azureStorage struct {
	SubscriptionID string          `json:"subscriptionID"`
	Account        string          `json:"account"`
	Container      string          `json:"container"`
	Path           string          `json:"path"`
	Cloud          string          `json:"cloud"`
	Authorizer     azureAuthorizer `json:"authorizer"`
}

// azureAuthorizer is AzureAccessKey, or AzureDefaultCredential without a key.
type azureAuthorizer struct {
	Type      string `json:"authorizerType"`
	AccessKey string `json:"accessKey,omitempty"`
	Account   string `json:"account,omitempty"`
}

const (
	azureAccessKeyType         = "AzureAccessKey"
	azureDefaultCredentialType = "AzureDefaultCredential"
)

func (a Azure) newer() azureStorage {
	authorizer := azureAuthorizer{Type: azureDefaultCredentialType}
	if a.StorageAccessKey != "" {
		authorizer = azureAuthorizer{Type: azureAccessKeyType, AccessKey: a.StorageAccessKey, Account: a.StorageAccount}
	}
	return azureStorage{a.SubscriptionID, a.StorageAccount, a.Container, a.Path, a.Cloud, authorizer}
}

func (n azureStorage) entry() Azure {
	return Azure{n.SubscriptionID, n.Account, n.Container, n.Path, n.Cloud, n.Authorizer.AccessKey}
}

// UnmarshalJSON returns an error for what Kubecost does not take.
func (n *azureStorage) UnmarshalJSON(b []byte) error {
	type plain azureStorage
	if err := unmarshal(b, (*plain)(n), "subscriptionID", "account", "container", "path", "cloud"); err != nil {
		return err
	}
	switch a := n.Authorizer; {
	case a.Type == azureDefaultCredentialType && a.AccessKey == "":
	case a.Type == azureAccessKeyType && a.AccessKey != "" && a.Account == n.Account:
	default:
		return fmt.Errorf("the authorizer is neither %s with the account's key nor %s", azureAccessKeyType, azureDefaultCredentialType)
	}
	return nil
}
