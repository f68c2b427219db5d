package graph

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

const (
	findReport = "aws:cur/getReportDefinition:getReportDefinition"
	findBucket = "aws:s3/getBucket:getBucket"
	findPolicy = "aws:s3/getBucketPolicy:getBucketPolicy"
	findTable  = "aws:glue/getCatalogTable:getCatalogTable"
	findRole   = "aws:iam/getRole:getRole"

	readerRole = "arn:aws:iam::222222222222:role/kubecost-cur-reader"
)

// byHand are the guide's things as they are found, and as nothing changes them.
func byHand() map[string]any {
	column := func(name, kind string) any { return map[string]any{"name": name, "type": kind} }
	columns := []any{column("line_item_unblended_cost", "double"), column("line_item_usage_start_date", "timestamp")}
	for _, name := range []string{
		"bill_payer_account_id", "line_item_availability_zone", "line_item_line_item_type", "line_item_product_code", "line_item_resource_id",
		"line_item_usage_account_id", "line_item_usage_type", "product_region_code", "resource_tags_user_team",
	} {
		columns = append(columns, column(name, "string"))
	}
	return map[string]any{
		findReport: map[string]any{
			"reportName": "Kube-Cost", "timeUnit": "DAILY", "format": "Parquet", "compression": "Parquet",
			"additionalSchemaElements": []any{"RESOURCES"}, "additionalArtifacts": []any{"ATHENA"}, "reportVersioning": "OVERWRITE_REPORT",
			"s3Bucket": "bills", "s3Prefix": "cur", "s3Region": "us-east-2",
		},
		findBucket: map[string]any{"bucket": "b", "region": "us-east-2", "bucketRegionalDomainName": "b.s3.us-east-2.amazonaws.com"},
		findTable: map[string]any{
			"tableType": "EXTERNAL_TABLE", "partitionKeys": []any{column("year", "string"), column("month", "string")},
			"storageDescriptors": []any{map[string]any{"location": "s3://bills/cur/Kube-Cost/Kube-Cost/", "columns": columns}},
		},
		findRole: map[string]any{
			"path": "/finops/", "assumeRolePolicy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
				`"Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"sts:AssumeRole"}]}`,
		},
	}
}

var adopting = with(payerSettings, map[string]string{
	"kubecost-cur:adopt":      `["report","reportBucket","resultsBucket","catalog","payerRole"]`,
	"kubecost-cur:reportName": "Kube-Cost", "kubecost-cur:reportBucketName": "bills", "kubecost-cur:resultsBucketName": "results",
})

func TestWhatIsAdoptedIsLookedUpAndNotRegistered(t *testing.T) {
	r := &recorder{there: byHand()}
	if err := run(t, r, "payer", adopting); err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for token, n := range r.count() {
		if strings.HasPrefix(token, "aws:") {
			got[token] = n
		}
	}
	want := map[string]int{"aws:athena/workgroup:Workgroup": 1, "aws:iam/rolePolicy:RolePolicy": 2}
	if !maps.Equal(got, want) {
		t.Errorf("the stack registers %v, want %v", got, want)
	}
	if calls := slices.Sorted(slices.Values(r.calls)); !slices.Equal(calls, []string{findReport, findTable, findRole, findBucket, findBucket, "pulumi:pulumi:readStackOutputs"}) {
		t.Errorf("it asked for %v", calls)
	}
	if !strings.Contains(r.askedOf[findReport], "::us-east-1::") || r.askedOf[findRole] != "" {
		t.Errorf("it asked with the providers %v", r.askedOf)
	}
	for _, policy := range r.resources {
		if policy.token != "aws:iam/rolePolicy:RolePolicy" {
			continue
		}
		if name := policy.inputs["name"].(string); policy.inputs["role"] != "kubecost-cur-access" || !strings.HasPrefix(name, "kubecost-cur-") || !strings.HasSuffix(name, "-kube_cost") {
			t.Errorf("the policy %s of %v could overwrite one that was made by hand", name, policy.inputs["role"])
		}
	}
	query := r.one(t, "aws:iam/rolePolicy:RolePolicy", "query").inputs["policy"].(string)
	for _, part := range []string{"table/athenacurcfn_kube_cost/kube_cost", "arn:aws:s3:::bills/cur/Kube-Cost/Kube-Cost/*", "arn:aws:s3:::results/*"} {
		if !strings.Contains(query, part) {
			t.Errorf("the query policy lacks %s: %s", part, query)
		}
	}
	if location := text(t, r.one(t, "aws:athena/workgroup:Workgroup", "").inputs); !strings.Contains(location, `"outputLocation":"s3://results/"`) {
		t.Errorf("the work group writes to %s", location)
	}
}

