package arn

import (
	"fmt"
	"slices"
	"strings"
)

// The partitions of AWS.
const (
	Commercial = "aws"
	China      = "aws-cn"
	GovCloud   = "aws-us-gov"
)

// regions are the regions of each partition.
// Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
var regions = map[string][]string{
	Commercial: {
		"af-south-1",
		"ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
		"ap-south-1", "ap-south-2",
		"ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6",
		"ap-southeast-7",
		"ca-central-1", "ca-west-1",
		"eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3",
		"il-central-1",
		"me-central-1", "me-south-1",
		"mx-central-1",
		"sa-east-1",
		"us-east-1", "us-east-2", "us-west-1", "us-west-2",
	},
	China:    {"cn-north-1", "cn-northwest-1"},
	GovCloud: {"us-gov-east-1", "us-gov-west-1"},
}

// billingRegions are the regions that have the billing APIs, each for its whole partition.
// Source: https://docs.aws.amazon.com/general/latest/gr/billing.html and
// https://docs.amazonaws.cn/en_us/aws/latest/userguide/billing-and-payment.html
var billingRegions = map[string]string{Commercial: "us-east-1", China: "cn-northwest-1"}

// BillingRegion returns the region that the reports of a partition are defined in, wherever their buckets are; it is also the
// region in their ARNs. It is empty for a partition in which no reports are made.
func BillingRegion(partition string) string { return billingRegions[partition] }

// Domain returns what the names of a partition's services end with, as in s3.us-east-2.amazonaws.com.
func Domain(partition string) string {
	if partition == China {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

// CheckPayerRegion returns an error for a region in whose partition AWS makes no reports. GovCloud's bill is part of that of
// the standard account which a GovCloud account is associated with.
// Source: https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/usage-and-payment.html
func CheckPayerRegion(region string) error {
	partition, err := Partition(region)
	if err == nil && BillingRegion(partition) == "" {
		err = fmt.Errorf("it is in partition %s, in which AWS makes no Cost and Usage Report: its costs are in the bill of the "+
			"standard account that goes with a GovCloud account. Set the payer side up there, in a region of partition %s", partition, Commercial)
	}
	return err
}

// CheckSamePartition returns an error for a region that is not in a partition: roles cannot be assumed across partitions, so
// Kubecost and the bill that it reads must be in one.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
func CheckSamePartition(region, partition string) error {
	other, err := Partition(region)
	if err != nil || other == partition {
		return err
	}
	return fmt.Errorf("it is in partition %s, and this stack's region is in %s: no role can be assumed across partitions. Run "+
		"Kubecost in an account of %s, or have it read a payer of %s", other, partition, other, partition)
}

// Partition returns the partition of a region. It returns an error for a region that AWS does not have, naming the nearest
// ones that it has.
func Partition(region string) (string, error) {
	for partition, names := range regions {
		if slices.Contains(names, region) {
			return partition, nil
		}
	}
	area, _, _ := strings.Cut(region, "-")
	var near []string
	for _, partition := range []string{Commercial, China, GovCloud} {
		for _, name := range regions[partition] {
			if strings.HasPrefix(name, area+"-") {
				near = append(near, name)
			}
		}
	}
	if area == "" || len(near) == 0 {
		return "", fmt.Errorf("AWS has no such region; a region is written like us-east-2")
	}
	return "", fmt.Errorf("AWS has no such region; near it are %s", strings.Join(near, ", "))
}
