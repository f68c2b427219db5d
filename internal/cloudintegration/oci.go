package cloudintegration

import (
	"encoding/pem"
	"fmt"
	"strings"
)

// OCI is one Oracle Cloud tenancy's bill. The flat format has none.
// Source: OpenCost, type UsageApiConfiguration in pkg/cloud/oracle/usageapiconfiguration.go.
type OCI struct {
	TenancyID            string
	Region               string
	UserID               string
	Fingerprint          string // of the user's API key
	PrivateKey           string // the API key in PEM; secret
	PrivateKeyPassphrase string // secret; empty for a key without one
}

var (
	checkOCIRegion      = matches(`[a-z]{2,}(-[a-z]+)+-[0-9]+`, "a region is like us-ashburn-1")
	checkOCIFingerprint = matches(`([0-9a-f]{2}:){15}[0-9a-f]{2}`, "a fingerprint is 16 pairs of hexadecimal digits with colons between them")
	checkTenancy        = matches(ocid("tenancy"), "it is a tenancy's OCID, ocid1.tenancy....")
	checkUser           = matches(ocid("user"), "it is a user's OCID, ocid1.user....")
)

func (o *OCI) fields(Format) []field {
	passphrase := ""
	if encrypted(o.PrivateKey) {
		passphrase = "privateKey is encrypted"
	}
	return []field{
		{key: "tenancyId", value: &o.TenancyID, missing: "the tenancy's OCID", check: checkTenancy},
		{key: "region", value: &o.Region, missing: "the tenancy's home region, such as us-ashburn-1", check: checkOCIRegion},
		{key: "userId", value: &o.UserID, missing: "the OCID of the user that Kubecost is", check: checkUser},
		{key: "fingerprint", value: &o.Fingerprint, missing: "the fingerprint of that user's API key", check: checkOCIFingerprint},
		{key: "privateKey", value: &o.PrivateKey, secret: true, missing: "the API key in PEM", check: checkPrivateKey},
		{key: "privateKeyPassphrase", value: &o.PrivateKeyPassphrase, secret: true, missing: passphrase},
	}
}

// ocid is the pattern of an OCID. A region and a part for future use may be empty.
// Source: https://docs.oracle.com/en-us/iaas/Content/General/Concepts/identifiers.htm
func ocid(of string) string {
	return `ocid1\.` + of + `\.[a-z0-9-]+\.[a-z0-9-]*\.([a-z0-9-]*\.)?[a-z0-9]+`
}

// encrypted says whether a private key in PEM needs a passphrase.
func encrypted(key string) bool {
	block, _ := pem.Decode([]byte(key))
	return block != nil && (strings.HasPrefix(block.Type, "ENCRYPTED") || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"))
}

func (o *OCI) key() string   { return o.TenancyID }
func (o *OCI) keyed() string { return "tenancyId" }

// ociUsageAPI is an OCI in the newer format.
type ociUsageAPI struct {
	TenancyID  string       `json:"tenancyID"`
	Region     string       `json:"region"`
	Authorizer ociRawConfig `json:"authorizer"`
}

// ociRawConfig is the authorizer OCIRawConfigProvider. Kubecost refuses an empty passphrase, but not a missing one.
type ociRawConfig struct {
	Type                 string `json:"authorizerType"`
	TenancyID            string `json:"tenancyID"`
	UserID               string `json:"userID"`
	Region               string `json:"region"`
	Fingerprint          string `json:"fingerprint"`
	PrivateKey           string `json:"privateKey"`
	PrivateKeyPassphrase string `json:"privateKeyPassphrase,omitempty"`
}

const ociRawConfigType = "OCIRawConfigProvider"

func (o OCI) newer() ociUsageAPI {
	return ociUsageAPI{o.TenancyID, o.Region, ociRawConfig{
		ociRawConfigType, o.TenancyID, o.UserID, o.Region, o.Fingerprint, o.PrivateKey, o.PrivateKeyPassphrase,
	}}
}

func (n ociUsageAPI) entry() OCI {
	a := n.Authorizer
	return OCI{n.TenancyID, n.Region, a.UserID, a.Fingerprint, a.PrivateKey, a.PrivateKeyPassphrase}
}

// UnmarshalJSON returns an error for what Kubecost does not take.
func (n *ociUsageAPI) UnmarshalJSON(b []byte) error {
	type plain ociUsageAPI
	if err := unmarshal(b, (*plain)(n), "tenancyID", "region"); err != nil {
		return err
	}
	if n.Authorizer.Type != ociRawConfigType || n.Authorizer.TenancyID != n.TenancyID || n.Authorizer.Region != n.Region {
		return fmt.Errorf("the authorizer is not %s of the entry's tenancy and region", ociRawConfigType)
	}
	return nil
}
