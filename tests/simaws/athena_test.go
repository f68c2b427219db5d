package simaws

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// reader is an SQL engine with one statement: it gives the content of all objects of the table that the SQL names.
type reader struct{}

func (reader) Run(ctx context.Context, q AthenaQuery) (AthenaResult, error) {
	result := AthenaResult{Columns: []Column{{"content", "varchar"}}}
	tables, err := q.Tables(ctx, q.Database)
	if err != nil {
		return result, err
	}
	for _, text := range tables {
		var table struct {
			Name              string
			StorageDescriptor struct{ Location string }
		}
		if err := json.Unmarshal(text, &table); err != nil {
			return result, err
		}
		bucket, prefix, _ := strings.Cut(strings.TrimPrefix(table.StorageDescriptor.Location, "s3://"), "/")
		objects, err := q.List(ctx, bucket, prefix)
		if err != nil {
			return result, err
		}
		for _, o := range objects {
			result.ScannedBytes += o.Size
			if q.ScanLimit > 0 && result.ScannedBytes > q.ScanLimit {
				return result, ScanLimitExceeded(result.ScannedBytes)
			}
			content, err := q.Get(ctx, bucket, o.Key)
			if err != nil {
				return result, err
			}
			for _, line := range strings.Split(string(content), "\n") {
				result.Rows = append(result.Rows, []*string{&line})
			}
		}
	}
	return result, nil
}

// payer is an account with a table of one object, a work group and a role that may query it.
type payer struct {
	account, data, results string
	admin                  aws.Config
}

