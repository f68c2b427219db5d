package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// first is the first finding of a state.
func first(findings []Finding, state State) Finding {
	i := slices.IndexFunc(findings, func(f Finding) bool { return f.State == state })
	if i < 0 {
		return Finding{}
	}
	return findings[i]
}

func TestAHealthyInstallationIsAllOK(t *testing.T) {
	w := healthy(t)
	var told []Finding
	findings := Run(t.Context(), w.Subject, Checks, func(f Finding) { told = append(told, f) })
	for i, f := range findings {
		if f.State != OK || f.Seen == "" {
			t.Errorf("%s: %+v", f.Check, f)
		}
		if told[i] != f || f.Check != Checks[i].Name {
			t.Errorf("finding %d is %s, told was %s, the check is %s", i, f.Check, told[i].Check, Checks[i].Name)
		}
	}
	if r := NewReport(at, findings); r.State != OK || r.ExitCode() != ExitOK {
		t.Errorf("the report is %s with exit code %d", r.State, r.ExitCode())
	}
}

func TestEachFaultIsNamedFirstWithItsRemedy(t *testing.T) {
	const pods, secretPath = "/api/v1/namespaces/kubecost/pods", "/api/v1/namespaces/kubecost/secrets/cloud-integration-1"
	const statusPath = "/api/v1/namespaces/kubecost/services/kubecost-cost-analyzer:9090/proxy/model/cloudCost/status"
	const helmPath = "/api/v1/namespaces/kubecost/secrets?labelSelector=owner%3Dhelm%2Cname%3Dkubecost"
	pod := func(w world, change func(object)) {
		p := healthyPod()
		change(p)
		w.kube.objects[pods] = object{"items": []any{p}}
	}
	for name, c := range map[string]struct {
		spoil       func(w world)
		check, want string
	}{
		"no report":               {func(w world) { w.payer.report = nil }, "report-definition", "has no report"},
		"no resource IDs":         {func(w world) { w.payer.report.SchemaElements = nil }, "report-definition", "RESOURCES"},
		"a CSV report":            {func(w world) { w.payer.report.Format = "textORcsv" }, "report-definition", "Parquet"},
		"a report elsewhere":      {func(w world) { w.payer.report.Bucket = "other" }, "report-definition", `"other"`},
		"deliveries are refused":  {func(w world) { w.payer.report.LastStatus = "ERROR_PERMISSIONS" }, "report-definition", "ERROR_PERMISSIONS"},
		"deliveries have stopped": {func(w world) { w.payer.report.LastDelivery = at.Add(-72 * time.Hour) }, "report-definition", "2026-03-07"},
		"no bucket":               {func(w world) { delete(w.payer.regions, "report-bucket") }, "bucket-policy", "no bucket"},
		"no bucket policy":        {func(w world) { w.payer.policies = nil }, "bucket-policy", "billingreports.amazonaws.com"},
		"a policy of another region": {func(w world) {
			w.payer.policies["report-bucket"] = strings.ReplaceAll(w.payer.policies["report-bucket"], ":us-east-1:", ":us-east-2:")
		}, "bucket-policy", "s3:GetBucketAcl"},
		"a bucket elsewhere": {func(w world) { w.payer.regions["report-bucket"] = "eu-west-1" }, "bucket-policy", "eu-west-1"},
		"CSV in the bucket": {func(w world) {
			w.payer.objects["report-bucket"] = []Object{{"cur/kubecost/20260301-20260401/kubecost-1.csv.gz", 1, at}}
		}, "delivery", "csv.gz"},
		"nothing for days":      {func(w world) { w.payer.objects["report-bucket"] = w.payer.objects["report-bucket"][:1] }, "delivery", "nothing was delivered"},
		"no database":           {func(w world) { w.payer.databases = nil }, "table", "no database"},
		"no table":              {func(w world) { w.payer.tables = nil }, "table", "no table"},
		"no month key":          {func(w world) { w.payer.tables["kubecost"].PartitionKeys = []Column{{"year", "string"}} }, "table", "month"},
		"months of two digits":  {func(w world) { w.payer.tables["kubecost"].Parameters["projection.month.digits"] = "2" }, "table", "projection.month.digits"},
		"a numeric key":         {func(w world) { w.payer.tables["kubecost"].PartitionKeys[0].Type = "int" }, "table", "year"},
		"a table elsewhere":     {func(w world) { w.payer.tables["kubecost"].Location = "s3://report-bucket/cur" }, "table", "location"},
		"no resource column":    {func(w world) { w.dropColumn("line_item_resource_id") }, "table", "line_item_resource_id"},
		"nothing registered":    {func(w world) { w.payer.tables["kubecost"].Parameters = nil }, "table", "no partitions"},
		"no work group":         {func(w world) { w.payer.workGroups = nil }, "work-group", "no work group"},
		"a disabled work group": {func(w world) { w.payer.workGroups["kubecost-cur"].Enabled = false }, "work-group", "disabled"},
		"results elsewhere":     {func(w world) { w.payer.workGroups["kubecost-cur"].Location = "s3://other/" }, "work-group", "s3://other/"},
		"no results bucket":     {func(w world) { delete(w.payer.regions, "results-bucket") }, "results-bucket", "no bucket"},
		"results in the report": {func(w world) {
			w.Payer.AthenaBucketName = "s3://report-bucket"
			w.payer.workGroups["kubecost-cur"].Enforced = false
		}, "results-bucket", "report's bucket"},
		"a bucket without s3://": {func(w world) { w.Payer.AthenaBucketName = "results-bucket" }, "results-bucket", "results-bucket"},
		"no payer role":          {func(w world) { w.payer.roles = nil }, "payer-role", "no role"},
		"another reader":         {func(w world) { w.retrust("payer", "kubecost-cur-reader", "other") }, "payer-role", "does not let"},
		"an external ID": {func(w world) {
			w.payer.roles["kubecost-cur-access"].Trust = `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x"}}}]}`
		}, "payer-role", "external ID"},
		"no right to the partitions": {func(w world) { w.repolicy("payer", "glue:GetPartitions", "glue:x") }, "payer-role", "glue:GetPartitions"},
		"rights on another prefix":   {func(w world) { w.repolicy("payer", "cur/kubecost", "other/kubecost") }, "payer-role", "s3:GetObject"},
		"no OIDC provider":           {func(w world) { w.primary.providers = nil }, "oidc-provider", "no provider"},
		"no audience":                {func(w world) { w.primary.providers[issuer].ClientIDs = []string{"other"} }, "oidc-provider", "add-client-id"},
		"no cluster":                 {func(w world) { w.primary.clusters = nil }, "oidc-provider", "no EKS cluster"},
		"no reader role":             {func(w world) { w.primary.roles = nil }, "reader-role", "no role"},
		"another service account":    {func(w world) { w.retrust("primary", "kubecost:kubecost-serviceaccount", "kubecost:other") }, "reader-role", "sts:AssumeRoleWithWebIdentity"},
		"another issuer":             {func(w world) { w.retrust("primary", "ABCDEF:sub", "OTHER:sub") }, "reader-role", "trust policy"},
		"another payer role":         {func(w world) { w.repolicy("primary", "kubecost-cur-access", "other") }, "reader-role", "sts:AssumeRole"},
		"the first hop is refused": {func(w world) {
			w.roles.first = coded{"AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"}
		}, "reader-session", "does not trust"},
		"AWS knows no such issuer": {func(w world) {
			w.roles.first = coded{"InvalidIdentityToken", "No OpenIDConnect provider found in your account for " + issuer}
		}, "reader-session", "eksctl"},
		"the second hop is refused": {func(w world) {
			w.roles.second = coded{"AccessDenied", "User: x is not authorized to perform: sts:AssumeRole on resource: y"}
		}, "payer-session", "payer role"},
		"the query lacks a column": {func(w world) {
			w.roles.query = errors.New("COLUMN_NOT_FOUND: line 1:8: Column 'line_item_resource_id' cannot be resolved")
		}, "query", "resource IDs"},
		"Lake Formation": {func(w world) { w.roles.query = errors.New("Insufficient Lake Formation permission(s) on kubecost") }, "query", "lakeFormation: true"},
		"a key": {func(w world) {
			w.roles.query = errors.New("User is not authorized to perform: kms:Decrypt on resource")
		}, "query", "kmsKeyArn"},
		"the scan limit":          {func(w world) { w.roles.query = errors.New("Query cancelled! : Bytes scanned limit was exceeded") }, "query", "bytesScannedCutoff"},
		"data that is not seen":   {func(w world) { w.roles.rows = [][]string{{"", "0", ""}} }, "query", "does not see the data"},
		"no secret":               {func(w world) { delete(w.kube.objects, secretPath) }, "secret", "ContainerCreating"},
		"a secret of another key": {func(w world) { w.kube.objects[secretPath] = object{"data": object{"other.json": []byte("{}")}} }, "secret", "no key"},
		"a file that is no JSON":  {func(w world) { w.setFile("{") }, "secret", "cannot be read"},
		"an older work group": {func(w world) {
			w.setFile(strings.Replace(file, "kubecost-cur\", \"projectID", "older\", \"projectID", 1))
		}, "secret", `"older"`},
		"another payer": {func(w world) { w.setFile(strings.ReplaceAll(file, payerID, "333333333333")) }, "secret", "no entry of account"},
		"no service account": {func(w world) {
			delete(w.kube.objects, "/api/v1/namespaces/kubecost/serviceaccounts/kubecost-serviceaccount")
		}, "service-account", "deleted"},
		"no annotation": {func(w world) {
			w.kube.objects["/api/v1/namespaces/kubecost/serviceaccounts/kubecost-serviceaccount"] = object{}
		}, "service-account", roleAnnotation},
		"no pod": {func(w world) { w.kube.objects[pods] = object{"items": []any{}} }, "pods", "no pod mounts"},
		"a pod without a token": {func(w world) {
			pod(w, func(p object) { p["spec"].(object)["volumes"] = p["spec"].(object)["volumes"].([]any)[:1] })
		}, "pods", "no web identity token"},
		"a pod of another account": {func(w world) {
			w.roles.first = nil
			pod(w, func(p object) { p["spec"].(object)["serviceAccountName"] = "default" })
		}, "reader-session", "audience"},
		"an image that is not there": {func(w world) { pod(w, waitsFor("ImagePullBackOff")) }, "pods", "image"},
		"an unbound volume": {func(w world) {
			w.kube.objects["/api/v1/namespaces/kubecost/persistentvolumeclaims"] = object{"items": []any{
				object{"metadata": object{"name": "data"}, "status": object{"phase": "Pending"}}}}
		}, "pods", "storageClass"},
		"an upgrade that hangs":     {func(w world) { w.kube.objects[helmPath] = releases("pending-upgrade", "cost-analyzer", "2.8.7") }, "release", "pending-upgrade"},
		"a release that failed":     {func(w world) { w.kube.objects[helmPath] = releases("failed", "cost-analyzer", "2.8.7") }, "release", "failed"},
		"no release":                {func(w world) { w.kube.objects[helmPath] = object{"items": []any{}} }, "release", "no release"},
		"an upgrade by hand":        {func(w world) { w.kube.objects[helmPath] = releases("deployed", "cost-analyzer", "2.9.7") }, "release", "2.9.7"},
		"another chart":             {func(w world) { w.kube.objects[helmPath] = releases("deployed", "kubecost", "3.2.1") }, "release", "kubecost 3.2.1"},
		"Kubecost is refused":       {func(w world) { w.kube.objects[statusPath] = status("Failed Connection") }, "ingestion", "Failed Connection"},
		"Kubecost knows no account": {func(w world) { w.kube.objects[statusPath] = object{"code": 200, "data": []any{}} }, "ingestion", "none of account"},
		"Kubecost cannot parse it":  {func(w world) { w.kube.objects[statusPath] = status("Invalid Configuration") }, "ingestion", "cannot use the entry"},
		"a log with a failure": {func(w world) {
			delete(w.kube.objects, statusPath)
			w.kube.log = "ERR CloudCost[k]: ingestor: build failed for window x: TABLE_NOT_FOUND: line 1\n"
		}, "ingestion", "another database"},
	} {
		t.Run(name, func(t *testing.T) {
			w := healthy(t)
			c.spoil(w)
			findings := Run(t.Context(), w.Subject, Checks, nil)
			f := first(findings, Failed)
			all := strings.Join([]string{f.Seen, f.Cause, f.Remedy}, "\n")
			if f.Check != c.check || !strings.Contains(all, c.want) {
				t.Errorf("the first failed finding is %+v\nwant %s with %q", f, c.check, c.want)
			}
			if f.Seen == "" || f.Cause == "" || f.Remedy == "" || f.Docs != "docs/doctor.md#"+f.Check {
				t.Errorf("the finding is not complete: %+v", f)
			}
			if code := NewReport(at, findings).ExitCode(); code != ExitFailed {
				t.Errorf("the exit code is %d", code)
			}
		})
	}
}

