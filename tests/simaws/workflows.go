package simaws

import (
	"context"
	"fmt"
	"slices"
)

// trigger is a trigger of a workflow in its API's words.
type trigger struct {
	Name                   string
	Type                   string
	WorkflowName           string
	State                  string             `json:",omitempty"`
	Description            string             `json:",omitempty"`
	Schedule               string             `json:",omitempty"`
	Actions                []map[string]any   `json:",omitempty"`
	Predicate              map[string]any     `json:",omitempty"`
	EventBatchingCondition *batchingCondition `json:",omitempty"`
	Tags                   map[string]string  `json:",omitempty"`
	StartOnCreation        bool               `json:",omitempty"`
}

type batchingCondition struct {
	BatchSize   int
	BatchWindow int `json:",omitempty"` // seconds
}

// createWorkflow refuses a name that is taken, and keeps the tags where Glue's other resources have them.
func (c *Cloud) createWorkflow(k *call) (any, error) {
	var in map[string]any
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	ctx, at := k.r.Context(), place{k.caller.Account, k.region}
	name, _ := in["Name"].(string)
	err := c.moto.glue(ctx, at, "GetWorkflow", map[string]string{"Name": name}, nil)
	if err == nil {
		return nil, badRequest("AlreadyExistsException", "Workflow with name %s already exists", name)
	} else if !notFound(err) {
		return nil, err
	}
	if err := c.moto.glue(ctx, at, "CreateWorkflow", in, nil); err != nil {
		return nil, err
	}
	return map[string]string{"Name": name}, c.moto.tagGlue(ctx, at, glueARN(at, "workflow", name), texts(in["Tags"]))
}

// checkTrigger refuses a trigger that AWS would.
func (c *Cloud) checkTrigger(ctx context.Context, at place, t trigger) error {
	invalid := func(format string, args ...any) error { return badRequest("InvalidInputException", format, args...) }
	if t.Type == "EVENT" {
		if t.WorkflowName == "" {
			return invalid("Workflow name is required for trigger of type EVENT")
		}
		if t.StartOnCreation {
			return invalid("StartOnCreation is not supported for trigger of type EVENT")
		}
		if b := t.EventBatchingCondition; b != nil && (b.BatchSize < 1 || b.BatchSize > 100 || b.BatchWindow < 0 || b.BatchWindow > 900) {
			return invalid("The batch size is 1 to 100 events, the batch window at most 900 seconds")
		}
	} else if t.EventBatchingCondition != nil {
		return invalid("EventBatchingCondition is supported for trigger of type EVENT only")
	}
	if t.WorkflowName != "" {
		if err := c.moto.glue(ctx, at, "GetWorkflow", map[string]string{"Name": t.WorkflowName}, nil); notFound(err) {
			return entityNotFound("Workflow", t.WorkflowName)
		} else if err != nil {
			return err
		}
	}
	if len(t.Actions) == 0 {
		return invalid("Trigger actions cannot be null or empty")
	}
	c.crawlers.mu.Lock()
	defer c.crawlers.mu.Unlock()
	for _, action := range t.Actions {
		if name, ok := action["CrawlerName"].(string); ok && c.crawlers.at[at][name] == nil {
			return entityNotFound("Crawler", name)
		}
	}
	return nil
}

func (c *Cloud) createTrigger(k *call) (any, error) {
	var in trigger
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	ctx, at := k.r.Context(), place{k.caller.Account, k.region}
	if err := c.moto.glue(ctx, at, "GetTrigger", map[string]string{"Name": in.Name}, nil); err == nil {
		return nil, badRequest("AlreadyExistsException", "Trigger with name %s already exists", in.Name)
	} else if !notFound(err) {
		return nil, err
	}
	if err := c.checkTrigger(ctx, at, in); err != nil {
		return nil, err
	}
	tags := in.Tags
	in.Tags = nil
	if err := c.moto.glue(ctx, at, "CreateTrigger", in, nil); err != nil {
		return nil, err
	}
	return map[string]string{"Name": in.Name}, c.moto.tagGlue(ctx, at, glueARN(at, "trigger", in.Name), tags)
}

