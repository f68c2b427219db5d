package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// provider is an AWS provider for a region of an account, apart from the default one.
func (cfg awsConfig) provider(ctx *pulumi.Context, name, region, account string) (*aws.Provider, error) {
	provider, err := aws.NewProvider(ctx, name, &aws.ProviderArgs{
		Region:            pulumi.String(region),
		AllowedAccountIds: pulumi.StringArray{pulumi.String(account)},

		Profile:                   cfg.text("profile"),
		SharedConfigFiles:         cfg.list("sharedConfigFiles"),
		SharedCredentialsFiles:    cfg.list("sharedCredentialsFiles"),
		AssumeRole:                cfg.assumedRole(),
		AssumeRoleWithWebIdentity: cfg.webIdentity(),

		DefaultTags: cfg.defaultTags(),
		IgnoreTags:  cfg.ignoredTags(),

		HttpProxy:                      cfg.text("httpProxy"),
		HttpsProxy:                     cfg.text("httpsProxy"),
		NoProxy:                        cfg.text("noProxy"),
		CustomCaBundle:                 cfg.text("customCaBundle"),
		Insecure:                       cfg.flag("insecure"),
		StsRegion:                      cfg.text("stsRegion"),
		S3UsEast1RegionalEndpoint:      cfg.text("s3UsEast1RegionalEndpoint"),
		S3UsePathStyle:                 cfg.flag("s3UsePathStyle"),
		UseDualstackEndpoint:           cfg.flag("useDualstackEndpoint"),
		UseFipsEndpoint:                cfg.flag("useFipsEndpoint"),
		Ec2MetadataServiceEndpoint:     cfg.text("ec2MetadataServiceEndpoint"),
		Ec2MetadataServiceEndpointMode: cfg.text("ec2MetadataServiceEndpointMode"),
		SkipMetadataApiCheck:           cfg.flag("skipMetadataApiCheck"),
		SkipCredentialsValidation:      cfg.flag("skipCredentialsValidation"),
		SkipRegionValidation:           cfg.flag("skipRegionValidation"),
		SkipRequestingAccountId:        cfg.flag("skipRequestingAccountId"),
		MaxRetries:                     cfg.number("maxRetries"),
		RetryMode:                      cfg.text("retryMode"),
		TokenBucketRateLimiterCapacity: cfg.number("tokenBucketRateLimiterCapacity"),
	})
	if err != nil {
		return nil, fmt.Errorf("registering the AWS provider of %s: %w", region, err)
	}
	return provider, nil
}

// text is one of the settings as an input, secret if the setting is; nil for none. Likewise the next.
func (cfg awsConfig) text(key string) pulumi.StringPtrInput {
	if value, given := cfg.texts[key]; given {
		return cfg.part(key, value)
	}
	return nil
}

func (cfg awsConfig) flag(key string) pulumi.BoolPtrInput {
	if value, given := cfg.flags[key]; given {
		return pulumi.Bool(value)
	}
	return nil
}

func (cfg awsConfig) number(key string) pulumi.IntPtrInput {
	if value, given := cfg.numbers[key]; given {
		return pulumi.Int(value)
	}
	return nil
}

func (cfg awsConfig) list(key string) pulumi.StringArrayInput {
	return cfg.partList(key, cfg.lists[key])
}

// part is a string of one of the settings; partOf one that may be left out.
func (cfg awsConfig) part(key, value string) pulumi.StringInput {
	if cfg.secret(key) {
		return pulumi.ToSecret(pulumi.String(value)).(pulumi.StringOutput)
	}
	return pulumi.String(value)
}

func (cfg awsConfig) partOf(key string, value *string) pulumi.StringPtrInput {
	if value == nil || *value == "" {
		return nil
	}
	return cfg.part(key, *value)
}

func (cfg awsConfig) partList(key string, values []string) pulumi.StringArrayInput {
	if len(values) == 0 {
		return nil
	}
	var list pulumi.StringArray
	for _, value := range values {
		list = append(list, cfg.part(key, value))
	}
	return list
}

func (cfg awsConfig) partMap(key string, values map[string]string) pulumi.StringMapInput {
	if len(values) == 0 {
		return nil
	}
	all := pulumi.StringMap{}
	for name, value := range values {
		all[name] = cfg.part(key, value)
	}
	return all
}

func (cfg awsConfig) assumedRole() aws.ProviderAssumeRolePtrInput {
	const key = "assumeRole"
	role := cfg.assumeRole
	if role == nil {
		return nil
	}
	return &aws.ProviderAssumeRoleArgs{
		RoleArn:           cfg.partOf(key, role.RoleArn),
		SessionName:       cfg.partOf(key, role.SessionName),
		ExternalId:        cfg.partOf(key, role.ExternalId),
		Duration:          cfg.partOf(key, role.Duration),
		Policy:            cfg.partOf(key, role.Policy),
		PolicyArns:        cfg.partList(key, role.PolicyArns),
		SourceIdentity:    cfg.partOf(key, role.SourceIdentity),
		Tags:              cfg.partMap(key, role.Tags),
		TransitiveTagKeys: cfg.partList(key, role.TransitiveTagKeys),
	}
}

func (cfg awsConfig) webIdentity() aws.ProviderAssumeRoleWithWebIdentityPtrInput {
	const key = "assumeRoleWithWebIdentity"
	role := cfg.webRole
	if role == nil {
		return nil
	}
	return &aws.ProviderAssumeRoleWithWebIdentityArgs{
		RoleArn:              cfg.partOf(key, role.RoleArn),
		SessionName:          cfg.partOf(key, role.SessionName),
		WebIdentityTokenFile: cfg.partOf(key, role.WebIdentityTokenFile),
		Duration:             cfg.partOf(key, role.Duration),
		Policy:               cfg.partOf(key, role.Policy),
		PolicyArns:           cfg.partList(key, role.PolicyArns),
	}
}

func (cfg awsConfig) defaultTags() aws.ProviderDefaultTagsPtrInput {
	if len(cfg.tags.Tags) == 0 {
		return nil
	}
	return &aws.ProviderDefaultTagsArgs{Tags: cfg.partMap("defaultTags", cfg.tags.Tags)}
}

func (cfg awsConfig) ignoredTags() aws.ProviderIgnoreTagsPtrInput {
	const key = "ignoreTags"
	if cfg.ignoreTags == nil {
		return nil
	}
	return &aws.ProviderIgnoreTagsArgs{Keys: cfg.partList(key, cfg.ignoreTags.Keys), KeyPrefixes: cfg.partList(key, cfg.ignoreTags.KeyPrefixes)}
}
