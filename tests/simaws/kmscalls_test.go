package simaws

import (
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// kmsAnswer is what Encrypt, Decrypt and GenerateDataKey have in common, in base64.
type kmsAnswer struct{ CiphertextBlob, Plaintext string }

func kms(t *testing.T, c aws.Config, action, body string) (kmsAnswer, error) {
	t.Helper()
	var out kmsAnswer
	err := rawCall(t, c, "kms", "TrentService."+action, "/", body, &out)
	return out, err
}

func TestWhatAKeyEncryptsIsReadByThoseWhomItsPolicyLetsIn(t *testing.T) {
	account, admin := newAccount(t)
	other, neighbour := newAccount(t)
	key := cloud.AddKey(account, region, keyPolicy(account, leftToIAM, fmt.Sprintf(
		`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"kms:Decrypt","Resource":"*"}`, other)))
	plain := base64.StdEncoding.EncodeToString([]byte("a data key"))
	out, err := kms(t, admin, "Encrypt", fmt.Sprintf(`{"KeyId":%q,"Plaintext":%q,"EncryptionContext":{"a":"1","b":"2"}}`, key, plain))
	if err != nil {
		t.Fatal(err)
	}
	sealed := out.CiphertextBlob
	if sealed == "" || sealed == plain {
		t.Fatalf("it is encrypted as %q", sealed)
	}
	read := fmt.Sprintf(`{"CiphertextBlob":%q,"EncryptionContext":{"b":"2","a":"1"}}`, sealed)
	for name, who := range map[string]aws.Config{"its own account": admin, "another account": neighbour} {
		if got, err := kms(t, who, "Decrypt", read); err != nil || got.Plaintext != plain {
			t.Errorf("%s reads %+v: %v", name, got, err)
		}
	}
	_, err = kms(t, neighbour, "Encrypt", fmt.Sprintf(`{"KeyId":%q,"Plaintext":%q}`, key, plain))
	wantError(t, err, "AccessDeniedException", "kms:Encrypt")
	_, err = kms(t, admin, "Decrypt", fmt.Sprintf(`{"CiphertextBlob":%q}`, sealed))
	wantError(t, err, "InvalidCiphertextException", "")
	session := assume(t, admin, newRole(t, admin, "without", fmt.Sprintf(root, account), ""))
	_, err = kms(t, session, "Decrypt", read)
	wantError(t, err, "AccessDeniedException", "kms:Decrypt")
	_, err = kms(t, admin, "Encrypt", fmt.Sprintf(`{"KeyId":%q,"Plaintext":%q}`, key+"0", plain))
	wantError(t, err, "NotFoundException", "does not exist")
}

func TestADataKeyComesInPlainTextAndEncrypted(t *testing.T) {
	account, admin := newAccount(t)
	key := cloud.AddKey(account, region, keyPolicy(account, leftToIAM))
	made, err := kms(t, admin, "GenerateDataKey", fmt.Sprintf(`{"KeyId":%q,"KeySpec":"AES_256"}`, key))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := base64.StdEncoding.DecodeString(made.Plaintext); err != nil || len(plain) != 32 {
		t.Errorf("the key is %q: %v", made.Plaintext, err)
	}
	read, err := kms(t, admin, "Decrypt", fmt.Sprintf(`{"CiphertextBlob":%q}`, made.CiphertextBlob))
	if err != nil || read.Plaintext != made.Plaintext {
		t.Errorf("it is decrypted as %q, want %q: %v", read.Plaintext, made.Plaintext, err)
	}
}
