package simaws

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

const (
	rulesTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sts:AssumeRole",
		"Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:events:us-east-2:ACCOUNT:rule/delivered"},"StringEquals":{"aws:SourceAccount":"ACCOUNT"}}}]}`
	rulesPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"glue:notifyEvent","Resource":"arn:aws:glue:us-east-2:ACCOUNT:workflow/crawls"}]}`
	pattern     = `{"source":["aws.s3"],"detail-type":["Object Created"],"detail":{"bucket":{"name":["BUCKET"]},"object":{"key":[{"wildcard":"cur/kubecost/*.parquet"}]}}}`
)

func (w crawled) events(action string, in any) error {
	w.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		w.t.Fatal(err)
	}
	return rawCall(w.t, w.admin, "events", "AWSEvents."+action, "/", string(body), nil)
}

func (w crawled) notify(configuration *types.NotificationConfiguration) error {
	_, err := s3.NewFromConfig(w.admin).PutBucketNotificationConfiguration(w.t.Context(), &s3.PutBucketNotificationConfigurationInput{
		Bucket: &w.bucket, NotificationConfiguration: configuration,
	})
	return err
}

// newTriggered is newCrawled with all that leads from an object to a crawl.
func newTriggered(t *testing.T) crawled {
	t.Helper()
	w := newCrawled(t)
	newRole(t, w.admin, "rule", w.filled(rulesTrust), w.filled(rulesPolicy))
	w.must("CreateWorkflow", map[string]any{"Name": "crawls", "Tags": map[string]string{"owner": "finops"}}, nil)
	w.must("CreateTrigger", map[string]any{
		"Name": "crawls", "Type": "EVENT", "WorkflowName": "crawls", "Actions": []any{map[string]string{"CrawlerName": "crawls"}},
		"EventBatchingCondition": batchingCondition{3, 900},
	}, nil)
	if err := w.notify(&types.NotificationConfiguration{EventBridgeConfiguration: &types.EventBridgeConfiguration{}}); err != nil {
		t.Fatal(err)
	}
	for action, in := range map[string]any{"PutRule": map[string]string{"Name": "delivered", "EventPattern": w.filled(pattern)}} {
		if err := w.events(action, in); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.target("rule"); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w crawled) target(role string) error {
	target := map[string]string{"Id": "workflow", "Arn": glueARN(place{w.account, region}, "workflow", "crawls")}
	if role != "" {
		target["RoleArn"] = "arn:aws:iam::" + w.account + ":role/" + role
	}
	return w.events("PutTargets", map[string]any{"Rule": "delivered", "Targets": []any{target}})
}

// crawls are those that a delivery of two files starts by the end of the batch window.
func (w crawled) crawls() []Crawl {
	w.t.Helper()
	w.deliver("year=2026/month=1", "team")
	w.deliver("year=2026/month=2", "team")
	crawls, err := cloud.EndBatchWindows(w.t.Context(), w.account, region)
	if err != nil {
		w.t.Fatal(err)
	}
	return crawls
}

func TestADeliveryLeadsToOneCrawl(t *testing.T) {
	w := newTriggered(t)
	if crawls := w.crawls(); len(crawls) != 1 || crawls[0].Status != "SUCCEEDED" || len(crawls[0].Partitions) != 2 {
		t.Errorf("the crawls are %+v", crawls)
	}
	if crawls, err := cloud.EndBatchWindows(t.Context(), w.account, region); err != nil || len(crawls) > 0 {
		t.Errorf("without a delivery there are %v, %v", crawls, err)
	}
	for _, month := range []string{"3", "4", "5"} { // a batch: nobody waits for the window's end
		w.deliver("year=2026/month="+month, "owner")
	}
	cloud.crawlers.running.Wait()
	if columns, _ := w.now(); columns[len(columns)-1] != "owner" {
		t.Errorf("after a batch the columns are %v", columns)
	}
}

func TestEachLinkFromAnObjectToACrawlIsNeeded(t *testing.T) {
	for name, cut := range map[string]func(w crawled) error{
		"the bucket tells nobody": func(w crawled) error { return w.notify(&types.NotificationConfiguration{}) },
		"the rule is off":         func(w crawled) error { return w.events("DisableRule", map[string]string{"Name": "delivered"}) },
		"the rule is for others": func(w crawled) error {
			other := strings.Replace(w.filled(pattern), "*.parquet", "*.json", 1)
			return w.events("PutRule", map[string]string{"Name": "delivered", "EventPattern": other})
		},
		"there is no target": func(w crawled) error {
			return w.events("RemoveTargets", map[string]any{"Rule": "delivered", "Ids": []string{"workflow"}})
		},
		"the target's role is not there": func(w crawled) error { return w.target("other") },
		"the role trusts another rule": func(w crawled) error {
			trust := strings.ReplaceAll(w.filled(rulesTrust), "rule/delivered", "rule/other")
			_, err := iam.NewFromConfig(w.admin).UpdateAssumeRolePolicy(w.t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("rule"), PolicyDocument: &trust})
			return err
		},
		"the role has no right": func(w crawled) error {
			policy := strings.ReplaceAll(w.filled(rulesPolicy), "workflow/crawls", "workflow/other")
			_, err := iam.NewFromConfig(w.admin).PutRolePolicy(w.t.Context(), &iam.PutRolePolicyInput{RoleName: aws.String("rule"), PolicyName: aws.String("access"), PolicyDocument: &policy})
			return err
		},
		"the trigger is gone": func(w crawled) error { return w.glue("DeleteTrigger", map[string]string{"Name": "crawls"}, nil) },
		"the trigger is off":  func(w crawled) error { return w.glue("StopTrigger", map[string]string{"Name": "crawls"}, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newTriggered(t)
			w.t = t
			if err := cut(w); err != nil {
				t.Fatal(err)
			}
			if crawls := w.crawls(); len(crawls) > 0 {
				t.Errorf("there were crawls: %+v", crawls)
			}
		})
	}
}

