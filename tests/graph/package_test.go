package graph

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/plugin/serve"
)

// object is how a program in another language writes a value.
type object = map[string]any

// construct has the plugin make a component, as the engine does for a program in another language.
func construct(t *testing.T, m *monitor, preview bool, token string, properties object) (resource.PropertyMap, error) {
	t.Helper()
	schema, err := os.ReadFile("../../plugin/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := serve.New(schema, "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.Attach(t.Context(), &pulumirpc.PluginAttach{Address: m.address}); err != nil {
		t.Fatal(err)
	}
	inputs, err := plugin.MarshalProperties(resource.NewPropertyMapFromMap(properties), wireOptions)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := provider.Construct(t.Context(), &pulumirpc.ConstructRequest{
		Project: m.project, Stack: m.stack, Organization: "organization", DryRun: preview, Parallel: 8, MonitorEndpoint: m.address,
		Type: token, Name: "kubecost", Inputs: inputs, AcceptsOutputValues: true,
		Parent: m.urn("", "pulumi:pulumi:Stack", m.project+"-"+m.stack),
	})
	if err != nil {
		return nil, err
	}
	if want := m.urn("", token, "kubecost"); answer.GetUrn() != want {
		t.Errorf("the component is %s, want %s", answer.GetUrn(), want)
	}
	outputs, err := plugin.UnmarshalProperties(answer.GetState(), wireOptions)
	if err != nil {
		t.Fatal(err)
	}
	return outputs, nil
}

// providerOf is a provider of a stack's program, as a value.
func providerOf(m *monitor, pkg, name string) resource.ResourceReference {
	return resource.ResourceReference{
		URN: resource.URN(m.urn("", "pulumi:providers:"+pkg, name)), ID: resource.NewStringProperty(name + "-id"),
	}
}

// made are the resources that were registered below the component, each by its type and name, without what says only how it was
// registered: by which process, from which line.
func (m *monitor) made() map[string]*pulumirpc.RegisterResourceRequest {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[string]*pulumirpc.RegisterResourceRequest{}
	for _, req := range m.registered {
		if strings.HasPrefix(req.GetType(), "pulumi:") && req.GetName() != "kubecost-storage" {
			continue
		}
		one := proto.CloneOf(req)
		one.SourcePosition, one.StackTrace, one.ParentStackTraceHandle, one.Providers = nil, nil, "", nil
		slices.Sort(one.Dependencies)
		all[req.GetType()+" "+req.GetName()] = one
	}
	return all
}

func TestAProgramInAnotherLanguageMakesWhatTheGoProgramMakes(t *testing.T) {
	for name, c := range packaged {
		t.Run(name, func(t *testing.T) {
			stack := c.settings["kubecost-cur:side"]
			inGo := listen(t, &recorder{payerOutputs: c.outputs}, stack)
			if err := inGo.run(with(c.settings, c.changes)); err != nil {
				t.Fatal(err)
			}
			elsewhere := listen(t, &recorder{}, stack)
			if _, err := construct(t, elsewhere, false, components.CurIntegrationType, c.properties(elsewhere)); err != nil {
				t.Fatal(err)
			}
			want, got := inGo.made(), elsewhere.made()
			if len(want) < 10 {
				t.Fatalf("the Go program makes %d resources", len(want))
			}
			for _, key := range slices.Sorted(maps.Keys(want)) {
				if one, made := got[key]; !made {
					t.Errorf("%s is not made", key)
				} else if !proto.Equal(one, want[key]) {
					t.Errorf("%s is\n%s\nand in Go\n%s", key, protojson.Format(one), protojson.Format(want[key]))
				}
			}
			for key := range got {
				if _, made := want[key]; !made {
					t.Errorf("%s is made, and not in Go", key)
				}
			}
		})
	}
}

func TestThePackagesFaultsAreThoseOfTheGoComponentsByThePackagesNames(t *testing.T) {
	m := listen(t, &recorder{}, "payer")
	_, err := construct(t, m, true, components.CurIntegrationType, object{
		"payer": object{
			"accountId": "1", "region": "us-east-2", "reportName": "Region is", "catalogMode": "guess", "readerRoleArns": []any{"x"},
			"bytesScannedCutoff": 5,
		},
		"primary": object{"accountId": primaryAccount, "chartVersion": "latest", "payers": []any{object{"projectID": payerAccount}}},
	})
	if err == nil {
		t.Fatal("the arguments were taken")
	}
	for _, want := range []string{
		`accountId is "1"`, `reportName is "Region is"`, `catalogMode is "guess"`, `readerRoleArns[0] is "x"`, `bytesScannedCutoff is "5"`,
		`chartVersion is "latest"`, "payers[0]: one of its fields is missing", "issuer is missing",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %s: %v", want, err)
		}
	}
	if made := m.made(); len(made) > 0 {
		t.Errorf("it registered %v first", slices.Collect(maps.Keys(made)))
	}
}

func TestInAPreviewWhatIsNotKnownYetIsTaken(t *testing.T) {
	unknown := resource.MakeComputed(resource.NewStringProperty(""))
	m := listen(t, &recorder{}, "primary")
	p := primaryProperties(m)
	p["issuer"], p["oidcProviderArn"] = unknown, unknown
	connection := object{}
	for key := range p["payers"].([]any)[0].(object) {
		connection[key] = unknown
	}
	p["payers"] = []any{connection}
	p["values"] = object{"ingress": object{"host": unknown}}
	if _, err := construct(t, m, true, components.CurIntegrationType, object{"primary": p}); err != nil {
		t.Fatal(err)
	}
	if n := len(m.made()); n < 10 {
		t.Errorf("the preview shows %d resources", n)
	}
}

