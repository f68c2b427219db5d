package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/glue"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// A delivery is many files within minutes. The crawl starts when no more than batchWindow seconds have passed since the first of them,
// or when there are batchSize. These are the most that Glue takes.
// Source: https://docs.aws.amazon.com/glue/latest/webapi/API_EventBatchingCondition.html
const (
	batchSize   = 100
	batchWindow = 900
)

// newDeliveryTrigger makes what starts the crawler after a delivery: a rule of EventBridge, whose target is a Glue workflow, in which a
// trigger gathers the events of one delivery and starts the crawler.
// Source: https://docs.aws.amazon.com/glue/latest/dg/starting-workflow-eventbridge.html
func (args *CrawlerArgs) newDeliveryTrigger(
	ctx *pulumi.Context, name string, report billing.Report, crawl iampolicy.Crawl, crawler *glue.Crawler, given map[string]string,
	parent pulumi.Resource,
) error {
	workflow, err := glue.NewWorkflow(ctx, name+"-workflow", &glue.WorkflowArgs{
		Name:              pulumi.String(crawl.Crawler),
		Description:       pulumi.String("A delivery of the Cost and Usage Report " + report.Name + " starts its crawler"),
		MaxConcurrentRuns: pulumi.Int(1), // a crawler does not run twice at once
		Tags:              tags(given),
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering workflow %s: %w", crawl.Crawler, err)
	}
	trigger, err := glue.NewTrigger(ctx, name+"-trigger", &glue.TriggerArgs{
		Name:         pulumi.String(crawl.Crawler),
		Description:  pulumi.String("Files of one delivery start one crawl"),
		Type:         pulumi.String("EVENT"),
		WorkflowName: workflow.Name,
		Actions:      glue.TriggerActionArray{&glue.TriggerActionArgs{CrawlerName: crawler.Name}},
		EventBatchingConditions: glue.TriggerEventBatchingConditionArray{&glue.TriggerEventBatchingConditionArgs{
			BatchSize: pulumi.Int(batchSize), BatchWindow: pulumi.Int(batchWindow),
		}},
		Tags: tags(given),
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering trigger %s: %w", crawl.Crawler, err)
	}

	role, err := args.newRole(ctx, name+"-events-role", args.RoleName+eventsRoleSuffix, "EventBridge tells Glue of deliveries",
		iampolicy.TrustDeliveryRule(crawl), given, parent)
	if err != nil {
		return err
	}
	if err := rolePolicy(ctx, name+"-notify-workflow", "notify-workflow", role.ID(), iampolicy.NotifyWorkflow(crawl), parent); err != nil {
		return err
	}
	pattern, err := report.DeliveryPattern()
	if err != nil {
		return err
	}
	rule, err := cloudwatch.NewEventRule(ctx, name+"-rule", &cloudwatch.EventRuleArgs{
		Name:         pulumi.String(crawl.Crawler),
		Description:  pulumi.String("Files of the Cost and Usage Report " + report.Name),
		EventPattern: pulumi.String(pattern),
		Tags:         tags(given),
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering event rule %s: %w", crawl.Crawler, err)
	}
	_, err = cloudwatch.NewEventTarget(ctx, name+"-target", &cloudwatch.EventTargetArgs{
		Rule:     rule.Name,
		TargetId: pulumi.String("workflow"),
		Arn:      workflow.Arn,
		RoleArn:  role.Arn,
	}, pulumi.Parent(parent), pulumi.DependsOn([]pulumi.Resource{trigger}))
	if err != nil {
		return fmt.Errorf("registering the target of event rule %s: %w", crawl.Crawler, err)
	}
	return nil
}
