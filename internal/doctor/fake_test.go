package doctor

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

const (
	payerID   = "111111111111"
	primaryID = "222222222222"
	issuer    = "https://oidc.eks.us-east-2.amazonaws.com/id/ABCDEF"
	readerARN = "arn:aws:iam::222222222222:role/kubecost-cur-reader"
)

var at = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// coded is an error with a code, as AWS and Kubernetes give them.
type coded struct{ code, text string }

func (c coded) Error() string     { return c.code + ": " + c.text }
func (c coded) ErrorCode() string { return c.code }

// account is an account with all that both stacks make.
type account struct {
	report      *ReportDefinition
	export      *Export
	regions     map[string]string // of buckets
	policies    map[string]string // of buckets
	objects     map[string][]Object
	databases   map[string]bool
	tables      map[string]*Table
	registered  int
	workGroups  map[string]*WorkGroup
	roles       map[string]*Role
	providers   map[string]*OIDCProvider
	clusters    map[string]*EKSCluster
	association string
	err         error // of every call
}

func (a *account) Account(context.Context) (string, error) { return payerID, a.err }

func (a *account) Report(context.Context, string) (*ReportDefinition, error) { return a.report, a.err }

func (a *account) Export(context.Context, string) (*Export, error) { return a.export, a.err }

func (a *account) BucketRegion(_ context.Context, bucket string) (string, error) {
	if region, there := a.regions[bucket]; there {
		return region, a.err
	}
	return "", coded{"NoSuchBucket", "The specified bucket does not exist"}
}

func (a *account) BucketPolicy(_ context.Context, bucket string) (string, error) {
	return a.policies[bucket], a.err
}

func (a *account) Objects(_ context.Context, bucket, prefix string, limit int) ([]Object, error) {
	if _, there := a.regions[bucket]; !there {
		return nil, coded{"NoSuchBucket", "The specified bucket does not exist"}
	}
	var found []Object
	for _, o := range a.objects[bucket] {
		if strings.HasPrefix(o.Key, prefix) && len(found) < limit {
			found = append(found, o)
		}
	}
	return found, a.err
}

func (a *account) Database(_ context.Context, _, name string) (bool, error) {
	return a.databases[name], a.err
}

func (a *account) Table(_ context.Context, _, _, name string) (*Table, error) {
	return a.tables[name], a.err
}

func (a *account) Partitions(context.Context, string, string, string, int) (int, error) {
	return a.registered, a.err
}

func (a *account) WorkGroup(_ context.Context, _, name string) (*WorkGroup, error) {
	return a.workGroups[name], a.err
}

func (a *account) Role(_ context.Context, name string) (*Role, error) { return a.roles[name], a.err }

func (a *account) OIDCProvider(_ context.Context, issuer string) (*OIDCProvider, error) {
	return a.providers[issuer], a.err
}

func (a *account) EKSCluster(_ context.Context, _, name string) (*EKSCluster, error) {
	return a.clusters[name], a.err
}

func (a *account) PodIdentity(context.Context, string, string, string, string) (string, error) {
	return a.association, a.err
}

// cluster is an API server: objects by their path.
type cluster struct {
	objects map[string]any
	log     string
	err     error
}

