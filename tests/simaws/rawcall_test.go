package simaws

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
)

// rawCall calls a service whose SDK takes long to build, and reads the answer into out. A target names the operation, or a path
// does.
func rawCall(t *testing.T, c aws.Config, service, target, path, body string, out any) error {
	t.Helper()
	keys, err := c.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, fmt.Sprintf("https://%s.%s.amazonaws.com%s", service, c.Region, path), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=0", keys.AccessKeyID, c.Region, service))
	if keys.SessionToken != "" {
		r.Header.Set("X-Amz-Security-Token", keys.SessionToken)
	}
	if target != "" {
		r.Header.Set("X-Amz-Target", target)
	}
	response, err := httpClient(t).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		var said struct{ Message string }
		_ = json.Unmarshal(answer, &said) // what is no JSON shows in the code
		return &smithy.GenericAPIError{Code: codeOf(answer), Message: said.Message}
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			t.Fatalf("the answer is %s: %v", answer, err)
		}
	}
	return nil
}

// signedCall posts a body in JSON to a service as its SDK signs it, and returns the answer with its body. The error is that of a call
// without an answer.
func signedCall(t *testing.T, c aws.Config, service, region, address string, header http.Header, in any) (*http.Response, []byte, error) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(r.Header, header)
	keys, err := c.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hash := fmt.Sprintf("%x", sha256.Sum256(body))
	if err := v4.NewSigner().SignHTTP(t.Context(), keys, r, hash, service, region, time.Now()); err != nil {
		t.Fatal(err)
	}
	response, err := c.HTTPClient.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, answer, nil
}
