package stacks

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

// clouds reads the format of cloud-integration.json and the entries of the clouds other than AWS. No fault tells a value of a
// setting that has a secret key, or is a Pulumi secret.
func (r *reader) clouds() (cloudintegration.Format, cloudintegration.Entries) {
	format := cloudintegration.Format(r.text("cloudIntegrationFormat"))
	r.fault("cloudIntegrationFormat", string(format), cloudintegration.CheckFormat(format))
	var entries cloudintegration.Entries
	var given []string
	before := len(r.faults)
	for _, cloud := range cloudintegration.Clouds {
		text := r.raw(cloud)
		if text == "" || text == "[]" {
			continue
		}
		given = append(given, r.full(cloud))
		faults := entries.Read(cloud, text, format)
		// Where there is a key, any value may be one that was put in the wrong place.
		tell := !r.secret(cloud) && len(entries.SecretKeys(cloud)) == 0
		for _, fault := range faults {
			if fault.Value != "" && tell {
				r.fault(fault.Name, fault.Value, fault.Err)
			} else {
				r.faults = append(r.faults, fmt.Errorf("%s: %w", r.full(fault.Name), fault.Err))
			}
		}
		r.plain(cloud, entries)
	}
	if len(r.faults) == before && cloudintegration.CheckFormat(format) == nil {
		if err := entries.Check(format); err != nil { // what is left to be wrong with them is their size
			r.faults = append(r.faults, fmt.Errorf("%s together: %w", strings.Join(given, ", "), err))
		}
	}
	return format, entries
}

// plain records a fault for each secret of a cloud's entries that was given as plain text. Pulumi tells of a whole setting only
// whether it holds a secret: of two keys in one setting, one that is plain beside a secret one is not noticed.
func (r *reader) plain(cloud string, entries cloudintegration.Entries) {
	if r.secret(cloud) {
		return
	}
	for _, name := range entries.SecretKeys(cloud) {
		r.faults = append(r.faults, fmt.Errorf("%s is plain text in the stack's settings: give it as a secret, by "+
			"`pulumi config set --secret --path '%s'`, and take it for known to all who could read that file", r.full(name), r.full(name)))
	}
}

// otherClouds are the entries of the settings as the component takes them. Their keys are secrets from here on.
func otherClouds(entries cloudintegration.Entries) components.OtherClouds {
	var clouds components.OtherClouds
	for _, e := range entries.Azure {
		clouds.Azure = append(clouds.Azure, components.AzureConnection{
			SubscriptionID:   pulumi.String(e.SubscriptionID),
			StorageAccount:   pulumi.String(e.StorageAccount),
			Container:        pulumi.String(e.Container),
			Path:             pulumi.String(e.Path),
			Cloud:            pulumi.String(e.Cloud),
			StorageAccessKey: secret(e.StorageAccessKey),
		})
	}
	for _, e := range entries.GCP {
		clouds.GCP = append(clouds.GCP, components.GCPConnection{
			ProjectID:         pulumi.String(e.ProjectID),
			Dataset:           pulumi.String(e.Dataset),
			Table:             pulumi.String(e.Table),
			ServiceAccountKey: secret(e.ServiceAccountKey),
		})
	}
	for _, e := range entries.Alibaba {
		clouds.Alibaba = append(clouds.Alibaba, components.AlibabaConnection{
			AccountID:       pulumi.String(e.AccountID),
			Region:          pulumi.String(e.Region),
			AccessKeyID:     pulumi.String(e.AccessKeyID),
			AccessKeySecret: secret(e.AccessKeySecret),
		})
	}
	for _, e := range entries.OCI {
		clouds.OCI = append(clouds.OCI, components.OCIConnection{
			TenancyID:            pulumi.String(e.TenancyID),
			Region:               pulumi.String(e.Region),
			UserID:               pulumi.String(e.UserID),
			Fingerprint:          pulumi.String(e.Fingerprint),
			PrivateKey:           secret(e.PrivateKey),
			PrivateKeyPassphrase: secret(e.PrivateKeyPassphrase),
		})
	}
	return clouds
}

// secret is a string as a Pulumi secret; nil for none.
func secret(text string) pulumi.StringInput {
	if text == "" {
		return nil
	}
	return pulumi.ToSecret(pulumi.String(text)).(pulumi.StringOutput)
}
