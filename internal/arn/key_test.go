package arn

import "testing"

func TestAKeyIsOneOfThePlaceAndNoAlias(t *testing.T) {
	const id = "1234abcd-12ab-34cd-56ef-1234567890ab"
	at := Place{Commercial, "us-east-2", "111111111111"}
	for key, want := range map[string]string{
		"arn:aws:kms:us-east-2:111111111111:key/" + id:                                "",
		"arn:aws:kms:us-east-2:111111111111:key/mrk-1234abcd12ab34cd56ef1234567890ab": "",
		"arn:aws:kms:us-east-2:111111111111:alias/kubecost":                           "an alias",
		"alias/kubecost": "key's ARN",
		id:               "key's ARN",
		"arn:aws:kms:us-east-2:111111111111:key/*":            "key's ARN",
		"arn:aws:kms:us-east-2:111111111111:key/" + id + "\n": "key's ARN",
		"arn:aws:iam::111111111111:role/x":                    "key's ARN",
		"arn:aws:kms:us-east-1:111111111111:key/" + id:        "region us-east-1",
		"arn:aws:kms:us-east-2:222222222222:key/" + id:        "account 222222222222",
		"arn:aws-cn:kms:us-east-2:111111111111:key/" + id:     "partition aws-cn",
		"": "key's ARN",
	} {
		expect(t, key, CheckKey(key, at), want)
	}
}
