package simaws

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// serveEvents answers what moto takes too lightly: patterns that cannot be read, and targets that need a role.
func (c *Cloud) serveEvents(w http.ResponseWriter, k *call) error {
	var in struct {
		EventPattern string
		Targets      []struct{ Arn, RoleArn string }
	}
	if err := k.decode(&in); err != nil {
		return err
	}
	if k.action == "PutRule" && in.EventPattern != "" {
		if _, err := parsePattern(in.EventPattern); err != nil {
			return badRequest("InvalidEventPatternException", "Event pattern is not valid. Reason: %v", err)
		}
	}
	if k.action == "PutTargets" {
		for _, t := range in.Targets {
			if strings.Contains(t.Arn, ":workflow/") && t.RoleArn == "" {
				return badRequest("ValidationException", "RoleArn is required for target %s.", t.Arn)
			}
			if t.RoleArn == "" {
				continue
			}
			if err := c.mayPassTo(k, t.RoleArn, "events.amazonaws.com"); err != nil {
				return err
			}
		}
	}
	c.moto.forward(w, k, k.caller.Account)
	return nil
}

// eventRule is a rule of the default event bus.
type eventRule struct{ Name, Arn, EventPattern, State string }

// tellOfObject is objectCreated for an object whose writer has been answered: what goes wrong is in the log only.
func (c *Cloud) tellOfObject(k *call, at bucket) {
	if err := c.objectCreated(k.r.Context(), k.bucket, k.object, len(k.body)); err != nil {
		c.log.add(Request{
			Time: time.Now(), Account: at.account, Service: "events", Region: at.region, Action: "PutEvents", Resource: k.resource,
			Error: asAPIError(err).Code,
		})
	}
}

// objectCreated has S3 tell EventBridge of an object, if the bucket is set so, and EventBridge the targets of the rules that match. A
// target that cannot be told is left out, as in AWS: the log of requests shows why.
func (c *Cloud) objectCreated(ctx context.Context, bucketName, key string, size int) error {
	b, ok := c.buckets.find(bucketName)
	if !ok || !b.notifiesEventBridge() {
		return nil
	}
	event := map[string]any{
		"version": "0", "id": requestID(), "detail-type": "Object Created", "source": "aws.s3", "account": b.account,
		"time": time.Now().UTC().Format(time.RFC3339), "region": b.region, "resources": []any{objectARN(bucketName, "")},
		"detail": map[string]any{
			"version": "0", "bucket": map[string]any{"name": bucketName}, "reason": "PutObject",
			"object": map[string]any{"key": key, "size": float64(size)},
		},
	}
	var rules struct{ Rules []eventRule }
	if err := c.moto.events(ctx, b.place, "ListRules", struct{}{}, &rules); err != nil {
		return fmt.Errorf("listing event rules: %w", err)
	}
	for _, rule := range rules.Rules {
		if rule.EventPattern == "" || rule.State != "ENABLED" {
			continue
		}
		pattern, err := parsePattern(rule.EventPattern)
		if err != nil {
			return fmt.Errorf("reading the pattern of rule %s: %w", rule.Name, err)
		}
		if !pattern.matches(event) {
			continue
		}
		if err := c.tellTargets(ctx, b.place, rule); err != nil {
			return err
		}
	}
	return nil
}

// tellTargets gives an event to the targets of a rule, each with the rights of the target's role.
func (c *Cloud) tellTargets(ctx context.Context, at place, rule eventRule) error {
	var targets struct {
		Targets []struct{ Arn, RoleArn string }
	}
	if err := c.moto.events(ctx, at, "ListTargetsByRule", map[string]string{"Rule": rule.Name}, &targets); err != nil {
		return fmt.Errorf("listing the targets of rule %s: %w", rule.Name, err)
	}
	for _, t := range targets.Targets {
		entry := Request{
			Time: time.Now(), Account: at.account, Principal: rule.Arn, Service: "glue", Region: at.region, Action: "NotifyEvent", Resource: t.Arn,
		}
		err := c.tellWorkflow(ctx, at, rule, t.Arn, t.RoleArn)
		if err != nil {
			entry.Error = asAPIError(err).Code
		}
		c.log.add(entry)
	}
	return nil
}

// tellWorkflow tells a workflow of an event, as a role.
func (c *Cloud) tellWorkflow(ctx context.Context, at place, rule eventRule, target, role string) error {
	_, workflow, ok := strings.Cut(target, ":workflow/")
	if !ok {
		return errors.New("targets but workflows are not simulated")
	}
	caller, err := c.sessionFor(ctx, "events.amazonaws.com", rule.Arn, role, "events")
	if err != nil {
		return err
	}
	if err := c.may(ctx, caller, access{action: "glue:NotifyEvent", resource: target, account: accountOf(target)}); err != nil {
		return err
	}
	return c.notifyWorkflow(ctx, at, workflow)
}
