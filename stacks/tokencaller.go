package stacks

import (
	"fmt"
	"strings"
)

// tokenCaller records a fault for each of the aws: settings that says as whom the stack calls AWS and that `aws eks get-token` could not
// be told: it would call the cluster as somebody else. A role and a profile it takes.
// Source: https://docs.aws.amazon.com/cli/latest/reference/eks/get-token.html
func (r *reader) tokenCaller(cfg awsConfig, newCluster bool) {
	untold := func(key, value, instead string) {
		if !newCluster {
			instead += ", or set " + r.full("kubeconfig")
		}
		r.fault("aws:"+key, value, fmt.Errorf("the cluster is called with tokens of `aws eks get-token`, which cannot be told it: %s", instead))
	}
	if files := cfg.lists["sharedConfigFiles"]; len(files) > 0 {
		untold("sharedConfigFiles", strings.Join(files, ", "), "set AWS_CONFIG_FILE in the environment in place of it")
	}
	if files := cfg.lists["sharedCredentialsFiles"]; len(files) > 0 {
		untold("sharedCredentialsFiles", strings.Join(files, ", "), "set AWS_SHARED_CREDENTIALS_FILE in the environment in place of it")
	}
	const profile = "use a profile, aws:profile, with "
	if cfg.webRole != nil {
		untold("assumeRoleWithWebIdentity", "", profile+"role_arn and web_identity_token_file in place of it")
	}
	role := cfg.assumeRole
	if role == nil {
		return
	}
	const notRole = " in place of aws:assumeRole"
	if id := role.ExternalId; id != nil && *id != "" {
		untold("assumeRole.externalId", *id, profile+"role_arn and external_id"+notRole)
	}
	if identity := role.SourceIdentity; identity != nil && *identity != "" {
		untold("assumeRole.sourceIdentity", *identity, profile+"a credential_process"+notRole)
	}
	if len(role.Tags) > 0 {
		untold("assumeRole.tags", fmt.Sprint(role.Tags), profile+"a credential_process"+notRole)
	}
}