func waitsFor(reason string) func(object) {
	return func(p object) {
		p["status"].(object)["containerStatuses"] = []any{object{"name": "cloud-cost", "state": object{"waiting": object{"reason": reason}}}}
	}
}

func (w world) dropColumn(name string) {
	t := w.payer.tables["kubecost"]
	t.Columns = slices.DeleteFunc(t.Columns, func(c Column) bool { return c.Name == name })
}

func (w world) role(side string) *Role {
	if side == "payer" {
		return w.payer.roles["kubecost-cur-access"]
	}
	return w.primary.roles["kubecost-cur-reader"]
}

func (w world) retrust(side, old, new string) {
	w.role(side).Trust = strings.ReplaceAll(w.role(side).Trust, old, new)
}

func (w world) repolicy(side, old, new string) {
	w.role(side).Policies[0] = strings.ReplaceAll(w.role(side).Policies[0], old, new)
}

func (w world) setFile(text string) {
	w.kube.objects["/api/v1/namespaces/kubecost/secrets/cloud-integration-1"] = object{"data": object{"cloud-integration.json": []byte(text)}}
}

func TestWhileTheFirstReportIsToComeNothingFails(t *testing.T) {
	w := healthy(t)
	w.payer.report.LastDelivery, w.payer.report.LastStatus = time.Time{}, ""
	w.payer.objects["report-bucket"] = []Object{{"aws-programmatic-access-test-object", 1, at.Add(-3 * time.Hour)}}
	w.roles.rows = [][]string{{"", "0", ""}}
	w.kube.objects["/api/v1/namespaces/kubecost/services/kubecost-cost-analyzer:9090/proxy/model/cloudCost/status"] = status("Data Missing")
	findings := Run(t.Context(), w.Subject, Checks, nil)
	if f := first(findings, Failed); f.Check != "" {
		t.Errorf("while waiting, %s failed: %+v", f.Check, f)
	}
	f := first(findings, Waiting)
	if f.Check != "delivery" || f.Until == nil || !f.Until.Equal(at.Add(21*time.Hour)) {
		t.Errorf("the first that waits is %+v", f)
	}
	if r := NewReport(at, findings); r.ExitCode() != ExitWaiting {
		t.Errorf("the exit code is %d", r.ExitCode())
	}
}

