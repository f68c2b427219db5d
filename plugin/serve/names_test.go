package serve

import "testing"

func TestFaultsNameWhatTheUserWrote(t *testing.T) {
	for text, want := range map[string]string{
		`AccountID is "1": an account ID is 12 digits`:              `accountId is "1": an account ID is 12 digits`,
		`Region is "Region is", which`:                              `region is "Region is", which`,
		`Region is "a \" Region is", which`:                         `region is "a \" Region is", which`,
		`Payers[2]: one of its fields is missing`:                   `payers[2]: one of its fields is missing`,
		`Query.WorkGroup is ""`:                                     `query.workGroup is ""`,
		`the arguments of PayerRole "kubecost": RoleName is ""`:     `the arguments of PayerRole "kubecost": roleName is ""`,
		`neither Payer nor Primary is set`:                          `neither payer nor primary is set`,
		`AWS makes no Cost and Usage Report in GovCloud. Set it up`: `AWS makes no Cost and Usage Report in GovCloud. Set it up`,
		`ProjectID`: `ProjectID`, // projectID of a payer, and projectId of Google Cloud
	} {
		if got := PropertyNames(text); got != want {
			t.Errorf("%s\nis told as\n%s\nwant\n%s", text, got, want)
		}
	}
}
