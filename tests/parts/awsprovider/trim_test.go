package main

import (
	"strings"
	"testing"
)

const clients = `package conns

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	baselogging "github.com/hashicorp/aws-sdk-go-base/v2/logging"
)

func (c *AWSClient) EC2Client(ctx context.Context) *ec2.Client { return client[*ec2.Client](ctx, c) }
func (c *AWSClient) S3Client(ctx context.Context) *s3.Client   { return client[*s3.Client](ctx, c) }

func packages() []any { return []any{ec2.New(), s3.New()} }

func logger() baselogging.Logger { return nil }
`

func TestTrimKeepsOnlyTheServicesAskedFor(t *testing.T) {
	out, err := trim([]byte(clients), []string{"s3"})
	if err != nil {
		t.Fatal(err)
	}
	got := string(out)
	if strings.Contains(got, "ec2") {
		t.Errorf("a service that is not kept remains:\n%s", got)
	}
	for _, want := range []string{`service/s3"`, "S3Client", "[]any{s3.New()}", "baselogging"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is gone:\n%s", want, got)
		}
	}
}

func TestTrimDropsImportsThatOnlyADroppedServiceNeeded(t *testing.T) {
	out, err := trim([]byte(clients), []string{"iam"})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), `"context"`) {
		t.Errorf("context is imported and unused:\n%s", out)
	}
}
