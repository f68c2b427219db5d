package graph

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/stacks"
)

// providerARN is that of the looked-up cluster's issuer.
var providerARN = "arn:aws:iam::" + primaryAccount + ":oidc-provider/" + strings.TrimPrefix(issuer, "https://")

const plantedToken = "planted-token"

// kubeconfigOf leads to an API server; user is the YAML of its user.
func kubeconfigOf(server, user string) string {
	ca := base64.StdEncoding.EncodeToString(apiServerCA())
	return fmt.Sprintf(`
apiVersion: v1
kind: Config
current-context: first
clusters: [{name: here, cluster: {server: %q, certificate-authority-data: %s}}]
contexts: [{name: first, context: {cluster: here, user: me}}, {name: second, context: {cluster: here, user: me}}]
users: [{name: me, user: %s}]
`, server, ca, user)
}

const byCommand = "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws, args: [eks, get-token]}}"

// byKubeconfig are the settings of a stack that reaches its cluster by a kubeconfig alone.
func byKubeconfig(kubeconfig string) map[string]string {
	return with(primarySettings, map[string]string{
		"kubecost-cur:clusterName": "(removed)", "kubecost-cur:kubeconfig": kubeconfig, "kubecost-cur:oidcProvider": providerARN,
	})
}

func TestAKubeconfigTakesThePlaceOfTheLookUpAndStaysSecret(t *testing.T) {
	kubeconfig := kubeconfigOf(apiServer().URL, "{token: "+plantedToken+"}")
	settings := with(byKubeconfig(kubeconfig), map[string]string{"kubecost-cur:kubeconfigContext": "second"})
	r := &recorder{payerOutputs: payerOutputs()}
	err := pulumi.RunErr(stacks.Run, pulumi.WithMocks("kubecost-cur", "primary", r), func(info *pulumi.RunInfo) {
		info.Config, info.ConfigSecretKeys = settings, []string{"kubecost-cur:kubeconfig"}
	})
	if err != nil {
		t.Fatal(err)
	}
	provider := r.one(t, "pulumi:providers:kubernetes", "cluster")
	secret, ok := provider.inputs["kubeconfig"].(*resource.Secret)
	if !ok || secret.Element.StringValue() != kubeconfig || provider.inputs["context"] != "second" {
		t.Errorf("the Kubernetes provider has %v", provider.inputs)
	}
	for _, call := range r.calls {
		if strings.HasPrefix(call, "aws:eks/") {
			t.Errorf("it called %s all the same", call)
		}
	}
	if id, has := provider.inputs["clusterIdentifier"]; has {
		t.Errorf("the cluster, of which only the kubeconfig tells anything, is told from others by %v", id)
	}
	trust := r.one(t, "aws:iam/role:Role", "").inputs["assumeRolePolicy"].(string)
	if !strings.Contains(trust, providerARN) || !strings.Contains(trust, strings.TrimPrefix(issuer, "https://")+":sub") {
		t.Errorf("the trust policy is %s", trust)
	}
}

func TestAKubeconfigWithoutSecretsNeedNotBeOne(t *testing.T) {
	settings := with(primarySettings, map[string]string{"kubecost-cur:kubeconfig": kubeconfigOf(apiServer().URL, byCommand)})
	r := &recorder{payerOutputs: payerOutputs()}
	if err := run(t, r, "primary", settings); err != nil {
		t.Fatal(err)
	}
	if id := r.one(t, "pulumi:providers:kubernetes", "").inputs["clusterIdentifier"]; id != strings.TrimPrefix(issuer, "https://") {
		t.Errorf("the cluster is told from others by %v", id)
	}
	// Beside clusterName, the issuer is that of the cluster.
	if trust := r.one(t, "aws:iam/role:Role", "").inputs["assumeRolePolicy"].(string); !strings.Contains(trust, providerARN) {
		t.Errorf("the trust policy is %s", trust)
	}
}

