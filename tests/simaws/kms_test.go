package simaws

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// keyStatement is a statement of a key's policy, or of a role's.
const (
	leftToIAM    = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::ACCOUNT:root"},"Action":"kms:*","Resource":"*"}`
	forBilling   = `{"Effect":"Allow","Principal":{"Service":"billingreports.amazonaws.com"},"Action":["kms:GenerateDataKey*","kms:Decrypt"],"Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:cur:us-east-1:ACCOUNT:definition/*"},"StringEquals":{"aws:SourceAccount":"ACCOUNT"}}}`
	ofRole       = `{"Effect":"Allow","Action":["kms:GenerateDataKey","kms:Decrypt"],"Resource":"KEY","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-2.amazonaws.com"}}}`
	throughOther = `{"Effect":"Allow","Action":["kms:GenerateDataKey","kms:Decrypt"],"Resource":"KEY","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}`
	anyObject    = `{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::*"}`
)

func keyPolicy(account string, statements ...string) string {
	return strings.ReplaceAll(`{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`, "ACCOUNT", account)
}

// encrypt makes a key the default of a bucket.
func encrypt(t *testing.T, c aws.Config, bucket, key string) {
	t.Helper()
	_, err := s3.NewFromConfig(c).PutBucketEncryption(t.Context(), &s3.PutBucketEncryptionInput{
		Bucket: &bucket, ServerSideEncryptionConfiguration: &s3types.ServerSideEncryptionConfiguration{Rules: []s3types.ServerSideEncryptionRule{{
			ApplyServerSideEncryptionByDefault: &s3types.ServerSideEncryptionByDefault{SSEAlgorithm: s3types.ServerSideEncryptionAwsKms, KMSMasterKeyID: &key},
			BucketKeyEnabled:                   aws.Bool(true),
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func getObject(t *testing.T, c aws.Config, bucket, key string) error {
	t.Helper()
	out, err := s3.NewFromConfig(c).GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err == nil {
		_ = out.Body.Close()
	}
	return err
}

func TestObjectsUnderAKeyNeedTheKey(t *testing.T) {
	account, admin := newAccount(t)
	bucket := newBucket(t, admin, "data", "")
	for name, test := range map[string]struct{ role, key, refusal string }{
		"both policies":         {ofRole, leftToIAM, ""},
		"role's policy only":    {ofRole, strings.ReplaceAll(leftToIAM, "ACCOUNT", "999999999999"), "kms:GenerateDataKey"},
		"key's policy only":     {"", leftToIAM, "kms:GenerateDataKey"},
		"through another S3":    {throughOther, leftToIAM, "kms:GenerateDataKey"},
		"the role named by key": {ofRole, `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::ACCOUNT:root"},"Action":["kms:GenerateDataKey","kms:Decrypt"],"Resource":"*","Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::ACCOUNT:role/ROLE"}}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			role := strings.ReplaceAll(strings.ReplaceAll(name, " ", "-"), "'", "")
			key := cloud.AddKey(account, region, keyPolicy(account, strings.ReplaceAll(test.key, "ROLE", role), forBilling))
			encrypt(t, admin, bucket, key)
			policy := anyObject
			if test.role != "" {
				policy += "," + strings.ReplaceAll(test.role, "KEY", key)
			}
			session := assume(t, admin, newRole(t, admin, role, fmt.Sprintf(root, account), keyPolicy(account, policy)))
			err := putObject(t, session, bucket, "a", "content")
			if test.refusal != "" {
				wantError(t, err, "AccessDenied", test.refusal)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := getObject(t, session, bucket, "a"); err != nil {
				t.Error(err)
			}
			cloud.SetKeyPolicy(key, keyPolicy(account, forBilling))
			wantError(t, getObject(t, session, bucket, "a"), "AccessDenied", "kms:Decrypt")
			if _, err := s3.NewFromConfig(session).HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String("a")}); err != nil {
				t.Errorf("what is not decrypted needs no key: %v", err)
			}
		})
	}
}

func TestAKeyThatIsNotInTheBucketsRegionIsNone(t *testing.T) {
	account, admin := newAccount(t)
	bucket := newBucket(t, admin, "data", "")
	encrypt(t, admin, bucket, cloud.AddKey(account, "us-east-1", keyPolicy(account, leftToIAM)))
	wantError(t, putObject(t, admin, bucket, "a", "content"), "KMS.NotFoundException", "does not exist")
}

func TestReportsAreDeliveredOnlyIfTheKeysPolicyLetsBilling(t *testing.T) {
	account, admin := newAccount(t)
	bucket := newBucket(t, admin, "cur", deliveryTo(account))
	key := cloud.AddKey(account, region, keyPolicy(account, leftToIAM))
	encrypt(t, admin, bucket, key)
	wantError(t, putReport(t, admin, definition(bucket)), "ValidationException", "Failed to verify customer bucket permission")

	cloud.SetKeyPolicy(key, keyPolicy("999999999999", forBilling))
	wantError(t, putReport(t, admin, definition(bucket)), "ValidationException", "Failed to verify customer bucket permission")

	cloud.SetKeyPolicy(key, keyPolicy(account, leftToIAM, forBilling))
	if err := putReport(t, admin, definition(bucket)); err != nil {
		t.Fatal(err)
	}
	if err := cloud.BillingPutObject(t.Context(), account, "kubecost", "cur/x", []byte("x")); err != nil {
		t.Fatal(err)
	}
	cloud.SetKeyPolicy(key, keyPolicy(account, leftToIAM))
	if err := cloud.BillingPutObject(t.Context(), account, "kubecost", "cur/y", []byte("y")); err == nil {
		t.Error("it was delivered under a key that billing may not use")
	}
	if status := cloud.Reports(account)[0].ReportStatus; status == nil || status.LastStatus != "ERROR_PERMISSIONS" {
		t.Errorf("the report's status is %+v", status)
	}
}

func TestQueriesNeedTheKeysOfTheDataAndOfTheResults(t *testing.T) {
	p := newPayer(t, "a\nb")
	data := cloud.AddKey(p.account, region, keyPolicy(p.account, leftToIAM))
	results := cloud.AddKey(p.account, region, keyPolicy(p.account, leftToIAM))
	encrypt(t, p.admin, p.data, data)
	if err := putObject(t, p.admin, p.data, "cur/a", "a\nb"); err != nil {
		t.Fatal(err)
	}
	if err := rawCall(t, p.admin, "athena", "AmazonAthena.UpdateWorkGroup", "/", fmt.Sprintf(`{"WorkGroup":"kubecost","ConfigurationUpdates":{"ResultConfigurationUpdates":
		{"EncryptionConfiguration":{"EncryptionOption":"SSE_KMS","KmsKey":%q}}}}`, results), nil); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		keys   []string
		reason string
	}{
		"both":    {[]string{data, results}, ""},
		"results": {[]string{results}, "Permission denied on S3 path"},
		"data":    {[]string{data}, "KMS key"},
	} {
		statements := p.policy("")
		for _, key := range test.keys {
			statements = strings.Replace(statements, `"Statement":[`, `"Statement":[`+strings.ReplaceAll(ofRole, "KEY", key)+",", 1)
		}
		client := athena.NewFromConfig(assume(t, p.admin, newRole(t, p.admin, "keys-"+name, fmt.Sprintf(root, p.account), statements)))
		id, err := p.start(t, client)
		if err != nil {
			t.Fatal(err)
		}
		status := wait(t, client, id).Status
		if got := aws.ToString(status.StateChangeReason); (test.reason == "") != (status.State == "SUCCEEDED") || !strings.Contains(got, test.reason) {
			t.Errorf("with the keys of %s the query is %s: %s", name, status.State, got)
		}
	}
}

func TestABucketWhoseEncryptionIsDeletedHasS3sOwnKey(t *testing.T) {
	_, config := newAccount(t)
	client, bucket := s3.NewFromConfig(config), "encrypted-"+strings.ToLower(randomID(12))
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{
		LocationConstraint: s3types.BucketLocationConstraint(region),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.DeleteBucketEncryption(t.Context(), &s3.DeleteBucketEncryptionInput{Bucket: &bucket}); err != nil {
		t.Fatal(err)
	}
	got, err := client.GetBucketEncryption(t.Context(), &s3.GetBucketEncryptionInput{Bucket: &bucket})
	if err != nil {
		t.Fatal(err)
	}
	if rules := got.ServerSideEncryptionConfiguration.Rules; len(rules) != 1 || rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm != "AES256" {
		t.Errorf("the rules are %+v", rules)
	}
}
