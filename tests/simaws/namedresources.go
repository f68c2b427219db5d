package simaws

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// The resources of services whose calls name them by more than one parameter, as the services' authorization references have them.
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html

// iamResource is the role, OIDC provider or policy that a call to IAM is about; "*" for lists. Names do not tell a role's path: AWS
// looks at the role that is there.
func (c *Cloud) iamResource(k *call) string {
	for _, parameter := range []string{"OpenIDConnectProviderArn", "PolicyArn"} {
		if arn := k.form.Get(parameter); arn != "" && k.form.Get("RoleName") == "" {
			return arn
		}
	}
	if issuer := k.form.Get("Url"); issuer != "" {
		return "arn:aws:iam::" + k.caller.Account + ":oidc-provider/" + strings.TrimPrefix(issuer, "https://")
	}
	name := k.form.Get("RoleName")
	if name == "" {
		return "*"
	}
	if k.action != "CreateRole" && k.caller.Role != "" {
		if found, err := c.moto.roleOf(k.r.Context(), k.caller.Account, name); err == nil {
			return found.ARN
		}
	}
	return "arn:aws:iam::" + k.caller.Account + ":role" + firstOf(k.form.Get("Path"), "/") + name
}

// boundedRole is a role with what bounds it.
type boundedRole struct {
	ARN      string `xml:"GetRoleResult>Role>Arn"`
	Boundary string `xml:"GetRoleResult>Role>PermissionsBoundary>PermissionsBoundaryArn"`
}

func (m *moto) roleOf(ctx context.Context, account, name string) (boundedRole, error) {
	var found boundedRole
	err := m.iam(ctx, account, "GetRole", url.Values{"RoleName": {name}}, &found)
	return found, err
}

// iamContext is the boundary that a call to IAM gives a role, or that the role has.
func (c *Cloud) iamContext(k *call) map[string]string {
	if k.service != "iam" || k.form.Get("RoleName") == "" {
		return nil
	}
	boundary := k.form.Get("PermissionsBoundary")
	if boundary == "" && k.action != "CreateRole" {
		found, err := c.moto.roleOf(k.r.Context(), k.caller.Account, k.form.Get("RoleName"))
		if err != nil {
			return nil
		}
		boundary = found.Boundary
	}
	if boundary == "" {
		return nil
	}
	return map[string]string{"iam:PermissionsBoundary": boundary}
}

// billingResources are those of reports and exports. Lists know none.
func billingResources(k *call) []string {
	var in struct {
		ReportName, ExportArn, ResourceArn string
		ReportDefinition                   struct{ ReportName string }
		Export                             struct{ Name string }
	}
	_ = k.decode(&in) // what it lacks, the operation will refuse
	report := firstOf(in.ReportName, in.ReportDefinition.ReportName)
	prefix := fmt.Sprintf("arn:aws:%s:%s:%s:", k.service, k.region, k.caller.Account)
	table := prefix + "table/COST_AND_USAGE_REPORT"
	switch {
	case k.action == "CreateExport":
		return []string{table, prefix + "export/" + in.Export.Name + "-" + requestID()}
	case k.action == "UpdateExport":
		return []string{table, in.ExportArn}
	case in.ExportArn != "" || in.ResourceArn != "":
		return []string{firstOf(in.ExportArn, in.ResourceArn)}
	case report != "":
		return []string{prefix + "definition/" + report}
	}
	return []string{"*"}
}

// ruleResource is the rule that a call to EventBridge is about.
func ruleResource(k *call) string {
	var in struct{ Name, Rule, ResourceARN string }
	_ = k.decode(&in)
	if name := firstOf(in.Name, in.Rule); name != "" {
		return fmt.Sprintf("arn:aws:events:%s:%s:rule/%s", k.region, k.caller.Account, name)
	}
	return firstOf(in.ResourceARN, "*")
}

// taggedResource is what a call that reads or changes tags is about, in the services that know resources by their ARN then.
func taggedResource(k *call) string {
	var in struct{ ResourceARN, ResourceArn string }
	if !strings.Contains(strings.ToLower(k.action), "tag") || k.decode(&in) != nil {
		return ""
	}
	return firstOf(in.ResourceARN, in.ResourceArn)
}

// controlTags is the path of the S3 Control API for the tags of a bucket, which its ARN follows.
const controlTags = "/v20180820/tags/"

// controlAction is the action that IAM checks for a request to the S3 Control API.
func controlAction(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, controlTags) {
		return tagActions[r.Method]
	}
	return r.Method + " " + r.URL.Path
}

// tagActions are what requests to the path of a resource's tags are.
var tagActions = map[string]string{"GET": "ListTagsForResource", "POST": "TagResource", "DELETE": "UntagResource"}