func TestTheOIDCProviderIsMadeOnRequest(t *testing.T) {
	none := func(token string, _ map[string]any) error {
		if strings.Contains(token, "getOpenIdConnectProvider") {
			return errors.New("no such provider")
		}
		return nil
	}
	own := func(token string, answer map[string]any) error {
		if strings.Contains(token, "getOpenIdConnectProvider") {
			answer["tags"] = map[string]any{"pulumi-stack": "organization/kubecost-cur/primary"}
		}
		return nil
	}
	settings := with(primarySettings, map[string]string{"kubecost-cur:oidcProvider": "create"})
	for when, change := range map[string]func(string, map[string]any) error{"the first time": none, "from then on": own} {
		r := &recorder{payerOutputs: payerOutputs(), change: change}
		if err := run(t, r, "primary", settings); err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		provider := r.one(t, "aws:iam/openIdConnectProvider:OpenIdConnectProvider", "")
		if provider.inputs["url"] != issuer || text(t, provider.inputs["clientIdLists"]) != `["sts.amazonaws.com"]` ||
			!strings.Contains(text(t, provider.inputs["tags"]), `"pulumi-stack":"organization/kubecost-cur/primary"`) ||
			!strings.Contains(provider.parent, "ClusterIdentity") {
			t.Errorf("%s the provider is %v below %s", when, provider.inputs, provider.parent)
		}
		role := r.one(t, "aws:iam/role:Role", "")
		if !role.isAfter(provider.name) || !strings.Contains(role.inputs["assumeRolePolicy"].(string), providerARN) {
			t.Errorf("%s the role is %v, after %v", when, role.inputs, role.after)
		}
	}
	for when, c := range map[string]struct {
		r        *recorder
		settings map[string]string
		want     string
	}{
		"beside a provider of somebody else": {&recorder{}, settings, "oidcProvider to lookup"},
		"only looking its own up":            {&recorder{change: own}, primarySettings, "oidcProvider to create again"},
		"only naming its own":                {&recorder{change: own}, with(settings, map[string]string{"kubecost-cur:oidcProvider": providerARN}), "oidcProvider to create again"},
		"beside a kubeconfig":                {&recorder{change: own}, byKubeconfig(kubeconfigOf(apiServer().URL, byCommand)), "oidcProvider to create again"},
	} {
		c.r.payerOutputs = payerOutputs()
		err := run(t, c.r, "primary", c.settings)
		if err == nil || !strings.Contains(err.Error(), providerARN) || !strings.Contains(err.Error(), c.want) || len(c.r.resources) > 0 {
			t.Errorf("%s: %v; it registered %v", when, err, c.r.count())
		}
	}
}

func TestAnOIDCProviderThatIsNamedNeedNotBeReadable(t *testing.T) {
	denied := map[string]any{"aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider": errors.New("AccessDenied")}
	r := &recorder{payerOutputs: payerOutputs(), there: denied}
	if err := run(t, r, "primary", with(primarySettings, map[string]string{"kubecost-cur:oidcProvider": providerARN})); err != nil {
		t.Fatal(err)
	}
	if trust := r.one(t, "aws:iam/role:Role", "").inputs["assumeRolePolicy"].(string); !strings.Contains(trust, providerARN) {
		t.Errorf("the trust policy is %s", trust)
	}
	other := strings.Replace(providerARN, "ABCDEF", "OTHER", 1)
	refused := &recorder{payerOutputs: payerOutputs()}
	err := run(t, refused, "primary", with(primarySettings, map[string]string{"kubecost-cur:oidcProvider": other}))
	for _, want := range []string{"oidcProvider", other, "id/ABCDEF", `"primary"`, "nothing was changed"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a provider of another issuer: the error does not say %q: %v", want, err)
		}
	}
	if len(refused.resources) > 0 {
		t.Errorf("it registered %v first", refused.count())
	}
}

func TestAClusterThatDoesNotAnswerStopsEverything(t *testing.T) {
	dead := httptest.NewTLSServer(http.NotFoundHandler())
	dead.Close()
	unreachable := func(token string, answer map[string]any) error {
		if strings.Contains(token, "getCluster") {
			answer["endpoint"] = dead.URL
		}
		return nil
	}
	for setting, settings := range map[string]map[string]string{
		"clusterName": primarySettings, "kubeconfig": byKubeconfig(kubeconfigOf(dead.URL, byCommand)),
	} {
		r := &recorder{payerOutputs: payerOutputs(), change: unreachable}
		err := run(t, r, "primary", settings)
		for _, want := range []string{"(setting " + setting + ")", dead.URL, "refused", "checkCluster", "nothing was changed"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("by %s, the error does not say %q: %v", setting, want, err)
			}
		}
		if err != nil && strings.Count(strings.TrimSpace(err.Error()), "\n") > 1 { // the engine puts a line above
			t.Errorf("by %s, the error is more than a line: %v", setting, err)
		}
		if len(r.resources) > 0 {
			t.Errorf("by %s, it registered %v first", setting, r.count())
		}
		unchecked := &recorder{payerOutputs: payerOutputs(), change: unreachable}
		if err := run(t, unchecked, "primary", with(settings, map[string]string{"kubecost-cur:checkCluster": "false"})); err != nil {
			t.Errorf("by %s, unchecked: %v", setting, err)
		}
	}
}

