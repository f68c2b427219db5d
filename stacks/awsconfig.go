package stacks

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
)

// awsConfig are the stack's aws: settings, which say as whom AWS is called, and how. The default provider reads them by itself; this is
// for what needs a provider, or a token, of its own.
type awsConfig struct {
	texts      map[string]string // those that are given, by key; likewise the next
	flags      map[string]bool
	numbers    map[string]int
	lists      map[string][]string
	assumeRole *aws.ProviderAssumeRole
	webRole    *aws.ProviderAssumeRoleWithWebIdentity
	tags       aws.ProviderDefaultTags
	ignoreTags *aws.ProviderIgnoreTags
	secret     func(key string) bool // whether that of the aws: settings is a Pulumi secret
}

// The aws: settings that are handed on as they are, by their kind.
// Source: https://www.pulumi.com/registry/packages/aws/installation-configuration/
var (
	awsTexts = []string{
		"customCaBundle", "ec2MetadataServiceEndpoint", "ec2MetadataServiceEndpointMode", "httpProxy", "httpsProxy", "noProxy", "profile",
		"retryMode", "s3UsEast1RegionalEndpoint", "stsRegion",
	}
	awsFlags = []string{
		"insecure", "s3UsePathStyle", "skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation", "skipRequestingAccountId",
		"useDualstackEndpoint", "useFipsEndpoint",
	}
	awsNumbers = []string{"maxRetries", "tokenBucketRateLimiterCapacity"}
	awsLists   = []string{"sharedConfigFiles", "sharedCredentialsFiles"}
)

// errKey is why credentials themselves are no setting. The guard rail no-access-keys says the same.
var errKey = errors.New("a credential would be kept in the state, and used from there by refresh and destroy: remove it, and use aws:profile, " +
	"aws:assumeRole or the environment")

// awsSettings reads the aws: settings. Those of the accounts are read with the accounts.
func (r *reader) awsSettings() awsConfig {
	cfg := awsConfig{
		texts: map[string]string{}, flags: map[string]bool{}, numbers: map[string]int{}, lists: map[string][]string{},
		secret: func(key string) bool { return r.secret("aws:" + key) },
	}
	given := func(keys []string, take func(key, value string)) {
		for _, key := range keys {
			if v := r.raw("aws:" + key); v != "" {
				take(key, v)
			}
		}
	}
	given(awsTexts, func(key, v string) { cfg.texts[key] = v })
	given(awsFlags, func(key, v string) {
		flag, err := strconv.ParseBool(v)
		if cfg.flags[key] = flag; err != nil {
			r.fault("aws:"+key, v, errors.New("it is true or false"))
		}
	})
	given(awsNumbers, func(key, v string) {
		number, err := strconv.Atoi(v)
		if cfg.numbers[key] = number; err != nil {
			r.fault("aws:"+key, v, errors.New("it is a number"))
		}
	})
	given(awsLists, func(key, _ string) {
		var list []string
		r.awsObject(key, &list, "a list of strings")
		cfg.lists[key] = list
	})
	r.awsObject("assumeRole", &cfg.assumeRole, "an object with roleArn and, if need be, duration, externalId, policy, policyArns, sessionName, "+
		"sourceIdentity, tags and transitiveTagKeys")
	if cfg.assumeRole != nil && (cfg.assumeRole.RoleArn == nil || *cfg.assumeRole.RoleArn == "") {
		r.fault("aws:assumeRole", r.raw("aws:assumeRole"), errors.New("roleArn is missing: the role to assume"))
	}
	r.awsObject("assumeRoleWithWebIdentity", &cfg.webRole, "an object with roleArn, webIdentityTokenFile or webIdentityToken and, if need be, "+
		"duration, policy, policyArns and sessionName")
	r.awsObject("defaultTags", &cfg.tags, "an object with tags, an object of strings")
	r.awsObject("ignoreTags", &cfg.ignoreTags, "an object with keys and keyPrefixes, lists of strings")
	given([]string{"accessKey", "secretKey", "token"}, func(key, v string) { r.fault("aws:"+key, v, errKey) })
	if cfg.webRole != nil && cfg.webRole.WebIdentityToken != nil {
		r.fault("aws:assumeRoleWithWebIdentity", "", fmt.Errorf("it has a webIdentityToken: set webIdentityTokenFile instead; %w", errKey))
	}
	given([]string{"endpoints"}, func(key, v string) {
		r.fault("aws:"+key, v, errors.New("it would not reach all of this program's AWS providers: remove it, and set AWS_ENDPOINT_URL in the "+
			"environment, or endpoint_url in a profile, which all read"))
	})
	given([]string{"forbiddenAccountIds"}, func(key, v string) {
		r.fault("aws:"+key, v, errors.New("aws:allowedAccountIds refuses all accounts but one: remove this"))
	})
	return cfg
}

// awsObject reads one of the aws: settings that is no text, or records what it is to be.
func (r *reader) awsObject(key string, into any, what string) {
	v := r.raw("aws:" + key)
	if v == "" {
		return
	}
	var all any
	decoder := json.NewDecoder(strings.NewReader(v))
	decoder.DisallowUnknownFields() // what is misspelt would not reach AWS
	if json.Unmarshal([]byte(v), &all) != nil || decoder.Decode(into) != nil {
		r.fault("aws:"+key, v, errors.New("it is "+what))
		return
	}
	r.fault("aws:"+key, v, reserved(all))
}

// payerAWS is as whom the payer's account is called: the stack's own caller, but in a stack that holds both sides, where the settings
// name another.
func (s settings) payerAWS() awsConfig {
	cfg := s.AWS
	if s.Side != both {
		return cfg
	}
	cfg.assumeRole = nil
	if s.Both.PayerProfile != "" { // which a token of an issuer would come before
		cfg.texts, cfg.webRole = maps.Clone(cfg.texts), nil
		cfg.texts["profile"] = s.Both.PayerProfile
	}
	if s.Both.PayerAssumeRoleARN != "" {
		session := "kubecost-cur"
		cfg.assumeRole = &aws.ProviderAssumeRole{RoleArn: &s.Both.PayerAssumeRoleARN, SessionName: &session}
	}
	return cfg
}
