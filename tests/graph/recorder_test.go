// Package graph tests the resource graph of both stacks with Pulumi's mocks: which resources, with which inputs, below which
// parents, after which others.
package graph

import (
	"cmp"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/stacks"
)

const (
	payerAccount   = "111111111111"
	primaryAccount = "222222222222"
	issuer         = "https://oidc.eks.us-east-2.amazonaws.com/id/ABCDEF"
	// Of a cluster that the program makes.
	newIssuer     = "https://oidc.eks.us-east-2.amazonaws.com/id/FEDCBA"
	newKubeconfig = `{"apiVersion":"v1","kind":"Config"}`
)

// recorder is a mock engine that remembers what is registered.
type recorder struct {
	mu        sync.Mutex
	resources []registered
	calls     []string
	// there is what look-ups find, by their token: a map[string]any of outputs, or an error.
	there map[string]any
	// askedOf are the providers that look-ups ran with; empty for the default one.
	askedOf map[string]string
	// partition is that of what it makes up; empty for aws.
	partition string
	own       string // name of the stack that runs
	// payerOutputs are the outputs of the payer stack; nil for a stack that is not there.
	payerOutputs map[string]any
	// change, unless it is nil, changes what an invoke answers; an error of it is the invoke's.
	change func(token string, answer map[string]any) error
	// otherStacks are the outputs of further stacks, by full name.
	otherStacks map[string]map[string]any
}

func (r *recorder) iam() string { return "arn:" + cmp.Or(r.partition, "aws") + ":iam::" }

func (r *recorder) outputsOf(stack string) map[string]any {
	if outputs, ok := r.otherStacks[stack]; ok {
		return outputs
	}
	return r.payerOutputs
}

type registered struct {
	token    string
	name     string
	inputs   map[string]any
	parent   string // URN
	provider string
	protect  bool
	version  string              // of the plugin that is asked for
	retained bool                // when it is deleted
	first    bool                // when it is replaced, it is deleted before the other is made
	after    []string            // URNs
	ignored  []string            // properties whose changes are ignored
	from     map[string][]string // URNs that a property's value comes from
}

func (r *recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	if args.TypeToken == "pulumi:pulumi:StackReference" {
		return args.Name, resource.NewPropertyMapFromMap(map[string]any{"name": args.Name, "outputs": r.outputsOf(args.Name)}), nil
	}
	one := registered{token: args.TypeToken, name: args.Name, inputs: args.Inputs.Mappable(), provider: args.Provider}
	if args.RegisterRPC != nil {
		one.retained = args.RegisterRPC.GetRetainOnDelete()
		one.first = args.RegisterRPC.GetDeleteBeforeReplace()
		one.ignored = args.RegisterRPC.GetIgnoreChanges()
		one.parent, one.protect, one.after = args.RegisterRPC.GetParent(), args.RegisterRPC.GetProtect(), args.RegisterRPC.GetDependencies()
		one.version = args.RegisterRPC.GetVersion()
		one.from = map[string][]string{}
		for property, sources := range args.RegisterRPC.GetPropertyDependencies() {
			one.from[property] = sources.GetUrns()
		}
	}
	r.mu.Lock()
	r.resources = append(r.resources, one)
	r.mu.Unlock()

	outputs := args.Inputs.Copy()
	switch args.TypeToken {
	case "aws:iam/role:Role":
		account := payerAccount
		if strings.Contains(args.Name, "identity") {
			account = primaryAccount
		}
		outputs["arn"] = resource.NewStringProperty(r.iam() + account + ":role/" + roleName(args))
	case "aws:iam/openIdConnectProvider:OpenIdConnectProvider":
		url := args.Inputs["url"].StringValue()
		outputs["arn"] = resource.NewStringProperty("arn:aws:iam::" + primaryAccount + ":oidc-provider/" + strings.TrimPrefix(url, "https://"))
	case "eks:index:Cluster":
		host := strings.TrimPrefix(newIssuer, "https://")
		outputs["kubeconfigJson"] = resource.NewStringProperty(newKubeconfig)
		outputs["oidcIssuer"] = resource.NewStringProperty(host)
		outputs["oidcProviderArn"] = resource.NewStringProperty("arn:aws:iam::" + primaryAccount + ":oidc-provider/" + host)
	case "kubernetes:helm.sh/v3:Release":
		outputs["status"] = resource.NewObjectProperty(resource.PropertyMap{"status": resource.NewStringProperty("deployed")})
	}
	return args.Name + "-id", outputs, nil
}

// roleName is a role's name, which is made up for those that are given none.
func roleName(args pulumi.MockResourceArgs) string {
	if name, given := args.Inputs["name"]; given {
		return name.StringValue()
	}
	return args.Name + "-made-up"
}

func (r *recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	r.mu.Lock()
	r.calls = append(r.calls, args.Token)
	if r.askedOf == nil {
		r.askedOf = map[string]string{}
	}
	r.askedOf[args.Token] = args.Provider
	r.mu.Unlock()
	switch found := r.there[args.Token].(type) {
	case map[string]any:
		return resource.NewPropertyMapFromMap(found), nil
	case error:
		return nil, found
	}
	answer, err := r.answer(args)
	if err == nil && r.change != nil {
		err = r.change(args.Token, answer)
	}
	if err != nil {
		return nil, err
	}
	return resource.NewPropertyMapFromMap(answer), nil
}

