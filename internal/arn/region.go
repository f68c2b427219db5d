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
