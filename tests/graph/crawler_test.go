package graph

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

const (
	crawlerToken = "aws:glue/crawler:Crawler"
	tableToken   = "aws:glue/catalogTable:CatalogTable"
)

// more is what a stack registers beyond those of the default settings, by type.
func more(t *testing.T, r *recorder) map[string]int {
	t.Helper()
	counts := r.count()
	for token, n := range payerGraph(t, nil).count() {
		if counts[token] -= n; counts[token] == 0 {
			delete(counts, token)
		}
	}
	return counts
}

func TestACrawlerComesWithItsRoleAndNothingElse(t *testing.T) {
	r := payerGraph(t, map[string]string{"kubecost-cur:catalogMode": "crawler"})
	want := map[string]int{crawlerToken: 1, "aws:iam/role:Role": 1, "aws:iam/rolePolicy:RolePolicy": 1}
	if got := more(t, r); !maps.Equal(got, want) {
		t.Errorf("the crawler brings %v, want %v", got, want)
	}
	crawler := r.one(t, crawlerToken, "")
	role := "arn:aws:iam::111111111111:role/kubecost-cur-crawler"
	inputs := map[string]any{
		"name": "AWSCURCrawler-kubecost", "databaseName": "athenacurcfn_kubecost", "role": role, "schedule": "cron(0 2 * * ? *)",
		"s3Targets": []any{map[string]any{
			"path":       "s3://kubecost-cur-111111111111-us-east-2/cur/kubecost/kubecost",
			"exclusions": []any{"**.json", "**.yml", "**.sql", "**.csv", "**.csv.metadata", "**.gz", "**.zip"},
		}},
		"schemaChangePolicy": map[string]any{"updateBehavior": "UPDATE_IN_DATABASE", "deleteBehavior": "LOG"},
		"recrawlPolicy":      map[string]any{"recrawlBehavior": "CRAWL_EVERYTHING"},
	}
	for key, want := range inputs {
		if g, w := text(t, crawler.inputs[key]), text(t, want); g != w {
			t.Errorf("the crawler's %s is %s, want %s", key, g, w)
		}
	}
	if c := text(t, crawler.inputs["configuration"]); !strings.Contains(c, "MergeNewColumns") {
		t.Errorf("the configuration is %s", c)
	}
	if !crawler.isAfter("kubecost-catalog-table") {
		t.Errorf("the crawler does not wait for the table, and could make one of its own: %v", crawler.after)
	}
}

func TestATableForACrawlerIsDeclaredInFullAndNotProjected(t *testing.T) {
	projected := payerGraph(t, nil).one(t, tableToken, "").inputs
	crawled := payerGraph(t, map[string]string{"kubecost-cur:catalogMode": "crawler"}).one(t, tableToken, "").inputs
	parameters := map[string]any{
		"EXTERNAL": "TRUE", "classification": "parquet", "compressionType": "none", "UPDATED_BY_CRAWLER": "AWSCURCrawler-kubecost",
	}
	if g, w := text(t, crawled["parameters"]), text(t, parameters); g != w {
		t.Errorf("the parameters are %s, want %s", g, w)
	}
	delete(projected, "parameters")
	delete(crawled, "parameters")
	if g, w := text(t, crawled), text(t, projected); g != w {
		t.Errorf("beside its parameters the table is\n%s\nand without a crawler\n%s", g, w)
	}
}

func TestOnlyWhatACrawlChangesIsIgnored(t *testing.T) {
	if ignored := payerGraph(t, nil).one(t, tableToken, "").ignored; len(ignored) > 0 {
		t.Errorf("without a crawler changes of %v are ignored", ignored)
	}
	ignored := payerGraph(t, map[string]string{"kubecost-cur:catalogMode": "crawler"}).one(t, tableToken, "").ignored
	for _, want := range []string{"owner", "storageDescriptor.columns", "storageDescriptor.parameters", `parameters["recordCount"]`} {
		if !slices.Contains(ignored, want) {
			t.Errorf("changes of %s are not ignored, only those of %v", want, ignored)
		}
	}
	// A table whose parameters were ignored as a whole would stay projected when the mode changes.
	for _, property := range ignored {
		for _, declared := range []string{"parameters", "projection.", "storage.location", "classification", "compressionType", "UPDATED_BY_CRAWLER", "storageDescriptor"} {
			if property == declared || strings.HasPrefix(property, `parameters["`+declared) {
				t.Errorf("changes of %s are ignored, which is declared", property)
			}
		}
	}
}

