package server

import (
	"context"
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/wire"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

// kubeconfig leads to a port on which nothing listens.
const kubeconfig = `{"apiVersion": "v1", "kind": "Config", "current-context": "main",
 "clusters": [{"name": "main", "cluster": {"server": "https://127.0.0.1:1"}}],
 "contexts": [{"name": "main", "context": {"cluster": "main", "user": "main"}}],
 "users": [{"name": "main", "user": {}}]}`

// URNs of the resources of the tests.
const (
	secretURN  = "urn:pulumi:dev::kubecost::kubernetes:core/v1:Secret::billing"
	releaseURN = "urn:pulumi:dev::kubecost::kubernetes:helm.sh/v3:Release::kubecost"
)

type values = map[string]any

// unreachable returns a provider whose cluster does not answer.
func unreachable(t *testing.T) *Server {
	t.Helper()
	s := New()
	_, err := s.Configure(context.Background(), &pulumirpc.ConfigureRequest{
		Variables: map[string]string{"kubernetes:config:kubeconfig": kubeconfig},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// encode is a message of plain values; a resource.PropertyValue may be among the top ones.
func encode(t *testing.T, v values) *structpb.Struct {
	t.Helper()
	s, err := wire.Encode(resource.NewPropertyMapFromMap(v))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decode(t *testing.T, s *structpb.Struct) resource.PropertyMap {
	t.Helper()
	m, err := wire.Decode(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func check(t *testing.T, s *Server, urn string, olds, news values) resource.PropertyMap {
	t.Helper()
	response, err := s.Check(context.Background(), &pulumirpc.CheckRequest{
		Urn: urn, Olds: encode(t, olds), News: encode(t, news), RandomSeed: []byte("seed"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, response.GetInputs())
}

func TestSecretIsCheckedAsTheServerStoresIt(t *testing.T) {
	inputs := check(t, unreachable(t), secretURN, nil, values{
		"metadata":   values{"name": "billing"},
		"stringData": values{"cloud-integration.json": "{}"},
	})
	if !inputs["data"].IsSecret() || inputs.HasValue("stringData") {
		t.Fatalf("the secret's content is not stored as a secret: %v", inputs)
	}
	data := wire.Plain(inputs)["data"].(values)
	if want := base64.StdEncoding.EncodeToString([]byte("{}")); data["cloud-integration.json"] != want {
		t.Errorf("got %v, want %s", data, want)
	}
	if namespace := wire.Plain(inputs)["metadata"].(values)["namespace"]; namespace != "default" {
		t.Errorf("got namespace %v, want the kubeconfig's", namespace)
	}
}

func TestNameIsMadeOnceAndKept(t *testing.T) {
	s := unreachable(t)
	metadata := func(m resource.PropertyMap) values { return wire.Plain(m)["metadata"].(values) }
	first := check(t, s, secretURN, nil, values{"data": values{}})
	name, _ := metadata(first)["name"].(string)
	if !strings.HasPrefix(name, "billing-") {
		t.Fatalf("got name %q, want one made from the resource's", name)
	}
	second := check(t, s, secretURN, wire.Plain(first), values{"data": values{}})
	if metadata(second)["name"] != name {
		t.Errorf("the name changed from %s to %v", name, metadata(second)["name"])
	}
}

func TestUnknownTypeIsRefused(t *testing.T) {
	_, err := unreachable(t).Check(context.Background(), &pulumirpc.CheckRequest{
		Urn: "urn:pulumi:dev::kubecost::kubernetes:core/v1:Pod::p", News: encode(t, nil),
	})
	if err == nil || !strings.Contains(err.Error(), "kubernetes:core/v1:Pod") {
		t.Errorf("got %v, want an error that names the type", err)
	}
}

func TestDiff(t *testing.T) {
	stored := func(name, annotation string) values {
		return values{
			"apiVersion": "v1", "kind": "Secret",
			"metadata": values{"name": name, "namespace": "kubecost", "annotations": values{"note": annotation}},
			"data":     values{"k": "dg=="},
		}
	}
	live := stored("billing", "a")
	live["metadata"].(values)["uid"] = "u"
	changed := stored("billing", "a")
	changed["data"] = values{"k": "dw=="}

	for name, c := range map[string]struct {
		urn               string
		state, olds, news values
		changes, replaces string
		deleteFirst       bool
	}{
		"the server's own fields do not count": {
			urn: secretURN, state: live, olds: stored("billing", "a"), news: stored("billing", "a")},
		"an annotation changes in place": {
			urn: secretURN, state: live, olds: stored("billing", "a"), news: stored("billing", "b"),
			changes: "metadata.annotations.note"},
		"a secret's content makes a new one, after the old one of that name": {
			urn: secretURN, state: live, olds: stored("billing", "a"), news: changed,
			changes: "data.k", replaces: "data.k", deleteFirst: true},
		"a new name makes a new one, before the old one goes": {
			urn: secretURN, state: live, olds: stored("billing", "a"), news: stored("billing-2", "a"),
			changes: "metadata.name", replaces: "metadata.name"},
		"a release's values change in place": {
			urn: releaseURN, state: values{"name": "k", "values": values{"a": 1.0}, "status": values{}},
			olds: values{"name": "k", "values": values{"a": 1.0}}, news: values{"name": "k", "values": values{"a": 2.0}},
			changes: "values.a"},
		"a release's namespace makes a new one": {
			urn: releaseURN, state: values{"namespace": "a"}, olds: values{"namespace": "a"}, news: values{"namespace": "b"},
			changes: "namespace", replaces: "namespace"},
	} {
		t.Run(name, func(t *testing.T) {
			response, err := unreachable(t).Diff(context.Background(), &pulumirpc.DiffRequest{
				Urn: c.urn, Olds: encode(t, c.state), OldInputs: encode(t, c.olds), News: encode(t, c.news),
			})
			if err != nil {
				t.Fatal(err)
			}
			changes := strings.Join(slices.Sorted(maps.Keys(response.GetDetailedDiff())), " ")
			if replaces := strings.Join(response.GetReplaces(), " "); changes != c.changes || replaces != c.replaces {
				t.Errorf("changes %q and replaces %q, want %q and %q", changes, replaces, c.changes, c.replaces)
			}
			if response.GetDeleteBeforeReplace() != c.deleteFirst {
				t.Errorf("delete before replace: %t, want %t", response.GetDeleteBeforeReplace(), c.deleteFirst)
			}
		})
	}
}

func TestPreviewNeedsNoClusterButAnUpdateSaysWhatIsWrong(t *testing.T) {
	s := unreachable(t)
	for _, urn := range []string{secretURN, releaseURN} {
		request := &pulumirpc.CreateRequest{Urn: urn, Preview: true, Properties: encode(t, values{"name": "kubecost"})}
		if _, err := s.Create(context.Background(), request); err != nil {
			t.Errorf("previewing %s: %v", urn, err)
		}
		request.Preview = false
		_, err := s.Create(context.Background(), request)
		if err == nil || !strings.Contains(err.Error(), "unreachable") || !strings.Contains(err.Error(), "127.0.0.1:1") {
			t.Errorf("got %v, want that the cluster is unreachable, and which", err)
		}
	}
}

func TestObjectsOfAClusterThatIsGoneCanBeForgotten(t *testing.T) {
	remove := &pulumirpc.DeleteRequest{Urn: secretURN, Properties: encode(t, values{"kind": "Secret"})}
	_, err := unreachable(t).Delete(context.Background(), remove)
	if err == nil || !strings.Contains(err.Error(), "PULUMI_K8S_DELETE_UNREACHABLE") {
		t.Errorf("got %v, want an error that says how to go on", err)
	}
	t.Setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
	s := unreachable(t)
	if _, err := s.Delete(context.Background(), remove); err != nil {
		t.Errorf("deleting: %v", err)
	}
	if read, err := s.Read(context.Background(), &pulumirpc.ReadRequest{Urn: releaseURN, Id: "kubecost/kubecost"}); err != nil || read.GetId() != "" {
		t.Errorf("got %v, %v; want that the release is gone", read, err)
	}
}

func TestPreviewOfAReleaseDoesNotKnowItsStatus(t *testing.T) {
	response, err := unreachable(t).Create(context.Background(), &pulumirpc.CreateRequest{
		Urn: releaseURN, Preview: true, Properties: encode(t, values{"name": "kubecost"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if state := decode(t, response.GetProperties()); !state["status"].IsComputed() || state["name"].IsComputed() {
		t.Errorf("got %v, want the name known and the status not", state)
	}
}

func TestAnotherClusterReplacesTheProvider(t *testing.T) {
	unknown := resource.MakeComputed(resource.NewProperty(""))
	another := strings.Replace(kubeconfig, "127.0.0.1:1", "127.0.0.1:2", 1)
	with := func(kubeconfig, identifier any) values {
		settings := values{"kubeconfig": kubeconfig}
		if identifier != nil {
			settings["clusterIdentifier"] = identifier
		}
		return settings
	}
	for name, c := range map[string]struct {
		from, to values
		replaces string
	}{
		"the same":                           {with(kubeconfig, nil), with(kubeconfig, nil), ""},
		"other credentials":                  {with(kubeconfig, nil), with(strings.Replace(kubeconfig, `"user": {}}]`, `"user": {"token": "t"}}]`, 1), nil), ""},
		"another server":                     {with(kubeconfig, nil), with(another, nil), "kubeconfig"},
		"one not yet known":                  {with(kubeconfig, nil), with(unknown, nil), "kubeconfig"},
		"the same, as a secret":              {with(kubeconfig, nil), with(resource.MakeSecret(resource.NewProperty(kubeconfig)), nil), ""},
		"its first identifier":               {with(kubeconfig, nil), with(kubeconfig, "a"), ""},
		"an identifier no more":              {with(kubeconfig, "a"), with(kubeconfig, nil), ""},
		"another server with an identifier":  {with(kubeconfig, nil), with(another, "a"), "kubeconfig"},
		"another server of the same cluster": {with(kubeconfig, "a"), with(another, "a"), ""},
		"the same, not yet known":            {with(kubeconfig, "a"), with(unknown, "a"), ""},
		"another cluster":                    {with(kubeconfig, "a"), with(kubeconfig, "b"), "clusterIdentifier"},
		"another cluster, not yet known":     {with(kubeconfig, "a"), with(unknown, "b"), "clusterIdentifier kubeconfig"},
	} {
		t.Run(name, func(t *testing.T) {
			response, err := New().DiffConfig(context.Background(), &pulumirpc.DiffRequest{Olds: encode(t, c.from), News: encode(t, c.to)})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(response.GetReplaces(), " "); got != c.replaces {
				t.Errorf("got %v, want that %q replaces", response, c.replaces)
			}
		})
	}
}
