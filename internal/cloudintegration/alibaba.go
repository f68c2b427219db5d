package cloudintegration

import (
	"fmt"
)

// Alibaba is one Alibaba Cloud account's bill. Kubecost takes the entry, but OpenCost's source reads no costs by it.
// Source: OpenCost, type BOAConfiguration in pkg/cloud/alibaba/boaconfiguration.go.
type Alibaba struct {
	AccountID       string
	Region          string
	AccessKeyID     string
	AccessKeySecret string // secret
}

var (
	checkAlibabaAccount   = matches(`[0-9]{6,20}`, "an account's ID is 6 to 20 digits")
	checkAlibabaRegion    = matches(`[a-z]{2,4}(-[a-z]+)+(-[0-9]+)?`, "a region is like cn-hangzhou or us-west-1")
	checkAlibabaKeyID     = matches(`[A-Za-z0-9.]{12,64}`, "an access key's ID is 12 to 64 letters and digits")
	checkAlibabaKeySecret = matches(`[A-Za-z0-9+/=_-]{16,128}`, "an access key's secret is 16 to 128 characters without spaces")
)

func (a *Alibaba) fields(Format) []field {
	return []field{
		{key: "accountId", value: &a.AccountID, missing: "the account's ID, in quotes", check: checkAlibabaAccount},
		{key: "region", value: &a.Region, missing: "the region, such as cn-hangzhou", check: checkAlibabaRegion},
		{key: "accessKeyId", value: &a.AccessKeyID, missing: "the access key's ID", check: checkAlibabaKeyID},
		{key: "accessKeySecret", value: &a.AccessKeySecret, secret: true, missing: "the access key's secret", check: checkAlibabaKeySecret},
	}
}

func (a *Alibaba) key() string   { return a.AccountID + "/" + a.Region }
func (a *Alibaba) keyed() string { return "accountId and region" }

// alibabaFlat is an Alibaba in the flat format.
// Source: OpenCost, type AlibabaInfo in pkg/cloud/alibaba/provider.go.
type alibabaFlat struct {
	ClusterRegion    string `json:"clusterRegion"`
	AccountID        string `json:"accountID"`
	ServiceKeyName   string `json:"serviceKeyName"`
	ServiceKeySecret string `json:"serviceKeySecret"`
}

func (a Alibaba) flat() alibabaFlat {
	return alibabaFlat{a.Region, a.AccountID, a.AccessKeyID, a.AccessKeySecret}
}

func (f alibabaFlat) entry() Alibaba {
	return Alibaba{f.AccountID, f.ClusterRegion, f.ServiceKeyName, f.ServiceKeySecret}
}

// alibabaBOA is an Alibaba in the newer format.
type alibabaBOA struct {
	Account    string           `json:"account"`
	Region     string           `json:"region"`
	Authorizer alibabaAccessKey `json:"authorizer"`
}

// alibabaAccessKey is the authorizer AlibabaAccessKey.
type alibabaAccessKey struct {
	Type            string `json:"authorizerType"`
	AccessKeyID     string `json:"accessKeyID"`
	AccessKeySecret string `json:"accessKeySecret"`
}

const alibabaAccessKeyType = "AlibabaAccessKey"

func (a Alibaba) newer() alibabaBOA {
	return alibabaBOA{a.AccountID, a.Region, alibabaAccessKey{alibabaAccessKeyType, a.AccessKeyID, a.AccessKeySecret}}
}

func (n alibabaBOA) entry() Alibaba {
	return Alibaba{n.Account, n.Region, n.Authorizer.AccessKeyID, n.Authorizer.AccessKeySecret}
}

// UnmarshalJSON returns an error for what Kubecost does not take.
func (n *alibabaBOA) UnmarshalJSON(b []byte) error {
	type plain alibabaBOA
	if err := unmarshal(b, (*plain)(n), "account", "region"); err != nil {
		return err
	}
	if n.Authorizer.Type != alibabaAccessKeyType {
		return fmt.Errorf("the authorizer is not %s", alibabaAccessKeyType)
	}
	return nil
}
