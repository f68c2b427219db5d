package security

// reasons say why a statement of a policy has an action, by its Sid and the action.
var reasons = map[string]string{
	"PodsOfTheServiceAccountAssumeThisRole sts:AssumeRoleWithWebIdentity": "the first hop: pods of one service account, by a token that their cluster signs",
	"AssumePayerRoles sts:AssumeRole":                                     "the second hop, to this role and no other",
	"KubecostReaderAssumesThisRole sts:AssumeRole":                        "the other side of the second hop: the account may delegate, the condition leaves one role of it",

	"RunQueries athena:StartQueryExecution": "Kubecost's client starts a query",
	"RunQueries athena:GetQueryExecution":   "it asks whether the query is done",
	"RunQueries athena:GetQueryResults":     "it reads the rows",

	"ReadTheTable glue:GetTable":          "Athena plans the query in the caller's name: columns and location",
	"ReadTheTable glue:GetTables":         "the client asks `information_schema` for the table's columns",
	"ReadTheTable glue:GetDatabase":       "Athena looks the table's database up",
	"ReadTheTable glue:GetDatabases":      "the same, for `information_schema`",
	"ReadTheTable glue:GetPartition":      "the months of a table that a crawler keeps",
	"ReadTheTable glue:GetPartitions":     "the same",
	"ReadTheTable glue:BatchGetPartition": "the same, many at once",

	"LocateTheReport s3:GetBucketLocation": "Athena asks for the bucket's region",
	"ListTheReport s3:ListBucket":          "Athena lists a month's files, below the report's data",
	"ReadTheReport s3:GetObject":           "Athena reads them",

	"ListResults s3:GetBucketLocation":                "Athena checks where results go",
	"ListResults s3:ListBucket":                       "the same",
	"ListResults s3:ListBucketMultipartUploads":       "large results are written in parts",
	"WriteAndReadResults s3:PutObject":                "Athena writes the result",
	"WriteAndReadResults s3:GetObject":                "`GetQueryResults` reads it",
	"WriteAndReadResults s3:AbortMultipartUpload":     "a large result that fails is given up",
	"WriteAndReadResults s3:ListMultipartUploadParts": "a large result is put together",

	"ListAccountsAndTheirTags organizations:ListAccounts":        "accounts by name among the costs; AWS has no narrower resource. `listAccounts: false` leaves it out",
	"ListAccountsAndTheirTags organizations:ListTagsForResource": "their tags, likewise",

	"UseTheKeyThroughS3 kms:Decrypt":                      "S3 decrypts the bill and the results that Athena reads",
	"UseTheKeyThroughS3 kms:GenerateDataKey":              "S3 encrypts the results that Athena writes",
	"AskLakeFormationForData lakeformation:GetDataAccess": "Lake Formation hands out the table's data by its grants; it has no narrower resource",

	"BillingEncryptsReports kms:Decrypt":              "AWS writes large files in parts, which need it",
	"BillingEncryptsReports kms:GenerateDataKey*":     "S3 encrypts the files that AWS delivers",
	"KubecostUsesTheKeyThroughS3 kms:Decrypt":         "the key's side of the roles' right",
	"KubecostUsesTheKeyThroughS3 kms:GenerateDataKey": "the same",

	"GlueCrawls sts:AssumeRole":                   "Glue runs that crawler in the role's name",
	"LookAtTheDatabase glue:GetDatabase":          "the crawler looks its database up",
	"LookAtTheDatabase glue:GetTable":             "it looks the table up, and whether another has the name that it would give",
	"LookAtTheDatabase glue:GetTables":            "the same",
	"KeepTheTable glue:BatchCreatePartition":      "it registers months",
	"KeepTheTable glue:BatchGetPartition":         "it looks which there are",
	"KeepTheTable glue:BatchUpdatePartition":      "it writes new columns into those there are",
	"KeepTheTable glue:CreatePartition":           "it registers a month",
	"KeepTheTable glue:GetPartition":              "it looks whether it is there",
	"KeepTheTable glue:GetPartitions":             "the same",
	"KeepTheTable glue:UpdatePartition":           "it writes new columns into it",
	"KeepTheTable glue:UpdateTable":               "it writes new columns into the table",
	"WriteTheLog logs:CreateLogGroup":             "the first crawl of an account makes the log group",
	"WriteTheLog logs:CreateLogStream":            "each crawler has a stream",
	"WriteTheLog logs:PutLogEvents":               "it writes its log",
	"DecryptThroughS3 kms:Decrypt":                "S3 decrypts the bill that it reads",
	"EventBridgeReportsDeliveries sts:AssumeRole": "EventBridge tells of deliveries in the role's name",
	"StartTheWorkflow glue:notifyEvent":           "a delivery starts the crawler's workflow",

	"PodsOfTheServiceAccountGetThisRole sts:AssumeRole": "the first hop: pods of one service account of one cluster",
	"PodsOfTheServiceAccountGetThisRole sts:TagSession": "its sessions carry the names of the pod as tags",
	"AssumePayerRoles sts:TagSession":                   "those tags go on to the second hop",
	"KubecostReaderAssumesThisRole sts:TagSession":      "the other side lets them in",

	"DataExportsReadsBucketPolicy s3:GetBucketPolicy": "AWS checks the bucket before it takes an export, and before it delivers",
	"DataExportsDelivers s3:PutObject":                "AWS writes the export",
	"LocateResults s3:GetBucketLocation":              "Athena checks where results go",
	"LocateResults s3:ListBucketMultipartUploads":     "large results are written in parts; S3 tells no prefix to policies here",

	"BillingReadsBucketPolicy s3:GetBucketAcl":    "AWS checks the bucket before it takes a report, and before it delivers",
	"BillingReadsBucketPolicy s3:GetBucketPolicy": "the same",
	"BillingDeliversReports s3:PutObject":         "AWS writes the report",
	"DenyWithoutTLS s3:*":                         "to nobody by plain HTTP, whatever else allows it",
}