// A boundary of roles bounds those that are made: the crawler's.
func TestBesideAnAdoptedRoleTheCrawlersRolesAreBounded(t *testing.T) {
	const boundary = "arn:aws:iam::111111111111:policy/b"
	r := &recorder{there: byHand()}
	if err := run(t, r, "payer", with(payerSettings, map[string]string{
		"kubecost-cur:adopt": `["payerRole"]`, "kubecost-cur:catalogMode": "crawler", "kubecost-cur:crawlerTrigger": "event",
		"kubecost-cur:permissionsBoundary": boundary,
	})); err != nil {
		t.Fatal(err)
	}
	if n := r.count()["aws:iam/role:Role"]; n != 2 {
		t.Errorf("it makes %d roles, want the crawler's two", n)
	}
	for _, part := range []string{"crawler-role", "crawler-events-role"} {
		if role := r.one(t, "aws:iam/role:Role", part).inputs; role["permissionsBoundary"] != boundary || role["path"] != "/finops/" {
			t.Errorf("the role is %v", role)
		}
	}
}

func TestEachThingIsAdoptedAlone(t *testing.T) {
	all := map[string]int{
		"aws:cur/reportDefinition:ReportDefinition": 1, "aws:s3/bucketV2:BucketV2": 2, "aws:s3/bucketPolicy:BucketPolicy": 2,
		"aws:glue/catalogTable:CatalogTable": 1, "aws:glue/catalogDatabase:CatalogDatabase": 1, "aws:iam/role:Role": 1,
		"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": 1, "aws:iam/rolePolicy:RolePolicy": 2,
	}
	for adopt, c := range map[string]struct {
		changes map[string]string
		less    map[string]int
	}{
		`["reportBucket"]`: {map[string]string{"kubecost-cur:reportName": "kubecost"}, map[string]int{
			"aws:s3/bucketV2:BucketV2": 1, "aws:s3/bucketPolicy:BucketPolicy": 1,
		}},
		`["reportBucket","report"]`: {nil, map[string]int{
			"aws:cur/reportDefinition:ReportDefinition": 1, "aws:s3/bucketV2:BucketV2": 1, "aws:s3/bucketPolicy:BucketPolicy": 1,
		}},
		`["resultsBucket"]`: {map[string]string{"kubecost-cur:reportName": "kubecost"}, map[string]int{
			"aws:s3/bucketV2:BucketV2": 1, "aws:s3/bucketPolicy:BucketPolicy": 1,
			"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": 1,
		}},
		`["catalog"]`: {map[string]string{"kubecost-cur:reportName": "kubecost", "kubecost-cur:databaseName": "finops", "kubecost-cur:tableName": "bill"}, map[string]int{
			"aws:glue/catalogTable:CatalogTable": 1, "aws:glue/catalogDatabase:CatalogDatabase": 1,
		}},
		`["payerRole"]`: {map[string]string{"kubecost-cur:reportName": "kubecost"}, map[string]int{"aws:iam/role:Role": 1}},
	} {
		t.Run(adopt, func(t *testing.T) {
			there := byHand()
			there[findPolicy] = map[string]any{"policy": strings.ReplaceAll(deliveryOf(t), "kubecost-cur-111111111111-us-east-2", "bills")}
			if !strings.Contains(adopt, `"report"`) {
				there[findTable].(map[string]any)["storageDescriptors"].([]any)[0].(map[string]any)["location"] = "s3://bills/cur/kubecost/kubecost/"
			}
			r := &recorder{there: there}
			if err := run(t, r, "payer", with(with(adopting, map[string]string{"kubecost-cur:adopt": adopt}), c.changes)); err != nil {
				t.Fatal(err)
			}
			got := r.count()
			for token, n := range all {
				if got[token] != n-c.less[token] {
					t.Errorf("it registers %d of %s, want %d", got[token], token, n-c.less[token])
				}
			}
			if table := got["aws:glue/catalogTable:CatalogTable"]; table == 1 && strings.Contains(adopt, "report") && strings.Contains(adopt, `"report"`) {
				if name := r.one(t, "aws:glue/catalogTable:CatalogTable", "").inputs["name"]; name != "kube_cost" {
					t.Errorf("the table over the adopted report is called %v, not as AWS would call it", name)
				}
			}
		})
	}
}

