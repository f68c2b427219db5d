package doctor

import (
	"fmt"
	"regexp"
)

// stage is where in the chain an error was met.
type stage string

// The stages whose errors are recognised.
const (
	firstHop  stage = "the first hop"
	secondHop stage = "the second hop"
	query     stage = "the query"
	install   stage = "Helm's last installation or upgrade"
)

// knownError is an error that Kubecost's users meet, and what it means.
type knownError struct {
	at      stage // empty for any
	pattern *regexp.Regexp
	cause   string
	remedy  string
}

// knownErrors are tried in order. They are those of Kubecost's troubleshooting page and of OpenCost's and Kubecost's issues.
// Source: https://docs.kubecost.com/install-and-configure/install/cloud-integration/aws-cloud-integrations#troubleshooting
var knownErrors = []knownError{
	{"", regexp.MustCompile(`(?i)cannot unmarshal .*|MultiCloudConfig|MultiCloudWatcher: Error`),
		"Kubecost cannot read cloud-integration.json: one wrong property loses it every bill", mendPrimary},
	{"", regexp.MustCompile(`(?i)no cloud cost integrations currently configured`),
		"Kubecost has not found cloud-integration.json: another mount path, or a secret without the key", mendPrimary},
	{install, regexp.MustCompile(`(?i)cloud.?integration.?secret|secret .*(does not exist|not found)|lacks? .*cloud-integration\.json`),
		"the chart did not find the secret, or takes its name under another value", mendPrimary},
	{install, regexp.MustCompile(`(?i)federated`),
		"this version of the chart refuses to render without a federated store", "set chartVersion to one of the chart line, or give the values that docs/charts.md names"},
	{install, regexp.MustCompile(`(?i)timed out|deadline exceeded|not ready`),
		"the pods were not ready in time: volumes, images or nodes", "see the pods; raise timeoutSeconds if they only take long, then " + mendPrimary},
	{"", regexp.MustCompile(`(?i)no such host|connection refused|i/o timeout|network is unreachable|deadline exceeded|TLS handshake`),
		"nothing answers: no network, a proxy that is not set, or a firewall", "check the proxy and the network, then try again"},
	{firstHop, regexp.MustCompile(`(?i)no openidconnect provider found`),
		"the account has no IAM OIDC provider of the cluster's issuer", "set oidcProvider: create, or run eksctl utils associate-iam-oidc-provider --approve"},
	{firstHop, regexp.MustCompile(`(?i)InvalidIdentityToken.*audience|incorrect token audience`),
		"the OIDC provider's client IDs do not have the token's audience", "add the client ID sts.amazonaws.com to the IAM OIDC provider"},
	{firstHop, regexp.MustCompile(`(?i)InvalidIdentityToken|ExpiredToken`),
		"AWS does not take the token: another issuer, or a clock that is off", "compare the issuer of the cluster with that of the IAM OIDC provider"},
	{firstHop, regexp.MustCompile(`(?i)AccessDenied|not authorized to perform: sts:AssumeRoleWithWebIdentity`),
		"the reader role does not trust this service account: issuer, audience, namespace and name must all fit", mendPrimary},
	{firstHop, regexp.MustCompile(`(?i)AccessDeniedException|no association|ResourceNotFoundException`),
		"EKS associates no role with this service account", mendPrimary},
	{secondHop, regexp.MustCompile(`(?i)AccessDenied|not authorized to perform: sts:(AssumeRole|TagSession)`),
		"the payer role does not trust the reader role, the reader role may not assume it, or there is no such payer role", "see the payer role and the reader role; " + mendPayer + ", then " + mendPrimary},
	{query, regexp.MustCompile(`(?i)outputLocation is not a valid S3 path`),
		"athenaBucketName has no s3:// before it", "write it as s3://BUCKET/"},
	{query, regexp.MustCompile(`(?i)(unable to verify/create output bucket|The S3 location provided to save your query results is invalid|Insufficient permissions to execute the query.*output)`),
		"the results bucket is missing, in another region, or the payer role may not use it", mendPayer},
	{query, regexp.MustCompile(`(?i)permission denied on S3 path|Access Denied \(Service: (Amazon )?S3`),
		"the payer role may not read the report's data: its policy names another bucket or prefix, or the key of the data is not among its rights", mendPayer},
	{query, regexp.MustCompile(`(?i)lake ?formation`),
		"the account uses Lake Formation, and the payer role has no grants", "set lakeFormation: true for the payer stack, then pulumi up"},
	{query, regexp.MustCompile(`(?i)kms:|KMS\.|AccessDeniedException.*kms`),
		"the payer role may not use the key that the data or the results are encrypted with", "set kmsKeyArn for the payer stack, and add the output kmsKeyPolicyStatements to the key's policy"},
	{query, regexp.MustCompile(`(?i)TABLE_NOT_FOUND|Table .* does not exist`), "the table is not where Kubecost looks: another database, table or region", mendPayer},
	{query, regexp.MustCompile(`(?i)SCHEMA_NOT_FOUND|Schema .* does not exist|database .* (not found|does not exist)`), "the database is not where Kubecost looks: another name, region or account", mendPayer},
	{query, regexp.MustCompile(`(?i)COLUMN_NOT_FOUND.*line_item_resource_id|line_item_resource_id.*cannot be resolved`),
		"the report has no resource IDs, or the table was made before it had", "make the report with the payer stack, under another reportName"},
	{query, regexp.MustCompile(`(?i)Column '?"?(year|month)`), "the table has no partition keys year and month, which Kubecost asks for", mendPayer},
	{query, regexp.MustCompile(`(?i)COLUMN_NOT_FOUND|Column .* cannot be resolved`), "the table lacks a column that Kubecost asks for", mendPayer},
	{query, regexp.MustCompile(`(?i)HIVE_BAD_DATA|HIVE_CURSOR_ERROR|TYPE_MISMATCH|is declared as type`), "a column's type in the table is not that of the data", mendPayer},
	{query, regexp.MustCompile(`(?i)queries of this type are not supported|query not supported`), "the database or the table is badly made, or a name starts with a digit", mendPayer},
	{query, regexp.MustCompile(`(?i)bytes scanned limit`), "the query scanned more than the work group allows", "raise bytesScannedCutoff of the payer stack, then pulumi up"},
	{query, regexp.MustCompile(`(?i)WorkGroup .*(not found|is not found|disabled)|workgroup.*disabled`), "the work group is missing or disabled", mendPayer},
	{query, regexp.MustCompile(`(?i)exceeded (the )?maximum (number of )?columns`), "the table has more columns than a query may select", "take tags out of costAllocationTags"},
	{query, regexp.MustCompile(`(?i)ResolveEndpointV2`), "the region is empty or wrong, or Kubecost is a build with mismatched AWS libraries", "set athenaRegion; upgrade the chart"},
	{query, regexp.MustCompile(`(?i)ThrottlingException|TooManyRequests|Rate exceeded`), "too many queries at once", "wait a minute, then try again"},
	{query, regexp.MustCompile(`(?i)AccessDenied|not authorized to perform: (athena|glue|s3)`), "the payer role lacks a right that the error names", mendPayer},
}

// recognised is the finding for an error that was met at a stage.
func (s *Subject) recognised(err error, at stage) Finding {
	text := err.Error()
	for _, k := range knownErrors {
		if (k.at == "" || k.at == at) && k.pattern.MatchString(text) {
			return failed(text, k.cause, k.remedy)
		}
	}
	return failed(text, fmt.Sprintf("%s failed for a reason that is not known here", at), "read the error; the checks before this one say what was found on the way")
}
