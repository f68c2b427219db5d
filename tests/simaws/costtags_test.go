package simaws

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

func costTag(t *testing.T, c aws.Config, key, status string) (failed []string, err error) {
	t.Helper()
	var out struct {
		Errors []struct{ TagKey, Code string }
	}
	body := fmt.Sprintf(`{"CostAllocationTagsStatus":[{"TagKey":%q,"Status":%q}]}`, key, status)
	err = rawCall(t, inRegion(c, "us-east-1"), "ce", "AWSInsightsIndexService.UpdateCostAllocationTagsStatus", "/", body, &out)
	for _, e := range out.Errors {
		failed = append(failed, e.TagKey+" "+e.Code)
	}
	return failed, err
}

func TestATagIsActivatedOnlyOnceBillingHasSeenIt(t *testing.T) {
	account, admin := newAccount(t)
	failed, err := costTag(t, admin, "team", "Active")
	if err != nil || !slices.Equal(failed, []string{"team TagKeysNotFoundException"}) {
		t.Errorf("an unknown tag gives %v, %v; AWS answers with success and names it", failed, err)
	}
	cloud.SeeCostTags(account, "team", "aws:eks:cluster-name")
	for _, key := range []string{"team", "team", "aws:eks:cluster-name"} {
		if failed, err := costTag(t, admin, key, "Active"); err != nil || len(failed) > 0 {
			t.Errorf("activating %s: %v, %v", key, failed, err)
		}
	}
	cloud.SeeCostTags(account, "team") // again changes nothing
	if got := cloud.ActiveCostTags(account); !slices.Equal(got, []string{"aws:eks:cluster-name", "team"}) {
		t.Errorf("active are %v", got)
	}
	var listed struct {
		CostAllocationTags []struct{ TagKey, Type, Status string }
	}
	if err := rawCall(t, inRegion(admin, "us-east-1"), "ce", "AWSInsightsIndexService.ListCostAllocationTags", "/", `{"TagKeys":["aws:eks:cluster-name"]}`, &listed); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(listed.CostAllocationTags); got != "[{aws:eks:cluster-name AWSGenerated Active}]" {
		t.Errorf("listed are %s", got)
	}
	if _, err := costTag(t, admin, "team", "Inactive"); err != nil || slices.Contains(cloud.ActiveCostTags(account), "team") {
		t.Errorf("the tag is still active: %v", err)
	}
	_, err = costTag(t, admin, "team", "On")
	wantError(t, err, "ValidationException", "[Active, Inactive]")
}

func TestOnlyTheAccountThatGetsTheBillHasCostTags(t *testing.T) {
	management, _ := newAccount(t)
	member, admin := newAccount(t)
	cloud.AddOrganization(Organization{ID: "o-" + management, Management: management, Members: []Member{{ID: management}, {ID: member}}})
	_, err := costTag(t, admin, "team", "Active")
	wantError(t, err, "AccessDeniedException", "Linked account")
}
