package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/debug"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
)

// plantedValue is a secret among the user's own Helm values.
const plantedValue = "planted-value-of-a-chart"

// withSecrets is the primary stack with a secret in every setting that may have one, and what they are.
func (w *world) withSecrets(t *testing.T) (auto.Stack, map[string]string) {
	t.Helper()
	keys := plantedKeys(t)
	stack := w.withKeys("athena", keys, "azure", "gcp", "alibaba", "oci")
	value, options := auto.ConfigValue{Value: plantedValue, Secret: true}, &auto.ConfigOptions{Path: true}
	if err := stack.SetConfigWithOptions(t.Context(), "kubecost-cur:values.extraSecret", value, options); err != nil {
		t.Fatal(err)
	}
	all := maps.Clone(keys)
	all["values.extraSecret"] = plantedValue
	return stack, all
}

func TestNoSecretOfTheSettingsIsSeenWhereverOneLooks(t *testing.T) {
	w := newWorld(t)
	w.up("payer")
	stack, keys := w.withSecrets(t)
	seen := &watch{t: t, keys: keys}

	seen.previews(stack)
	fmt.Fprintln(seen, w.pulumi(stack, "preview", "--json", "--diff", "--show-sames"))
	seen.clean("previews")
	// A higher level of the engine's own log has the inputs of every resource in plain, as Pulumi says of it.
	fmt.Fprintln(seen, w.pulumi(stack, "preview", "--debug", "--logtostderr", "-v=3"))
	seen.clean("a preview with the engine's log")
	seen.ups(stack)
	seen.previews(stack, optpreview.Refresh(), optpreview.ExpectNoChanges())
	seen.refreshes(stack)
	seen.clean("an update, a preview and a refresh")
	for _, args := range [][]string{
		{"stack", "output", "--json"}, {"stack", "export"}, {"stack", "--show-ids", "--show-urns"}, {"stack", "history", "--json"}, {"config", "--json"},
	} {
		fmt.Fprintln(seen, w.pulumi(stack, args...))
		seen.clean("pulumi " + strings.Join(args, " "))
	}
	for _, folder := range []string{"state", "work"} {
		seen.files(filepath.Join(box.Env.Dir, folder, w.name))
		seen.clean("the files in " + folder)
	}

	seen.cluster(w)
	seen.clean("Kubernetes's objects but secrets, and what secrets say of themselves")

	p := w.patient()
	p.deliver()
	for _, args := range [][]string{{"doctor", "--json"}, {"doctor"}, {"costs"}, {"costs", "--csv"}} {
		out, said, _ := p.run(append(args, p.access()...)...)
		fmt.Fprintln(seen, out, said)
		seen.clean("kubecost-cur " + strings.Join(args, " "))
	}
	// With the file damaged, too, which the doctor then quotes from.
	object := p.secret()
	for _, damaged := range []string{object.file()[1:], strings.Replace(object.file(), `"region"`, `"Region"`, -1), object.file() + "}"} {
		p.recreateSecret(object, damaged)
		out, said, code := p.run(append([]string{"doctor", "--json"}, p.access()...)...)
		if code == 0 {
			t.Errorf("the doctor finds nothing wrong with a damaged file: %s", out)
		}
		fmt.Fprintln(seen, out, said)
		seen.clean("the doctor on a damaged file")
	}

	// Everything that AWS and Kubernetes wrote into their logs meanwhile, for this test and all others.
	for _, file := range []string{"aws.log", "kubernetes/apiserver.log", "kubernetes/controller-manager.log", "kubernetes/eks.log"} {
		seen.file(filepath.Join(box.Env.Dir, file))
	}
	seen.clean("the logs of AWS and Kubernetes")

	if _, err := stack.Destroy(t.Context(), optdestroy.ProgressStreams(seen), optdestroy.ErrorProgressStreams(seen)); err != nil {
		t.Fatal(err)
	}
	seen.clean("a destroy")
}