func TestADeliveryStartsTheCrawlerByWayOfAWorkflow(t *testing.T) {
	r := payerGraph(t, map[string]string{
		"kubecost-cur:catalogMode": "crawler", "kubecost-cur:crawlerTrigger": "event", "kubecost-cur:reportPrefix": "bills",
	})
	want := map[string]int{
		crawlerToken: 1, "aws:glue/workflow:Workflow": 1, "aws:glue/trigger:Trigger": 1, "aws:iam/role:Role": 2, "aws:iam/rolePolicy:RolePolicy": 2,
		"aws:cloudwatch/eventRule:EventRule": 1, "aws:cloudwatch/eventTarget:EventTarget": 1,
		"aws:s3/bucketNotification:BucketNotification": 1,
	}
	if got := more(t, r); !maps.Equal(got, want) {
		t.Errorf("the crawler brings %v, want %v", got, want)
	}
	if schedule, ok := r.one(t, crawlerToken, "").inputs["schedule"]; ok {
		t.Errorf("the crawler has the schedule %v too", schedule)
	}
	notification := r.one(t, "aws:s3/bucketNotification:BucketNotification", "report")
	if notification.inputs["eventbridge"] != true || !notification.isAfter("kubecost-report-bucket-policy") {
		t.Errorf("the notification is %v, after %v", notification.inputs, notification.after)
	}
	pattern := r.one(t, "aws:cloudwatch/eventRule:EventRule", "").inputs["eventPattern"].(string)
	for _, part := range []string{`"aws.s3"`, `"Object Created"`, `"kubecost-cur-111111111111-us-east-2"`, `"bills/kubecost/kubecost/*.parquet"`} {
		if !strings.Contains(pattern, part) {
			t.Errorf("the pattern lacks %s: %s", part, pattern)
		}
	}
	trigger := r.one(t, "aws:glue/trigger:Trigger", "").inputs
	if g, w := text(t, []any{trigger["type"], trigger["workflowName"], trigger["actions"], trigger["eventBatchingConditions"]}),
		`["EVENT","AWSCURCrawler-kubecost",[{"crawlerName":"AWSCURCrawler-kubecost"}],[{"batchSize":100,"batchWindow":900}]]`; g != w {
		t.Errorf("the trigger is %s, want %s", g, w)
	}
	target := r.one(t, "aws:cloudwatch/eventTarget:EventTarget", "").inputs
	if target["rule"] != "AWSCURCrawler-kubecost" || target["roleArn"] != "arn:aws:iam::111111111111:role/kubecost-cur-crawler-events" {
		t.Errorf("the target is %v", target)
	}
}

func TestTheRolesOfACrawlerAreOneCrawlersAndBounded(t *testing.T) {
	r := payerGraph(t, map[string]string{
		"kubecost-cur:catalogMode": "crawler", "kubecost-cur:crawlerTrigger": "event", "kubecost-cur:crawlerRoleName": "crawls",
		"kubecost-cur:payerRolePath": "/billing/", "kubecost-cur:permissionsBoundary": "arn:aws:iam::111111111111:policy/b",
	})
	for part, want := range map[string][3]string{
		"crawler-role":        {"crawls", "glue.amazonaws.com", "arn:aws:glue:us-east-2:111111111111:crawler/AWSCURCrawler-kubecost"},
		"crawler-events-role": {"crawls-events", "events.amazonaws.com", "arn:aws:events:us-east-2:111111111111:rule/AWSCURCrawler-kubecost"},
	} {
		role := r.one(t, "aws:iam/role:Role", part).inputs
		if role["name"] != want[0] || role["path"] != "/billing/" || role["permissionsBoundary"] != "arn:aws:iam::111111111111:policy/b" {
			t.Errorf("the role is %v", role)
		}
		var policy struct{ Statement []trusted }
		if err := json.Unmarshal([]byte(role["assumeRolePolicy"].(string)), &policy); err != nil || len(policy.Statement) != 1 {
			t.Fatalf("the trust policy is %v: %v", role["assumeRolePolicy"], err)
		}
		trust := policy.Statement[0]
		if trust.Principal["Service"][0] != want[1] || trust.Condition["ArnEquals"]["aws:SourceArn"][0] != want[2] ||
			trust.Condition["StringEquals"]["aws:SourceAccount"][0] != payerAccount {
			t.Errorf("the role %s trusts %v", want[0], trust)
		}
	}
}

