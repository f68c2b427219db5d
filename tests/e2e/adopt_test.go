package e2e

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

func TestWhatTheGuideMadeIsAdoptedUsedAndLeftAsItWas(t *testing.T) {
	w := newWorld(t)
	g := w.makeByHand()
	delivered, ask := w.bill()
	g.crawl(sandbox.Month(time.Now()))
	before := g.looks()

	w.from["payer"] = "examples/Pulumi.payer-adopted.yaml"
	w.up("payer")
	w.unchanged("payer", optpreview.Refresh())
	if answer, err := g.tryIAM("ListRolePolicies", url.Values{"RoleName": {g.role}}); err != nil || !strings.Contains(string(answer), guidePolicy) ||
		!strings.Contains(string(answer), "kubecost-cur-query-bill-company_cur") {
		t.Errorf("the role's policies are %s, %v; want the one made by hand and this program's beside it", answer, err)
	}
	outputs := w.up("primary").Outputs
	answer := w.reads(delivered, ask)
	if want := "arn:aws:iam::" + w.payer + ":role/" + g.role; answer.Payer != want || answer.RoleARN != outputs["readerRoleArn"].Value {
		t.Errorf("Kubecost went by %s and %s, want %s", answer.RoleARN, answer.Payer, want)
	}

	w.destroy("primary")
	w.destroy("payer")
	g.leftAs(before)
	left, err := box.Env.Leftovers(t.Context(), w.payer, w.primary)
	if err != nil || len(left) != 5 {
		t.Errorf("left are %v, %v; want the report, two buckets, the database and the role that were made by hand", left, err)
	}
}

func TestAnAdoptedReportGetsACatalogAndARoleOfItsOwn(t *testing.T) {
	w := newWorld(t)
	g := w.makeByHand()
	g.json("glue", "DeleteDatabase", map[string]any{"Name": g.database}) // no crawler ever ran
	delivered, ask := w.bill()
	before := g.looks()
	adopted := g.settings("report", "reportBucket")
	adopted["payerRoleName"], adopted["forceDestroy"] = "kubecost-cur-own", "true"
	var outputs map[string]any
	w.with(adopted, func() {
		outputs = map[string]any{}
		for name, o := range w.up("payer").Outputs {
			outputs[name] = o.Value
		}
	})
	if outputs["athenaDatabase"] != g.database || outputs["athenaTable"] != g.table {
		t.Errorf("the catalog is %v.%v, want %s.%s as AWS would name it", outputs["athenaDatabase"], outputs["athenaTable"], g.database, g.table)
	}
	w.up("primary")
	w.reads(delivered, ask)
	w.destroy("primary")
	w.with(adopted, func() { w.destroy("payer") })
	g.leftAs(before)
}

func TestOneStackAdoptsWhatThePayersCallerSees(t *testing.T) {
	w := newWorld(t)
	g := w.makeByHand()
	delivered, ask := w.bill()
	g.crawl(sandbox.Month(time.Now()))
	before := g.looks()
	maps.Copy(w.settings, g.settings("report", "reportBucket", "resultsBucket", "catalog", "payerRole"))
	stack := w.stack("both")
	if _, err := stack.Preview(t.Context(), optpreview.Color("never")); err != nil { // with providers that are not there yet
		t.Fatal(err)
	}
	if _, err := stack.Up(t.Context(), optup.Color("never"), optup.SuppressProgress()); err != nil {
		t.Fatal(err)
	}
	w.reads(delivered, ask)
	if _, err := stack.Destroy(t.Context(), optdestroy.SuppressProgress()); err != nil {
		t.Fatal(err)
	}
	g.leftAs(before)
}

// The role has a path that no setting tells. The crawler's are made beside it, with the boundary that is for them.
func TestCIBringsUpAStackThatAdoptsARoleBelowAPath(t *testing.T) {
	w := newWorld(t)
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + w.primary + `:root"},"Action":"sts:AssumeRole"}]}`
	g := &byHand{w: w}
	g.iam("CreateRole", url.Values{"RoleName": {"kubecost-cur-access"}, "Path": {"/finops/"}, "AssumeRolePolicyDocument": {trust}})
	settings := map[string]string{"adopt": "[payerRole]", "catalogMode": "crawler", "permissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess"}
	c := newCIRoles(w, map[string]map[string]string{"payer": settings})
	c.deploys("payer", maps.Clone(settings))
	c.previews("payer", maps.Clone(settings))
	for _, role := range []string{c.preview["payer"], c.deploy["payer"]} {
		if refused := c.refused(role); len(refused) > 0 {
			t.Errorf("the role %s lacks %v", role, refused)
		}
	}
	for name, part := range map[string]string{
		"kubecost-cur-access": ":role/finops/kubecost-cur-access<", "kubecost-cur-crawler": "policy/PowerUserAccess<",
	} {
		if answer, err := g.tryIAM("GetRole", url.Values{"RoleName": {name}}); err != nil || !strings.Contains(string(answer), part) {
			t.Errorf("the role %s is %s, %v; want %s", name, answer, err, part)
		}
	}
}