// updateTrigger makes the trigger anew with what is changed of it: moto cannot update one.
func (c *Cloud) updateTrigger(k *call) (any, error) {
	var in struct {
		Name          string
		TriggerUpdate trigger
	}
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	ctx, at := k.r.Context(), place{k.caller.Account, k.region}
	var old struct{ Trigger trigger }
	if err := c.moto.glue(ctx, at, "GetTrigger", map[string]string{"Name": in.Name}, &old); err != nil {
		return nil, err
	}
	changed := in.TriggerUpdate
	changed.Name, changed.Type, changed.WorkflowName = old.Trigger.Name, old.Trigger.Type, old.Trigger.WorkflowName
	if err := c.checkTrigger(ctx, at, changed); err != nil {
		return nil, err
	}
	for _, action := range []string{"DeleteTrigger", "CreateTrigger"} {
		if err := c.moto.glue(ctx, at, action, changed, nil); err != nil {
			return nil, err
		}
	}
	changed.State = old.Trigger.State
	return map[string]any{"Trigger": changed}, nil
}

func (c *Cloud) deleteTrigger(k *call) (any, error) {
	var in struct{ Name string }
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	ctx, at := k.r.Context(), place{k.caller.Account, k.region}
	if err := c.moto.glue(ctx, at, "DeleteTrigger", in, nil); err != nil {
		return nil, err
	}
	c.crawlers.mu.Lock()
	delete(c.crawlers.pending[at], in.Name)
	c.crawlers.mu.Unlock()
	return in, c.moto.untagGlue(ctx, at, glueARN(at, "trigger", in.Name))
}

// notifyWorkflow gives an event to the triggers of a workflow. One that has gathered its batch starts its crawlers, in the background.
func (c *Cloud) notifyWorkflow(ctx context.Context, at place, workflow string) error {
	triggers, err := c.eventTriggers(ctx, at)
	if err != nil {
		return err
	}
	for _, t := range triggers {
		if t.WorkflowName != workflow {
			continue
		}
		size := 1
		if t.EventBatchingCondition != nil {
			size = t.EventBatchingCondition.BatchSize
		}
		if c.crawlers.gather(at, t.Name) < size {
			continue
		}
		c.crawlers.empty(at, t.Name)
		for _, name := range t.crawlerNames() {
			if r, err := c.beginCrawl(at, name); err == nil { // one that runs already is not started again: the run fails, as in AWS
				c.crawlers.running.Go(func() { c.finishCrawl(context.WithoutCancel(ctx), at, r) })
			}
		}
	}
	return nil
}

// EndBatchWindows is what happens when the time is over for which event triggers gather events: those that have any start their
// crawlers. It returns the crawls when they are done; the error says what else went wrong.
func (c *Cloud) EndBatchWindows(ctx context.Context, account, region string) ([]Crawl, error) {
	at := place{account, region}
	triggers, err := c.eventTriggers(ctx, at)
	if err != nil {
		return nil, err
	}
	var crawls []Crawl
	for _, t := range triggers {
		if c.crawlers.empty(at, t.Name) == 0 {
			continue
		}
		for _, name := range t.crawlerNames() {
			crawl, err := c.Crawl(ctx, account, region, name)
			if err != nil {
				return crawls, fmt.Errorf("running trigger %s: %w", t.Name, err)
			}
			crawls = append(crawls, crawl)
		}
	}
	return crawls, nil
}

// eventTriggers are those that wait for events.
func (c *Cloud) eventTriggers(ctx context.Context, at place) ([]trigger, error) {
	var out struct{ Triggers []trigger }
	if err := c.moto.glue(ctx, at, "GetTriggers", struct{}{}, &out); err != nil {
		return nil, fmt.Errorf("listing triggers: %w", err)
	}
	return slices.DeleteFunc(out.Triggers, func(t trigger) bool { return t.Type != "EVENT" || t.State == "DEACTIVATED" }), nil
}

func (t trigger) crawlerNames() []string {
	var names []string
	for _, action := range t.Actions {
		if name, ok := action["CrawlerName"].(string); ok {
			names = append(names, name)
		}
	}
	return names
}

// gather counts an event, and returns how many there are.
func (s *crawlers) gather(at place, trigger string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending[at] == nil {
		s.pending[at] = map[string]int{}
	}
	s.pending[at][trigger]++
	return s.pending[at][trigger]
}

// empty forgets the events of a trigger, and returns how many there were.
func (s *crawlers) empty(at place, trigger string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.pending[at][trigger]
	delete(s.pending[at], trigger)
	return n
}