func TestAWrongSettingOfTheCrawlerIsNamed(t *testing.T) {
	crawler := with(payerSettings, map[string]string{"kubecost-cur:catalogMode": "crawler"})
	event := with(crawler, map[string]string{"kubecost-cur:crawlerTrigger": "event"})
	refuses(t, map[string]refusal{
		"a mode that is none":                 {payerSettings, "kubecost-cur:catalogMode", "glue", []string{"projection or crawler"}},
		"a trigger without a crawler":         {payerSettings, "kubecost-cur:crawlerTrigger", "event", []string{"catalogMode", "projection", "remove it"}},
		"a schedule without a crawler":        {payerSettings, "kubecost-cur:crawlerSchedule", "cron(0 3 * * ? *)", []string{"catalogMode", "remove it"}},
		"a crawler's role without a crawler":  {payerSettings, "kubecost-cur:crawlerRoleName", "crawls", []string{"catalogMode", "remove it"}},
		"a crawler in the primary":            {primarySettings, "kubecost-cur:catalogMode", "crawler", []string{"payer side", "remove it"}},
		"a trigger that is none":              {crawler, "kubecost-cur:crawlerTrigger", "lambda", []string{"schedule or event"}},
		"a schedule of Unix":                  {crawler, "kubecost-cur:crawlerSchedule", "0 2 * * *", []string{"cron(minutes hours"}},
		"a schedule with five fields":         {crawler, "kubecost-cur:crawlerSchedule", "cron(0 2 * * ?)", []string{"6 fields", "here are 5"}},
		"a schedule of both kinds of days":    {crawler, "kubecost-cur:crawlerSchedule", "cron(0 2 * * MON *)", []string{"exactly one is ?"}},
		"a schedule at 25 o'clock":            {crawler, "kubecost-cur:crawlerSchedule", "cron(0 25 * * ? *)", []string{"no hours", "0 to 23"}},
		"a schedule for deliveries":           {event, "kubecost-cur:crawlerSchedule", "cron(0 3 * * ? *)", []string{"crawlerTrigger", "event", "remove it"}},
		"a crawler's role with a space":       {crawler, "kubecost-cur:crawlerRoleName", "my role", []string{"role name"}},
		"Kubecost's role for the crawler":     {crawler, "kubecost-cur:crawlerRoleName", "kubecost-cur-access", []string{"payerRoleName", "another name"}},
		"a role too long for EventBridge's":   {event, "kubecost-cur:crawlerRoleName", strings.Repeat("r", 58), []string{"-events", "at most 57"}},
		"a crawler over CUR 2.0":              {with(payerSettings, map[string]string{"kubecost-cur:reportVersion": "2", "kubecost-cur:costAllocationTags": "[]"}), "kubecost-cur:catalogMode", "crawler", []string{"legacy report"}},
		"a crawler over an adopted catalog":   {with(crawler, map[string]string{"kubecost-cur:adopt": `["catalog"]`, "kubecost-cur:databaseName": "d", "kubecost-cur:tableName": "t"}), "kubecost-cur:catalogMode", "crawler", []string{"adopt", "catalog"}},
		"deliveries into an adopted bucket":   {with(crawler, map[string]string{"kubecost-cur:adopt": `["reportBucket"]`, "kubecost-cur:reportBucketName": "bills"}), "kubecost-cur:crawlerTrigger", "event", []string{"adopt", "replaced", "schedule"}},
		"a report too long for a crawler":     {crawler, "kubecost-cur:reportName", strings.Repeat("r", 242), []string{"crawler", "at most 241"}},
		"a report too long for an event rule": {event, "kubecost-cur:reportName", strings.Repeat("r", 51), []string{"event rule", "at most 50"}},
	})
	// Kubecost's role may have the name of EventBridge's while there is none.
	payerGraph(t, map[string]string{"kubecost-cur:catalogMode": "crawler", "kubecost-cur:payerRoleName": "kubecost-cur-crawler-events"})
	refuses(t, map[string]refusal{
		"EventBridge's role for Kubecost": {
			with(event, map[string]string{"kubecost-cur:payerRoleName": "a-events"}), "kubecost-cur:crawlerRoleName", "A", []string{"payerRoleName"},
		},
	})
}

func TestACrawlerReadsAnEncryptedBillAndHasItsOwnGrants(t *testing.T) {
	const key = "arn:aws:kms:us-east-2:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	r := payerGraph(t, map[string]string{
		"kubecost-cur:catalogMode": "crawler", "kubecost-cur:kmsKeyArn": key, "kubecost-cur:lakeFormation": "true",
	})
	if policy := r.one(t, "aws:iam/rolePolicy:RolePolicy", "crawl-report").inputs["policy"].(string); !strings.Contains(policy, key) {
		t.Errorf("the crawler cannot decrypt the bill: %s", policy)
	}
	grants := r.one(t, "aws:lakeformation/permissions:Permissions", "crawler-grants-table")
	if g, w := text(t, grants.inputs["permissions"]), `["ALTER","DESCRIBE","INSERT","SELECT"]`; g != w {
		t.Errorf("the crawler is granted %s, want %s", g, w)
	}
	if !r.one(t, crawlerToken, "").isAfter("kubecost-catalog-crawler-grants-table") {
		t.Error("the crawler does not wait for its grants")
	}
}
