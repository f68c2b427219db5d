package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

func TestFromEmptyAccountsToAKubecostThatReadsTheBill(t *testing.T) {
	w := newWorld(t)
	w.empty()

	w.up("payer")
	delivered, ask := w.bill()
	if left, err := box.Env.Leftovers(t.Context(), w.payer); err != nil || len(left) != 6 {
		t.Errorf("the payer stack made %v (%v); want two buckets, a role, a database, a work group and a report", left, err)
	}
	outputs := w.up("primary").Outputs
	if got := outputs["releaseStatus"].Value; got != "deployed" {
		t.Errorf("the release is %v", got)
	}
	for _, name := range []string{"logsCommand", "statusCommand", "uiCommand"} {
		if command, _ := outputs[name].Value.(string); !strings.HasPrefix(command, "kubectl ") {
			t.Errorf("output %s is %v, not a command to run", name, outputs[name].Value)
		}
	}

	answer := w.reads(delivered, ask)
	if want := outputs["readerRoleArn"].Value; answer.RoleARN != want {
		t.Errorf("the pod has the role %s, want %v", answer.RoleARN, want)
	}

	t.Run("a second update changes nothing", func(t *testing.T) {
		for _, name := range []string{"payer", "primary"} {
			stack := w.stack(name)
			if _, err := stack.Up(t.Context(), optup.ExpectNoChanges(), optup.Color("never"), optup.SuppressProgress()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	t.Run("nothing has drifted after a delivery and a query", func(t *testing.T) {
		w.unchanged("payer", optpreview.Refresh())
		w.unchanged("primary", optpreview.Refresh())
	})
	t.Run("no key of an account is in a state", func(t *testing.T) {
		for _, name := range []string{"payer", "primary"} {
			stack := w.stack(name)
			exported, err := stack.Export(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for account, c := range box.Env.Accounts {
				if strings.Contains(string(exported.Deployment), c.SecretAccessKey) {
					t.Errorf("the state of %s has the secret key of account %s", name, account)
				}
			}
			if strings.Contains(string(exported.Deployment), "k8s-aws-v1.") {
				t.Errorf("the state of %s has a token for the cluster", name)
			}
		}
	})
	t.Run("destroy leaves nothing", func(t *testing.T) {
		w.destroy("primary")
		w.destroy("payer")
		w.empty()
		if pods, err := box.Cluster.Pods(t.Context(), w.name, ""); err != nil || len(pods) > 0 {
			t.Errorf("left in the cluster: %v, %v", pods, err)
		}
	})
}

func TestBeforeTheFirstDeliveryKubecostFindsAnEmptyTable(t *testing.T) {
	w := newWorld(t)
	w.up("payer")
	w.up("primary")
	month := sandbox.Month(time.Now())
	answer, err := box.Ask(t.Context(), w.name, month, month.AddDate(0, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Costs) > 0 || answer.Columns < 20 {
		t.Errorf("before a delivery there are %d costs and %d columns", len(answer.Costs), answer.Columns)
	}
}
