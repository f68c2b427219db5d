package iampolicy

import (
	"encoding/json"
	"fmt"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// useKey lets a role read and write, through S3 alone, objects that are encrypted with a key.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
func useKey(key, partition, region string) Statement {
	return Statement{
		Sid: "UseTheKeyThroughS3", Effect: Allow,
		Action:    []string{"kms:Decrypt", "kms:GenerateDataKey"},
		Resource:  []string{key},
		Condition: throughS3(partition, region),
	}
}

func throughS3(partition, region string) Condition {
	return Condition{StringEquals: {"kms:ViaService": {"s3." + region + "." + arn.Domain(partition)}}}
}

// KeyUse says who uses the key that the report and the results are encrypted with.
type KeyUse struct {
	Partition string
	Region    string // of the key and the buckets
	Account   string // the payer account's ID
	Roles     []arn.ARN
	Exports   bool // the reports are exports of CUR 2.0
}

// KeyStatements returns what a key's own policy has to say, as a JSON list of statements: the billing service may encrypt the
// reports of the account, and the roles may use the key through S3. They are named by a condition, so that they need not
// exist yet. In a key's policy, "*" is that key.
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
func KeyStatements(use KeyUse) (string, error) {
	var names []string
	for _, role := range use.Roles {
		names = append(names, role.String())
	}
	roles := throughS3(use.Partition, use.Region)
	roles[ArnEquals] = map[string][]string{"aws:PrincipalArn": names}
	billing, condition := &Principal{Service: []string{BillingService}}, ownReports(use.Partition, use.Account)
	if use.Exports {
		billing, condition = exportServices(), ownExports(use.Partition, use.Account)
	}
	statements := []Statement{
		{
			Sid: "BillingEncryptsReports", Effect: Allow,
			Principal: billing,
			Action:    []string{"kms:Decrypt", "kms:GenerateDataKey*"},
			Resource:  []string{"*"},
			Condition: condition,
		},
		{
			Sid: "KubecostUsesTheKeyThroughS3", Effect: Allow,
			Principal: &Principal{AWS: []string{arn.Root(use.Partition, use.Account).String()}},
			Action:    []string{"kms:Decrypt", "kms:GenerateDataKey"},
			Resource:  []string{"*"},
			Condition: roles,
		},
	}
	text, err := json.Marshal(statements)
	if err != nil {
		return "", fmt.Errorf("encoding the statements of a key's policy: %w", err)
	}
	return string(text), nil
}