func TestWithoutAccessWhatCannotBeCheckedSaysWhatItNeeds(t *testing.T) {
	w := healthy(t)
	w.PayerAWS, w.PrimaryAWS, w.Cluster = nil, nil, nil
	findings := Run(t.Context(), w.Subject, Checks, nil)
	for _, f := range findings {
		if f.State != NotChecked || !strings.HasPrefix(f.Remedy, "needs ") {
			t.Errorf("%+v", f)
		}
	}
	if code := NewReport(at, findings).ExitCode(); code != ExitNotChecked {
		t.Errorf("the exit code is %d", code)
	}
}

func TestWhatTheCallerMayNotAskIsNoFault(t *testing.T) {
	w := healthy(t)
	w.payer.err = coded{"AccessDenied", "User: x is not authorized to perform: y"}
	w.primary.err = coded{"ExpiredToken", "The security token included in the request is expired"}
	w.kube.err = errors.New("dial tcp: connect: connection refused")
	for _, f := range Run(t.Context(), w.Subject, Checks, nil) {
		if f.State != NotChecked || !strings.HasPrefix(f.Remedy, "needs ") {
			t.Errorf("%+v", f)
		}
	}
}

func TestACheckThatHangsDoesNotHoldUpTheOthers(t *testing.T) {
	w := healthy(t)
	hangs := Check{Name: "hangs", Title: func(*Subject) string { return "hangs" }, Run: func(ctx context.Context, _ *Subject) Finding {
		select {} // whatever ctx says
	}}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begin := time.Now()
	findings := Run(ctx, w.Subject, []Check{hangs, table}, nil)
	if findings[0].State != NotChecked || findings[1].State != OK || time.Since(begin) > 5*time.Second {
		t.Errorf("after %s: %+v", time.Since(begin), findings)
	}
}