// deliveryOf is the policy of a bucket that the program makes.
func deliveryOf(t *testing.T) string {
	t.Helper()
	return payerGraph(t, nil).one(t, "aws:s3/bucketPolicy:BucketPolicy", "report").inputs["policy"].(string)
}

func TestOneStackLooksUpWhatThePayerHasAsThePayersCaller(t *testing.T) {
	r := &recorder{there: byHand()}
	err := run(t, r, "both", with(bothSettings, map[string]string{
		"kubecost-cur:adopt": adopting["kubecost-cur:adopt"], "kubecost-cur:reportName": "Kube-Cost",
		"kubecost-cur:reportBucketName": "bills", "kubecost-cur:resultsBucketName": "results",
	}))
	if err != nil {
		t.Fatal(err)
	}
	for token, name := range map[string]string{
		findReport: "us-east-1", findBucket: "payer", findTable: "payer", findRole: "payer",
	} {
		if !strings.Contains(r.askedOf[token], "::"+name+"::") {
			t.Errorf("%s was asked of the provider %q, want %s: the default one is the primary's", token, r.askedOf[token], name)
		}
	}
	policy := r.one(t, "aws:iam/rolePolicy:RolePolicy", "assume-payer").inputs["policy"].(string)
	if !strings.Contains(policy, "arn:aws:iam::111111111111:role/finops/kubecost-cur-access") {
		t.Errorf("the reader may assume %s, not the adopted role with its own path", policy)
	}
}

func TestWhatIsNotThereIsToldBeforeAClusterIsMade(t *testing.T) {
	r := &recorder{}
	err := run(t, r, "both", with(bothSettings, map[string]string{"kubecost-cur:adopt": `["payerRole"]`, "kubecost-cur:createCluster": "true"}))
	if err == nil {
		t.Fatal("a role that is not there was adopted")
	}
	refusedPlainly(t, r, err)
}

func TestWhatTheStackItselfHasMadeIsNotAdopted(t *testing.T) {
	made := map[string]any{
		"reportName": "Kube-Cost", "curBucketName": "bills", "athenaBucketName": "s3://results/kubecost/", "athenaDatabase": "athenacurcfn_kube_cost",
		"athenaTable": "kube_cost", "masterPayerARN": "arn:aws:iam::111111111111:role/finops/kubecost-cur-access",
	}
	all := []string{"report", "reportBucket", "resultsBucket", "catalog", "payerRole"}
	r := &recorder{there: byHand(), payerOutputs: made}
	err := run(t, r, "payer", adopting)
	for _, part := range all {
		if err == nil || !strings.Contains(err.Error(), "adopt has "+part+", ") || !strings.Contains(err.Error(), "pulumi state delete") {
			t.Errorf("the error does not name %s with the remedy: %v", part, err)
		}
	}
	if n := r.count(); n["aws:athena/workgroup:Workgroup"] > 0 {
		t.Errorf("it registered %v", n)
	}

	made["adopted"] = strings.Join(all, ",")
	if err := run(t, &recorder{there: byHand(), payerOutputs: made}, "payer", adopting); err != nil {
		t.Errorf("the next update of a stack that adopts is refused: %v", err)
	}
	delete(made, "adopted")
	for key := range made {
		made[key] = "another"
	}
	if err := run(t, &recorder{there: byHand(), payerOutputs: made}, "payer", adopting); err != nil {
		t.Errorf("a stack that has made others is refused: %v", err)
	}
}

