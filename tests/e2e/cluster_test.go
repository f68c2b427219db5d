package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// billed brings a world's payer up and delivers a bill; what it returns asks for it as Kubecost does, and by which role.
func (w *world) billed() func(role string) {
	w.t.Helper()
	w.up("payer")
	delivered, ask := w.bill()
	return func(role string) {
		w.t.Helper()
		answer := w.reads(delivered, ask)
		if answer.RoleARN != role {
			w.t.Errorf("the pod has the role %s, want %s", answer.RoleARN, role)
		}
	}
}

// nothing expects that a stack has registered nothing but what its look-ups need: references and providers.
func (w *world) nothing(name string) {
	w.t.Helper()
	for _, r := range w.resources(name) {
		if !strings.HasPrefix(string(r.Type), "pulumi:") || strings.Contains(string(r.Type), "kubernetes") {
			w.t.Errorf("it registered %s", r.URN)
		}
	}
}

// readerRole is the role that the world's primary stack makes.
func (w *world) readerRole() string { return "arn:aws:iam::" + w.primary + ":role/kubecost-cur-reader" }

func TestAKubeconfigIsEnoughToReachTheCluster(t *testing.T) {
	w := newWorld(t)
	ask := w.billed()
	kubeconfig, err := os.ReadFile(box.Env.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	_, token, _ := strings.Cut(string(kubeconfig), `"token": "`)
	token, _, _ = strings.Cut(token, `"`)
	w.settings["clusterName"] = ""
	w.settings["oidcProvider"] = "arn:aws:iam::" + w.primary + ":oidc-provider/" + strings.TrimPrefix(box.Issuer(), "https://")
	stack := w.stack("primary")
	set := func(text string, secret bool) {
		t.Helper()
		if err := stack.SetConfig(t.Context(), "kubecost-cur:kubeconfig", auto.ConfigValue{Value: text, Secret: secret}); err != nil {
			t.Fatal(err)
		}
	}
	const planted = "planted-token" // not the real one: what was set in plain stays in the stack's history
	set(strings.ReplaceAll(string(kubeconfig), token, planted), false)
	if said := w.refuse(stack, "kubecost-cur:kubeconfig", "users[sandbox].token", "--secret", "nothing was changed"); strings.Contains(said, planted) {
		t.Errorf("it tells the token:\n%s", said)
	}
	set(string(kubeconfig), true)
	seen := &watch{t: t, keys: map[string]string{"the kubeconfig's token": token}}
	seen.ups(stack)
	seen.clean("an update")
	seen.previews(stack)
	seen.clean("a preview")
	for _, folder := range []string{"state", "work"} {
		seen.files(filepath.Join(box.Env.Dir, folder, w.name))
		seen.clean("the files in " + folder)
	}
	ask(w.readerRole())
	if _, err := stack.Preview(t.Context(), optpreview.Refresh(), optpreview.ExpectNoChanges()); err != nil {
		t.Errorf("a preview after the update: %v", err)
	}
	// The look-up in its place leads to the same cluster, so nothing in it changes.
	delete(w.settings, "clusterName")
	delete(w.settings, "oidcProvider")
	if got := fmt.Sprint(w.changes("primary")); got != "map[cluster:update]" {
		t.Errorf("going back to the look-up would %s", got)
	}
	w.up("primary")
	// Another way to the cluster that EKS has is no other cluster.
	set(strings.ReplaceAll(string(kubeconfig), "https://127.0.0.1:", "https://localhost:"), true)
	var said bytes.Buffer
	if _, err := stack.Preview(t.Context(), optpreview.Diff(), optpreview.ProgressStreams(&said)); err != nil || !strings.Contains(said.String(), "~ pulumi:providers:kubernetes: (update)") || strings.Contains(said.String(), "replace") {
		t.Errorf("by another address of the API server, %v, and it would\n%s", err, said.String())
	}
	if _, err := stack.Destroy(t.Context(), optdestroy.SuppressProgress()); err != nil {
		t.Fatal(err)
	}
	w.destroy("payer")
	w.empty()
}

func TestTheOIDCProviderIsMadeForAClusterThatHasNone(t *testing.T) {
	w := newWorldOf(t, sandbox.WorldOptions{NoOIDCProvider: true})
	ask := w.billed()
	w.refuse(w.stack("primary"), "oidcProvider to create", "associate-iam-oidc-provider")
	w.settings["oidcProvider"] = "create"
	w.up("primary")
	ask(w.readerRole())
	w.unchanged("primary")
	w.unchanged("primary", optpreview.Refresh())
	for _, found := range []string{"", "arn:aws:iam::" + w.primary + ":oidc-provider/" + strings.TrimPrefix(box.Issuer(), "https://")} {
		w.settings["oidcProvider"] = found
		w.refuse(w.stack("primary"), "this stack has made the OIDC provider", "oidcProvider to create again", "nothing was changed")
	}
	w.destroy("primary")
	w.settings["oidcProvider"] = ""
	w.refuse(w.stack("primary"), "oidcProvider to create") // it is gone

	other := newWorld(t)
	other.up("payer")
	other.settings["oidcProvider"] = "create"
	other.refuse(other.stack("primary"), "has an IAM OIDC provider already", "oidcProvider to lookup", "nothing was changed")
	other.nothing("primary")
}

func TestPodIdentityTakesThePlaceOfIRSA(t *testing.T) {
	w := newWorldOf(t, sandbox.WorldOptions{PodIdentityAgent: true, NoOIDCProvider: true})
	ask := w.billed()
	w.settings["identity"] = "pod-identity"
	w.refuse(w.stack("primary"), `readerIdentity is "irsa"`, "both stacks")
	if got := fmt.Sprint(w.changes("payer")); got != "map[kubecost-payer-role:update]" {
		t.Errorf("letting session tags in would %s", got)
	}
	w.up("payer")
	w.up("primary")
	ask(w.readerRole())
	w.unchanged("primary")
	w.unchanged("primary", optpreview.Refresh())

	// Back to IRSA, by a provider that is made for it.
	w.settings["identity"], w.settings["oidcProvider"] = "", "create"
	want := "map[kubecost-identity:update kubecost-identity-assume-payer:update kubecost-identity-oidc-provider:create " +
		"kubecost-identity-pod-identity:delete kubecost-identity-service-account:update]"
	if got := fmt.Sprint(w.changes("primary")); got != want {
		t.Errorf("going back to IRSA would %s\nwant %s", got, want)
	}
	w.up("primary")
	// The documented restart: what a pod gets is decided when it is made.
	if err := box.Cluster.RestartPods(t.Context(), w.name, "app=cost-analyzer"); err != nil {
		t.Fatal(err)
	}
	ask(w.readerRole())
}

func TestPodIdentityWithoutItsAgentIsRefused(t *testing.T) {
	w := newWorld(t)
	w.settings["identity"] = "pod-identity"
	w.up("payer")
	w.refuse(w.stack("primary"), "eks-pod-identity-agent", "aws eks create-addon --cluster-name primary --region us-east-2")
	w.nothing("primary")
}

func TestAClusterThatDoesNotAnswerOrIsTheStacksOwnIsNamedInThePreview(t *testing.T) {
	w := newWorld(t)
	w.up("payer")
	own := map[string]string{"pulumi-stack": "organization/kubecost-cur/primary"} // as a new cluster has it
	w.must(errors.Join(box.AddDeadCluster(t.Context(), w.primary, "dead", nil), box.AddDeadCluster(t.Context(), w.primary, "own", own)))
	w.settings["clusterName"] = "own"
	w.refuse(w.stack("primary"), "this stack has made the EKS cluster", "cluster/own", "createCluster to true again", "nothing was changed")
	w.settings["clusterName"] = "dead"
	said := w.refuse(w.stack("primary"), `cluster "dead" (setting clusterName)`, "https://127.0.0.1:1", "connection refused", "checkCluster", "nothing was changed")
	for _, noise := range []string{"panic", "kubeVersion", "goroutine"} {
		if strings.Contains(said, noise) {
			t.Errorf("it says %q:\n%s", noise, said)
		}
	}
	w.nothing("primary")
	// From where the API server cannot be reached, a preview is still to be had.
	w.settings["checkCluster"] = "false"
	if changes := w.changes("primary"); changes["kubecost-release"] != "create" || changes["kubecost-identity"] != "create" {
		t.Errorf("a preview without the API server would %v", changes)
	}
}
