package e2e

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// releasesDir has the states of earlier releases' stacks.
const releasesDir = "testdata/releases"

// What a stack of an earlier release has in its state is kept in a folder each: exported after an `up` in a sandbox of
// that release, without what differs from one machine to another: where the cluster is.
func TestAnUpgradeChangesNothingThatAnEarlierReleaseMade(t *testing.T) {
	releases, err := os.ReadDir(releasesDir)
	if err != nil || len(releases) == 0 {
		t.Fatalf("there are %d earlier releases: %v", len(releases), err)
	}
	for _, release := range releases {
		t.Log(release.Name())
		w := newWorld(t)
		ca := base64.StdEncoding.EncodeToString(box.Cluster.CA)
		here := strings.NewReplacer("CLUSTER_ENDPOINT", box.Cluster.Endpoint, "CLUSTER_CA", ca)
		// The earlier release ran with the example files as they are: the secret's name is a hash that the accounts are in.
		w.payer, w.primary, w.settings["namespace"] = sandbox.PayerAccount, sandbox.PrimaryAccount, ""
		for _, name := range []string{"payer", "primary"} {
			b, err := os.ReadFile(filepath.Join(releasesDir, release.Name(), name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var state struct{ Deployment map[string]json.RawMessage }
			if err := json.Unmarshal([]byte(here.Replace(string(b))), &state); err != nil {
				t.Fatal(err)
			}
			if err := importState(t.Context(), w.stack(name), state.Deployment); err != nil {
				t.Fatal(err)
			}
			// The first release did not say by what the cluster is told from others.
			if got := fmt.Sprint(w.changes(name)); got != map[string]string{"payer": "map[]", "primary": "map[cluster:update]"}[name] {
				t.Errorf("stack %s: an upgrade would %s", name, got)
			}
		}
	}
}

// importState gives a new stack the resources of another's state; its secrets, which are in plain there, are encrypted with the new
// stack's key.
func importState(ctx context.Context, stack auto.Stack, deployment map[string]json.RawMessage) error {
	own, err := stack.Export(ctx)
	if err != nil {
		return err
	}
	var fresh map[string]json.RawMessage
	if err := json.Unmarshal(own.Deployment, &fresh); err != nil {
		return err
	}
	deployment["secrets_providers"] = fresh["secrets_providers"]
	if own.Deployment, err = json.Marshal(deployment); err != nil {
		return err
	}
	return stack.Import(ctx, own)
}
