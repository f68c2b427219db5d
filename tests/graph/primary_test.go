package graph

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func primaryGraph(t *testing.T, changes map[string]string) *recorder {
	t.Helper()
	r := &recorder{payerOutputs: payerOutputs()}
	if err := run(t, r, "primary", with(primarySettings, changes)); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheReaderIsOneServiceAccountAndMayOnlyAssumeThePayerRole(t *testing.T) {
	r := primaryGraph(t, nil)
	var trust struct {
		Statement []struct {
			Principal map[string][]string
			Action    []string
			Condition map[string]map[string][]string
		}
	}
	role := r.one(t, "aws:iam/role:Role", "")
	if err := json.Unmarshal([]byte(role.inputs["assumeRolePolicy"].(string)), &trust); err != nil {
		t.Fatal(err)
	}
	host := strings.TrimPrefix(issuer, "https://")
	want := `{"StringEquals":{"` + host + `:aud":["sts.amazonaws.com"],"` + host +
		`:sub":["system:serviceaccount:kubecost:kubecost-serviceaccount"]}}`
	if len(trust.Statement) != 1 || text(t, trust.Statement[0].Condition) != want {
		t.Errorf("the trust policy is %s\nwant the condition %s", role.inputs["assumeRolePolicy"], want)
	}
	if got := trust.Statement[0].Principal["Federated"]; len(got) != 1 || got[0] != "arn:aws:iam::222222222222:oidc-provider/"+host {
		t.Errorf("the trust policy names %v", got)
	}
	policy := r.one(t, "aws:iam/rolePolicy:RolePolicy", "").inputs["policy"].(string)
	if !strings.Contains(policy, `"Action":["sts:AssumeRole"],"Resource":["arn:aws:iam::111111111111:role/kubecost-cur-access"]`) ||
		strings.Count(policy, "Sid") != 1 {
		t.Errorf("the role's policy is %s", policy)
	}
	account := r.one(t, "kubernetes:core/v1:ServiceAccount", "")
	if !strings.Contains(text(t, account.inputs), `"eks.amazonaws.com/role-arn":"arn:aws:iam::222222222222:role/kubecost-cur-reader"`) {
		t.Errorf("the service account is %v", account.inputs)
	}
}

func TestTheSecretIsTheGuidesFileUnderANameOfItsContent(t *testing.T) {
	r := primaryGraph(t, nil)
	secret := r.one(t, "kubernetes:core/v1:Secret", "")
	data, ok := secret.inputs["stringData"].(*resource.Secret)
	if !ok {
		t.Fatalf("the secret's content is not secret: %v", secret.inputs["stringData"])
	}
	file := data.Element.ObjectValue()["cloud-integration.json"].StringValue()
	var read struct{ AWS []map[string]string }
	if err := json.Unmarshal([]byte(file), &read); err != nil || len(read.AWS) != 1 {
		t.Fatalf("the file is %s: %v", file, err)
	}
	for _, key := range []string{"athenaBucketName", "athenaRegion", "athenaDatabase", "athenaTable", "athenaWorkgroup", "projectID", "masterPayerARN"} {
		if read.AWS[0][key] != payerOutputs()[key] {
			t.Errorf("%s is %q in the file and %q in the payer's outputs", key, read.AWS[0][key], payerOutputs()[key])
		}
	}
	name := secret.inputs["metadata"].(map[string]any)["name"].(string)

	changed := &recorder{payerOutputs: payerOutputs()}
	changed.payerOutputs["athenaTable"] = "other"
	if err := run(t, changed, "primary", primarySettings); err != nil {
		t.Fatal(err)
	}
	other := changed.one(t, "kubernetes:core/v1:Secret", "").inputs["metadata"].(map[string]any)["name"].(string)
	if !strings.HasPrefix(name, "cloud-integration-") || name == other {
		t.Errorf("the secret's name is %q, and %q with other content: the pods would not notice", name, other)
	}
}

func TestTheReleaseIsPinnedAndComesAfterItsSecretAndServiceAccount(t *testing.T) {
	r := primaryGraph(t, nil)
	release := r.one(t, "kubernetes:helm.sh/v3:Release", "")
	for key, want := range map[string]any{
		"name": "kubecost", "namespace": "kubecost", "chart": "cost-analyzer", "version": "2.8.7", "timeout": 900.0,
	} {
		if release.inputs[key] != want {
			t.Errorf("the release's %s is %v, want %v", key, release.inputs[key], want)
		}
	}
	secret := r.one(t, "kubernetes:core/v1:Secret", "").inputs["metadata"].(map[string]any)["name"].(string)
	values := text(t, release.inputs["values"])
	for _, part := range []string{`"cloudIntegrationSecret":"` + secret + `"`, `"create":false`, `"name":"kubecost-serviceaccount"`} {
		if !strings.Contains(values, part) {
			t.Errorf("the release's values lack %s: %s", part, values)
		}
	}
	for _, first := range []string{"kubecost-cloud-integration", "kubecost-identity-service-account", "kubecost-identity-namespace"} {
		if !release.isAfter(first) {
			t.Errorf("the release does not wait for %s: %v", first, release.after)
		}
	}
}

func TestTheKubeconfigHoldsNoTokenAndIsTheStacksCaller(t *testing.T) {
	r := primaryGraph(t, map[string]string{
		"aws:profile": "primary-admin", "aws:assumeRole": `{"roleArn":"arn:aws:iam::222222222222:role/deploy"}`,
	})
	kubeconfig := text(t, r.one(t, "pulumi:providers:kubernetes", "").inputs["kubeconfig"])
	for _, part := range []string{"get-token", "primary-admin", "arn:aws:iam::222222222222:role/deploy", apiServer().URL} {
		if !strings.Contains(kubeconfig, part) {
			t.Errorf("the kubeconfig lacks %s: %s", part, kubeconfig)
		}
	}
	if strings.Contains(kubeconfig, "token:") || strings.Contains(kubeconfig, `"token"`) {
		t.Errorf("the kubeconfig holds a token: %s", kubeconfig)
	}
}

func TestAPayerStackThatDoesNotFitStopsEverything(t *testing.T) {
	for name, c := range map[string]struct {
		outputs func(map[string]any) map[string]any
		want    []string
	}{
		"never up": {
			func(map[string]any) map[string]any { return map[string]any{} },
			[]string{"organization/kubecost-cur/payer", "never been up", "pulumi up"},
		},
		"an output is missing": {
			func(o map[string]any) map[string]any { delete(o, "athenaTable"); return o },
			[]string{"output athenaTable is missing"},
		},
		"an output is a number": {
			func(o map[string]any) map[string]any { o["projectID"] = 111111111111.0; return o },
			[]string{"output projectID", "it must be a string"},
		},
		"two outputs are malformed": {
			func(o map[string]any) map[string]any {
				o["athenaBucketName"], o["athenaDatabase"] = "bucket", `x","y":"`
				return o
			},
			[]string{"athenaBucketName", "athenaDatabase"},
		},
		"another contract": {
			func(o map[string]any) map[string]any { o["contractVersion"] = "3"; return o },
			[]string{"contractVersion", `"3"`},
		},
		"another payer": {
			func(o map[string]any) map[string]any {
				o["projectID"], o["masterPayerARN"] = "333333333333", "arn:aws:iam::333333333333:role/kubecost-cur-access"
				return o
			},
			[]string{"payerAccountId", "333333333333"},
		},
		"a role of another account": {
			func(o map[string]any) map[string]any {
				o["masterPayerARN"] = "arn:aws:iam::999999999999:role/evil"
				return o
			},
			[]string{"masterPayerARN", "999999999999"},
		},
		"another role is trusted": {
			func(o map[string]any) map[string]any {
				o["trustedRoleArn"] = "arn:aws:iam::222222222222:role/other"
				return o
			},
			[]string{"trustedRoleArn", "readerRoleName"},
		},
		"no such stack": {
			func(map[string]any) map[string]any { return nil },
			[]string{"organization/kubecost-cur/payer", "unknown stack", "payerStack", "pulumi up"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{payerOutputs: c.outputs(payerOutputs())}
			err := run(t, r, "primary", primarySettings)
			if err == nil {
				t.Fatal("the primary stack went on")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
			if len(r.resources) > 0 {
				t.Errorf("it registered %v first", r.count())
			}
		})
	}
}
