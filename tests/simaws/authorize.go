package simaws

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"
)

// administrator is the policy of the users that AddAccount makes.
var administrator = json.RawMessage(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)

// access is one action on one resource, to be decided on.
type access struct {
	action   string // "s3:GetObject"
	resource string // ARN, or "*" for actions that know no resources
	account  string // owner of the resource
	policy   json.RawMessage
	context  map[string]string // condition keys beyond those of the principal
}

// authorize decides on a call by the policies of its caller. Services whose resources have policies of their own (S3,
// STS) ask themselves.
func (c *Cloud) authorize(k *call) error {
	resources := c.resourcesOf(k)
	k.resource = resources[len(resources)-1]
	if k.caller.Role == "" {
		return nil
	}
	service, context := strings.TrimSuffix(k.service, "control"), c.iamContext(k)
	for _, resource := range resources {
		a := access{action: service + ":" + k.action, resource: resource, account: k.caller.Account, context: context}
		if err := c.may(k.r.Context(), k.caller, a); err != nil {
			return err
		}
	}
	for _, a := range k.besides() {
		a.account, a.context = k.caller.Account, context
		if err := c.may(k.r.Context(), k.caller, a); err != nil {
			return err
		}
	}
	if k.service == "glue" {
		return c.mayGlue(k)
	}
	return nil
}

// may returns nil if a principal has access, else why not, in AWS's words.
func (c *Cloud) may(ctx context.Context, who *principal, a access) error {
	if who.Role == "" && who.Account == a.account && a.policy == nil {
		return nil
	}
	c.log.ask(who.Role, a.action)
	policies, err := c.identityPolicies(ctx, who)
	if err != nil {
		return err
	}
	q := Question{
		Principal: who.ARN, Action: a.action, Resource: a.resource, ResourceAccount: a.account,
		Context: c.conditionKeys(who), Identity: policies, ResourcePolicy: a.policy,
	}
	maps.Copy(q.Context, a.context)
	answer, err := c.simulator.decide(q)
	if err != nil || answer == allowed {
		return err
	}
	reason := "because no identity-based policy allows the " + a.action + " action"
	if answer == explicitlyDenied {
		reason = "with an explicit deny"
	} else if who.Account != a.account {
		own := q
		own.ResourceAccount, own.ResourcePolicy = who.Account, nil
		if answer, err := c.simulator.decide(own); err == nil && answer == allowed {
			reason = "because no resource-based policy allows the " + a.action + " action"
		}
	}
	return denied("User: %s is not authorized to perform: %s on resource: %s %s", who.ARN, a.action, a.resource, reason)
}

// conditionKeys are the global condition keys of a principal's requests.
func (c *Cloud) conditionKeys(who *principal) map[string]string {
	keys := map[string]string{
		"aws:PrincipalArn":     who.identity(),
		"aws:PrincipalAccount": who.Account,
		"aws:userid":           who.UserID,
		"aws:SecureTransport":  "true",
	}
	for key, value := range who.Tags {
		keys["aws:PrincipalTag/"+key] = value
	}
	if org := c.orgs.of(who.Account); org != nil {
		keys["aws:PrincipalOrgID"] = org.ID
	}
	return keys
}

func (c *Cloud) identityPolicies(ctx context.Context, who *principal) ([]json.RawMessage, error) {
	if who.Role == "" {
		return []json.RawMessage{administrator}, nil
	}
	return c.moto.rolePolicies(ctx, who.Account, roleName(who.Role))
}

// rolePolicies are the inline and the attached policies of a role.
func (m *moto) rolePolicies(ctx context.Context, account, role string) ([]json.RawMessage, error) {
	var policies []json.RawMessage
	var inline struct {
		Names []string `xml:"ListRolePoliciesResult>PolicyNames>member"`
	}
	if err := m.iam(ctx, account, "ListRolePolicies", url.Values{"RoleName": {role}}, &inline); err != nil {
		return nil, fmt.Errorf("listing the policies of role %s: %w", role, err)
	}
	for _, name := range inline.Names {
		var policy struct {
			Document string `xml:"GetRolePolicyResult>PolicyDocument"`
		}
		if err := m.iam(ctx, account, "GetRolePolicy", url.Values{"RoleName": {role}, "PolicyName": {name}}, &policy); err != nil {
			return nil, fmt.Errorf("reading policy %s of role %s: %w", name, role, err)
		}
		policies = append(policies, document(policy.Document))
	}
	var attached struct {
		ARNs []string `xml:"ListAttachedRolePoliciesResult>AttachedPolicies>member>PolicyArn"`
	}
	if err := m.iam(ctx, account, "ListAttachedRolePolicies", url.Values{"RoleName": {role}}, &attached); err != nil {
		return nil, fmt.Errorf("listing the attached policies of role %s: %w", role, err)
	}
	for _, arn := range attached.ARNs {
		policy, err := m.managedPolicy(ctx, account, arn)
		if err != nil {
			return nil, err
		}
		policies = append(policies, policy)
	}
	return policies, nil
}

// managedPolicy is the default version of a managed policy.
func (m *moto) managedPolicy(ctx context.Context, account, arn string) (json.RawMessage, error) {
	var policy struct {
		Version string `xml:"GetPolicyResult>Policy>DefaultVersionId"`
	}
	if err := m.iam(ctx, account, "GetPolicy", url.Values{"PolicyArn": {arn}}, &policy); err != nil {
		return nil, fmt.Errorf("reading policy %s: %w", arn, err)
	}
	var version struct {
		Document string `xml:"GetPolicyVersionResult>PolicyVersion>Document"`
	}
	if err := m.iam(ctx, account, "GetPolicyVersion", url.Values{"PolicyArn": {arn}, "VersionId": {policy.Version}}, &version); err != nil {
		return nil, fmt.Errorf("reading policy %s: %w", arn, err)
	}
	return document(version.Document), nil
}

// document undoes the percent encoding that IAM puts policies in.
func document(text string) json.RawMessage {
	if strings.HasPrefix(text, "%") {
		if plain, err := url.PathUnescape(text); err == nil {
			text = plain
		}
	}
	return json.RawMessage(text)
}