func (c *cluster) Get(_ context.Context, path string, v any) error {
	if c.err != nil {
		return c.err
	}
	object, there := c.objects[path]
	if !there {
		return coded{"NotFound", path + " not found"}
	}
	b, err := json.Marshal(object)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

func (c *cluster) Token(_ context.Context, _, account, _, audience string) (string, error) {
	return account + " for " + audience, c.err
}

func (c *cluster) Logs(context.Context, string, string, string, int) (string, error) {
	return c.log, c.err
}

// chainOfRoles is STS and Athena.
type chainOfRoles struct {
	first, second, query error
	rows                 [][]string
}

type fakeSession struct {
	of  *chainOfRoles
	arn string
}

func (c *chainOfRoles) WebIdentity(_ context.Context, _, _, token string) (Session, error) {
	if token != "kubecost-serviceaccount for sts.amazonaws.com" {
		return nil, coded{"InvalidIdentityToken", "Incorrect token audience: " + token}
	}
	return c.start()
}

func (c *chainOfRoles) PodIdentity(_ context.Context, _, _, token string) (Session, error) {
	if token != "kubecost-serviceaccount for pods.eks.amazonaws.com" {
		return nil, coded{"InvalidTokenException", token}
	}
	return c.start()
}

func (c *chainOfRoles) start() (Session, error) {
	if c.first != nil {
		return nil, c.first
	}
	return fakeSession{c, "arn:aws:sts::222222222222:assumed-role/kubecost-cur-reader/x"}, nil
}

func (f fakeSession) ARN() string { return f.arn }

func (f fakeSession) Assume(context.Context, string, string) (Session, error) {
	if f.of.second != nil {
		return nil, f.of.second
	}
	return fakeSession{f.of, "arn:aws:sts::111111111111:assumed-role/kubecost-cur-access/x"}, nil
}

func (f fakeSession) Query(context.Context, Query) (*QueryResult, error) {
	if f.of.query != nil {
		return nil, f.of.query
	}
	return &QueryResult{Rows: f.of.rows, ScannedBytes: 1 << 20}, nil
}

// world is a healthy installation, whose parts a test spoils.
type world struct {
	*Subject
	payer, primary *account
	kube           *cluster
	roles          *chainOfRoles
}

func text(t *testing.T, d iampolicy.Document) string {
	t.Helper()
	s, err := d.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func healthy(t *testing.T) world {
	t.Helper()
	p := Payer{
		AthenaBucketName: "s3://results-bucket", AthenaRegion: "us-east-2", AthenaDatabase: "athenacurcfn_kubecost", AthenaTable: "kubecost",
		AthenaWorkgroup: "kubecost-cur", ProjectID: payerID, MasterPayerARN: "arn:aws:iam::111111111111:role/kubecost-cur-access",
		CurBucketName: "report-bucket", CurPrefix: "cur", ReportName: "kubecost", TrustedRoleArn: readerARN, ContractVersion: "1",
	}
	q := Primary{
		ReaderRoleArn: readerARN, Namespace: "kubecost", ServiceAccountName: "kubecost-serviceaccount", SecretName: "cloud-integration-1",
		ReleaseName: "kubecost", ChartLine: "cost-analyzer-2", ChartVersion: "2.8.7", ClusterName: "primary", ClusterRegion: "us-east-2", Identity: "irsa",
	}
	columns, err := billing.Columns(nil)
	if err != nil {
		t.Fatal(err)
	}
	table := &Table{
		Type: "EXTERNAL_TABLE", Location: p.report().Location(), SerDe: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
		PartitionKeys: []Column{{"year", "string"}, {"month", "string"}}, Parameters: p.report().ProjectionParameters(),
	}
	for _, c := range columns {
		table.Columns = append(table.Columns, Column{c.Name, c.Type})
	}
	reader, err := arn.Parse(readerARN)
	if err != nil {
		t.Fatal(err)
	}
	payer := &account{
		report: &ReportDefinition{
			TimeUnit: "DAILY", Format: "Parquet", SchemaElements: []string{"RESOURCES"}, Artifacts: []string{"ATHENA"}, Versioning: "OVERWRITE_REPORT",
			Bucket: "report-bucket", Prefix: "cur", Region: "us-east-2", LastDelivery: at.Add(-5 * time.Hour), LastStatus: "SUCCESS",
		},
		regions:  map[string]string{"report-bucket": "us-east-2", "results-bucket": "us-east-2"},
		policies: map[string]string{"report-bucket": text(t, iampolicy.Delivery("aws", payerID, "report-bucket"))},
		objects: map[string][]Object{"report-bucket": {
			{iampolicy.AccessTestObject, 1, at.Add(-100 * time.Hour)},
			{"cur/kubecost/kubecost/year=2026/month=3/kubecost-00001.snappy.parquet", 1000, at.Add(-5 * time.Hour)},
		}},
		databases:  map[string]bool{p.AthenaDatabase: true},
		tables:     map[string]*Table{"kubecost": table},
		workGroups: map[string]*WorkGroup{"kubecost-cur": {Enabled: true, Enforced: true, Location: "s3://results-bucket/", BytesScanned: 100 << 30}},
		roles: map[string]*Role{"kubecost-cur-access": {
			ARN: p.MasterPayerARN, Trust: text(t, iampolicy.TrustReaders(iampolicy.ReaderTrust{Readers: []arn.ARN{reader}})),
			Policies: []string{text(t, iampolicy.QueryBill(iampolicy.BillQuery{
				Partition: "aws", Region: "us-east-2", Account: payerID, WorkGroup: "kubecost-cur", Database: p.AthenaDatabase, Table: "kubecost",
				ReportBucket: "report-bucket", DataPrefix: "cur/kubecost/kubecost", ResultsBucket: "results-bucket",
			}))},
		}},
	}
	host := strings.TrimPrefix(issuer, "https://")
	primary := &account{
		clusters:  map[string]*EKSCluster{"primary": {Issuer: issuer}},
		providers: map[string]*OIDCProvider{issuer: {ARN: "arn:aws:iam::222222222222:oidc-provider/" + host, ClientIDs: []string{"sts.amazonaws.com"}}},
		roles: map[string]*Role{"kubecost-cur-reader": {
			ARN:      readerARN,
			Trust:    text(t, iampolicy.TrustServiceAccount("arn:aws:iam::222222222222:oidc-provider/"+host, issuer, "kubecost", "kubecost-serviceaccount")),
			Policies: []string{text(t, iampolicy.AssumePayerRoles(p.MasterPayerARN))},
		}},
	}
	kube := &cluster{objects: map[string]any{
		"/api/v1/namespaces/kubecost/secrets/cloud-integration-1": map[string]any{"data": map[string][]byte{"cloud-integration.json": []byte(file)}},
		"/api/v1/namespaces/kubecost/serviceaccounts/kubecost-serviceaccount": map[string]any{"metadata": map[string]any{
			"annotations": map[string]string{roleAnnotation: readerARN}}},
		"/api/v1/namespaces/kubecost/pods":                                                              map[string]any{"items": []any{healthyPod()}},
		"/api/v1/namespaces/kubecost/persistentvolumeclaims":                                            map[string]any{"items": []any{}},
		"/api/v1/namespaces/kubecost/secrets?labelSelector=owner%3Dhelm%2Cname%3Dkubecost":              releases("deployed", "cost-analyzer", "2.8.7"),
		"/api/v1/namespaces/kubecost/services/kubecost-cost-analyzer:9090/proxy/model/cloudCost/status": status("Connection Successful"),
	}}
	roles := &chainOfRoles{rows: [][]string{{"2026-03-09 00:00:00.000", "1200", "45.678"}}}
	w := world{&Subject{Payer: p, Primary: q, PayerAWS: payer, PrimaryAWS: primary, Cluster: kube, Sessions: roles, Now: func() time.Time { return at }},
		payer, primary, kube, roles}
	return w
}

const file = `{"aws": [{"athenaBucketName": "s3://results-bucket", "athenaRegion": "us-east-2", "athenaDatabase": "athenacurcfn_kubecost",
	"athenaTable": "kubecost", "athenaWorkgroup": "kubecost-cur", "projectID": "111111111111",
	"masterPayerARN": "arn:aws:iam::111111111111:role/kubecost-cur-access"}]}`

type object = map[string]any

func healthyPod() object {
	return object{
		"metadata": object{"name": "kubecost-cost-analyzer-1", "creationTimestamp": at.Add(-time.Hour)},
		"spec": object{
			"serviceAccountName": "kubecost-serviceaccount",
			"containers":         []any{object{"name": "cloud-cost", "volumeMounts": []any{object{"name": "cloud-integration", "mountPath": "/var/configs/cloud-integration"}}}},
			"volumes": []any{object{"name": "cloud-integration", "secret": object{"secretName": "cloud-integration-1"}},
				object{"name": "aws-iam-token"}},
		},
		"status": object{"phase": "Running", "conditions": []any{object{"type": "Ready", "status": "True"}}},
	}
}

func status(connection string) object {
	return object{"code": 200, "data": []any{object{
		"key": "111111111111/s3://results-bucket", "active": true, "valid": true, "runs": 3, "connectionStatus": connection, "coverage": "2025-12-10 - 2026-03-10",
	}}}
}

// releases is the list of a release's secrets, with an older revision beside the newest.
func releases(status, chart, version string) object {
	var items []any
	for i, r := range []object{
		{"version": 2, "info": object{"status": status}, "chart": object{"metadata": object{"name": chart, "version": version}}},
		{"version": 1, "info": object{"status": "superseded"}, "chart": object{"metadata": object{"name": "cost-analyzer", "version": "2.8.0"}}},
	} {
		b, err := json.Marshal(r)
		if err != nil {
			panic(i)
		}
		var zipped bytes.Buffer
		w := gzip.NewWriter(&zipped)
		if _, err := w.Write(b); errors.Join(err, w.Close()) != nil {
			panic(i)
		}
		encoded := base64.StdEncoding.EncodeToString(zipped.Bytes())
		items = append(items, object{"data": object{"release": []byte(encoded)}})
	}
	return object{"items": items}
}