func TestAKeyOfAnotherCloudIsASecretInEveryLanguage(t *testing.T) {
	m := listen(t, &recorder{}, "primary")
	p := primaryProperties(m)
	p["fileFormat"] = "athena"
	p["otherClouds"] = object{"alibaba": []any{object{
		"accountId": "0123456789012345", "region": "cn-hangzhou", "accessKeyId": "LTAI0123456789", "accessKeySecret": "hush-hush-hush-hush",
	}}}
	if _, err := construct(t, m, false, components.CurIntegrationType, object{"primary": p}); err != nil {
		t.Fatal(err)
	}
	inputs, err := plugin.UnmarshalProperties(m.made()["kubernetes:core/v1:Secret kubecost-cloud-integration"].GetObject(), wireOptions)
	if err != nil {
		t.Fatal(err)
	}
	file := inputs["stringData"]
	for file.IsOutput() {
		if file.OutputValue().Secret {
			return
		}
		file = file.OutputValue().Element
	}
	if !file.ContainsSecrets() {
		t.Errorf("the file has the key in plain: %v", file)
	}
}

// parts are the components that CurIntegration is made of, each with the arguments that it cannot be without.
var parts = map[string]object{
	components.CurIntegrationType: {"payer": object{"accountId": payerAccount, "region": "us-east-2", "readerRoleArns": []any{"arn:aws:iam::222222222222:role/r"}}},
	components.BillingReportType:  {"accountId": payerAccount, "region": "us-east-2", "reportName": "bill", "prefix": "cur", "bucketName": "the-report"},
	components.BillingCatalogType: {"reportName": "bill", "prefix": "cur", "bucketName": "the-report"},
	components.QueryWorkspaceType: {"region": "us-east-2", "workGroupName": "primary", "bucketName": "the-results", "resultsExpirationDays": 1},
	components.PayerRoleType: {"roleName": "pays", "readerRoleArns": []any{"arn:aws:iam::222222222222:role/r"}, "query": object{
		"partition": "aws", "region": "us-east-2", "account": payerAccount, "workGroup": "g", "database": "d", "table": "t",
		"reportBucket": "the-report", "dataPrefix": "cur/bill", "resultsBucket": "the-results",
	}},
	components.LakeFormationGrantsType: {"principalArn": "arn:aws:iam::111111111111:role/r", "databaseName": "d", "tableName": "t", "onDatabase": []any{"DESCRIBE"}, "onTable": []any{"SELECT"}},
	components.ClusterIdentityType: {
		"roleName": "reads", "accountId": primaryAccount, "namespace": "costs", "serviceAccountName": "reader", "createOidcProvider": true,
		"issuer": issuer, "payerRoleArns": []any{"arn:aws:iam::111111111111:role/pays"},
	},
	components.CloudIntegrationSecretType: {"namespace": "costs", "payers": primaryProperties(&monitor{})["payers"]},
	components.KubecostReleaseType: {
		"releaseName": "costs", "namespace": "costs", "accountId": primaryAccount, "serviceAccountName": "reader", "secretName": "s", "timeoutSeconds": 60,
	},
	components.KubecostClusterType: {"clusterName": "costs", "region": "us-east-2", "accountId": primaryAccount, "nodeInstanceType": "m6i.large", "nodeCount": 2},
}

func TestEachPartCanBeUsedAloneWithWhatTheSchemaRequires(t *testing.T) {
	b, err := os.ReadFile("../../plugin/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Resources map[string]struct {
			Required, RequiredInputs []string
			Properties               map[string]any
		}
	}
	if err := json.Unmarshal(b, &schema); err != nil {
		t.Fatal(err)
	}
	if len(schema.Resources) != len(parts) {
		t.Errorf("the schema has %d components, and %d are tried here", len(schema.Resources), len(parts))
	}
	for token, properties := range parts {
		t.Run(token, func(t *testing.T) {
			outputs, err := construct(t, listen(t, &recorder{}, "part"), false, token, properties)
			if err != nil {
				t.Fatal(err)
			}
			for output := range outputs {
				if _, known := schema.Resources[token].Properties[string(output)]; !known {
					t.Errorf("the output %s is not in the schema", output)
				}
			}
			for _, output := range schema.Resources[token].Required {
				if value := outputs[resource.PropertyKey(output)]; !value.IsString() && !value.IsOutput() || value.IsString() && value.StringValue() == "" {
					t.Errorf("the output %s is %v", output, value)
				}
			}
			for _, input := range schema.Resources[token].RequiredInputs {
				without := maps.Clone(properties)
				if _, tried := without[input]; !tried {
					t.Errorf("the schema requires %s, and without it the component was made", input)
				}
				delete(without, input)
				_, err := construct(t, listen(t, &recorder{}, "part"), false, token, without)
				if err == nil || !strings.Contains(err.Error(), input) {
					t.Errorf("without %s, which the schema requires, the component says %v", input, err)
				}
			}
		})
	}
}
