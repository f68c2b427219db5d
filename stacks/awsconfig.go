package stacks

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// awsConfig is the part of the stack's aws: settings that says as whom AWS is called, and how often again. The default provider reads
// all of aws: by itself; this is for what needs a provider, or a token, of its own.
type awsConfig struct {
	allowedAccountIDs []string
	profile           string
	assumeRole        *assumeRole
	defaultTags       map[string]string
	secret            func(key string) bool // whether that of the aws: settings is a Pulumi secret
	maxRetries        int                   // 0 for the provider's own
	retryMode         string
}

type assumeRole struct {
	RoleARN     string `json:"roleArn"`
	SessionName string `json:"sessionName"`
	ExternalID  string `json:"externalId"`
}

func readAWSConfig(ctx *pulumi.Context) (awsConfig, error) {
	cfg := config.New(ctx, "aws")
	secret := func(key string) bool { return ctx.IsConfigSecret("aws:" + key) }
	value := func(key string) string {
		if secret(key) {
			return "[secret]"
		}
		return cfg.Get(key)
	}
	profile, _ := ctx.GetConfig("aws:profile") // without the warning that it is a secret: it is kept as one
	retryMode, _ := ctx.GetConfig("aws:retryMode")
	read := awsConfig{profile: profile, secret: secret, retryMode: retryMode}
	var defaults struct {
		Tags map[string]string `json:"tags"`
	}
	for _, setting := range []struct {
		key  string
		into any
		rule string
	}{
		{"allowedAccountIds", &read.allowedAccountIDs, "it is a list of accounts' IDs, in quotes"},
		{"assumeRole", &read.assumeRole, "it is an object with roleArn and, if need be, sessionName and externalId, all texts"},
		{"maxRetries", &read.maxRetries, "it is a number, of attempts for each request"},
		{"defaultTags", &defaults, "it is an object with tags, an object of texts"},
	} {
		if err := cfg.TryObject(setting.key, setting.into); err != nil && !errors.Is(err, config.ErrMissingVar) {
			return awsConfig{}, fmt.Errorf("aws:%s is %q: %s; nothing was changed", setting.key, value(setting.key), setting.rule)
		}
	}
	for key := range defaults.Tags {
		if err := reserved(key); err != nil {
			return awsConfig{}, fmt.Errorf("aws:defaultTags is %q: %w; nothing was changed", value("defaultTags"), err)
		}
	}
	read.defaultTags = defaults.Tags
	return read, nil
}

// payerAWSConfig is as whom the payer's account is called: the stack's own caller, but in a stack that holds both sides, where
// the settings name another.
func payerAWSConfig(ctx *pulumi.Context, s settings) (awsConfig, error) {
	cfg, err := readAWSConfig(ctx)
	if err != nil || s.Side != both {
		return cfg, err
	}
	cfg.allowedAccountIDs, cfg.assumeRole = []string{s.PayerAccountID}, nil
	if s.Both.PayerProfile != "" {
		cfg.profile = s.Both.PayerProfile
	}
	if s.Both.PayerAssumeRoleARN != "" {
		cfg.assumeRole = &assumeRole{RoleARN: s.Both.PayerAssumeRoleARN, SessionName: "kubecost-cur"}
	}
	return cfg, nil
}

// provider is an AWS provider for a region, apart from the default one.
func (cfg awsConfig) provider(ctx *pulumi.Context, name, region string) (*aws.Provider, error) {
	args := &aws.ProviderArgs{
		Region:            pulumi.String(region),
		AllowedAccountIds: pulumi.ToStringArray(cfg.allowedAccountIDs),
	}
	if cfg.profile != "" {
		args.Profile = cfg.text("profile", cfg.profile)
	}
	if cfg.assumeRole != nil {
		role := &aws.ProviderAssumeRoleArgs{RoleArn: cfg.text("assumeRole", cfg.assumeRole.RoleARN)}
		if cfg.assumeRole.SessionName != "" {
			role.SessionName = cfg.text("assumeRole", cfg.assumeRole.SessionName)
		}
		if cfg.assumeRole.ExternalID != "" {
			role.ExternalId = cfg.text("assumeRole", cfg.assumeRole.ExternalID)
		}
		args.AssumeRole = role
	}
	if len(cfg.defaultTags) > 0 {
		tags := pulumi.StringMap{}
		for key, value := range cfg.defaultTags {
			tags[key] = cfg.text("defaultTags", value)
		}
		args.DefaultTags = &aws.ProviderDefaultTagsArgs{Tags: tags}
	}
	if cfg.maxRetries != 0 {
		args.MaxRetries = pulumi.Int(cfg.maxRetries)
	}
	if cfg.retryMode != "" {
		args.RetryMode = cfg.text("retryMode", cfg.retryMode)
	}
	provider, err := aws.NewProvider(ctx, name, args)
	if err != nil {
		return nil, fmt.Errorf("registering the AWS provider of %s: %w", region, err)
	}
	return provider, nil
}

// text is a text of one of the aws: settings, secret if the setting is.
func (cfg awsConfig) text(key, value string) pulumi.StringInput {
	if cfg.secret(key) {
		return secret(value)
	}
	return pulumi.String(value)
}
