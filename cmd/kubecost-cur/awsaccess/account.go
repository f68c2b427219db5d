// Package awsaccess asks AWS what the doctor wants to know, with AWS's own SDK. It calls nothing that changes anything.
package awsaccess

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/bcmdataexports"
	"github.com/aws/aws-sdk-go-v2/service/costandusagereportservice"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// Options say as whom an account is asked.
type Options struct {
	// Profile of the AWS configuration; empty takes the environment's.
	Profile string
	// RoleARN is a role to assume as that caller; none if empty.
	RoleARN string
	// Region is the region of Athena, Glue and the buckets, or of the cluster.
	Region string
}

// Account asks one account. It is a doctor.AccountAccess.
type Account struct {
	cfg     aws.Config
	billing aws.Config // of the region with the billing API
}

// New returns access to the account that the options lead to. It returns an error for AWS settings that cannot be read; nothing is
// asked of AWS yet.
func New(ctx context.Context, o Options) (*Account, error) {
	load := []func(*config.LoadOptions) error{config.WithRegion(o.Region), config.WithRetryMaxAttempts(2)}
	if o.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(o.Profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, fmt.Errorf("reading the AWS settings: %w", err)
	}
	if o.RoleARN != "" {
		cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), o.RoleARN))
	}
	a := &Account{cfg: cfg, billing: cfg.Copy()}
	partition, err := arn.Partition(o.Region)
	if err != nil {
		return nil, fmt.Errorf("the region %q: %w", o.Region, err)
	}
	a.billing.Region = arn.BillingRegion(partition)
	return a, nil
}

// Account is the ID of the account that is asked.
func (a *Account) Account(ctx context.Context) (string, error) {
	out, err := sts.NewFromConfig(a.cfg).GetCallerIdentity(ctx, nil)
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Account), nil
}

func (a *Account) cur() *costandusagereportservice.Client {
	return costandusagereportservice.NewFromConfig(a.billing)
}

func (a *Account) exports() *bcmdataexports.Client { return bcmdataexports.NewFromConfig(a.billing) }

func (a *Account) iam() *iam.Client { return iam.NewFromConfig(a.cfg) }

func (a *Account) eks(region string) *eks.Client {
	return eks.NewFromConfig(a.cfg, func(o *eks.Options) { o.Region = region })
}

// s3 is a client for buckets of the account's region.
func (a *Account) s3() *s3.Client { return s3.NewFromConfig(a.cfg) }

// missing says whether an error is one of AWS's for what is not there.
func missing(err error, codes ...string) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	for _, code := range codes {
		if api.ErrorCode() == code {
			return true
		}
	}
	return false
}
