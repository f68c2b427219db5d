package components

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

// OtherClouds are the bills of clouds other than AWS, which Kubecost reads by the same file.
type OtherClouds struct {
	// Azure are the Azure subscriptions.
	Azure []AzureConnection `pulumi:"azure,optional"`
	// GCP are the Google Cloud billing exports.
	GCP []GCPConnection `pulumi:"gcp,optional"`
	// Alibaba are the Alibaba Cloud accounts.
	Alibaba []AlibabaConnection `pulumi:"alibaba,optional"`
	// OCI are the Oracle Cloud tenancies; the flat format has none.
	OCI []OCIConnection `pulumi:"oci,optional"`
}

// AzureConnection is how Kubecost reaches one Azure subscription's cost export.
type AzureConnection struct {
	// SubscriptionID is the subscription's ID.
	SubscriptionID pulumi.StringInput `pulumi:"subscriptionId"`
	// StorageAccount and Container are where the daily cost export goes.
	StorageAccount pulumi.StringInput `pulumi:"storageAccount"`
	Container      pulumi.StringInput `pulumi:"container"`
	// Path is the export's in the container, Cloud is the one that the subscription is in. Both may be left out.
	Path  pulumi.StringInput `pulumi:"path,optional"`
	Cloud pulumi.StringInput `pulumi:"cloud,optional" enum:"AzureCloud"`
	// StorageAccessKey is the storage account's key; without it Kubecost has the pod's own Azure identity, which the flat format has not.
	StorageAccessKey pulumi.StringInput `pulumi:"storageAccessKey,optional" provider:"secret"`
}

// GCPConnection is how Kubecost reaches one Google Cloud billing export.
type GCPConnection struct {
	// ProjectID, Dataset and Table are where the billing export goes in BigQuery.
	ProjectID pulumi.StringInput `pulumi:"projectId"`
	Dataset   pulumi.StringInput `pulumi:"dataset"`
	Table     pulumi.StringInput `pulumi:"table"`
	// ServiceAccountKey is the JSON that Google gives for the key; without it Kubecost has the pod's own Google identity.
	ServiceAccountKey pulumi.StringInput `pulumi:"serviceAccountKey,optional" provider:"secret"`
}

// AlibabaConnection is how Kubecost reaches one Alibaba Cloud account's bill.
type AlibabaConnection struct {
	// AccountID is the account's ID, Region where its bill is asked for.
	AccountID pulumi.StringInput `pulumi:"accountId"`
	Region    pulumi.StringInput `pulumi:"region"`
	// AccessKeyID and AccessKeySecret are the access key.
	AccessKeyID     pulumi.StringInput `pulumi:"accessKeyId"`
	AccessKeySecret pulumi.StringInput `pulumi:"accessKeySecret" provider:"secret"`
}

// OCIConnection is how Kubecost reaches one Oracle Cloud tenancy's bill.
type OCIConnection struct {
	// TenancyID is the tenancy's OCID, Region its home region.
	TenancyID pulumi.StringInput `pulumi:"tenancyId"`
	Region    pulumi.StringInput `pulumi:"region"`
	// UserID is the OCID of the user that the key is of, Fingerprint the key's.
	UserID      pulumi.StringInput `pulumi:"userId"`
	Fingerprint pulumi.StringInput `pulumi:"fingerprint"`
	// PrivateKey is the API key in PEM.
	PrivateKey pulumi.StringInput `pulumi:"privateKey" provider:"secret"`
	// PrivateKeyPassphrase is that of the private key, if it has one.
	PrivateKeyPassphrase pulumi.StringInput `pulumi:"privateKeyPassphrase,optional" provider:"secret"`
}