func TestABucketsNotificationIsReadBackAndOthersAreRefused(t *testing.T) {
	w := newTriggered(t)
	client := s3.NewFromConfig(w.admin)
	for _, on := range []bool{true, false} {
		if !on {
			if err := w.notify(&types.NotificationConfiguration{}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := client.GetBucketNotificationConfiguration(t.Context(), &s3.GetBucketNotificationConfigurationInput{Bucket: &w.bucket})
		if err != nil || (got.EventBridgeConfiguration != nil) != on {
			t.Errorf("the notification is %+v, %v; want EventBridge: %v", got, err, on)
		}
	}
	queue := types.QueueConfiguration{QueueArn: aws.String("arn:aws:sqs:us-east-2:1:q"), Events: []types.Event{types.EventS3ObjectCreated}}
	wantError(t, w.notify(&types.NotificationConfiguration{QueueConfigurations: []types.QueueConfiguration{queue}}), "InvalidArgument", "not simulated")
}

func TestWhatGlueAndEventBridgeRefuseOfATrigger(t *testing.T) {
	w := newTriggered(t)
	create := func(change map[string]any) error {
		in := map[string]any{"Name": "other", "Type": "EVENT", "WorkflowName": "crawls", "Actions": []any{map[string]string{"CrawlerName": "crawls"}}}
		for key, value := range change {
			in[key] = value
		}
		return w.glue("CreateTrigger", in, nil)
	}
	wantError(t, create(map[string]any{"Name": "crawls"}), "AlreadyExistsException", "crawls")
	wantError(t, create(map[string]any{"WorkflowName": ""}), "InvalidInputException", "Workflow")
	wantError(t, create(map[string]any{"WorkflowName": "other"}), "EntityNotFoundException", "other")
	wantError(t, create(map[string]any{"Actions": []any{map[string]string{"CrawlerName": "other"}}}), "EntityNotFoundException", "other")
	wantError(t, create(map[string]any{"Actions": []any{}}), "InvalidInputException", "actions")
	wantError(t, create(map[string]any{"EventBatchingCondition": batchingCondition{101, 900}}), "InvalidInputException", "batch")
	wantError(t, create(map[string]any{"Type": "ON_DEMAND", "EventBatchingCondition": batchingCondition{1, 900}}), "InvalidInputException", "EVENT only")
	wantError(t, w.glue("CreateWorkflow", map[string]string{"Name": "crawls"}, nil), "AlreadyExistsException", "crawls")
	wantError(t, w.target(""), "ValidationException", "RoleArn")
	wantError(t, w.events("PutRule", map[string]string{"Name": "r", "EventPattern": `{"source":"aws.s3"}`}), "InvalidEventPatternException", "source")

	w.must("UpdateTrigger", map[string]any{"Name": "crawls", "TriggerUpdate": map[string]any{
		"Actions": []any{map[string]string{"CrawlerName": "crawls"}}, "EventBatchingCondition": batchingCondition{1, 60},
	}}, nil)
	var out struct{ Trigger trigger }
	w.must("GetTrigger", map[string]string{"Name": "crawls"}, &out)
	if got := out.Trigger; got.Type != "EVENT" || got.WorkflowName != "crawls" || got.EventBatchingCondition.BatchSize != 1 || got.State != "CREATED" {
		t.Errorf("the trigger is %+v", got)
	}
	w.deliver("year=2026/month=1", "team") // a batch of one
	cloud.crawlers.running.Wait()
	if columns, _ := w.now(); columns[len(columns)-1] != "team" {
		t.Errorf("after one event the columns are %v", columns)
	}
}