func (r *recorder) answer(args pulumi.MockCallArgs) (map[string]any, error) {
	switch args.Token {
	case "pulumi:pulumi:readStackOutputs":
		name := args.Args["name"].StringValue()
		outputs := r.outputsOf(name)
		if outputs == nil && strings.HasSuffix(name, "/"+r.own) {
			outputs = map[string]any{} // a stack that was never up
		}
		if outputs == nil {
			return nil, fmt.Errorf("unknown stack %q", name)
		}
		var secret []any
		for key, value := range outputs {
			if _, is := value.(*resource.Secret); is {
				secret = append(secret, key)
			}
		}
		return map[string]any{"name": name, "outputs": outputs, "secretOutputNames": secret}, nil
	case "aws:eks/getCluster:getCluster":
		name := args.Args["name"].StringValue()
		return map[string]any{
			"name": name, "endpoint": apiServer().URL, "status": "ACTIVE",
			"arn":                    "arn:aws:eks:us-east-2:" + primaryAccount + ":cluster/" + name,
			"certificateAuthorities": []any{map[string]any{"data": base64.StdEncoding.EncodeToString(apiServerCA())}},
			"identities":             []any{map[string]any{"oidcs": []any{map[string]any{"issuer": issuer}}}},
		}, nil
	case "aws:eks/getAddon:getAddon":
		return args.Args.Mappable(), nil
	case "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider":
		if named := args.Args["arn"]; named.IsString() {
			return map[string]any{"arn": named.StringValue()}, nil
		}
		return map[string]any{
			"arn": r.iam() + primaryAccount + ":oidc-provider/" + strings.TrimPrefix(args.Args["url"].StringValue(), "https://"),
			"url": args.Args["url"].StringValue(),
		}, nil
	}
	return nil, fmt.Errorf("an invoke that the program should not need: %s", args.Token)
}

// apiServer is the clusters' API server. It lets nobody in, which is an answer.
var apiServer = sync.OnceValue(func() *httptest.Server {
	return httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
})

func apiServerCA() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: apiServer().Certificate().Raw})
}

// one returns the only resource of a type whose name contains part.
func (r *recorder) one(t *testing.T, token, part string) registered {
	t.Helper()
	var found []registered
	for _, res := range r.resources {
		if res.token == token && strings.Contains(res.name, part) {
			found = append(found, res)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d resources of type %s with %q in their name, want 1", len(found), token, part)
	}
	return found[0]
}

func (r *recorder) count() map[string]int {
	counts := map[string]int{}
	for _, res := range r.resources {
		counts[res.token]++
	}
	return counts
}

// isAfter says whether a resource depends on another, by that one's name.
func (one registered) isAfter(name string) bool {
	return slices.ContainsFunc(one.after, func(urn string) bool { return strings.HasSuffix(urn, "::"+name) })
}

// run runs the program with these settings, and holds what it registers against the guard rails.
func run(t testing.TB, r *recorder, stack string, settings map[string]string) error {
	t.Helper()
	r.own = stack
	err := pulumi.RunErr(stacks.Run, pulumi.WithMocks("kubecost-cur", stack, r), func(info *pulumi.RunInfo) {
		info.Config = settings
	})
	if err == nil {
		keepsGuardrails(t, r, settings)
	}
	return err
}

func with(settings, changes map[string]string) map[string]string {
	all := maps.Clone(settings)
	for key, value := range changes {
		if value == "(removed)" {
			delete(all, key)
		} else {
			all[key] = value
		}
	}
	return all
}

var payerSettings = map[string]string{
	"aws:region":                    "us-east-2",
	"aws:allowedAccountIds":         `["111111111111"]`,
	"kubecost-cur:side":             "payer",
	"kubecost-cur:payerAccountId":   payerAccount,
	"kubecost-cur:primaryAccountId": primaryAccount,
}

var primarySettings = map[string]string{
	"aws:region":                    "us-east-2",
	"aws:allowedAccountIds":         `["222222222222"]`,
	"kubecost-cur:side":             "primary",
	"kubecost-cur:payerAccountId":   payerAccount,
	"kubecost-cur:primaryAccountId": primaryAccount,
	"kubecost-cur:payerStack":       "payer",
	"kubecost-cur:clusterName":      "primary",
}

var bothSettings = map[string]string{
	"aws:region":                    "us-east-2",
	"aws:allowedAccountIds":         `["222222222222"]`,
	"aws:profile":                   "primary",
	"kubecost-cur:side":             "both",
	"kubecost-cur:payerAccountId":   payerAccount,
	"kubecost-cur:primaryAccountId": primaryAccount,
	"kubecost-cur:payerProfile":     "payer",
	"kubecost-cur:clusterName":      "primary",
}

func payerOutputs() map[string]any {
	return map[string]any{
		"athenaBucketName": "s3://kubecost-athena-111111111111-us-east-2", "athenaRegion": "us-east-2",
		"athenaDatabase": "athenacurcfn_kubecost", "athenaTable": "kubecost", "athenaWorkgroup": "kubecost-cur",
		"projectID": payerAccount, "masterPayerARN": "arn:aws:iam::111111111111:role/kubecost-cur-access",
		"curBucketName": "kubecost-cur-111111111111-us-east-2", "curPrefix": "cur", "reportName": "kubecost",
		"trustedRoleArn": "arn:aws:iam::222222222222:role/kubecost-cur-reader", "contractVersion": "1",
	}
}