// What is wrong with a secret is said without it.
func TestARefusedSecretIsNotTold(t *testing.T) {
	w := newWorld(t)
	w.up("payer")
	stack, keys := w.withSecrets(t)
	seen := &watch{t: t, keys: map[string]string{}}
	for path, broken := range map[string]string{
		"azure[0].storageAccessKey":  "not base64: planted-azure-secret",
		"gcp[0].serviceAccountKey":   `{"type": "service_account", "private_key": "planted-gcp-secret"`,
		"alibaba[0].accessKeySecret": "planted-alibaba-secret\n",
		"oci[0].privateKey":          "-----BEGIN planted-oci-secret",
	} {
		seen.keys[path] = broken[strings.Index(broken, "planted-"):]
		value, options := auto.ConfigValue{Value: broken, Secret: true}, &auto.ConfigOptions{Path: true}
		if err := stack.SetConfigWithOptions(t.Context(), "kubecost-cur:"+path, value, options); err != nil {
			t.Fatal(err)
		}
	}
	for path, key := range keys {
		if _, broken := seen.keys[path]; !broken {
			seen.keys[path] = key
		}
	}
	fmt.Fprintln(seen, w.refuse(stack, "gcp[0].serviceAccountKey", "nothing was changed"))
	seen.files(filepath.Join(box.Env.Dir, "state", w.name))
	seen.clean("settings that are refused")
}

// refreshes reads what is there into the state.
func (w *watch) refreshes(stack auto.Stack) {
	w.t.Helper()
	channel, wait := w.events()
	result, err := stack.Refresh(w.t.Context(), optrefresh.EventStreams(channel), optrefresh.ProgressStreams(w), optrefresh.ErrorProgressStreams(w),
		optrefresh.DebugLogging(debug.LoggingOptions{Debug: true}))
	wait()
	if err != nil {
		w.t.Fatalf("refreshing it: %v", err)
	}
	fmt.Fprintln(w, result.StdOut, result.StdErr)
}

// file adds a file.
func (w *watch) file(name string) {
	w.t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		w.t.Fatal(err)
	}
	fmt.Fprintln(w, name, string(b))
}

// cluster adds all objects of the world's namespace, secrets without their data.
func (w *watch) cluster(in *world) {
	w.t.Helper()
	in.eachKind(func(path string, object map[string]any) {
		if strings.HasSuffix(path, "/secrets") {
			delete(object, "data")
		}
		if err := json.NewEncoder(w).Encode(object); err != nil {
			w.t.Error(err)
		}
	})
	if text := w.text.String(); !strings.Contains(text, "kubecost-cost-analyzer") || !strings.Contains(text, "sh.helm.release.v1") {
		w.t.Errorf("of the cluster's objects this was seen:\n%s", text)
	}
}

// eachKind visits all objects of the world's namespace.
func (w *world) eachKind(visit func(path string, object map[string]any)) {
	w.t.Helper()
	type resources struct {
		Resources []struct {
			Name       string
			Namespaced bool
			Verbs      []string
		}
	}
	groups := []string{"/api/v1"}
	var all struct {
		Groups []struct {
			PreferredVersion struct{ GroupVersion string }
		}
	}
	if err := box.Cluster.Get(w.t.Context(), "/apis", &all); err != nil {
		w.t.Fatal(err)
	}
	for _, g := range all.Groups {
		groups = append(groups, "/apis/"+g.PreferredVersion.GroupVersion)
	}
	for _, group := range groups {
		var kinds resources
		if err := box.Cluster.Get(w.t.Context(), group, &kinds); err != nil {
			w.t.Fatal(err)
		}
		for _, kind := range kinds.Resources {
			if !kind.Namespaced || !slices.Contains(kind.Verbs, "list") {
				continue
			}
			path := group + "/namespaces/" + w.name + "/" + kind.Name
			var list struct{ Items []map[string]any }
			if err := box.Cluster.Get(w.t.Context(), path, &list); err != nil {
				w.t.Fatal(err)
			}
			for _, object := range list.Items {
				visit(path, object)
			}
		}
	}
}

// The search finds a secret in each form that it may have.
func TestASecretIsFoundInEachForm(t *testing.T) {
	const key = "planted/secret+of=28characters"
	for form, text := range map[string]string{
		"as it is": "x" + key + "x", "in base64": "cGxhbnRlZC9zZWNyZXQrb2Y9MjhjaGFyYWN0ZXJz",
		"behind two letters, in base64": "eHhwbGFudGVkL3NlY3JldCtvZj0yOGNoYXJhY3RlcnM=", "in a URL": "?key=planted%2Fsecret%2Bof%3D28characters",
	} {
		var found bytes.Buffer
		for _, where := range forms(key) {
			if strings.Contains(text, where) {
				fmt.Fprint(&found, where)
			}
		}
		if found.Len() == 0 {
			t.Errorf("%s: it is not found in %s", form, text)
		}
	}
}
