package stacks

import (
	"fmt"
	"strings"
)

// tokenCaller records a fault for each of the aws: settings that says as whom the stack calls AWS and that `aws eks get-token` could not
// be told: it would call the cluster as somebody else. A role and a profile it takes.
// Source: https://docs.aws.amazon.com/cli/latest/reference/eks/get-token.html
func (r *reader) tokenCaller(cfg awsConfig, newCluster bool) {
	const profile = "use a profile, aws:profile, "
	type untold struct {
		key, value string
		set        bool
		instead    string
	}
	var all []untold
	for _, files := range [][2]string{{"sharedConfigFiles", "AWS_CONFIG_FILE"}, {"sharedCredentialsFiles", "AWS_SHARED_CREDENTIALS_FILE"}} {
		key, variable := files[0], files[1]
		all = append(all, untold{key, strings.Join(cfg.lists[key], ", "), len(cfg.lists[key]) > 0, "set " + variable + " in the environment in place of it"})
	}
	all = append(all, untold{"assumeRoleWithWebIdentity", "", cfg.webRole != nil, profile + "with role_arn and web_identity_token_file in place of it"})
	if role := cfg.assumeRole; role != nil {
		for _, part := range []struct {
			name, inProfile string
			value           *string
		}{{"externalId", "role_arn and external_id", role.ExternalId}, {"sourceIdentity", "a credential_process", role.SourceIdentity}} {
			if part.value != nil {
				all = append(all, untold{"assumeRole." + part.name, *part.value, *part.value != "", profile + "with " + part.inProfile + " in place of aws:assumeRole"})
			}
		}
		all = append(all, untold{"assumeRole.tags", fmt.Sprint(role.Tags), len(role.Tags) > 0, profile + "with a credential_process in place of aws:assumeRole"})
	}
	for _, u := range all {
		if !u.set {
			continue
		}
		if !newCluster {
			u.instead += ", or set " + r.full("kubeconfig")
		}
		r.fault("aws:"+u.key, u.value, fmt.Errorf("the cluster is called with tokens of `aws eks get-token`, which cannot be told it: %s", u.instead))
	}
}
