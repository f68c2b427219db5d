package iampolicy

import (
	"encoding/json"
	"fmt"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// useKey lets a role read and write, through S3 alone, objects that are encrypted with a key.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
func useKey(keyARN, region string) Statement {
	return Statement{
		Sid: "UseTheKeyThroughS3", Effect: Allow,
		Action:    []string{"kms:Decrypt", "kms:GenerateDataKey"},
		Resource:  []string{keyARN},
		Condition: throughS3(region),
	}
}

func throughS3(region string) Condition {
	return Condition{StringEquals: {"kms:ViaService": {"s3." + region + ".amazonaws.com"}}}
}

// KeyUse says who uses the key that the report and the results are encrypted with.
type KeyUse struct {
	Region  string // of the key and the buckets
	Account string // the payer account's ID
	Role    arn.ARN
}

// KeyStatements returns what a key's own policy has to say, as a JSON list of statements: the billing service may encrypt the
// reports of the account, and its role may use the key through S3. The role is named by a condition, so that it need not exist
// yet. In a key's policy, "*" is that key.
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
func KeyStatements(use KeyUse) (string, error) {
	role := throughS3(use.Region)
	role[ArnEquals] = map[string][]string{"aws:PrincipalArn": {use.Role.String()}}
	statements := []Statement{
		{
			Sid: "BillingEncryptsReports", Effect: Allow,
			Principal: &Principal{Service: []string{BillingService}},
			Action:    []string{"kms:Decrypt", "kms:GenerateDataKey*"},
			Resource:  []string{"*"},
			Condition: ownReports(use.Role.Partition, use.Account),
		},
		{
			Sid: "KubecostUsesTheKeyThroughS3", Effect: Allow,
			Principal: &Principal{AWS: []string{arn.Root(use.Role.Partition, use.Account).String()}},
			Action:    []string{"kms:Decrypt", "kms:GenerateDataKey"},
			Resource:  []string{"*"},
			Condition: role,
		},
	}
	text, err := json.Marshal(statements)
	if err != nil {
		return "", fmt.Errorf("encoding the statements of a key's policy: %w", err)
	}
	return string(text), nil
}