func TestWrongSettingsOfTheClusterAreNamed(t *testing.T) {
	plain := kubeconfigOf(apiServer().URL, byCommand)
	alone := byKubeconfig(plain)
	created := with(primarySettings, map[string]string{"kubecost-cur:createCluster": "true"})
	pods := with(primarySettings, map[string]string{"kubecost-cur:identity": "pod-identity"})
	const oidc, config = "kubecost-cur:oidcProvider", "kubecost-cur:kubeconfig"
	refuses(t, map[string]refusal{
		"neither a name nor a kubeconfig":    {with(alone, map[string]string{config: "(removed)"}), "kubecost-cur:clusterName", "(removed)", []string{"is missing"}},
		"a cluster's name with a dot":        {primarySettings, "kubecost-cur:clusterName", "a.b", []string{"letters, digits"}},
		"a kubeconfig that is none":          {alone, config, plantedToken, []string{"text of a kubeconfig"}},
		"a kubeconfig with a token":          {alone, config, kubeconfigOf(apiServer().URL, "{token: "+plantedToken+"}"), []string{"users[me].token", "--secret"}},
		"a kubeconfig with a key":            {alone, config, kubeconfigOf(apiServer().URL, "{client-key-data: "+plantedToken+"}"), []string{"users[me].client-key-data"}},
		"a kubeconfig with a password":       {alone, config, kubeconfigOf(apiServer().URL, "{username: a, password: "+plantedToken+"}"), []string{"users[me].password"}},
		"a kubeconfig of one machine":        {alone, config, kubeconfigOf(apiServer().URL, "{tokenFile: /var/token}"), []string{"--flatten"}},
		"a kubeconfig without TLS":           {alone, config, kubeconfigOf("http://cluster.example", byCommand), []string{"https://"}},
		"a kubeconfig in the payer's stack":  {payerSettings, config, kubeconfigOf(apiServer().URL, "{token: "+plantedToken+"}"), []string{"primary side"}},
		"a context that is not there":        {alone, "kubecost-cur:kubeconfigContext", "third", []string{"first, second"}},
		"a context without a kubeconfig":     {primarySettings, "kubecost-cur:kubeconfigContext", "first", []string{"is not set"}},
		"a look-up without the issuer":       {alone, oidc, "(removed)", []string{"ARN", "clusterName"}},
		"a provider to make, no issuer":      {alone, oidc, "create", []string{"ARN", "clusterName"}},
		"a provider that is a URL":           {primarySettings, oidc, issuer, []string{"lookup, create, or the ARN"}},
		"a provider that is a role":          {primarySettings, oidc, "arn:aws:iam::222222222222:role/x", []string{"oidc-provider/ISSUER"}},
		"a provider of the payer's account":  {primarySettings, oidc, strings.Replace(providerARN, primaryAccount, payerAccount, 1), []string{"111111111111", "222222222222"}},
		"a provider in China":                {primarySettings, oidc, strings.Replace(providerARN, "arn:aws:", "arn:aws-cn:", 1), []string{"partition aws-cn"}},
		"a provider for Pod Identity":        {pods, oidc, "create", []string{"needs none", "remove it"}},
		"a provider for a new cluster":       {created, oidc, providerARN, []string{"comes with its own"}},
		"an identity that is none":           {primarySettings, "kubecost-cur:identity", "kiam", []string{"irsa or pod-identity"}},
		"an identity that the payer has not": {payerSettings, "kubecost-cur:identity", "Pod-Identity", []string{"irsa or pod-identity"}},
		"Pod Identity without EKS":           {with(alone, map[string]string{oidc: "(removed)"}), "kubecost-cur:identity", "pod-identity", []string{"clusterName is missing"}},
		"a new cluster of a kubeconfig":      {created, config, plain, []string{"createCluster", "remove one"}},
		"a new cluster without a name":       {created, "kubecost-cur:clusterName", "(removed)", []string{"is missing"}},
		"a version that is none":             {created, "kubecost-cur:clusterVersion", "1.3", []string{"1.33", "quotes"}},
		"a version of an old cluster":        {primarySettings, "kubecost-cur:clusterVersion", "1.33", []string{"createCluster"}},
		"an instance type that is none":      {created, "kubecost-cur:nodeInstanceType", "large", []string{"m6i.large"}},
		"a cluster without nodes":            {created, "kubecost-cur:nodeCount", "0", []string{"at least 1"}},
		"nodes of an old cluster":            {primarySettings, "kubecost-cur:nodeCount", "3", []string{"createCluster"}},
		"a check that is neither":            {primarySettings, "kubecost-cur:checkCluster", "sometimes", []string{"true or false"}},
	})
}

func TestNoFaultOfAKubeconfigTellsWhatIsInIt(t *testing.T) {
	token := kubeconfigOf(apiServer().URL, "{token: "+plantedToken+"}")
	for name, settings := range map[string]map[string]string{
		"in plain":              byKubeconfig(token),
		"no kubeconfig":         byKubeconfig(plantedToken),
		"of a payer":            with(payerSettings, map[string]string{"kubecost-cur:kubeconfig": token}),
		"with a context amiss":  with(byKubeconfig(token), map[string]string{"kubecost-cur:kubeconfigContext": "third"}),
		"with YAML that breaks": byKubeconfig(token + "\n\t" + plantedToken),
	} {
		err := run(t, &recorder{payerOutputs: payerOutputs()}, settings["kubecost-cur:side"], settings)
		if err == nil || strings.Contains(err.Error(), plantedToken) {
			t.Errorf("%s: the error is missing, or tells the token: %v", name, err)
		}
	}
}
