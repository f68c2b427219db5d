package graph

import (
	"os"
	"reflect"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/internal/guardrails"
	"github.com/kubecost-cur/kubecost-cur/tests/policypack"
)

// packSettings are settings of each side with which the policy pack is run, in the process that the engine would run.
var packSettings = map[string][]map[string]string{
	"payer": {
		nil,
		{"kubecost-cur:reportProtect": "false", "kubecost-cur:forceDestroy": "true"},
		{"kubecost-cur:reportExpirationDays": "30"},
		{"kubecost-cur:catalogMode": "crawler", "kubecost-cur:crawlerTrigger": "event"},
		{"kubecost-cur:kmsKeyArn": keyOfPayer, "kubecost-cur:lakeFormation": "true", "kubecost-cur:strictTrust": "true"},
		{"kubecost-cur:reportVersion": "2", "kubecost-cur:workGroupName": "primary", "kubecost-cur:resultsPrefix": "kubecost/prod"},
	},
	"primary": {
		nil,
		{"kubecost-cur:chartLine": "kubecost-3"},
		{"kubecost-cur:createCluster": "true", "kubecost-cur:clusterVersion": "1.33"},
	},
	"both": {nil},
}

func TestThePolicyPackSaysOfEachGraphWhatTheGuardRailsSay(t *testing.T) {
	dir, err := policypack.Install(t.Context(), "../..", os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	pack, err := policypack.Start(t.Context(), dir, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pack.Stop)
	said := 0
	for side, all := range packSettings {
		for _, changes := range all {
			r := &recorder{payerOutputs: payerOutputs()}
			settings := map[string]map[string]string{"payer": payerSettings, "primary": primarySettings, "both": bothSettings}[side]
			if err := run(t, r, side, with(settings, changes)); err != nil {
				t.Fatalf("%s with %v: %v", side, changes, err)
			}
			violations, err := pack.Check(r.planned())
			if err != nil {
				t.Fatalf("%s with %v: %v", side, changes, err)
			}
			got, want := policypack.Sorted(violations), policypack.Sorted(guardrails.Check(r.planned()))
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s with %v: the pack says\n%v\nthe guard rails\n%v", side, changes, got, want)
			}
			said += len(got)
		}
	}
	if said == 0 {
		t.Error("the pack says nothing, also of settings that break a rule")
	}
}
