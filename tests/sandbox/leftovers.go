package sandbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/costandusagereportservice"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// AWS is how an AWS client of the Go SDK reaches an account of the sandbox as its administrator.
func (e Env) AWS(account, region string) (aws.Config, error) {
	client, err := e.httpClient()
	if err != nil {
		return aws.Config{}, err
	}
	c := e.Accounts[account]
	return aws.Config{
		Region: region, HTTPClient: client,
		Credentials: credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey, ""),
	}, nil
}

// Leftovers are the things in some accounts that the program makes, by kind and name. They are asked of AWS, not of Pulumi.
func (e Env) Leftovers(ctx context.Context, accounts ...string) ([]string, error) {
	var left []string
	for _, account := range accounts {
		cfg, err := e.AWS(account, Region)
		if err != nil {
			return nil, err
		}
		add := func(kind, name string) { left = append(left, fmt.Sprintf("%s %s in account %s", kind, name, account)) }
		for _, list := range []func(context.Context, aws.Config, func(kind, name string)) error{
			buckets, roles, databases, workGroups, reports,
		} {
			if err := list(ctx, cfg, add); err != nil {
				return nil, fmt.Errorf("looking for what is left in account %s: %w", account, err)
			}
		}
	}
	return left, nil
}

func buckets(ctx context.Context, cfg aws.Config, add func(kind, name string)) error {
	all, err := s3.NewFromConfig(cfg).ListBuckets(ctx, &s3.ListBucketsInput{})
	if err != nil {
		return err
	}
	for _, b := range all.Buckets {
		add("bucket", aws.ToString(b.Name))
	}
	return nil
}

func roles(ctx context.Context, cfg aws.Config, add func(kind, name string)) error {
	all, err := iam.NewFromConfig(cfg).ListRoles(ctx, &iam.ListRolesInput{})
	if err != nil {
		return err
	}
	for _, r := range all.Roles {
		add("role", aws.ToString(r.RoleName))
	}
	return nil
}

// databases asks Glue without its SDK, which takes longer to compile than all else here.
func databases(ctx context.Context, cfg aws.Config, add func(kind, name string)) error {
	body := []byte("{}")
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://glue."+cfg.Region+".amazonaws.com/", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("X-Amz-Target", "AWSGlue.GetDatabases")
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	c, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	hash := fmt.Sprintf("%x", sha256.Sum256(body))
	if err := v4.NewSigner().SignHTTP(ctx, c, r, hash, "glue", cfg.Region, time.Now()); err != nil {
		return err
	}
	response, err := cfg.HTTPClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var all struct{ DatabaseList []struct{ Name string } }
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("glue answered %s", response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(&all); err != nil {
		return fmt.Errorf("reading glue's answer: %w", err)
	}
	for _, d := range all.DatabaseList {
		add("database", d.Name)
	}
	return nil
}

func workGroups(ctx context.Context, cfg aws.Config, add func(kind, name string)) error {
	all, err := athena.NewFromConfig(cfg).ListWorkGroups(ctx, &athena.ListWorkGroupsInput{})
	if err != nil {
		return err
	}
	for _, g := range all.WorkGroups {
		if name := aws.ToString(g.Name); name != "primary" { // every account has that one
			add("work group", name)
		}
	}
	return nil
}

func reports(ctx context.Context, cfg aws.Config, add func(kind, name string)) error {
	cfg.Region = "us-east-1"
	client := costandusagereportservice.NewFromConfig(cfg)
	all, err := client.DescribeReportDefinitions(ctx, &costandusagereportservice.DescribeReportDefinitionsInput{})
	if err != nil {
		return err
	}
	for _, r := range all.ReportDefinitions {
		add("report", aws.ToString(r.ReportName))
	}
	return nil
}

// Deployment is a stack's state.
func Deployment(ctx context.Context, stack auto.Stack) (apitype.DeploymentV3, error) {
	var d apitype.DeploymentV3
	exported, err := stack.Export(ctx)
	if err != nil {
		return d, fmt.Errorf("exporting stack %s: %w", stack.Name(), err)
	}
	if err := json.Unmarshal(exported.Deployment, &d); err != nil {
		return d, fmt.Errorf("reading the state of stack %s: %w", stack.Name(), err)
	}
	return d, nil
}
