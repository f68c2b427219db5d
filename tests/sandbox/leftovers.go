package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// listing is a request that lists things of one kind, and how their names show in the answer.
type listing struct {
	kind, service, region, method, host string
	contentType, target, body           string
	name                                *regexp.Regexp
}

const jsonType = "application/x-amz-json-1.1"

var listings = []listing{
	{"bucket", "s3", Region, http.MethodGet, "s3." + Region + ".amazonaws.com", "", "", "", regexp.MustCompile(`<Name>([^<]+)</Name>`)},
	{
		"role", "iam", "us-east-1", http.MethodPost, "iam.amazonaws.com", "application/x-www-form-urlencoded", "",
		"Action=ListRoles&Version=2010-05-08", regexp.MustCompile(`<RoleName>([^<]+)</RoleName>`),
	},
	{
		"database", "glue", Region, http.MethodPost, "glue." + Region + ".amazonaws.com", jsonType, "AWSGlue.GetDatabases", "{}",
		regexp.MustCompile(`"Name": *"([^"]+)"`),
	},
	{
		"work group", "athena", Region, http.MethodPost, "athena." + Region + ".amazonaws.com", jsonType, "AmazonAthena.ListWorkGroups",
		"{}", regexp.MustCompile(`"Name": *"([^"]+)"`),
	},
	{
		"crawler", "glue", Region, http.MethodPost, "glue." + Region + ".amazonaws.com", jsonType, "AWSGlue.ListCrawlers", "{}",
		regexp.MustCompile(`"(AWSCURCrawler-[^"]+)"`),
	},
	{
		"workflow", "glue", Region, http.MethodPost, "glue." + Region + ".amazonaws.com", jsonType, "AWSGlue.ListWorkflows", "{}",
		regexp.MustCompile(`"(AWSCURCrawler-[^"]+)"`),
	},
	{
		"trigger", "glue", Region, http.MethodPost, "glue." + Region + ".amazonaws.com", jsonType, "AWSGlue.ListTriggers", "{}",
		regexp.MustCompile(`"(AWSCURCrawler-[^"]+)"`),
	},
	{
		"event rule", "events", Region, http.MethodPost, "events." + Region + ".amazonaws.com", jsonType, "AWSEvents.ListRules", "{}",
		regexp.MustCompile(`"Name": *"([^"]+)"`),
	},
	{
		"report", "cur", "us-east-1", http.MethodPost, "cur.us-east-1.amazonaws.com", jsonType,
		"AWSOrigamiServiceGatewayService.DescribeReportDefinitions", "{}", regexp.MustCompile(`"ReportName": *"([^"]+)"`),
	},
	{
		"export", "bcm-data-exports", "us-east-1", http.MethodPost, "bcm-data-exports.us-east-1.api.aws", jsonType,
		"AWSBillingAndCostManagementDataExports.ListExports", "{}", regexp.MustCompile(`"ExportName": *"([^"]+)"`),
	},
}

// Leftovers are the things in some accounts that the program makes, by kind and name. They are asked of AWS, not of Pulumi.
func (e Env) Leftovers(ctx context.Context, accounts ...string) ([]string, error) {
	var left []string
	for _, account := range accounts {
		for _, l := range listings {
			answer, err := e.Call(ctx, account, Call{
				Service: l.service, Region: l.region, Method: l.method, URL: "https://" + l.host + "/",
				ContentType: l.contentType, Target: l.target, Body: l.body,
			})
			if err != nil {
				return nil, fmt.Errorf("listing what is left in account %s: %w", account, err)
			}
			for _, found := range l.name.FindAllSubmatch(answer, -1) {
				if name := string(found[1]); name != "primary" || l.kind != "work group" { // every account has that work group
					left = append(left, fmt.Sprintf("%s %s in account %s", l.kind, name, account))
				}
			}
		}
	}
	return left, nil
}

// Deployment is a stack's state.
func Deployment(ctx context.Context, stack auto.Stack) (apitype.DeploymentV3, error) {
	var d apitype.DeploymentV3
	exported, err := stack.Export(ctx)
	if err != nil {
		return d, fmt.Errorf("exporting stack %s: %w", stack.Name(), err)
	}
	if err := json.Unmarshal(exported.Deployment, &d); err != nil {
		return d, fmt.Errorf("reading the state of stack %s: %w", stack.Name(), err)
	}
	return d, nil
}
