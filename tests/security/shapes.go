package security

import (
	"slices"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// Shape is what others publish for the same job, or one habit of theirs. It stands in the places of the program's own policies; those
// that it says nothing of are the program's.
type Shape struct {
	What, Where string
	Policies    Policies
}

// Shapes are those that docs/security.md compares, whole sets first; p are the program's policies, from which a shape with one habit
// starts.
func Shapes(p Policies) []Shape {
	query := func(changes ...func(*iampolicy.Statement)) iampolicy.Document {
		d := document(slices.Clone(p[QueryBill].Statement)...)
		for i := range d.Statement {
			for _, change := range changes {
				change(&d.Statement[i])
			}
		}
		return d
	}
	loose, unlimited := readerTrust(iampolicy.Condition{
		iampolicy.StringEquals: {issuer + ":aud": {audience}}, iampolicy.StringLike: {issuer + ":sub": {"system:serviceaccount:kubecost:*"}},
	}), delivery(nil)
	const guide, blueprints, palark = "the guide", "aws-ia/terraform-aws-eks-blueprints", "palark/examples"
	const cloudFormation, common = "kubecost/cloudformation", "kubecost/poc-common-configurations"
	return []Shape{
		{"The guide's four policies", guide, Policies{
			QueryBill: guideQuery(), ListAccounts: iampolicy.ListAccounts(), PayerTrust: wholeAccount(), OrgTrust: wholeAccount(),
			AssumePayer: iampolicy.AssumePayerRoles(payerRoleItself.arn),
		}},
		{"`athena:*` on `*`, wild cards for databases, tables and buckets, a trust open to the account", cloudFormation, Policies{
			QueryBill: cloudFormationQuery(), ListAccounts: iampolicy.ListAccounts(), PayerTrust: wholeAccount(), OrgTrust: wholeAccount(),
		}},
		{"`athena:*` on `*`, a namespace's every service account, a delivery policy without conditions", blueprints, Policies{
			QueryBill: query(allOfAthena), ReaderTrust: loose, ReportBucket: unlimited,
		}},
		{"`athena:*` on `*`, bucket ARNs that end in `*`", palark, Policies{QueryBill: query(allOfAthena, starred)}},
		{"Trust open to the whole account", guide + ", " + cloudFormation, Policies{PayerTrust: wholeAccount(), OrgTrust: wholeAccount()}},
		{"`athena:*` on `*`", strings.Join([]string{blueprints, palark, cloudFormation, common}, ", "), Policies{QueryBill: query(allOfAthena)}},
		{"Bucket ARNs that end in `*`", palark + ", " + cloudFormation, Policies{QueryBill: query(starred)}},
		{"`s3:PutObject` on the report's bucket", guide, Policies{QueryBill: query(reportWritten)}},
		{"`StringLike system:serviceaccount:kubecost:*`", blueprints, Policies{ReaderTrust: loose}},
		{"A subject, but no audience", common, Policies{ReaderTrust: readerTrust(iampolicy.Condition{iampolicy.StringEquals: {issuer + ":sub": {subject}}})}},
		{"A delivery policy without conditions", blueprints + ", nuuday/terraform-aws-cur", Policies{ReportBucket: unlimited}},
		{"A delivery policy by source account alone", "Cloudzero/provision-account", Policies{ReportBucket: delivery(iampolicy.Condition{
			iampolicy.StringEquals: {"aws:SourceAccount": {payer}},
		})}},
		{"No bucket policy against plain HTTP", guide, Policies{ResultsBucket: {}, ReportBucket: document(p[ReportBucket].Statement[:2]...)}},
	}
}

func allOfAthena(s *iampolicy.Statement) {
	if s.Sid == "RunQueries" {
		s.Action, s.Resource = []string{"athena:*"}, []string{"*"}
	}
}

// starred ends the names of both buckets in a star, in the place of what follows.
func starred(s *iampolicy.Statement) {
	s.Resource = slices.Clone(s.Resource)
	for i, resource := range s.Resource {
		for _, bucket := range []string{reportBucket, resultsBucket} {
			if strings.HasPrefix(resource, "arn:aws:s3:::"+bucket) {
				s.Resource[i] = "arn:aws:s3:::" + bucket + "*"
			}
		}
	}
}

func reportWritten(s *iampolicy.Statement) {
	if s.Sid == "ReadTheReport" {
		s.Action, s.Resource = []string{"s3:GetObject", "s3:PutObject"}, []string{"arn:aws:s3:::" + reportBucket + "/*"}
	}
}

// guideQuery has the statements of the guide's policy for the payer role.
func guideQuery() iampolicy.Document {
	glue := func(resource string) string { return "arn:aws:glue:*:" + payer + ":" + resource }
	return document(
		iampolicy.Statement{
			Effect: iampolicy.Allow,
			Action: []string{"s3:PutObject", "s3:GetObject", "s3:ListBucket", "s3:GetBucketAcl", "s3:GetBucketLocation"},
			Resource: []string{
				"arn:aws:s3:::" + resultsBucket, "arn:aws:s3:::" + resultsBucket + "/*", "arn:aws:s3:::" + reportBucket, "arn:aws:s3:::" + reportBucket + "/*",
			},
		},
		iampolicy.Statement{
			Effect: iampolicy.Allow,
			Action: []string{
				"athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults",
				"glue:GetDatabase", "glue:GetDatabases", "glue:GetTable", "glue:GetPartition", "glue:GetPartitions",
			},
			Resource: []string{
				glue("catalog"), glue("database/" + database), glue("table/" + database + "/kubecost"), "arn:aws:athena:*:" + payer + ":workgroup/" + workGroup,
			},
		},
	)
}

// cloudFormationQuery has what is known of that policy's shape: rights on Athena as a whole, on all databases and tables of a name,
// on all results buckets of a name, and on the report's bucket.
func cloudFormationQuery() iampolicy.Document {
	return document(
		iampolicy.Statement{Effect: iampolicy.Allow, Action: []string{"athena:*"}, Resource: []string{"*"}},
		iampolicy.Statement{
			Effect: iampolicy.Allow,
			Action: []string{"glue:GetDatabase*", "glue:GetTable*", "glue:GetPartition*", "glue:BatchGetPartition"},
			Resource: []string{
				"arn:aws:glue:*:*:catalog", "arn:aws:glue:*:*:database/athenacurcfn*", "arn:aws:glue:*:*:table/athenacurcfn*/*",
			},
		},
		iampolicy.Statement{
			Effect: iampolicy.Allow,
			Action: []string{
				"s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts",
				"s3:AbortMultipartUpload", "s3:CreateBucket", "s3:PutObject",
			},
			Resource: []string{"arn:aws:s3:::aws-athena-query-results-*"},
		},
		iampolicy.Statement{Effect: iampolicy.Allow, Action: []string{"s3:Get*", "s3:List*"}, Resource: []string{"arn:aws:s3:::" + reportBucket + "*"}},
	)
}

func wholeAccount() iampolicy.Document {
	return document(iampolicy.Statement{
		Effect: iampolicy.Allow, Principal: &iampolicy.Principal{AWS: []string{arn.Root("aws", primary).String()}}, Action: []string{"sts:AssumeRole"},
	})
}

func readerTrust(condition iampolicy.Condition) iampolicy.Document {
	return document(iampolicy.Statement{
		Effect: iampolicy.Allow, Principal: &iampolicy.Principal{Federated: []string{token.arn}},
		Action: []string{"sts:AssumeRoleWithWebIdentity"}, Condition: condition,
	})
}

// delivery lets the billing service into the report's bucket under a condition. Denying plain HTTP is a shape of its own.
func delivery(condition iampolicy.Condition) iampolicy.Document {
	principal := &iampolicy.Principal{Service: []string{iampolicy.BillingService}}
	d := iampolicy.Delivery("aws", payer, reportBucket)
	return document(
		iampolicy.Statement{
			Effect: iampolicy.Allow, Principal: principal, Action: []string{"s3:GetBucketAcl", "s3:GetBucketPolicy"},
			Resource: []string{"arn:aws:s3:::" + reportBucket}, Condition: condition,
		},
		iampolicy.Statement{
			Effect: iampolicy.Allow, Principal: principal, Action: []string{"s3:PutObject"}, Resource: []string{"arn:aws:s3:::" + reportBucket + "/*"}, Condition: condition,
		},
		d.Statement[len(d.Statement)-1],
	)
}
