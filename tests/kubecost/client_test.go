package kubecost

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// fakeAWS answers as STS and Athena do, and keeps what it was asked. Its one query has two pages of results.
type fakeAWS struct {
	t       *testing.T
	state   string // how queries end
	asked   []string
	started map[string]any
	signed  string // Authorization of the last Athena call
}

func (a *fakeAWS) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	answer := ""
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		operation := strings.TrimPrefix(target, "AmazonAthena.")
		a.asked = append(a.asked, r.URL.Host+" "+operation)
		a.signed = r.Header.Get("Authorization")
		answer = a.athena(operation, body)
	} else {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, err
		}
		a.asked = append(a.asked, r.URL.Host+" "+form.Get("Action")+" "+form.Get("RoleArn")+" "+form.Get("WebIdentityToken"))
		answer = fmt.Sprintf(`<%[1]sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%[1]sResult><Credentials><AccessKeyId>key-of-%[1]s</AccessKeyId>
			<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>
			<AssumedRoleUser><Arn>arn</Arn><AssumedRoleId>id</AssumedRoleId></AssumedRoleUser></%[1]sResult></%[1]sResponse>`, form.Get("Action"))
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewBufferString(answer)), Request: r}, nil
}

func (a *fakeAWS) athena(operation string, body []byte) string {
	var input map[string]any
	if err := json.Unmarshal(body, &input); err != nil {
		a.t.Error(err)
	}
	const page = `{"ResultSet": {"Rows": [{"Data": [{"VarCharValue": "%s"}]}, {"Data": [{"VarCharValue": "%s"}]}]}%s}`
	switch {
	case operation == "StartQueryExecution":
		a.started = input
		return `{"QueryExecutionId": "q1"}`
	case operation == "GetQueryExecution":
		return `{"QueryExecution": {"Status": {"State": "` + a.state + `", "StateChangeReason": "TABLE_NOT_FOUND"}, "Statistics": {"DataScannedInBytes": 42}}}`
	case input["NextToken"] == nil:
		return fmt.Sprintf(page, "column_name", "year", `, "NextToken": "2"`)
	default:
		return fmt.Sprintf(page, "month", "line_item_resource_id", "")
	}
}

func client(t *testing.T, cloud *fakeAWS, change func(*Athena)) *Client {
	t.Helper()
	integration := Athena{
		Bucket: "s3://results/kubecost", Region: "eu-west-1", Database: "athenacurcfn_kubecost", Table: "kubecost", Account: "111111111111",
		MasterPayerARN: "arn:aws:iam::111111111111:role/kubecost-cur-access",
	}
	if change != nil {
		change(&integration)
	}
	c, err := New(t.Context(), Options{Integration: integration, RoleARN: "arn:aws:iam::222222222222:role/kubecost-cur-reader", Token: "jwt", HTTPClient: &http.Client{Transport: cloud}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAQueryGoesThroughBothRolesInAthenasRegion(t *testing.T) {
	cloud := &fakeAWS{t: t, state: "SUCCEEDED"}
	columns, err := client(t, cloud, nil).Columns(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(columns, " "); got != "year month line_item_resource_id" {
		t.Errorf("columns of both pages, without the header, are %s", got)
	}
	want := []string{
		"sts.eu-west-1.amazonaws.com AssumeRoleWithWebIdentity arn:aws:iam::222222222222:role/kubecost-cur-reader jwt",
		"sts.eu-west-1.amazonaws.com AssumeRole arn:aws:iam::111111111111:role/kubecost-cur-access ",
		"athena.eu-west-1.amazonaws.com StartQueryExecution", "athena.eu-west-1.amazonaws.com GetQueryExecution",
		"athena.eu-west-1.amazonaws.com GetQueryResults", "athena.eu-west-1.amazonaws.com GetQueryResults",
	}
	if got := strings.Join(cloud.asked, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("asked\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	if !strings.Contains(cloud.signed, "Credential=key-of-AssumeRole/") {
		t.Errorf("Athena was asked with %s", cloud.signed)
	}
}

func TestTheSettingsReachAthenaUnchanged(t *testing.T) {
	for name, test := range map[string]struct {
		change    func(*Athena)
		workGroup any
	}{
		"without a work group": {nil, nil},
		"with a work group":    {func(a *Athena) { a.Workgroup = "kubecost" }, "kubecost"},
	} {
		t.Run(name, func(t *testing.T) {
			cloud := &fakeAWS{t: t, state: "SUCCEEDED"}
			if _, err := client(t, cloud, test.change).Columns(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := cloud.started["ResultConfiguration"].(map[string]any)["OutputLocation"]; got != "s3://results/kubecost" {
				t.Errorf("output location is %v", got)
			}
			if got := cloud.started["WorkGroup"]; got != test.workGroup {
				t.Errorf("work group is %v, want %v", got, test.workGroup)
			}
		})
	}
}

func TestAFailedQuerySaysWhy(t *testing.T) {
	_, err := client(t, &fakeAWS{t: t, state: "FAILED"}, nil).Columns(t.Context())
	if err == nil || !strings.Contains(err.Error(), "query q1 ended in state FAILED: TABLE_NOT_FOUND") {
		t.Errorf("got error %v", err)
	}
}