func TestTheJSONHasItsVersionAndStates(t *testing.T) {
	until := at
	b, err := NewReport(at, []Finding{{Check: "a", Title: "A", State: Waiting, Until: &until}}).JSON()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if got["version"] != 1.0 || got["state"] != "waiting" || got["time"] != "2026-03-10T12:00:00Z" {
		t.Errorf("the JSON is %s", b)
	}
	one := got["findings"].([]any)[0].(map[string]any)
	if one["check"] != "a" || one["title"] != "A" || one["state"] != "waiting" || one["until"] != "2026-03-10T12:00:00Z" || len(one) != 4 {
		t.Errorf("a finding is %v", one)
	}
}

func TestOfSeveralContainersTheOneThatReadsTheBillIsLookedAt(t *testing.T) {
	w := healthy(t)
	p := healthyPod()
	spec := p["spec"].(object)
	mount := spec["containers"].([]any)[0].(object)["volumeMounts"]
	spec["containers"] = []any{object{"name": "cost-model", "volumeMounts": mount}, object{"name": "cloud-cost", "volumeMounts": mount}, object{"name": "frontend"}}
	w.kube.objects["/api/v1/namespaces/kubecost/pods"] = object{"items": []any{p}}
	if f := Run(t.Context(), w.Subject, []Check{pods}, nil)[0]; f.State != OK || !strings.HasSuffix(f.Seen, "container cloud-cost") {
		t.Errorf("%+v", f)
	}
}

