package simaws

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"net/http"
)

// kmsOperations are those by which a caller encrypts data of its own. The key's policy decides on them, beside that of the caller.
// Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html, API_Decrypt.html,
// API_GenerateDataKey.html
var kmsOperations = map[string]operation{
	"Encrypt": (*Cloud).kmsEncrypt, "Decrypt": (*Cloud).kmsDecrypt, "GenerateDataKey": (*Cloud).kmsGenerateDataKey,
}

func (c *Cloud) serveKMS(w http.ResponseWriter, k *call) error {
	if _, ok := kmsOperations[k.action]; !ok {
		if err := c.authorize(k); err != nil {
			return err
		}
	}
	return c.perform(w, k, kmsOperations)
}

// kmsRequest is what the operations are asked, each of them a part of it.
type kmsRequest struct {
	KeyID                     string `json:"KeyId"`
	KeySpec                   string
	Plaintext, CiphertextBlob []byte
	EncryptionContext         map[string]string
}

func (c *Cloud) kmsEncrypt(k *call) (any, error) {
	var in kmsRequest
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	seal, bound, err := c.kmsCipher(k, in.KeyID, in.EncryptionContext)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"KeyId": in.KeyID, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
		"CiphertextBlob": sealed(in.KeyID, seal, in.Plaintext, bound),
	}, nil
}

// kmsGenerateDataKey makes a key of 256 bits for the caller to encrypt by, and answers with it and with what Decrypt gives it back for.
func (c *Cloud) kmsGenerateDataKey(k *call) (any, error) {
	var in kmsRequest
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	if in.KeySpec != "AES_256" {
		return nil, badRequest("ValidationException", "KeySpec %q is not simulated", in.KeySpec)
	}
	seal, bound, err := c.kmsCipher(k, in.KeyID, in.EncryptionContext)
	if err != nil {
		return nil, err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	return map[string]any{"KeyId": in.KeyID, "Plaintext": key, "CiphertextBlob": sealed(in.KeyID, seal, key, bound)}, nil
}

// sealed is what a key has encrypted: its ARN, which Decrypt finds the key by, and the sealed text.
func sealed(arn string, seal cipher.AEAD, plain, bound []byte) []byte {
	return append([]byte(arn+"\n"), seal.Seal(nil, nil, plain, bound)...)
}

func (c *Cloud) kmsDecrypt(k *call) (any, error) {
	var in kmsRequest
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	arn, text, ok := bytes.Cut(in.CiphertextBlob, []byte("\n"))
	if !ok {
		return nil, badRequest("InvalidCiphertextException", "The ciphertext is of no key")
	}
	seal, bound, err := c.kmsCipher(k, string(arn), in.EncryptionContext)
	if err != nil {
		return nil, err
	}
	if in.KeyID != "" && in.KeyID != string(arn) {
		return nil, badRequest("IncorrectKeyException", "The ciphertext is of another key")
	}
	plain, err := seal.Open(nil, nil, text, bound)
	if err != nil {
		return nil, badRequest("InvalidCiphertextException", "%v", err)
	}
	return map[string]any{"KeyId": string(arn), "EncryptionAlgorithm": "SYMMETRIC_DEFAULT", "Plaintext": plain}, nil
}

// kmsCipher is what a key encrypts by, once the caller may, and what it binds to an encryption context.
func (c *Cloud) kmsCipher(k *call, arn string, context map[string]string) (cipher.AEAD, []byte, error) {
	k.resource = arn
	key, ok := c.kms.find(arn)
	if !ok || key.region != k.region {
		return nil, nil, badRequest("NotFoundException", "Key '%s' does not exist", arn)
	}
	asked := access{action: "kms:" + k.action, resource: arn, account: key.account, policy: key.policy, context: map[string]string{
		"kms:CallerAccount": k.caller.Account,
	}}
	if err := c.may(k.r.Context(), k.caller, asked); err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(key.material[:])
	if err != nil {
		return nil, nil, err
	}
	seal, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil || len(context) == 0 {
		return seal, nil, err
	}
	bound, err := json.Marshal(context) // its keys are in order
	return seal, bound, err
}
