package security

import "maps"

// keyCases: the key is used through S3 only, by the roles and the billing service only, and only to read and write objects.
func keyCases() []Case {
	const legacy = "for a report of the payer account"
	with := func(more map[string]string) map[string]string {
		keys := maps.Clone(throughS3)
		maps.Copy(keys, more)
		return keys
	}
	beyond := []string{"kms:Encrypt", "kms:DescribeKey", "kms:CreateGrant", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey"}
	use := []string{"kms:Decrypt", "kms:GenerateDataKey"}
	roles := []caller{keyedRole, crawlerRole}
	cases := []Case{
		granted(keySetting, "through S3", []caller{keyedRole}, throughS3, []target{theKey}, use...),
		granted(keySetting, "through S3", []caller{crawlerRole}, throughS3, []target{theKey}, "kms:Decrypt"),
		granted(keySetting, legacy, []caller{billing}, ownReport(), []target{theKey}, "kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"),

		denied(keySetting, "not through S3", append(roles, anyPayerRole), nil, []target{theKey}, use...),
		denied(keySetting, "through S3 of another region", append(roles, anyPayerRole), throughElsewhere, []target{theKey}, use...),
		denied(keySetting, "not through S3", roles, nil, []target{openKey}, use...),
		denied(keySetting, "through S3", roles, throughS3, []target{openKey}, beyond...),
		denied(keySetting, "through S3", []caller{crawlerRole}, throughS3, []target{openKey, theKey}, "kms:GenerateDataKey"),
		denied(keySetting, "through S3", roles, throughS3, []target{anotherKey}, use...),
		denied(keySetting, "through S3", []caller{anyPayerRole}, throughS3, []target{theKey}, beyond...),
		denied(keySetting, "through S3", []caller{
			payerAdministrator, role("payer account: another role", payer, "deploy"), role("payer account: a role with the payer role's name below a path", payer, "team/kubecost-cur-access"),
			primaryAdministrator, anyReader, strangersRole,
		}, throughS3, []target{theKey}, use...),
		denied(keySetting, legacy, []caller{billing}, ownReport(), []target{theKey}, beyond...),
		denied(keySetting, "with the same source", []caller{dataExports, service("cloudtrail.amazonaws.com"), glue}, with(ownReport()), []target{theKey}, use...),
	}
	return append(cases, foreignSources(keySetting, billing, "cur", "definition/kubecost", []target{theKey}, use...)...)
}

// lakeCases: Lake Formation is asked for data, and told nothing.
func lakeCases() []Case {
	on := []target{anything(payer)}
	return []Case{
		granted(lakeSetting, "", []caller{keyedRole}, nil, on, "lakeformation:GetDataAccess"),
		denied(lakeSetting, "", []caller{keyedRole}, nil, on, "lakeformation:GrantPermissions", "lakeformation:BatchGrantPermissions", "lakeformation:RevokePermissions",
			"lakeformation:PutDataLakeSettings", "lakeformation:GetDataLakeSettings", "lakeformation:ListPermissions", "lakeformation:RegisterResource", "lakeformation:AddLFTagsToResource"),
		denied(lakeSetting, "without the setting", []caller{payerRole}, nil, on, "lakeformation:GetDataAccess"),
	}
}

// foreignSources are requests of a service for what is not a resource of one kind in the payer account.
func foreignSources(group string, who caller, service, resource string, on []target, actions ...string) []Case {
	source := func(service, region, account, resource string) string {
		return "arn:aws:" + service + ":" + region + ":" + account + ":" + resource
	}
	at := "us-east-1" // where billing is
	if service != "cur" && service != "bcm-data-exports" {
		at = region
	}
	own := source(service, at, payer, resource)
	var all []Case
	for _, of := range []struct{ note, source, account string }{
		{"for another account", source(service, at, stranger, resource), stranger},
		{"another account's source ARN", source(service, at, stranger, resource), payer},
		{"another source account", own, stranger},
		{"a source ARN of another region", source(service, another, payer, resource), payer},
		{"a source ARN of another kind", source(service, at, payer, "other/kubecost"), payer},
		{"a source ARN of another service", source("s3", at, payer, resource), payer},
		{"no source ARN", "", payer},
		{"no source account", own, ""},
		{"neither", "", ""},
	} {
		all = append(all, denied(group, of.note, []caller{who}, reportOf(of.source, of.account), on, actions...))
	}
	return all
}
