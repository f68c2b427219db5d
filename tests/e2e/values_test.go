package e2e

import (
	"bytes"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
)

func TestAUsersHelmValuesAreWhatRuns(t *testing.T) {
	w := newWorld(t)
	w.up("payer")
	w.settings["storageClass"] = "gp2"
	w.settings["values"] = "{service: {port: 9191}, serviceAccount: {create: true}, prometheus: {server: {persistentVolume: {size: 7Gi}}}, persistentVolume: {size: null}}"
	stack := w.stack("primary")
	var said bytes.Buffer
	if _, err := stack.Up(t.Context(), optup.Color("never"), optup.ProgressStreams(&said)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"serviceAccount.create is not taken", "the chart keeps its own value: persistentVolume.size."} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("it does not say which value it did not take, %q:\n%s", want, said.String())
		}
	}

	var services struct {
		Items []struct {
			Spec struct{ Ports []struct{ Port int } }
		}
	}
	if err := box.Cluster.Get(t.Context(), "/api/v1/namespaces/"+w.name+"/services", &services); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, s := range services.Items {
		for _, p := range s.Spec.Ports {
			found = found || p.Port == 9191
		}
	}
	if !found {
		t.Errorf("no service has the port of the settings: %+v", services.Items)
	}
	var claims struct {
		Items []struct {
			Metadata struct{ Name string }
			Spec     struct {
				StorageClassName string
				Resources        struct{ Requests struct{ Storage string } }
			}
		}
	}
	if err := box.Cluster.Get(t.Context(), "/api/v1/namespaces/"+w.name+"/persistentvolumeclaims", &claims); err != nil {
		t.Fatal(err)
	}
	sizes := map[string]bool{}
	for _, c := range claims.Items {
		if c.Spec.StorageClassName != "gp2" {
			t.Errorf("claim %s has the storage class %q", c.Metadata.Name, c.Spec.StorageClassName)
		}
		sizes[c.Spec.Resources.Requests.Storage] = true
	}
	if len(claims.Items) < 2 || !sizes["7Gi"] || !sizes["32Gi"] {
		t.Errorf("the claims are %+v; want one of the settings' size and one of the chart's", claims.Items)
	}
	w.unchanged("primary")
}
