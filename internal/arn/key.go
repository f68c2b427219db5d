package arn

import (
	"fmt"
	"regexp"
)

var (
	keyResource   = regexp.MustCompile(`^key/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$`)
	aliasResource = regexp.MustCompile(`^alias/[A-Za-z0-9/_-]+$`) // is told as part of a command
)

// Place is where a resource has to be.
type Place struct{ Partition, Region, Account string }

// CheckKey returns an error for a string that is not the ARN of a KMS key of exactly this place. Buckets take keys of their own
// region only; an alias cannot stand in a policy's Resource.
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN
func CheckKey(text string, at Place) error {
	key, err := Parse(text)
	switch {
	case err == nil && key.Service == "kms" && aliasResource.MatchString(key.Resource):
		return fmt.Errorf("it is an alias; the key's own ARN is needed: aws kms describe-key --key-id %s shows it", key.Resource)
	case err != nil || key.Service != "kms" || !keyResource.MatchString(key.Resource):
		return fmt.Errorf("it is a KMS key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID")
	case key.Partition != at.Partition:
		return fmt.Errorf("the key is in partition %s, and the buckets are in %s", key.Partition, at.Partition)
	case key.Region != at.Region:
		return fmt.Errorf("the key is in region %s, and the buckets are in %s: a bucket takes keys of its own region", key.Region, at.Region)
	case key.Account != at.Account:
		return fmt.Errorf("the key is in account %s, and the payer account is %s", key.Account, at.Account)
	}
	return nil
}