func TestWhatDoesNotFitIsNotAdoptedAndNotChanged(t *testing.T) {
	w := newWorld(t)
	g := w.makeByHand()
	g.crawl(sandbox.Month(time.Now()))
	everything := []string{"report", "reportBucket", "resultsBucket", "catalog", "payerRole"}
	refused := func(settings map[string]string, texts ...string) {
		t.Helper()
		before := g.looks()
		w.with(settings, func() { w.refuse(w.stack("payer"), append(texts, "nothing was changed")...) })
		if after := g.looks(); after != before {
			t.Errorf("it changed something. Before:\n%s\nafter:\n%s", before, after)
		}
		w.nothing("payer")
	}
	changed := func(changes map[string]string) map[string]string {
		settings := g.settings(everything...)
		maps.Copy(settings, changes)
		return settings
	}

	refused(changed(map[string]string{"reportName": "Nobodys-CUR", "payerRoleName": "nobody", "resultsBucketName": "nobodys-" + w.payer}),
		`has report, and "Nobodys-CUR" cannot be used`, "has resultsBucket", `has catalog, and "athenacurcfn_nobodys_c_u_r.nobodys_cur"`, `has payerRole, and "nobody"`)
	refused(changed(map[string]string{"reportPrefix": "elsewhere", "reportTimeUnit": "HOURLY", "reportSchemaElements": "[SPLIT_COST_ALLOCATION_DATA]"}),
		`its prefix is "cur"`, `its time unit is "DAILY"`, "without SPLIT_COST_ALLOCATION_DATA", `its location is "s3://`+g.reports)
	refused(changed(map[string]string{"aws:region": "eu-west-1"}), `its bucket's region is "us-east-2"`, "has reportBucket", "has resultsBucket", "where aws:region says (eu-west-1)")
	refused(changed(map[string]string{"costAllocationTags": "[nobodys-tag]"}), "no column resource_tags_user_nobodys_tag")

	g.iam("UpdateAssumeRolePolicy", url.Values{"RoleName": {g.role}, "PolicyDocument": {
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + w.payer + `:root"},"Action":"sts:AssumeRole"}]}`,
	}})
	refused(g.settings(everything...), "has payerRole", "add this statement", "role/kubecost-cur-reader")

	table := g.tableInput()
	table["PartitionKeys"] = []map[string]string{{"Name": "year", "Type": "int"}, {"Name": "month", "Type": "string"}}
	g.json("glue", "UpdateTable", map[string]any{"DatabaseName": g.database, "TableInput": table})
	refused(g.settings("report", "reportBucket", "catalog"), "year is of type int")

	g.json("cur", "DeleteReportDefinition", map[string]any{"ReportName": g.report})
	g.json("cur", "PutReportDefinition", map[string]any{"ReportDefinition": g.definition(map[string]any{
		"TimeUnit": "MONTHLY", "Format": "textORcsv", "Compression": "GZIP", "AdditionalSchemaElements": []string{}, "AdditionalArtifacts": []string{"REDSHIFT"},
		"ReportVersioning": "CREATE_NEW_REPORT",
	})})
	refused(g.settings("report", "reportBucket"), `"MONTHLY"`, `"textORcsv"`, "RESOURCES", `"REDSHIFT"`, `"CREATE_NEW_REPORT"`)

	g.s3(http.MethodPut, g.reports, "policy", strings.ReplaceAll(deliveryPolicy(g.reports, w.payer), "us-east-1", sandbox.Region))
	own := g.settings("reportBucket")
	own["reportName"] = "kubecost"
	refused(own, "has reportBucket", "billingreports.amazonaws.com", "add this statement")
}

func TestAReportIsDeliveredIntoAnAdoptedBucketThatLetsBillingIn(t *testing.T) {
	w := newWorld(t)
	g := w.makeByHand()
	g.json("cur", "DeleteReportDefinition", map[string]any{"ReportName": g.report})
	before := g.looks()
	settings := g.settings("reportBucket", "resultsBucket")
	settings["reportName"], settings["payerRoleName"], settings["reportProtect"] = "kubecost", "kubecost-cur-own", "false"
	w.with(settings, func() {
		w.up("payer")
		w.bill()
		w.unchanged("payer", optpreview.Refresh())
		w.destroy("payer")
	})
	g.leftAs(before)
}

func TestWhatTheStackItselfHasMadeIsNotAdopted(t *testing.T) {
	w := newWorld(t)
	w.up("payer")
	before := w.leftovers()
	w.settings["adopt"] = "[resultsBucket, catalog, payerRole]"
	w.refuse(w.stack("payer"), "adopt has resultsBucket", "adopt has catalog", "adopt has payerRole", "this stack has made it", "pulumi state delete")
	if after := w.leftovers(); !slices.Equal(after, before) {
		t.Errorf("after a refused adoption there are %v, before it were %v", after, before)
	}
}
