package simaws

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// glueOperations are the actions of Glue that moto lacks, or takes too lightly.
var glueOperations = map[string]operation{
	"CreateCrawler":  (*Cloud).createCrawler,
	"UpdateCrawler":  (*Cloud).updateCrawler,
	"GetCrawler":     (*Cloud).getCrawler,
	"ListCrawlers":   (*Cloud).listCrawlers,
	"DeleteCrawler":  (*Cloud).deleteCrawler,
	"StartCrawler":   (*Cloud).startCrawler,
	"CreateWorkflow": (*Cloud).createWorkflow,
	"CreateTrigger":  (*Cloud).createTrigger,
	"UpdateTrigger":  (*Cloud).updateTrigger,
	"DeleteTrigger":  (*Cloud).deleteTrigger,
}

func (c *Cloud) serveGlue(w http.ResponseWriter, k *call) error {
	return c.perform(w, k, glueOperations)
}

// entityNotFound is Glue's way of saying that something is not there.
func entityNotFound(kind, name string) error {
	return badRequest("EntityNotFoundException", "%s with name %s does not exist", kind, name)
}

func glueARN(at place, kind, name string) string {
	return fmt.Sprintf("arn:aws:glue:%s:%s:%s/%s", at.region, at.account, kind, name)
}

// glueResource is the ARN that a call about a crawler, a trigger or a workflow needs its action allowed on; empty for other calls.
func glueResource(k *call, name string) string {
	for _, kind := range []string{"Crawler", "Trigger", "Workflow"} {
		if name != "" && strings.HasSuffix(k.action, kind) {
			return glueARN(place{k.caller.Account, k.region}, strings.ToLower(kind), name)
		}
	}
	return ""
}

// tagGlue gives a new resource its tags, and none that one of the same name had before.
func (m *moto) tagGlue(ctx context.Context, at place, arn string, tags map[string]string) error {
	if err := m.untagGlue(ctx, at, arn); err != nil || len(tags) == 0 {
		return err
	}
	return m.glue(ctx, at, "TagResource", map[string]any{"ResourceArn": arn, "TagsToAdd": tags}, nil)
}

func (m *moto) untagGlue(ctx context.Context, at place, arn string) error {
	var old struct{ Tags map[string]string }
	if err := m.glue(ctx, at, "GetTags", map[string]string{"ResourceArn": arn}, &old); err != nil {
		return fmt.Errorf("reading the tags of %s: %w", arn, err)
	}
	if len(old.Tags) == 0 {
		return nil
	}
	keys := []string{}
	for key := range old.Tags {
		keys = append(keys, key)
	}
	return m.glue(ctx, at, "UntagResource", map[string]any{"ResourceArn": arn, "TagsToRemove": keys}, nil)
}

// sessionFor is a session of a role that a service assumes for one of its resources, if the role's trust policy lets it.
func (c *Cloud) sessionFor(ctx context.Context, service, source, arn, name string) (*principal, error) {
	r, err := c.moto.role(ctx, arn)
	if err != nil {
		return nil, err
	}
	account := accountOf(arn)
	answer, err := c.simulator.decide(Question{
		Principal: service, Action: "sts:AssumeRole", Resource: arn, ResourceAccount: account, ResourcePolicy: r.Trust,
		Context: map[string]string{
			"aws:SourceArn": source, "aws:SourceAccount": accountOf(source), "aws:SecureTransport": "true",
			"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": service,
		},
	})
	if err != nil {
		return nil, err
	}
	if answer != allowed {
		return nil, denied("%s is not authorized to perform: sts:AssumeRole on resource: %s", service, arn)
	}
	return &principal{
		Account: account, Role: arn, UserID: r.ID + ":" + name,
		ARN: fmt.Sprintf("arn:aws:sts::%s:assumed-role/%s/%s", account, roleName(arn), name),
	}, nil
}
