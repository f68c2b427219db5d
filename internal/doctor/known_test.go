package doctor

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// The errors are in the words that AWS, Athena and Kubecost use, as users report them.
func TestErrorsThatUsersMeetAreRecognised(t *testing.T) {
	for text, c := range map[string]struct {
		at          stage
		cause, todo string
	}{
		"AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity": {firstHop, "does not trust this service account", "PRIMARY"},
		"InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.eks.us-east-2.amazonaws.com/id/ABC": {
			firstHop, "no IAM OIDC provider", "associate-iam-oidc-provider"},
		"InvalidIdentityToken: Incorrect token audience":                                                  {firstHop, "client IDs", "sts.amazonaws.com"},
		"ExpiredTokenException: Token expired: current date/time must be before the expiration date/time": {firstHop, "clock", "issuer"},
		"AccessDenied: User: arn:aws:sts::222222222222:assumed-role/kubecost-cur-reader/x is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111111111111:role/kubecost-cur-access": {
			secondHop, "payer role", "payer role"},
		"InvalidRequestException: outputLocation is not a valid S3 path.":          {query, "no s3://", "s3://BUCKET/"},
		"InvalidRequestException: Unable to verify/create output bucket my-bucket": {query, "results bucket is missing", "PAYER"},
		"the query ended in state FAILED: Permission denied on S3 path: s3://cur/cur/kubecost/kubecost/year=2021/month=8/kubecost-00001.snappy.parquet": {
			query, "another bucket or prefix", "PAYER"},
		"the query ended in state FAILED: Queries of this type are not supported":                                       {query, "starts with a digit", "PAYER"},
		"COLUMN_NOT_FOUND: line 1:22: Column 'line_item_resource_id' cannot be resolved or requester is not authorized": {query, "no resource IDs", "another reportName"},
		"SYNTAX_ERROR: line 1:1024: Column 'year' cannot be resolved":                                                   {query, "partition keys year and month", "PAYER"},
		"COLUMN_NOT_FOUND: line 1:8: Column 'product_region_code' cannot be resolved":                                   {query, "lacks a column", "PAYER"},
		"TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.athenacurcfn_kubecost.kubecost' does not exist":              {query, "not where Kubecost looks", "PAYER"},
		"SCHEMA_NOT_FOUND: line 1:15: Schema 'athenacurcfn_kubecost' does not exist":                                    {query, "database is not where", "PAYER"},
		"HIVE_BAD_DATA: Field line_item_unblended_cost's type DOUBLE in parquet file is incompatible with type varchar": {query, "column's type", "PAYER"},
		"Insufficient Lake Formation permission(s): Required Describe on kubecost":                                      {query, "Lake Formation", "lakeFormation: true"},
		"User: x is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-2:111111111111:key/1":       {query, "key", "kmsKeyArn"},
		"Query cancelled! : Bytes scanned limit was exceeded":                                                           {query, "more than the work group allows", "bytesScannedCutoff"},
		"InvalidRequestException: WorkGroup kubecost-cur is not found.":                                                 {query, "missing or disabled", "PAYER"},
		"InvalidRequestException: WorkGroup kubecost-cur is disabled":                                                   {query, "missing or disabled", "PAYER"},
		"query exceeded maximum columns":                                                                                {query, "more columns", "costAllocationTags"},
		"operation error Athena: StartQueryExecution, failed to resolve service endpoint, not found, ResolveEndpointV2": {query, "region is empty or wrong", "athenaRegion"},
		"ThrottlingException: Rate exceeded":                                                                            {query, "too many queries", "again"},
		"AccessDeniedException: You are not authorized to perform: athena:StartQueryExecution on the resource":          {query, "lacks a right", "PAYER"},
		"dial tcp: lookup sts.us-east-2.amazonaws.com: no such host":                                                    {firstHop, "no network", "check the proxy"},
		"proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused":                                           {query, "no network", "check the proxy"},
		"json: cannot unmarshal object into Go struct field MultiCloudConfig.aws of type []config.AwsAthenaInfo":        {query, "cannot read cloud-integration.json", "PRIMARY"},
		"no Cloud Cost integrations currently configured":                                                               {query, "has not found", "PRIMARY"},
		"the release is failed: Kubecost cloud integration secret 'cloud-integration' does not exist":                   {install, "did not find the secret", "PRIMARY"},
		"the release is failed: kubecostProductConfigs.cloudIntegrationSecret is no longer supported":                   {install, "under another value", "PRIMARY"},
		"the release is failed: Missing global federated-store":                                                         {install, "federated store", "chartVersion"},
		"the release is failed: context deadline exceeded":                                                              {install, "not ready in time", "timeoutSeconds"},
		"something that nobody has seen":                                                                                {query, "not known here", "read the error"},
	} {
		f := healthy(t).recognised(errors.New(text), c.at)
		if f.State != Failed || !strings.Contains(f.Cause, c.cause) || !strings.Contains(f.Remedy, c.todo) || f.Seen == "" {
			t.Errorf("%s\nis taken for: %s\nto do: %s", text, f.Cause, f.Remedy)
		}
	}
}

func TestARawErrorIsShortened(t *testing.T) {
	long := "operation error Athena: StartQueryExecution, https response error StatusCode: 400, RequestID: 01234567-89ab-cdef-0123-456789abcdef, " +
		"api error AccessDenied: no\n  (Service: AmazonAthena; Status Code: 400)" + strings.Repeat(" x", 400)
	got := shorten(long)
	if !strings.HasPrefix(got, "AccessDenied: no x x") || len([]rune(got)) > maxSeen+1 || !strings.HasSuffix(got, "…") {
		t.Errorf("shortened is %q", got)
	}
}

// A roll-out, and a pod that was evicted, leave the older pod in the list, in no order.
func TestOfSeveralPodsTheNewestIsAsked(t *testing.T) {
	const path = "/api/v1/namespaces/kubecost/pods"
	for _, ages := range [][]time.Duration{{time.Hour, 3 * time.Hour}, {3 * time.Hour, time.Hour}} {
		w := healthy(t)
		var items []any
		for _, age := range ages {
			p := healthyPod()
			p["metadata"] = object{"name": age.String(), "creationTimestamp": at.Add(-age)}
			items = append(items, p)
		}
		w.kube.objects[path] = object{"items": items}
		pods, err := w.pods(t.Context())
		if err != nil || len(pods) != 2 || pods[0].Metadata.Name != "1h0m0s" {
			t.Errorf("of pods that are %v old the first is %+v, %v", ages, pods, err)
		}
	}
}