func newPayer(t *testing.T, content string) payer {
	t.Helper()
	cloud.SetAthena(reader{})
	account, admin := newAccount(t)
	p := payer{account: account, admin: admin, data: newBucket(t, admin, "data", ""), results: newBucket(t, admin, "results", "")}
	if err := putObject(t, admin, p.data, "cur/a", content); err != nil {
		t.Fatal(err)
	}
	// Glue's SDK takes long to build: the two calls go to the catalog directly.
	at := place{account, region}
	database := map[string]any{"DatabaseInput": map[string]string{"Name": "bill"}}
	if err := cloud.moto.glue(t.Context(), at, "CreateDatabase", database, nil); err != nil {
		t.Fatal(err)
	}
	table := map[string]any{"DatabaseName": "bill", "TableInput": map[string]any{
		"Name": "kubecost", "StorageDescriptor": map[string]string{"Location": "s3://" + p.data + "/cur/"},
	}}
	if err := cloud.moto.glue(t.Context(), at, "CreateTable", table, nil); err != nil {
		t.Fatal(err)
	}
	_, err := athena.NewFromConfig(admin).CreateWorkGroup(t.Context(), &athena.CreateWorkGroupInput{
		Name: aws.String("kubecost"), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("finops")}},
		Configuration: &types.WorkGroupConfiguration{
			EnforceWorkGroupConfiguration: aws.Bool(true), BytesScannedCutoffPerQuery: aws.Int64(10_000_000),
			ResultConfiguration: &types.ResultConfiguration{OutputLocation: aws.String("s3://" + p.results + "/kubecost/")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// policy is what a querying role needs, without the statements that are named.
func (p payer) policy(without string) string {
	statements := map[string]string{
		"athena":  fmt.Sprintf(`"Action":["athena:StartQueryExecution","athena:GetQueryExecution","athena:GetQueryResults","athena:StopQueryExecution"],"Resource":"arn:aws:athena:%s:%s:workgroup/kubecost"`, region, p.account),
		"glue":    fmt.Sprintf(`"Action":["glue:GetDatabase","glue:GetTable"],"Resource":["arn:aws:glue:%[1]s:%[2]s:catalog","arn:aws:glue:%[1]s:%[2]s:database/bill","arn:aws:glue:%[1]s:%[2]s:table/bill/kubecost"]`, region, p.account),
		"data":    fmt.Sprintf(`"Action":["s3:ListBucket","s3:GetObject"],"Resource":["arn:aws:s3:::%[1]s","arn:aws:s3:::%[1]s/cur/*"]`, p.data),
		"verify":  fmt.Sprintf(`"Action":"s3:GetBucketLocation","Resource":"arn:aws:s3:::%s"`, p.results),
		"results": fmt.Sprintf(`"Action":["s3:PutObject","s3:GetObject"],"Resource":"arn:aws:s3:::%s/*"`, p.results),
	}
	delete(statements, without)
	var all []string
	for _, s := range statements {
		all = append(all, `{"Effect":"Allow",`+s+`}`)
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(all, ",") + `]}`
}

// start starts a query as Kubecost does, with an output location of its own.
func (p payer) start(t *testing.T, client *athena.Client) (string, error) {
	t.Helper()
	out, err := client.StartQueryExecution(t.Context(), &athena.StartQueryExecutionInput{
		QueryString: aws.String(`SELECT content FROM "kubecost"`), WorkGroup: aws.String("kubecost"),
		QueryExecutionContext: &types.QueryExecutionContext{Database: aws.String("bill")},
		ResultConfiguration:   &types.ResultConfiguration{OutputLocation: aws.String("s3://" + p.results)},
	})
	if err != nil {
		return "", err
	}
	return *out.QueryExecutionId, nil
}

// wait polls an execution to its end.
func wait(t *testing.T, client *athena.Client, id string) *types.QueryExecution {
	t.Helper()
	for {
		out, err := client.GetQueryExecution(t.Context(), &athena.GetQueryExecutionInput{QueryExecutionId: &id})
		if err != nil {
			t.Fatal(err)
		}
		switch out.QueryExecution.Status.State {
		case types.QueryExecutionStateQueued, types.QueryExecutionStateRunning:
			time.Sleep(10 * time.Millisecond)
		default:
			return out.QueryExecution
		}
	}
}

func TestQueryWithTheLeastRights(t *testing.T) {
	p := newPayer(t, strings.Repeat("line\n", 1499)+"line")
	role := assume(t, p.admin, newRole(t, p.admin, "kubecost", fmt.Sprintf(root, p.account), p.policy("")))
	client := athena.NewFromConfig(role)
	id, err := p.start(t, client)
	if err != nil {
		t.Fatal(err)
	}
	e := wait(t, client, id)
	if e.Status.State != types.QueryExecutionStateSucceeded {
		t.Fatalf("got %s: %s", e.Status.State, aws.ToString(e.Status.StateChangeReason))
	}
	if want := "s3://" + p.results + "/kubecost/" + id + ".csv"; *e.ResultConfiguration.OutputLocation != want {
		t.Errorf("got output %s, want the work group's %s", *e.ResultConfiguration.OutputLocation, want)
	}
	if got := aws.ToInt64(e.Statistics.DataScannedInBytes); got != 7499 {
		t.Errorf("scanned %d bytes, want 7499", got)
	}
	pages := athena.NewGetQueryResultsPaginator(client, &athena.GetQueryResultsInput{QueryExecutionId: &id, MaxResults: aws.Int32(1000)})
	var sizes []int
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if first := *page.ResultSet.Rows[0].Data[0].VarCharValue; len(sizes) == 0 && first != "content" {
			t.Errorf("the first row is %q, want the header", first)
		}
		sizes = append(sizes, len(page.ResultSet.Rows))
	}
	if fmt.Sprint(sizes) != "[1000 501]" {
		t.Errorf("got pages of %v rows, want 1000 and 501", sizes)
	}
	head, err := s3.NewFromConfig(p.admin).HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &p.results, Key: aws.String("kubecost/" + id + ".csv")})
	if err != nil || *head.ContentLength == 0 {
		t.Errorf("the result was not written: %v", err)
	}
}

func TestQueryFailsForWantOfRights(t *testing.T) {
	p := newPayer(t, "line")
	for without, want := range map[string]string{
		"athena":  "not authorized to perform: athena:StartQueryExecution on resource: arn:aws:athena:" + region + ":" + p.account + ":workgroup/kubecost",
		"verify":  "Unable to verify/create output bucket " + p.results,
		"glue":    "Insufficient permissions to execute the query",
		"data":    "Permission denied on S3 path: s3://" + p.data + "/cur/",
		"results": "Access denied when writing output to url: s3://" + p.results + "/kubecost/",
	} {
		t.Run(without, func(t *testing.T) {
			role := assume(t, p.admin, newRole(t, p.admin, "without-"+without, fmt.Sprintf(root, p.account), p.policy(without)))
			client := athena.NewFromConfig(role)
			id, err := p.start(t, client)
			switch without {
			case "athena":
				wantError(t, err, "AccessDeniedException", want)
				return
			case "verify":
				wantError(t, err, "InvalidRequestException", want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			e := wait(t, client, id)
			if reason := aws.ToString(e.Status.StateChangeReason); e.Status.State != types.QueryExecutionStateFailed || !strings.Contains(reason, want) {
				t.Errorf("got %s: %s\nwant FAILED: …%s…", e.Status.State, reason, want)
			}
		})
	}
}

func TestWorkGroupLife(t *testing.T) {
	p := newPayer(t, "more than ten bytes")
	client, name := athena.NewFromConfig(p.admin), aws.String("kubecost")
	_, err := client.UpdateWorkGroup(t.Context(), &athena.UpdateWorkGroupInput{WorkGroup: name, ConfigurationUpdates: &types.WorkGroupConfigurationUpdates{BytesScannedCutoffPerQuery: aws.Int64(10)}})
	if err != nil {
		t.Fatal(err)
	}
	id, err := p.start(t, client)
	if err != nil {
		t.Fatal(err)
	}
	if e := wait(t, client, id); e.Status.State != types.QueryExecutionStateCancelled || !strings.Contains(aws.ToString(e.Status.StateChangeReason), "Bytes scanned limit was exceeded") {
		t.Errorf("got %s: %s", e.Status.State, aws.ToString(e.Status.StateChangeReason))
	}

	_, err = client.UpdateWorkGroup(t.Context(), &athena.UpdateWorkGroupInput{WorkGroup: name, State: types.WorkGroupStateDisabled})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.start(t, client)
	wantError(t, err, "InvalidRequestException", "is disabled")
	got, err := client.GetWorkGroup(t.Context(), &athena.GetWorkGroupInput{WorkGroup: name})
	if err != nil {
		t.Fatal(err)
	}
	if g := got.WorkGroup; g.State != types.WorkGroupStateDisabled || *g.Configuration.ResultConfiguration.OutputLocation == "" {
		t.Errorf("got %+v", g)
	}
	arn := workGroupARN(place{p.account, region}, "kubecost")
	tags, err := client.ListTagsForResource(t.Context(), &athena.ListTagsForResourceInput{ResourceARN: &arn})
	if err != nil || len(tags.Tags) != 1 || *tags.Tags[0].Value != "finops" {
		t.Errorf("got tags %+v, error %v", tags, err)
	}

	_, err = client.DeleteWorkGroup(t.Context(), &athena.DeleteWorkGroupInput{WorkGroup: name})
	wantError(t, err, "InvalidRequestException", "is not empty")
	if _, err = client.DeleteWorkGroup(t.Context(), &athena.DeleteWorkGroupInput{WorkGroup: name, RecursiveDeleteOption: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	_, err = p.start(t, client)
	wantError(t, err, "InvalidRequestException", "WorkGroup kubecost is not found")
}

func TestPrimaryWorkGroupNeedsAnOutputLocation(t *testing.T) {
	p := newPayer(t, "line")
	_, err := athena.NewFromConfig(p.admin).StartQueryExecution(t.Context(), &athena.StartQueryExecutionInput{QueryString: aws.String("SELECT 1")})
	wantError(t, err, "InvalidRequestException", "No output location provided")
}