func TestAllThatDoesNotFitIsSaidAtOnceAndNothingIsRegistered(t *testing.T) {
	report := func(key string, value any) func(map[string]any) {
		return func(there map[string]any) { there[findReport].(map[string]any)[key] = value }
	}
	table := func(key string, value any) func(map[string]any) {
		return func(there map[string]any) { there[findTable].(map[string]any)[key] = value }
	}
	gone := func(token string) func(map[string]any) {
		return func(there map[string]any) { there[token] = errors.New("it does not exist") }
	}
	trust := func(policy string) func(map[string]any) {
		return func(there map[string]any) { there[findRole].(map[string]any)["assumeRolePolicy"] = policy }
	}
	newReport := map[string]string{"kubecost-cur:adopt": `["reportBucket"]`, "kubecost-cur:reportName": "kubecost"}
	for name, c := range map[string]struct {
		settings map[string]string
		change   func(map[string]any)
		want     []string
	}{
		"no report":              {nil, gone(findReport), []string{`adopt has report, and "Kube-Cost" cannot be used`, "does not exist", "take report out of adopt"}},
		"a report in CSV":        {nil, report("format", "textORcsv"), []string{`"textORcsv"`, "Parquet", "another reportName"}},
		"a report without IDs":   {nil, report("additionalSchemaElements", []any{}), []string{"RESOURCES"}},
		"a report for Redshift":  {nil, report("additionalArtifacts", []any{"REDSHIFT"}), []string{"REDSHIFT", "ATHENA"}},
		"a report that piles up": {nil, report("reportVersioning", "CREATE_NEW_REPORT"), []string{"OVERWRITE_REPORT"}},
		"a monthly report":       {nil, report("timeUnit", "MONTHLY"), []string{`"MONTHLY"`, "DAILY or HOURLY"}},
		"an hourly report":       {nil, report("timeUnit", "HOURLY"), []string{`"HOURLY"`, "set reportTimeUnit"}},
		"a report elsewhere":     {nil, report("s3Bucket", "others"), []string{`"others"`, "set reportBucketName"}},
		"another prefix":         {nil, report("s3Prefix", "reports"), []string{`"reports"`, "set reportPrefix"}},
		"another region":         {nil, report("s3Region", "eu-west-1"), []string{`"eu-west-1"`, "set aws:region"}},
		"no split costs":         {map[string]string{"kubecost-cur:reportSchemaElements": `["SPLIT_COST_ALLOCATION_DATA"]`}, func(map[string]any) {}, []string{"without SPLIT_COST_ALLOCATION_DATA"}},
		"no bucket":              {nil, gone(findBucket), []string{"adopt has reportBucket", `"bills"`, "adopt has resultsBucket", `"results"`}},
		"buckets elsewhere":      {nil, func(there map[string]any) { there[findBucket] = map[string]any{"region": "eu-west-1"} }, []string{`"bills"`, `"results"`, `"eu-west-1"`, "us-east-2"}},
		"a bucket's own region": {nil, func(there map[string]any) {
			there[findBucket].(map[string]any)["bucketRegionalDomainName"] = "b.s3.eu-west-1.amazonaws.com"
		}, []string{`its region is "eu-west-1"`}},
		"a bucket without policy":  {newReport, func(there map[string]any) { there[findPolicy] = errors.New("NoSuchBucketPolicy") }, []string{"billingreports.amazonaws.com", "s3:PutObject", "add this statement"}},
		"a policy out of sight":    {newReport, func(there map[string]any) { there[findPolicy] = errors.New("AccessDenied") }, []string{"AccessDenied", "let read it"}},
		"no table":                 {nil, gone(findTable), []string{"adopt has catalog", `"athenacurcfn_kube_cost.kube_cost"`}},
		"a table over other data":  {nil, table("storageDescriptors", []any{map[string]any{"location": "s3://bills/"}}), []string{`"s3://bills/"`, "line_item_resource_id", "run the crawler"}},
		"a table with number keys": {nil, table("partitionKeys", []any{map[string]any{"name": "year", "type": "int"}}), []string{"year is of type int", "month is missing"}},
		"a view":                   {nil, table("tableType", "VIRTUAL_VIEW"), []string{"a view"}},
		"a tag that has no column": {map[string]string{"kubecost-cur:costAllocationTags": `["team","owner"]`}, func(map[string]any) {}, []string{"no column resource_tags_user_owner"}},
		"no role":                  {nil, gone(findRole), []string{"adopt has payerRole", `"kubecost-cur-access"`}},
		"a role for others":        {nil, trust(`{"Version":"2012-10-17","Statement":[]}`), []string{readerRole, "add this statement", "sts:AssumeRole", "not changed from here"}},
		"a role for IRSA":          {map[string]string{"kubecost-cur:identity": "pod-identity"}, func(map[string]any) {}, []string{readerRole, "session tags", "sts:TagSession"}},
		"all of it": {nil, func(there map[string]any) {
			for _, token := range []string{findReport, findBucket, findTable, findRole} {
				gone(token)(there)
			}
		}, []string{"has report,", "has reportBucket,", "has resultsBucket,", "has catalog,", "has payerRole,"}},
	} {
		t.Run(name, func(t *testing.T) {
			there := byHand()
			c.change(there)
			r := &recorder{there: there}
			err := run(t, r, "payer", with(adopting, c.settings))
			if err == nil {
				t.Fatal("it was adopted")
			}
			for _, want := range append(c.want, "nothing was changed", "kubecost-cur:adopt has ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
			for _, res := range r.resources {
				if res.token != "pulumi:providers:aws" {
					t.Errorf("it registered %s first", res.token)
				}
			}
		})
	}
}
