package iampolicy

import (
	"slices"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
)

// ReaderTrust says who may assume a payer role.
type ReaderTrust struct {
	// Readers are the roles of Kubecost's pods, one for each primary cluster.
	Readers []arn.ARN
	// OrganizationID, unless empty, is the organization whose member a reader's account must be.
	OrganizationID string
	// Strict names the roles themselves as Principal. They must exist: IAM refuses names of roles that do not, and keeps the
	// identity of those that do, so that a role made again under the same name is another one.
	Strict bool
	// SessionTags lets the readers' sessions bring tags. Those of EKS Pod Identity always do, and are refused without it.
	SessionTags bool
}

// TrustReaders lets exactly these roles assume the payer role. Unless it is strict, the Principal are their accounts, and the
// condition narrows them to the roles, so that the payer account can be set up before the roles exist. There is no ExternalId,
// since Kubecost cannot send one.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func TrustReaders(trust ReaderTrust) Document {
	var principals, roles []string
	for _, r := range trust.Readers {
		principal := r
		if !trust.Strict {
			principal = arn.Root(r.Partition, r.Account)
		}
		if !slices.Contains(principals, principal.String()) {
			principals = append(principals, principal.String())
		}
		roles = append(roles, r.String())
	}
	condition := Condition{ArnEquals: {"aws:PrincipalArn": roles}}
	if trust.OrganizationID != "" {
		condition[StringEquals] = map[string][]string{"aws:PrincipalOrgID": {trust.OrganizationID}}
	}
	actions := []string{"sts:AssumeRole"}
	if trust.SessionTags {
		actions = append(actions, tagSession)
	}
	return document(Statement{
		Sid: "KubecostReaderAssumesThisRole", Effect: Allow,
		Principal: &Principal{AWS: principals},
		Action:    actions,
		Condition: condition,
	})
}

// BillQuery names what a query of the bill touches in the payer account.
type BillQuery struct {
	// Partition is that of the account: aws or aws-cn.
	Partition string `pulumi:"partition"`
	// Region is that of the work group, the Glue catalog and both buckets.
	Region string `pulumi:"region"`
	// Account is the payer account's ID, 12 digits.
	Account string `pulumi:"account"`
	// WorkGroup is the work group that queries run in.
	WorkGroup string `pulumi:"workGroup"`
	// Database and Table are the Glue database and table.
	Database string `pulumi:"database"`
	Table    string `pulumi:"table"`
	// ReportBucket is the bucket of the report, DataPrefix where in it the data is, without a trailing slash.
	ReportBucket string `pulumi:"reportBucket"`
	DataPrefix   string `pulumi:"dataPrefix"`
	// ResultsBucket is the bucket of query results, ResultsPrefix where in it, without slashes around it; empty for all of it.
	ResultsBucket string `pulumi:"resultsBucket"`
	ResultsPrefix string `pulumi:"resultsPrefix,optional"`
	// KmsKeyArn is the key that both buckets are encrypted with; empty for S3's own.
	KmsKeyArn string `pulumi:"kmsKeyArn,optional"`
	// LakeFormation says that the account's Lake Formation hands out the table's data.
	LakeFormation bool `pulumi:"lakeFormation,optional"`
}

// QueryBill lets a role run Athena queries over the report's table: the calls that Kubecost's client makes, and those that
// Athena makes in its name. The report's data can be read only; results are written to their own bucket.
// Source: https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
func QueryBill(q BillQuery) Document {
	glue := func(resource string) string {
		return arn.ARN{
			Partition: q.Partition, Service: "glue", Region: q.Region, Account: q.Account, Resource: resource,
		}.String()
	}
	workGroup := arn.ARN{
		Partition: q.Partition, Service: "athena", Region: q.Region, Account: q.Account,
		Resource: "workgroup/" + q.WorkGroup,
	}
	statements := []Statement{
		{
			Sid: "RunQueries", Effect: Allow,
			Action:   []string{"athena:GetQueryExecution", "athena:GetQueryResults", "athena:StartQueryExecution"},
			Resource: []string{workGroup.String()},
		},
		{
			Sid: "ReadTheTable", Effect: Allow,
			Action: []string{
				"glue:BatchGetPartition", "glue:GetDatabase", "glue:GetDatabases", "glue:GetPartition",
				"glue:GetPartitions", "glue:GetTable", "glue:GetTables",
			},
			Resource: []string{glue("catalog"), glue("database/" + q.Database), glue("table/" + q.Database + "/" + q.Table)},
		},
	}
	statements = append(statements, readReport(q.Partition, q.ReportBucket, q.DataPrefix)...)
	statements = append(statements, q.results()...)
	if q.KmsKeyArn != "" {
		statements = append(statements, useKey(q.KmsKeyArn, q.Partition, q.Region))
	}
	if q.LakeFormation {
		statements = append(statements, getDataAccess)
	}
	return document(statements...)
}

// results lets a query write its results, and read them again.
func (q BillQuery) results() []Statement {
	bucket := []string{arn.Bucket(q.Partition, q.ResultsBucket).String()}
	list := []Statement{{
		Sid: "ListResults", Effect: Allow,
		Action:   []string{"s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"},
		Resource: bucket,
	}}
	if q.ResultsPrefix != "" {
		// S3 tells a prefix to policies for lists of objects, but not for lists of uploads.
		list = []Statement{
			{
				Sid: "LocateResults", Effect: Allow,
				Action:   []string{"s3:GetBucketLocation", "s3:ListBucketMultipartUploads"},
				Resource: bucket,
			},
			{
				Sid: "ListResults", Effect: Allow,
				Action:    []string{"s3:ListBucket"},
				Resource:  bucket,
				Condition: below(q.ResultsPrefix),
			},
		}
	}
	return append(list, Statement{
		Sid: "WriteAndReadResults", Effect: Allow,
		Action: []string{
			"s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject",
		},
		Resource: []string{arn.Objects(q.Partition, q.ResultsBucket, q.ResultsPrefix).String()},
	})
}

// readReport lets a role find, list and read the data of a report below a prefix of its bucket.
func readReport(partition, bucket, dataPrefix string) []Statement {
	return []Statement{
		{
			Sid: "LocateTheReport", Effect: Allow,
			Action:   []string{"s3:GetBucketLocation"},
			Resource: []string{arn.Bucket(partition, bucket).String()},
		},
		{
			Sid: "ListTheReport", Effect: Allow,
			Action:    []string{"s3:ListBucket"},
			Resource:  []string{arn.Bucket(partition, bucket).String()},
			Condition: below(dataPrefix),
		},
		{
			Sid: "ReadTheReport", Effect: Allow,
			Action:   []string{"s3:GetObject"},
			Resource: []string{arn.Objects(partition, bucket, dataPrefix).String()},
		},
	}
}

// below holds for lists of what is below a prefix of a bucket.
func below(prefix string) Condition {
	return Condition{StringLike: {"s3:prefix": {prefix, prefix + "/*"}}}
}

// ListAccounts lets a role read the names and tags of the organisation's accounts. AWS Organizations has no narrower
// resource for listing accounts.
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
func ListAccounts() Document {
	return document(Statement{
		Sid: "ListAccountsAndTheirTags", Effect: Allow,
		Action:   []string{"organizations:ListAccounts", "organizations:ListTagsForResource"},
		Resource: []string{"*"},
	})
}
