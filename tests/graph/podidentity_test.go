package graph

import (
	"errors"
	"strings"
	"testing"
)

func podIdentityOutputs() map[string]any {
	outputs := payerOutputs()
	outputs["readerIdentity"] = "pod-identity"
	return outputs
}

func podIdentityRun(t *testing.T, r *recorder) error {
	t.Helper()
	return run(t, r, "primary", with(primarySettings, map[string]string{"kubecost-cur:identity": "pod-identity"}))
}

func TestPodIdentityGivesTheRoleByAnAssociation(t *testing.T) {
	r := &recorder{payerOutputs: podIdentityOutputs()}
	if err := podIdentityRun(t, r); err != nil {
		t.Fatal(err)
	}
	association := r.one(t, "aws:eks/podIdentityAssociation:PodIdentityAssociation", "")
	for key, want := range map[string]string{
		"clusterName": "primary", "namespace": "kubecost", "serviceAccount": "kubecost-serviceaccount",
		"roleArn": "arn:aws:iam::222222222222:role/kubecost-cur-reader",
	} {
		if association.inputs[key] != want {
			t.Errorf("the association's %s is %v, want %s", key, association.inputs[key], want)
		}
	}
	role := r.one(t, "aws:iam/role:Role", "")
	trust := role.inputs["assumeRolePolicy"].(string)
	for _, part := range []string{
		`"Principal":{"Service":["pods.eks.amazonaws.com"]}`, `"Action":["sts:AssumeRole","sts:TagSession"]`,
		`"aws:SourceArn":["arn:aws:eks:us-east-2:222222222222:cluster/primary"]`, `"aws:SourceAccount":["222222222222"]`,
		`"aws:RequestTag/kubernetes-namespace":["kubecost"]`, `"aws:RequestTag/kubernetes-service-account":["kubecost-serviceaccount"]`,
	} {
		if !strings.Contains(trust, part) {
			t.Errorf("the trust policy lacks %s: %s", part, trust)
		}
	}
	policy := r.one(t, "aws:iam/rolePolicy:RolePolicy", "").inputs["policy"].(string)
	if !strings.Contains(policy, `"Action":["sts:AssumeRole","sts:TagSession"]`) {
		t.Errorf("the role may not hand its session tags on: %s", policy)
	}
	if account := text(t, r.one(t, "kubernetes:core/v1:ServiceAccount", "").inputs); strings.Contains(account, "role-arn") {
		t.Errorf("the service account has an annotation: %s", account)
	}
	if release := r.one(t, "kubernetes:helm.sh/v3:Release", ""); !release.isAfter(association.name) {
		t.Errorf("the release does not wait for the association: %v", release.after)
	}
	for _, call := range r.calls {
		if strings.Contains(call, "getOpenIdConnectProvider") {
			t.Error("it looked an OIDC provider up")
		}
	}
}

func TestPodIdentityNeedsItsAgentAndAPayerThatTakesItsTags(t *testing.T) {
	noAgent := func(token string, answer map[string]any) error {
		if strings.Contains(token, "getAddon") {
			return errors.New("ResourceNotFoundException: No addon")
		}
		return nil
	}
	r := &recorder{payerOutputs: podIdentityOutputs(), change: noAgent}
	err := podIdentityRun(t, r)
	for _, want := range []string{"eks-pod-identity-agent", "aws eks create-addon --cluster-name primary --region us-east-2", "No addon"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("without the agent the error does not say %q: %v", want, err)
		}
	}
	autoMode := func(token string, answer map[string]any) error {
		if strings.Contains(token, "getCluster") {
			answer["computeConfigs"] = []any{map[string]any{"enabled": true}}
		}
		return noAgent(token, answer)
	}
	if err := podIdentityRun(t, &recorder{payerOutputs: podIdentityOutputs(), change: autoMode}); err != nil {
		t.Errorf("EKS Auto Mode has the agent built in: %v", err)
	}

	earlier := &recorder{payerOutputs: payerOutputs()}
	err = podIdentityRun(t, earlier)
	for _, want := range []string{"organization/kubecost-cur/payer", `readerIdentity is "irsa"`, "identity", "both stacks"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("with a payer for IRSA the error does not say %q: %v", want, err)
		}
	}
	if len(r.resources)+len(earlier.resources) > 0 {
		t.Errorf("it registered %v and %v first", r.count(), earlier.count())
	}
}

func TestThePayerRoleLetsSessionTagsInOnlyForPodIdentity(t *testing.T) {
	for identity, want := range map[string]string{
		"irsa": `"Action":["sts:AssumeRole"]`, "pod-identity": `"Action":["sts:AssumeRole","sts:TagSession"]`,
	} {
		r := &recorder{}
		if err := run(t, r, "payer", with(payerSettings, map[string]string{"kubecost-cur:identity": identity})); err != nil {
			t.Fatal(err)
		}
		if trust := r.one(t, "aws:iam/role:Role", "").inputs["assumeRolePolicy"].(string); !strings.Contains(trust, want) {
			t.Errorf("with %s the trust policy is %s", identity, trust)
		}
	}
	// A primary stack with IRSA reads from a payer that is ready for Pod Identity.
	if err := run(t, &recorder{payerOutputs: podIdentityOutputs()}, "primary", primarySettings); err != nil {
		t.Error(err)
	}
}
