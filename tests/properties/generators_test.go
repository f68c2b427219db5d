// Package properties says what holds of the pure packages for all input that they take: what is written reads back, an order that
// does not matter changes nothing, and more of one thing is never less of another. Rapid makes the input up, and shrinks what it
// finds to the smallest that still shows it. What they refuse, and hostile input, is fuzzed beside each package.
package properties

import (
	"encoding/base64"
	"fmt"

	"pgregory.net/rapid"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

var (
	accounts = rapid.StringMatching(`[0-9]{12}`)
	regions  = rapid.SampledFrom([]string{"us-east-1", "us-east-2", "eu-west-1", "ap-southeast-2"})
	// names are taken as bucket, database, table, role and work group alike.
	names  = rapid.StringMatching(`[a-z][a-z0-9]{2,20}`)
	paths  = rapid.SampledFrom([]string{"/", "/platform/", "/a/b/"})
	tags   = rapid.StringMatching(`(aws:|user:)?[A-Za-z][A-Za-z0-9 _.:/=+@-]{0,30}[a-z0-9]`)
	secret = rapid.Custom(func(t *rapid.T) string {
		return base64.StdEncoding.EncodeToString(rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "secret"))
	})
)

// payer is a payer account's entry.
var payer = rapid.Custom(func(t *rapid.T) cloudintegration.AWS {
	account, bucket := accounts.Draw(t, "account"), "s3://"+names.Draw(t, "bucket")
	if prefix := rapid.SampledFrom([]string{"", "/results", "/a/b"}).Draw(t, "prefix"); prefix != "" {
		bucket += prefix
	}
	return cloudintegration.AWS{
		AthenaBucketName: bucket, AthenaRegion: regions.Draw(t, "region"), AthenaDatabase: names.Draw(t, "database"),
		AthenaTable: names.Draw(t, "table"), AthenaWorkgroup: names.Draw(t, "work group"), ProjectID: account,
		MasterPayerARN: arn.Role("aws", account, paths.Draw(t, "path"), names.Draw(t, "role")).String(),
	}
})

// entries are those of one or more payers, and perhaps of other clouds, with keys: both formats have room for them.
var entries = rapid.Custom(func(t *rapid.T) cloudintegration.Entries {
	byPlace := func(a cloudintegration.AWS) string { return a.ProjectID + a.AthenaBucketName }
	e := cloudintegration.Entries{AWS: rapid.SliceOfNDistinct(payer, 1, 6, byPlace).Draw(t, "payers")}
	for range rapid.IntRange(0, 2).Draw(t, "subscriptions") {
		e.Azure = append(e.Azure, cloudintegration.Azure{
			SubscriptionID: rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`).Draw(t, "subscription"),
			StorageAccount: names.Draw(t, "storage account"), Container: names.Draw(t, "container"), StorageAccessKey: secret.Draw(t, "key"),
		})
	}
	if rapid.Bool().Draw(t, "Alibaba") {
		e.Alibaba = []cloudintegration.Alibaba{{
			AccountID: rapid.StringMatching(`[0-9]{16}`).Draw(t, "account"), Region: "cn-hangzhou",
			AccessKeyID: "LTAI5tABCDEFGHIJ", AccessKeySecret: rapid.StringMatching(`[A-Za-z0-9]{30}`).Draw(t, "secret"),
		}}
	}
	return e
})

// queries are what the payer role is for.
var queries = rapid.Custom(func(t *rapid.T) iampolicy.BillQuery {
	q := iampolicy.BillQuery{
		Partition: "aws", Region: regions.Draw(t, "region"), Account: accounts.Draw(t, "account"), WorkGroup: names.Draw(t, "work group"),
		Database: names.Draw(t, "database"), Table: names.Draw(t, "table"), ReportBucket: "report-" + names.Draw(t, "bucket"),
		DataPrefix: names.Draw(t, "prefix") + "/" + names.Draw(t, "report"), ResultsBucket: "results-" + names.Draw(t, "bucket"),
		LakeFormation: rapid.Bool().Draw(t, "Lake Formation"),
	}
	if rapid.Bool().Draw(t, "results prefix?") {
		q.ResultsPrefix = names.Draw(t, "results prefix")
	}
	if rapid.Bool().Draw(t, "customer key") {
		q.KmsKeyArn = fmt.Sprintf("arn:aws:kms:%s:%s:key/%s", q.Region, q.Account, "01234567-89ab-cdef-0123-456789abcdef")
	}
	return q
})

// values are Helm values, some with the keys that connect a chart to the bill.
func values(depth int) *rapid.Generator[map[string]any] {
	key := rapid.OneOf(rapid.StringMatching(`[a-z][a-zA-Z]{0,8}`), rapid.SampledFrom([]string{
		"serviceAccount", "kubecostProductConfigs", "cloudIntegrationSecret", "create", "name", "global", "cloudCost", "opencost", "enabled",
	}))
	leaf := rapid.OneOf(rapid.Bool().AsAny(), rapid.Float64Range(0, 1e6).AsAny(), rapid.StringMatching(`[ -~]{0,12}`).AsAny(), rapid.Just[any](nil))
	value := leaf
	if depth > 0 {
		value = rapid.OneOf(leaf, values(depth-1).AsAny(), rapid.SliceOfN(leaf, 0, 3).AsAny())
	}
	return rapid.MapOfN(key, value, 0, 4)
}

// shuffled is a list in another order.
func shuffled[T any](t *rapid.T, list []T) []T { return rapid.Permutation(list).Draw(t, "order") }
