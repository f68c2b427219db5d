package graph

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/kubecost-cur/kubecost-cur/internal/guardrails"
)

// planned are the resources of a run as the guard rails see them.
func (r *recorder) planned() []guardrails.Resource {
	var all []guardrails.Resource
	for _, one := range r.resources {
		all = append(all, guardrails.Resource{
			Type: one.token, URN: r.urn(one), Properties: one.inputs, Protect: one.protect, From: one.from,
		})
	}
	return all
}

func (r *recorder) urn(one registered) string {
	var parent tokens.Type
	if one.parent != "" && !strings.Contains(one.parent, "pulumi:pulumi:Stack") {
		parent = urn.URN(one.parent).QualifiedType()
	}
	return string(urn.New(tokens.QName(r.own), "kubecost-cur", parent, tokens.Type(one.token), one.name))
}

// keepsGuardrails expects that no resource of a run breaks a guard rail, whatever the settings, but for those that say so.
func keepsGuardrails(t testing.TB, r *recorder, settings map[string]string) {
	t.Helper()
	is := func(key string, want bool) bool {
		value, err := strconv.ParseBool(settings["kubecost-cur:"+key])
		return err == nil && value == want
	}
	var chosen []string
	if is("reportProtect", false) || is("forceDestroy", true) {
		chosen = append(chosen, "report-protected")
	}
	if days, err := strconv.Atoi(settings["kubecost-cur:reportExpirationDays"]); err == nil && days > 0 && days < 100 {
		chosen = append(chosen, "report-kept")
	}
	for _, v := range guardrails.Check(r.planned()) {
		if !slices.Contains(chosen, v.Rule) {
			t.Errorf("guard rail: %s", v)
		}
	}
}

func TestWhatThrowsTheReportAwayBreaksAGuardRail(t *testing.T) {
	for settings, want := range map[[2]string]string{
		{"reportProtect", "false"}:     "report-protected",
		{"forceDestroy", "true"}:       "report-protected",
		{"reportExpirationDays", "30"}: "report-kept",
	} {
		violations := guardrails.Check(payerGraph(t, map[string]string{"kubecost-cur:" + settings[0]: settings[1]}).planned())
		if len(violations) == 0 || violations[0].Rule != want || violations[0].Advisory != (want == "report-kept") {
			t.Errorf("%s: %s breaks %v, want %s", settings[0], settings[1], violations, want)
		}
	}
}

// TestEachGuardRailSeesItsResource takes, from what both stacks plan, each resource that a guard rail is about.
func TestEachGuardRailSeesItsResource(t *testing.T) {
	planned := append(payerGraph(t, map[string]string{"kubecost-cur:reportExpirationDays": "100"}).planned(), primaryGraph(t, nil).planned()...)
	if violations := guardrails.Check(planned); len(violations) > 0 {
		t.Fatalf("%v", violations)
	}
	for token, rules := range map[string][]string{
		"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":                                     {"public-access-blocked"},
		"aws:s3/bucketOwnershipControls:BucketOwnershipControls":                                     {"acls-off"},
		"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": {"encrypted"},
		"aws:s3/bucketPolicy:BucketPolicy":                                                           {"tls-only"},
		"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2":                       {"results-expire"},
	} {
		var rest []guardrails.Resource
		for _, r := range planned {
			if r.Type != token {
				rest = append(rest, r)
			}
		}
		var broken []string
		for _, v := range guardrails.Check(rest) {
			if !slices.Contains(broken, v.Rule) {
				broken = append(broken, v.Rule)
			}
		}
		if !slices.Equal(broken, rules) {
			t.Errorf("without every %s, what is broken is %v, want %v", token, broken, rules)
		}
	}
}
