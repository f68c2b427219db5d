package simaws

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

const (
	region = "us-east-2"
	root   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"sts:AssumeRole"}]}`
)

// cloud is shared by all tests; they keep apart by their accounts.
var cloud *Cloud

func TestMain(m *testing.M) {
	code, err := withCloud(m.Run)
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(code)
}

func withCloud(run func() int) (code int, err error) {
	ctx := context.Background()
	if err := InstallIAMSimulate(ctx, "iam-simulate"); err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "simaws")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if cloud, err = Start(ctx, Config{Dir: dir, IAMSimulate: "iam-simulate"}); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, cloud.Stop()) }()
	return run(), nil
}

// newAccount makes an account of the test's own and returns the configuration of its administrator.
func newAccount(t *testing.T) (string, aws.Config) {
	t.Helper()
	id := fmt.Sprintf("%012d", rand.Int64N(1e12))
	c, err := cloud.AddAccount(id)
	if err != nil {
		t.Fatal(err)
	}
	return id, configFor(t, c)
}

// configFor is what a program has that runs with HTTPS_PROXY and AWS_CA_BUNDLE.
func configFor(t *testing.T, c Credentials) aws.Config {
	t.Helper()
	return aws.Config{
		Region:           region,
		Credentials:      credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey, c.SessionToken),
		HTTPClient:       httpClient(t),
		RetryMaxAttempts: 1,
	}
}

func httpClient(t *testing.T) *http.Client {
	t.Helper()
	pem, err := os.ReadFile(cloud.CAFile())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	proxy, err := url.Parse(cloud.ProxyURL())
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// inRegion is the same configuration elsewhere.
func inRegion(c aws.Config, name string) aws.Config {
	c.Region = name
	return c
}

// newRole makes a role with one inline policy.
func newRole(t *testing.T, c aws.Config, name, trust, policy string) string {
	t.Helper()
	client := iam.NewFromConfig(c)
	out, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
	if err != nil {
		t.Fatal(err)
	}
	if policy != "" {
		_, err := client.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: &name, PolicyName: aws.String("access"), PolicyDocument: &policy})
		if err != nil {
			t.Fatal(err)
		}
	}
	return *out.Role.Arn
}

// assume is the configuration of a session of a role.
func assume(t *testing.T, c aws.Config, arn string) aws.Config {
	t.Helper()
	out, err := sts.NewFromConfig(c).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &arn, RoleSessionName: aws.String("test")})
	if err != nil {
		t.Fatal(err)
	}
	return configFor(t, Credentials{*out.Credentials.AccessKeyId, *out.Credentials.SecretAccessKey, *out.Credentials.SessionToken})
}

// newBucket makes a bucket, with a policy unless it is empty.
func newBucket(t *testing.T, c aws.Config, prefix, policy string) string {
	t.Helper()
	client := s3.NewFromConfig(c)
	name := fmt.Sprintf("%s-%012d", prefix, rand.Int64N(1e12))
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{
		LocationConstraint: s3types.BucketLocationConstraint(c.Region),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if policy != "" {
		setPolicy(t, c, name, policy)
	}
	return name
}

// setPolicy puts a bucket's policy; BUCKET in it stands for the bucket's ARN.
func setPolicy(t *testing.T, c aws.Config, bucket, policy string) {
	t.Helper()
	policy = strings.ReplaceAll(policy, "BUCKET", "arn:aws:s3:::"+bucket)
	if _, err := s3.NewFromConfig(c).PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: &policy}); err != nil {
		t.Fatal(err)
	}
}

// putObject writes a small object.
func putObject(t *testing.T, c aws.Config, bucket, key, content string) error {
	t.Helper()
	_, err := s3.NewFromConfig(c).PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(content)})
	return err
}

// wantError checks the code of an API's error, and that its message has a part.
func wantError(t *testing.T, err error, code, part string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) {
		t.Fatalf("got error %v, want one of the API with code %s", err, code)
	}
	if api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), part) {
		t.Fatalf("got %s: %s\nwant %s: …%s…", api.ErrorCode(), api.ErrorMessage(), code, part)
	}
}
