package e2e

import (
	"encoding/json"
	"net/http"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

var payerDrifts = map[string]drift{
	"aws:cur/reportDefinition:ReportDefinition": {
		change: func(d *drifting, _ apitype.ResourceV3) {
			d.redefine(func(definition map[string]any) { definition["RefreshClosedReports"] = false })
		},
		shows: "refreshClosedReports",
		remove: func(d *drifting, r apitype.ResourceV3) {
			d.billing("DeleteReportDefinition", map[string]any{"ReportName": r.Outputs["reportName"]})
		}},
	"aws:bcmdata/export:Export": {
		change: func(d *drifting, r apitype.ResourceV3) { // all else of it is refused: anotherReportIsRefused
			d.exports("TagResource", map[string]any{"ResourceArn": string(r.ID), "ResourceTags": []map[string]string{{"Key": "owner", "Value": "somebody"}}})
		},
		shows: "tags",
		remove: func(d *drifting, r apitype.ResourceV3) {
			d.exports("DeleteExport", map[string]any{"ExportArn": string(r.ID)})
		}},
	"aws:costexplorer/costAllocationTag:CostAllocationTag": {
		change: func(d *drifting, r apitype.ResourceV3) {
			d.json("ce", "us-east-1", "AWSInsightsIndexService.UpdateCostAllocationTagsStatus", map[string]any{
				"CostAllocationTagsStatus": []map[string]any{{"TagKey": r.Outputs["tagKey"], "Status": "Inactive"}},
			})
		},
		shows: "status", kept: "billing forgets no tag that it has seen"},

	"aws:glue/catalogDatabase:CatalogDatabase": {
		change: func(d *drifting, r apitype.ResourceV3) {
			d.glue("UpdateDatabase", map[string]any{"Name": r.Outputs["name"], "DatabaseInput": map[string]any{"Name": r.Outputs["name"], "Description": "mine"}})
		},
		shows: "description",
		remove: func(d *drifting, r apitype.ResourceV3) {
			d.glue("DeleteDatabase", map[string]any{"Name": r.Outputs["name"]})
		}},
	"aws:glue/catalogTable:CatalogTable": {
		change: func(d *drifting, r apitype.ResourceV3) {
			d.updateTable(d.table(), func(table map[string]any) {
				storage := table["StorageDescriptor"].(map[string]any)
				storage["Location"] = storage["Location"].(string) + "elsewhere/"
			})
		},
		shows: "storageDescriptor",
		remove: func(d *drifting, r apitype.ResourceV3) {
			d.glue("DeleteTable", map[string]any{"DatabaseName": r.Outputs["databaseName"], "Name": r.Outputs["name"]})
		}},
	"aws:glue/crawler:Crawler":   {change: (*drifting).describeCrawler, shows: "description", remove: deleteNamed("Crawler")},
	"aws:glue/workflow:Workflow": {change: (*drifting).describeWorkflow, shows: "description", remove: deleteNamed("Workflow")},
	"aws:glue/trigger:Trigger": {
		change: func(d *drifting, r apitype.ResourceV3) {
			d.glue("UpdateTrigger", map[string]any{"Name": r.Outputs["name"], "TriggerUpdate": map[string]any{
				"Actions":                []map[string]any{{"CrawlerName": "AWSCURCrawler-kubecost"}},
				"EventBatchingCondition": map[string]any{"BatchSize": 1, "BatchWindow": 900}, "Description": r.Outputs["description"],
			}})
		},
		shows: "eventBatchingConditions", remove: deleteNamed("Trigger")},

	"aws:cloudwatch/eventRule:EventRule": {
		change: func(d *drifting, r apitype.ResourceV3) {
			d.events("PutRule", map[string]any{"Name": r.Outputs["name"], "EventPattern": `{"source":["aws.s3"]}`, "Description": r.Outputs["description"]})
		},
		shows: "eventPattern",
		remove: func(d *drifting, r apitype.ResourceV3) {
			d.events("DeleteRule", map[string]any{"Name": r.Outputs["name"]})
		}},
	"aws:cloudwatch/eventTarget:EventTarget": {
		change: func(d *drifting, r apitype.ResourceV3) {
			d.events("PutTargets", map[string]any{"Rule": r.Outputs["rule"], "Targets": []map[string]any{
				{"Id": r.Outputs["targetId"], "Arn": r.Outputs["arn"], "RoleArn": "arn:aws:iam::" + d.payer + ":role/" + payerRole},
			}})
		},
		shows: "roleArn",
		remove: func(d *drifting, r apitype.ResourceV3) {
			d.events("RemoveTargets", map[string]any{"Rule": r.Outputs["rule"], "Ids": []any{r.Outputs["targetId"]}})
		}},

	"aws:athena/workgroup:Workgroup": {
		change: func(d *drifting, r apitype.ResourceV3) { d.locate("s3://elsewhere/") }, shows: "configuration",
		remove: func(d *drifting, r apitype.ResourceV3) {
			d.athena("DeleteWorkGroup", map[string]any{"WorkGroup": r.Outputs["name"], "RecursiveDeleteOption": true})
		}},
	"aws:lakeformation/permissions:Permissions": {
		change: func(d *drifting, r apitype.ResourceV3) {
			if d.revoke(r, "SELECT", "ALTER") == 0 { // the only one that there is: another instead
				d.lake("GrantPermissions", r, []string{"ALTER"})
			}
		},
		shows: "permissions", by: "replace",
		remove: func(d *drifting, r apitype.ResourceV3) { d.revoke(r, "ALTER", "DESCRIBE", "INSERT", "SELECT") }},
}

func (d *drifting) describeCrawler(r apitype.ResourceV3) {
	d.t.Helper()
	var got struct{ Crawler map[string]any }
	d.must(json.Unmarshal([]byte(d.glue("GetCrawler", map[string]any{"Name": r.Outputs["name"]})), &got))
	changed := map[string]any{}
	for _, key := range []string{"Name", "Role", "DatabaseName", "Targets", "SchemaChangePolicy", "RecrawlPolicy", "Configuration"} {
		changed[key] = got.Crawler[key]
	}
	changed["Description"] = "mine"
	d.glue("UpdateCrawler", changed)
}

func (d *drifting) describeWorkflow(r apitype.ResourceV3) {
	d.t.Helper()
	d.glue("UpdateWorkflow", map[string]any{"Name": r.Outputs["name"], "Description": "mine", "MaxConcurrentRuns": 1})
}

func deleteNamed(kind string) func(*drifting, apitype.ResourceV3) {
	return func(d *drifting, r apitype.ResourceV3) {
		d.glue("Delete"+kind, map[string]any{"Name": r.Outputs["name"]})
	}
}

// redefine modifies the report.
func (d *drifting) redefine(change func(map[string]any)) {
	d.t.Helper()
	b, err := json.Marshal(box.Cloud.Reports(d.payer)[0])
	d.must(err)
	var definition map[string]any
	d.must(json.Unmarshal(b, &definition))
	delete(definition, "ReportStatus")
	change(definition)
	d.billing("ModifyReportDefinition", map[string]any{"ReportName": definition["ReportName"], "ReportDefinition": definition})
}

func (d *drifting) exports(action string, in any) string {
	d.t.Helper()
	return d.json("bcm-data-exports", "us-east-1", "AWSBillingAndCostManagementDataExports."+action, in)
}

// deliverTo has an export deliver below another prefix.
func (d *drifting) deliverTo(arn, prefix string) {
	d.t.Helper()
	var got struct{ Export map[string]any }
	d.must(json.Unmarshal([]byte(d.exports("GetExport", map[string]any{"ExportArn": arn})), &got))
	got.Export["DestinationConfigurations"].(map[string]any)["S3Destination"].(map[string]any)["S3Prefix"] = prefix
	d.exports("UpdateExport", map[string]any{"ExportArn": arn, "Export": got.Export})
}

func (d *drifting) events(action string, in any) {
	d.t.Helper()
	d.json("events", sandbox.Region, "AWSEvents."+action, in)
}

// lake grants or revokes permissions on what a grant of the stack is on.
func (d *drifting) lake(action string, r apitype.ResourceV3, permissions []string) {
	d.t.Helper()
	on := map[string]any{}
	if database, _ := r.Outputs["database"].(map[string]any); database["name"] != nil {
		on["Database"] = map[string]any{"Name": database["name"]}
	}
	if table, _ := r.Outputs["table"].(map[string]any); table["name"] != nil {
		on = map[string]any{"Table": map[string]any{"DatabaseName": table["databaseName"], "Name": table["name"]}}
	}
	body, err := json.Marshal(map[string]any{
		"Principal": map[string]any{"DataLakePrincipalIdentifier": r.Outputs["principal"]}, "Resource": on, "Permissions": permissions,
	})
	d.must(err)
	d.call(d.payer, sandbox.Call{
		Service: "lakeformation", Region: sandbox.Region, Method: http.MethodPost, ContentType: "application/json",
		URL: "https://lakeformation." + sandbox.Region + ".amazonaws.com/" + action, Body: string(body),
	})
}

// revoke takes those of some permissions that a grant has, and says how many it has.
func (d *drifting) revoke(r apitype.ResourceV3, some ...string) int {
	d.t.Helper()
	var revoked []string
	for _, granted := range r.Outputs["permissions"].([]any) {
		for _, one := range some {
			if granted == one {
				revoked = append(revoked, one)
			}
		}
	}
	if len(revoked) > 0 {
		d.lake("RevokePermissions", r, revoked)
	}
	return len(revoked)
}