func (o OtherClouds) validate(f *faults) {
	for i, c := range o.Azure {
		f.require(fmt.Sprintf("Azure[%d]: one of its fields", i), c.SubscriptionID != nil && c.StorageAccount != nil && c.Container != nil)
	}
	for i, c := range o.GCP {
		f.require(fmt.Sprintf("GCP[%d]: one of its fields", i), c.ProjectID != nil && c.Dataset != nil && c.Table != nil)
	}
	for i, c := range o.Alibaba {
		f.require(fmt.Sprintf("Alibaba[%d]: one of its fields", i),
			c.AccountID != nil && c.Region != nil && c.AccessKeyID != nil && c.AccessKeySecret != nil)
	}
	for i, c := range o.OCI {
		f.require(fmt.Sprintf("OCI[%d]: one of its fields", i), c.TenancyID != nil && c.Region != nil && c.UserID != nil &&
			c.Fingerprint != nil && c.PrivateKey != nil)
	}
}

// secret says whether any of the entries has a key.
func (o OtherClouds) secret() bool {
	for _, c := range o.Azure {
		if c.StorageAccessKey != nil {
			return true
		}
	}
	for _, c := range o.GCP {
		if c.ServiceAccountKey != nil {
			return true
		}
	}
	return len(o.Alibaba)+len(o.OCI) > 0
}

// entries resolves the connections to entries of the file, each of its own type.
func (o OtherClouds) entries() []any {
	var entries []any
	for _, c := range o.Azure {
		entries = append(entries, texts(
			c.SubscriptionID, c.StorageAccount, c.Container, c.Path, c.Cloud, c.StorageAccessKey,
		).ApplyT(func(v []string) cloudintegration.Azure {
			return cloudintegration.Azure{
				SubscriptionID: v[0], StorageAccount: v[1], Container: v[2], Path: v[3], Cloud: v[4], StorageAccessKey: v[5],
			}
		}))
	}
	for _, c := range o.GCP {
		entries = append(entries, texts(
			c.ProjectID, c.Dataset, c.Table, c.ServiceAccountKey,
		).ApplyT(func(v []string) cloudintegration.GCP {
			return cloudintegration.GCP{ProjectID: v[0], Dataset: v[1], Table: v[2], ServiceAccountKey: v[3]}
		}))
	}
	for _, c := range o.Alibaba {
		entries = append(entries, texts(
			c.AccountID, c.Region, c.AccessKeyID, c.AccessKeySecret,
		).ApplyT(func(v []string) cloudintegration.Alibaba {
			return cloudintegration.Alibaba{AccountID: v[0], Region: v[1], AccessKeyID: v[2], AccessKeySecret: v[3]}
		}))
	}
	for _, c := range o.OCI {
		entries = append(entries, texts(
			c.TenancyID, c.Region, c.UserID, c.Fingerprint, c.PrivateKey, c.PrivateKeyPassphrase,
		).ApplyT(func(v []string) cloudintegration.OCI {
			return cloudintegration.OCI{
				TenancyID: v[0], Region: v[1], UserID: v[2], Fingerprint: v[3], PrivateKey: v[4], PrivateKeyPassphrase: v[5],
			}
		}))
	}
	return entries
}

// texts resolves inputs; one that is nil is an empty text.
func texts(inputs ...pulumi.StringInput) pulumi.StringArrayOutput {
	var all pulumi.StringArray
	for _, in := range inputs {
		if in == nil {
			in = pulumi.String("")
		}
		all = append(all, in)
	}
	return all.ToStringArrayOutput()
}

// collect sorts resolved entries by their cloud.
func collect(entries []any) cloudintegration.Entries {
	var e cloudintegration.Entries
	for _, one := range entries {
		switch one := one.(type) {
		case cloudintegration.AWS:
			e.AWS = append(e.AWS, one)
		case cloudintegration.Azure:
			e.Azure = append(e.Azure, one)
		case cloudintegration.GCP:
			e.GCP = append(e.GCP, one)
		case cloudintegration.Alibaba:
			e.Alibaba = append(e.Alibaba, one)
		case cloudintegration.OCI:
			e.OCI = append(e.OCI, one)
		}
	}
	return e
}