const introduction = `# Security: who can do what

For a reviewer. The policies below are those of the stacks, read from their state after ` + "`up`" + ` in the [sandbox](sandbox.md) with the example
settings. An evaluator of IAM policies, [iam-simulate](https://github.com/cloud-copilot/iam-simulate), which is not AWS's own, was asked %d
requests that must be allowed and %d that must be denied; each was. The tests do it again and compare this page:
` + "`make e2e ARGS=-test.run=Security`" + `.

` + "```mermaid" + `
flowchart LR
  subgraph primary["primary account 222222222222"]
    pod["pod of service account<br/>kubecost/kubecost-serviceaccount"] -- "its token: exact subject<br/>and audience" --> reader["role kubecost-cur-reader"]
  end
  subgraph payer["payer account 111111111111"]
    access["role kubecost-cur-access"]
    access -- "query" --> group["work group kubecost-cur"]
    access -- "read" --> table["Glue table kubecost"]
    access -- "read, below one prefix" --> report[("report's bucket")]
    access -- "read, write" --> results[("results bucket")]
    access -- "list accounts and tags" --> organization["AWS Organizations"]
    billing["AWS billing service"] -- "deliver, for this account's reports" --> report
  end
  reader -- "AssumeRole: that role,<br/>from this role" --> access
` + "```" + `

## What a reviewer asks

| question | answer |
|---|---|
| Who can assume the payer role? | One role of the primary account, and those that you name in ` + "`furtherReaderRoleArns`" + `. No other role, user or root of it, nobody of the payer account, no service. With ` + "`organizationId`" + ` only while that account is in the organisation; with ` + "`strictTrust`" + ` the role by its identity |
| Who can assume the reader role? | Pods of one service account in one namespace of one cluster, with a token for ` + "`sts.amazonaws.com`" + `. No user, role or service |
| What can be read? | The report's data, one table's definition, one work group's results, the names and tags of the organisation's accounts. No other prefix, bucket, table, work group, region or account |
| What can be written? | Results of queries, in their own bucket. Not the report, not the catalog, not the work group |
| What can be deleted? | Nothing. Results expire after a day by the bucket's own rule; an upload of a result can be given up |
| What else can the reader role do? | Assume that one role. Nothing in its own account |
| Can either role get further? | No: no IAM, no third hop, no writes to Organizations, no Lambda, no secrets |
| Which secrets are there? | None of AWS: no access key is made, both hops hand out sessions that expire, within the hour. ` + "`cloud-integration.json`" + ` holds names, not keys; entries of [other clouds](clouds.md) and a kubeconfig may hold keys, which are encrypted in the state, [by a KMS key](ci.md#the-key-of-the-secrets) if you say so |
| Where are they? | In the primary stack's state, encrypted, and in one Kubernetes secret of Kubecost's namespace. The payer stack has none |

What is left to you: whoever can make pods with that service account, or change the reader role in the primary account, can read the bill.
Any report of the payer account may be delivered into the report's bucket, as in
[AWS's own policy](https://docs.aws.amazon.com/cur/latest/userguide/cur-s3.html). Athena can scan the whole report, up to
` + "`bytesScannedCutoff`" + ` for each query.

## The policies, action by action

The same as JSON: [internal/iampolicy/testdata](../internal/iampolicy/testdata). ` + "`ISSUER`" + ` is the cluster's OIDC issuer.
`

const answers = `
## Why to believe it

- Everybody who is denied by the other side's policy is asked with every right that the own account can give; what is denied by the own
  policy is asked of resources that are open to all three accounts, where they are not the program's.
- Each denied request is one that open policies would allow.
- Each limit is guarded: the policies were widened in %d ways, one place at a time (all actions of a service, any resource, a condition
  left out, a denial left out), and each time a denied request came through.
- Each right is asked for: they were narrowed in %d ways, one action, resource or prefix at a time, and each time one of the allowed requests
  was stopped.
`

const optionsHeading = `
## With further settings

What each adds, and how many requests were asked of it. The policies action by action, and those requests, are in
[what further settings add](security-options.md).

`

const optionsFooting = `
Adopting what is there ([adoption](adoption.md)) puts these same policies on an adopted role, and none on adopted buckets. What an
organisation's own policies or a ` + "`permissionsBoundary`" + ` add, only narrows.
`

const deniedIntroduction = "Each line is every caller with every action on every resource, in each of the particular ways, if there are several.\n"

const comparisonIntroduction = `## Other policies in the same matrix

The guide's policies and shapes that other projects publish, put in the place of the program's; where they say nothing, the program's own
are kept, so that each counts for itself. Written anew from their descriptions, and for the same accounts and names.

`