func TestPodIdentityIsCheckedInThePlaceOfIRSA(t *testing.T) {
	reader, err := arn.Parse(readerARN)
	if err != nil {
		t.Fatal(err)
	}
	podIdentity := func() world {
		w := healthy(t)
		w.Primary.Identity = "pod-identity"
		w.primary.providers, w.primary.association = nil, readerARN
		w.role("payer").Trust = text(t, iampolicy.TrustReaders(iampolicy.ReaderTrust{Readers: []arn.ARN{reader}, SessionTags: true}))
		w.role("primary").Trust = text(t, iampolicy.TrustPodIdentity(arn.Cluster("aws", "us-east-2", primaryID, "primary"), "kubecost", "kubecost-serviceaccount"))
		w.role("primary").Policies = []string{text(t, iampolicy.AssumePayerRolesWithTags(w.Payer.MasterPayerARN))}
		return w
	}
	w := podIdentity()
	w.kube.objects["/api/v1/namespaces/kubecost/serviceaccounts/kubecost-serviceaccount"] = object{}
	findings := Run(t.Context(), w.Subject, Checks, nil)
	for _, f := range findings {
		if f.State != OK {
			t.Errorf("%+v", f)
		}
	}
	w = podIdentity()
	w.primary.association = ""
	if f := first(Run(t.Context(), w.Subject, Checks, nil), Failed); f.Check != "oidc-provider" || !strings.Contains(f.Seen, "no association") {
		t.Errorf("without an association: %+v", f)
	}
}

func TestALogIsReadAsTheGuideSays(t *testing.T) {
	const guide = `2023-05-24T19:41:31.63093249Z ERR Failed to lookup reserved instance data: no reservation data available in Athena
2023-05-24T19:41:31.630973097Z ERR Failed to lookup savings plan data: Error fetching Savings Plan Data: QueryAthenaPaginated: athena configuration incomplete
2023-05-24T19:41:34.578037927Z INF CloudCost: IngestionManager: creating integration with key: 1/s3://x
2023-05-24T19:41:34.608040758Z ERR ETL:  CloudUsage[1/s3://x]: Build[XPQMa]:  failed to load range from back up 2023-05-18 00:00:00 +0000 UTC - 2023-05-25 00:00:00 +0000 UTC: file does not exist
`
	progress := "2023-05-24T19:41:50.528544821Z INF ETL: CloudUsage[1/s3://x]: Build[XPQMa]: coverage [2023-05-18T00:00:00+0000, 2023-05-25T00:00:00+0000) (7.7 complete)\n"
	failure := "ERR CloudCost[1/s3://x]: ingestor: build failed for window [a, b): AWS Athena StartQueryExecution failed: code=AccessDenied\n"
	for name, c := range map[string]struct {
		log  string
		want State
		seen string
	}{
		"nothing yet":            {"", NotChecked, ""},
		"only expected errors":   {guide, Waiting, "nothing was read yet"},
		"on its way":             {guide + progress, Waiting, "7.7 complete"},
		"done":                   {guide + progress + strings.Replace(progress, "7.7", "100.0", 1), OK, "100.0 complete"},
		"done, as Kubecost 2":    {"INF CloudCost[k]: ingestor: build[abc]: completed in 3m\n", OK, "100.0 complete"},
		"a failure":              {guide + failure, Failed, "AccessDenied"},
		"a failure that is over": {failure + progress, Waiting, "7.7"},
	} {
		w := healthy(t)
		f := w.judgeLog(readLog(c.log))
		if f.State != c.want || !strings.Contains(f.Seen, c.seen) {
			t.Errorf("%s: %+v, want %s with %q", name, f, c.want, c.seen)
		}
	}
}
