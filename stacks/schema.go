package stacks

import "github.com/kubecost-cur/kubecost-cur/components"

// side is one of the two accounts' halves of the integration.
type side string

const (
	payer   side = "payer"
	primary side = "primary"
	both    side = "both" // one stack that holds both; of a setting: only such a stack takes it
	either  side = ""     // of a setting: both sides take it
	ci      side = "ci"   // of a setting: only a stack for CI takes it
)

// setting describes a key of the project's configuration. Keys are flat, because Pulumi.yaml can give a type, a default and
// a description to top-level keys only.
type setting struct {
	key         string
	side        side
	kind        string // Pulumi's name of the type: string, integer, boolean, array or object
	def         any    // string, int, bool, []string, []object or object; "" for none
	description string
}

// object is an element of a list of objects.
type object map[string]any

// schema is every setting there is. Pulumi.yaml, docs/settings.md and the README say the same; tests compare them.
var schema = []setting{
	{"side", either, "string", "", "Which half this stack is: payer, primary, or both in one; or payer-ci or primary-ci, which makes the roles with which CI brings up the other. Required."},
	{"payerAccountId", either, "string", "", "ID of the payer account, which gets the bill: 12 digits in quotes. Required, except in a primary stack without payerStack."},
	{"primaryAccountId", either, "string", "", "ID of the account that Kubecost runs in: 12 digits in quotes. Required."},
	{"readerRoleName", either, "string", components.DefaultReaderRoleName, "IAM role of Kubecost's pods in the primary account; the payer role trusts it by this name, so both stacks need the same."},
	{"readerRolePath", either, "string", "/", "Path of that role in IAM, such as /platform/; the same in both stacks."},
	{"identity", either, "string", "irsa", "How Kubecost's pods get their IAM role: irsa, by the cluster's OIDC provider, or pod-identity, by EKS Pod Identity. The same in both stacks."},
	{"permissionsBoundary", either, "string", "", "ARN of a managed policy that bounds the IAM roles of this side; none if empty."},

	{"reportName", payer, "string", components.DefaultReportName, "Name of the Cost and Usage Report and of its Glue table: lower-case letters, digits, underscores; of an adopted one as AWS allows."},
	{"reportVersion", payer, "string", "1", "1 for a legacy report, which every Kubecost reads, or 2 for CUR 2.0, which OpenCost reads. Another one needs another report, as with reportTimeUnit."},
	{"adopt", payer, "array", []string{}, "What already exists and is to be used as it is: report, reportBucket, resultsBucket, catalog (the Glue database and table), payerRole. It is checked, and never changed or deleted; only an adopted role gets policies."},
	{"databaseName", payer, "string", "", "Glue database of an adopted catalog; athenacurcfn_REPORT, as AWS names it, if empty."},
	{"tableName", payer, "string", "", "Glue table of an adopted catalog; the report's name, as a crawler writes it, if empty."},
	{"reportTimeUnit", payer, "string", "DAILY", "How fine the bill is: DAILY or HOURLY. Another one needs another report, so the change is refused while reportProtect is true; give the new one another reportName."},
	{"reportSchemaElements", payer, "array", []string{}, "What the report holds besides resource IDs: SPLIT_COST_ALLOCATION_DATA, MANUAL_DISCOUNT_COMPATIBILITY. A change is refused while reportProtect is true, as that of reportTimeUnit."},
	{"reportPrefix", payer, "string", components.DefaultReportPrefix, "Where in its bucket the report goes: a prefix without slashes around it."},
	{"reportBucketName", payer, "string", "", "Bucket to make for the report; kubecost-cur-ACCOUNT-REGION if empty."},
	{"reportExpirationDays", payer, "integer", 0, "Days after which the report's data is deleted; 0 keeps it. Under 100, a new Kubecost cannot read back its 91 days."},
	{"reportProtect", payer, "boolean", true, "Keeps Pulumi from deleting the report and its bucket: a report made again in the same place can corrupt its data."},
	{"costAllocationTags", payer, "array", components.DefaultCostAllocationTags(), "Cost allocation tags that become columns: keys as in the billing console, with aws: before those that AWS makes. A list replaces the default six, by which Kubecost finds the costs of Kubernetes: keep them in yours."},
	{"activatedCostAllocationTags", payer, "array", []string{}, "Which of costAllocationTags to activate in the payer account. Billing must have seen a tag first. Tags stay active when they are removed here, and after destroy."},
	{"catalogMode", payer, "string", "projection", "How the table gets its partitions: projection (Athena works them out) or crawler (a Glue crawler registers them, and adds the columns of all tags)."},
	{"crawlerTrigger", payer, "string", "schedule", "What starts the crawler: schedule (crawlerSchedule) or event (each delivery of the bill)."},
	{"crawlerSchedule", payer, "string", components.DefaultCrawlerSchedule, "When the crawler starts, in UTC: a cron expression of AWS Glue."},
	{"crawlerRoleName", payer, "string", components.DefaultCrawlerRoleName, "IAM role of the crawler; with crawlerTrigger event, EventBridge gets another one, named with -events at the end."},
	{"resultsBucketName", payer, "string", "", "Bucket to make for query results; kubecost-athena-ACCOUNT-REGION if empty."},
	{"resultsPrefix", payer, "string", "", "Where in that bucket results go: a prefix without slashes around it; the bucket's root if empty."},
	{"resultsExpirationDays", payer, "integer", components.DefaultResultsExpirationDays, "Days after which query results are deleted."},
	{"workGroupName", payer, "string", components.DefaultWorkGroupName, "Athena work group to make; primary uses the account's own as it is, without a scan limit."},
	{"bytesScannedCutoff", payer, "integer", components.DefaultBytesScannedCutoff, "Bytes that one query may scan before Athena stops it; 100 GiB cost about 0.50 USD."},
	{"kmsKeyArn", payer, "string", "", "ARN of the KMS key that the report, its bucket and the results are encrypted with; S3's own key if empty. Its policy needs the output kmsKeyPolicyStatements."},
	{"lakeFormation", payer, "boolean", false, "Grants the payer role the database and the table in Lake Formation. Only for payer accounts that use it."},
	{"payerRoleName", payer, "string", components.DefaultPayerRoleName, "IAM role in the payer account that Kubecost assumes."},
	{"payerRolePath", payer, "string", "/", "Path of that role in IAM, such as /platform/; also of the crawler's."},
	{"furtherReaderRoleArns", payer, "array", []string{}, "Roles of further primary clusters that may assume that role too: the readerRoleArn of each."},
	{"organizationId", payer, "string", "", "Organization (o-...) whose member account a reader's must be; not asked if empty."},
	{"strictTrust", payer, "boolean", false, "Names the reader roles themselves as Principal. They must exist: set it after the primary stack's first up, and take it out before its destroy."},
	{"listAccounts", payer, "boolean", true, "Lets that role read the names and tags of the organisation's accounts."},
	{"forceDestroy", payer, "boolean", false, "Lets destroy delete the buckets with all that is in them. For throw-away accounts."},

	{"payerStack", primary, "string", "", "The payer stack: its name if it is of this project, else organization/project/stack. Required unless payers or payersFile is set."},
	{"payers", primary, "array", []object{}, "Further payer accounts: each a stack and its accountId, or, if this program does not manage it, the seven keys of cloud-integration.json."},
	{"payersFile", primary, "string", "", "A file in the project's folder with more of these, YAML or JSON. Some 300 entries of seven keys are the most that the settings have room for."},
	{"cloudIntegrationFormat", primary, "string", "flat", "Format of cloud-integration.json: flat, the guide's, which every Kubecost reads, or athena, the newer one."},
	{"azure", primary, "array", []object{}, "Azure subscriptions whose costs Kubecost reads too, as in docs/clouds.md; secret if an entry has a key."},
	{"gcp", primary, "array", []object{}, "The same for Google Cloud billing exports."},
	{"alibaba", primary, "array", []object{}, "The same for Alibaba Cloud accounts; always secret."},
	{"oci", primary, "array", []object{}, "The same for Oracle Cloud tenancies; always secret, and only with the format athena."},
	{"clusterName", primary, "string", "", "EKS cluster to install Kubecost in. Required without kubeconfig; beside it, the cluster whose OIDC issuer is looked up."},
	{"kubeconfig", primary, "string", "", "Text of a kubeconfig for the cluster; if empty, the stack's AWS credentials and clusterName are used. Set it with --secret."},
	{"kubeconfigContext", primary, "string", "", "Context of the kubeconfig; its current one if empty."},
	{"checkCluster", primary, "boolean", true, "Stops if the cluster's API server does not answer. Set it to false to preview from where it cannot be reached."},
	{"oidcProvider", primary, "string", "lookup", "IAM OIDC provider of the cluster's issuer, for identity irsa: lookup, create, or its ARN."},
	{"createCluster", primary, "boolean", false, "Makes a new EKS cluster, of the name clusterName, with the plugin of pulumi-eks."},
	{"clusterVersion", primary, "string", "", "Kubernetes version of a new cluster, in quotes; EKS's default if empty."},
	{"nodeInstanceType", primary, "string", "m6i.large", "EC2 instance type of a new cluster's nodes."},
	{"nodeCount", primary, "integer", 2, "How many nodes a new cluster has."},
	{"namespace", primary, "string", components.DefaultNamespace, "Kubernetes namespace to make for Kubecost."},
	{"serviceAccountName", primary, "string", components.DefaultServiceAccountName, "Kubernetes service account to make for Kubecost."},
	{"releaseName", primary, "string", components.DefaultReleaseName, "Name of the Helm release."},
	{"chartLine", primary, "string", "cost-analyzer-2", "Chart to install: cost-analyzer-2 (Kubecost 2), cost-analyzer-1 (Kubecost 1), kubecost-3 (Kubecost 3) or opencost."},
	{"chartVersion", primary, "string", "", "Version of that chart; if empty 2.8.7, 1.108.1, 3.2.1 or 2.5.17."},
	{"clusterId", primary, "string", "", "Name of the cluster among the costs, of kubecost-3 alone; clusterName if empty."},
	{"timeoutSeconds", primary, "integer", components.DefaultTimeoutSeconds, "How long to wait for Kubecost to be ready."},
	{"storageClass", primary, "string", "", "Storage class of Kubecost's volumes; the cluster's default if empty. Without either, Kubecost never gets ready."},
	{"values", primary, "object", object{}, "Helm values of your own. They override this program's, except those without which Kubecost could not read the bill."},
	{"payerProfile", both, "string", "", "Profile with which the payer account is reached."},
	{"payerAssumeRoleArn", both, "string", "", "Role of the payer account to assume for it, by that profile or the stack's own caller."},
	{"payerRegion", both, "string", "", "Region of the payer's buckets, Glue and Athena; aws:region if empty."},

	{"ciRepository", ci, "string", "", "GitHub repository whose workflows get the roles, as owner/name. Required."},
	{"ciBranch", ci, "string", "main", "Branch of it that is brought up: its jobs get the preview role, as those of pull requests do."},
	{"ciEnvironment", ci, "string", "production", "Environment of that repository whose jobs get the deploy role; its reviewers approve."},
	{"ciRoleName", ci, "string", "kubecost-cur-ci", "What the names of the two IAM roles begin with, before -preview and -deploy."},
	{"ciOidcProvider", ci, "string", "lookup", "IAM OIDC provider of GitHub in the account: lookup, or create where there is none."},
	{"ciPermissionsBoundary", ci, "string", "", "ARN of a managed policy that bounds these two roles; none if empty. The other stack's roles are bound by permissionsBoundary."},

	{"resourceTags", either, "array", []string{}, "Tags for all AWS resources, each as key=value."},
}
