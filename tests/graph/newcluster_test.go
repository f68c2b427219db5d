package graph

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/components"
)

func newClusterGraph(t *testing.T, changes map[string]string) *recorder {
	t.Helper()
	r := &recorder{payerOutputs: podIdentityOutputs()}
	settings := with(primarySettings, map[string]string{"kubecost-cur:createCluster": "true", "kubecost-cur:clusterVersion": "1.33"})
	if err := run(t, r, "primary", with(settings, changes)); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestANewClusterComesFirstAndTellsWhereItIs(t *testing.T) {
	r := newClusterGraph(t, map[string]string{"aws:profile": "primary-admin", "kubecost-cur:resourceTags": `["team=finops"]`})
	cluster := r.one(t, "eks:index:Cluster", "")
	for key, want := range map[string]any{
		"name": "primary", "version": "1.33", "instanceType": "m6i.large", "desiredCapacity": 2.0, "minSize": 2.0, "maxSize": 2.0,
		"createOidcProvider": true, "nodeRootVolumeEncrypted": true,
	} {
		if cluster.inputs[key] != want {
			t.Errorf("the cluster's %s is %v, want %v", key, cluster.inputs[key], want)
		}
	}
	if inputs := text(t, cluster.inputs); !strings.Contains(inputs, `"profileName":"primary-admin"`) || !strings.Contains(inputs, `"team":"finops"`) {
		t.Errorf("the cluster is %s", inputs)
	}
	for _, call := range r.calls {
		if strings.HasPrefix(call, "aws:") {
			t.Errorf("it looked up %s of a cluster that is not there", call)
		}
	}
	var provider registered // there is another one, of the storage class
	for _, res := range r.resources {
		if res.token == "pulumi:providers:kubernetes" && res.name == "cluster" {
			provider = res
		}
	}
	if provider.inputs["kubeconfig"] != newKubeconfig {
		t.Errorf("Kubernetes is reached with %v", provider.inputs["kubeconfig"])
	}
	storage := r.one(t, "pulumi:providers:kubernetes", "cluster-storage")
	if id := strings.TrimPrefix(newIssuer, "https://"); provider.inputs["clusterIdentifier"] != id || storage.inputs["clusterIdentifier"] != id {
		t.Errorf("the cluster is told from others by %v and %v", provider.inputs["clusterIdentifier"], storage.inputs["clusterIdentifier"])
	}
	for _, first := range []string{"cluster-gp3", "cluster-ebs-csi"} {
		if !provider.isAfter(first) {
			t.Errorf("Kubernetes is used before %s is there: %v", first, provider.after)
		}
	}
	for _, token := range []string{"kubernetes:core/v1:Namespace", "kubernetes:core/v1:ServiceAccount", "kubernetes:core/v1:Secret", "kubernetes:helm.sh/v3:Release"} {
		if res := r.one(t, token, ""); !strings.Contains(res.provider, "::cluster::") {
			t.Errorf("%s has the provider %s", token, res.provider)
		}
	}
	host := strings.TrimPrefix(newIssuer, "https://")
	trust := r.one(t, "aws:iam/role:Role", "identity").inputs["assumeRolePolicy"].(string)
	if !strings.Contains(trust, ":oidc-provider/"+host) || !strings.Contains(trust, host+":sub") {
		t.Errorf("the trust policy is %s", trust)
	}
}

func TestAStackDoesNotOnlyLookUpTheClusterThatItHasMade(t *testing.T) {
	tag := text(t, newClusterGraph(t, nil).one(t, "eks:index:Cluster", "").inputs["clusterTags"])
	if tag != `{"pulumi-stack":"organization/kubecost-cur/primary"}` {
		t.Errorf("the cluster's own tags are %s", tag)
	}
	for stack, refused := range map[string]bool{"primary": true, "other": false} {
		own := func(token string, answer map[string]any) error {
			if strings.Contains(token, "getCluster") {
				answer["tags"] = map[string]any{"pulumi-stack": "organization/kubecost-cur/" + stack}
			}
			return nil
		}
		r := &recorder{payerOutputs: payerOutputs(), change: own}
		err := run(t, r, "primary", primarySettings)
		if !refused {
			if err != nil {
				t.Errorf("a cluster of another stack: %v", err)
			}
			continue
		}
		for _, want := range []string{"cluster/primary", "createCluster to true again", "clusterName", "nothing was changed"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("the error does not say %q: %v", want, err)
			}
		}
		if len(r.resources) > 0 {
			t.Errorf("it registered %v first", r.count())
		}
	}
}

