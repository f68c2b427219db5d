package sandbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// Call is a request to an API of AWS. It is sent without the service's SDK, which takes minutes to compile.
type Call struct {
	Service, Region string // that it is signed for
	Method, URL     string
	ContentType     string
	Target          string // X-Amz-Target, of the APIs that are called by it
	Body            string
}

// Call sends a request as the administrator of an account. It returns an error with what AWS says for an answer that is no
// success.
func (e Env) Call(ctx context.Context, account string, c Call) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, c.Method, c.URL, bytes.NewReader([]byte(c.Body)))
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", c.Service, err)
	}
	if c.ContentType != "" {
		r.Header.Set("Content-Type", c.ContentType)
	}
	if c.Target != "" {
		r.Header.Set("X-Amz-Target", c.Target)
	}
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(c.Body)))
	r.Header.Set("X-Amz-Content-Sha256", hash)
	as := e.Accounts[account]
	keys := aws.Credentials{AccessKeyID: as.AccessKeyID, SecretAccessKey: as.SecretAccessKey}
	if err := v4.NewSigner().SignHTTP(ctx, keys, r, hash, c.Service, c.Region, time.Now()); err != nil {
		return nil, fmt.Errorf("signing for %s: %w", c.Service, err)
	}
	return e.send(r, c.Service)
}

// AssumeRoleWithWebIdentity turns a token into a session of a role, as a job of CI does: without credentials. It returns an error with
// what AWS says if there is none for it.
func (e Env) AssumeRoleWithWebIdentity(ctx context.Context, role, token string) (simaws.Credentials, error) {
	form := url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleArn": {role}, "RoleSessionName": {"GitHubActions"},
		"WebIdentityToken": {token},
	}
	var answer struct {
		Keys struct {
			AccessKeyID     string `xml:"AccessKeyId"`
			SecretAccessKey string
			SessionToken    string
		} `xml:"AssumeRoleWithWebIdentityResult>Credentials"`
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://sts."+Region+".amazonaws.com/", strings.NewReader(form.Encode()))
	if err != nil {
		return simaws.Credentials{}, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	text, err := e.send(r, "sts")
	if err == nil {
		err = xml.Unmarshal(text, &answer)
	}
	return simaws.Credentials(answer.Keys), err
}

// send sends a request to the simulated AWS and returns the answer.
func (e Env) send(r *http.Request, service string) ([]byte, error) {
	client, err := e.httpClient()
	if err != nil {
		return nil, err
	}
	response, err := client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", service, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the answer of %s: %w", service, err)
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return nil, fmt.Errorf("%s answered %s: %s", service, response.Status, answer)
	}
	return answer, nil
}