func TestANewClusterHasTheDriverAndTheStorageThatKubecostNeeds(t *testing.T) {
	r := newClusterGraph(t, nil)
	driver := r.one(t, "aws:eks/addon:Addon", "")
	role := r.one(t, "aws:iam/role:Role", "ebs-csi")
	if driver.inputs["addonName"] != "aws-ebs-csi-driver" || driver.inputs["clusterName"] != "primary" || !driver.isAfter(role.name) ||
		!strings.Contains(role.inputs["assumeRolePolicy"].(string), `"system:serviceaccount:kube-system:ebs-csi-controller-sa"`) {
		t.Errorf("the driver is %v with role %v", driver.inputs, role.inputs)
	}
	policy := r.one(t, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "").inputs["policyArn"]
	if policy != "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy" {
		t.Errorf("the driver's policy is %v", policy)
	}
	class := r.one(t, "kubernetes:storage.k8s.io/v1:StorageClass", "")
	for _, part := range []string{`"encrypted":"true"`, `"type":"gp3"`, `"storageclass.kubernetes.io/is-default-class":"true"`, `"provisioner":"ebs.csi.aws.com"`} {
		if !strings.Contains(text(t, class.inputs), part) {
			t.Errorf("the storage class lacks %s: %s", part, text(t, class.inputs))
		}
	}
	if !class.isAfter(driver.name) {
		t.Errorf("the storage class does not wait for its driver: %v", class.after)
	}
	for _, res := range r.resources {
		if res.token == "eks:index:Cluster" || res.name == class.name || res.name == role.name {
			if !strings.Contains(res.parent, components.KubecostClusterType) {
				t.Errorf("%s is below %s", res.name, res.parent)
			}
		}
	}
}

func TestANewClusterForPodIdentityHasItsAgent(t *testing.T) {
	r := newClusterGraph(t, map[string]string{"kubecost-cur:identity": "pod-identity"})
	agent := r.one(t, "aws:eks/addon:Addon", "agent")
	if agent.inputs["addonName"] != "eks-pod-identity-agent" {
		t.Errorf("the agent is %v", agent.inputs)
	}
	association := r.one(t, "aws:eks/podIdentityAssociation:PodIdentityAssociation", "")
	if association.inputs["clusterName"] != "primary" {
		t.Errorf("the association is %v", association.inputs)
	}
	trust := r.one(t, "aws:iam/role:Role", "identity").inputs["assumeRolePolicy"].(string)
	if !strings.Contains(trust, "arn:aws:eks:us-east-2:222222222222:cluster/primary") {
		t.Errorf("the trust policy is %s", trust)
	}
}

// The program registers pulumi-eks's cluster without its SDK. The SDK's source says what that component is.
func TestANewClusterIsTheOneOfTheSDK(t *testing.T) {
	cluster := newClusterGraph(t, map[string]string{"aws:profile": "p", "aws:assumeRole": `{"roleArn":"arn:aws:iam::222222222222:role/deploy"}`}).
		one(t, "eks:index:Cluster", "")
	out, err := exec.Command("go", "mod", "download", "-json", "github.com/pulumi/pulumi-eks/sdk/v3@v"+cluster.version).Output()
	if err != nil {
		t.Fatal(err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		t.Fatal(err)
	}
	read := func(name, kind string) map[string]bool {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(module.Dir, "go", "eks", name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		return pulumiTags(file, kind)
	}
	inputs := read("cluster.go", "clusterArgs")
	if len(inputs) < 40 {
		t.Fatalf("the SDK's cluster has the inputs %v; this test no longer finds them", inputs)
	}
	for key := range cluster.inputs {
		if !inputs[key] {
			t.Errorf("the cluster is registered with %s, which the SDK's has not", key)
		}
	}
	caller := read("pulumiTypes.go", "KubeconfigOptions")
	for key := range cluster.inputs["providerCredentialOpts"].(map[string]any) {
		if !caller[key] {
			t.Errorf("the caller is told by %s, which the SDK's has not", key)
		}
	}
	outputs := read("cluster.go", "Cluster")
	for _, key := range []string{"kubeconfigJson", "oidcIssuer", "oidcProviderArn"} {
		if !outputs[key] {
			t.Errorf("the output %s is read, which the SDK's cluster has not", key)
		}
	}
}
