package simaws

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
)

const (
	theDatabase = `{"Database":{"Name":"bill"}}`
	theTable    = `{"Table":{"DatabaseName":"bill","Name":"kubecost"}}`
)

// change grants or revokes.
func change(t *testing.T, c aws.Config, operation, principal, resource string, permissions ...string) error {
	t.Helper()
	return rawCall(t, c, "lakeformation", "", "/"+operation, fmt.Sprintf(`{"Principal":{"DataLakePrincipalIdentifier":%q},"Resource":%s,"Permissions":["%s"]}`,
		principal, resource, strings.Join(permissions, `","`)), nil)
}

func TestWhereLakeFormationDecidesAQueryNeedsGrantsAndDataAccess(t *testing.T) {
	p := newPayer(t, "a\nb")
	statements := p.policy("")
	mute := newRole(t, p.admin, "mute", fmt.Sprintf(root, p.account), statements)
	role := newRole(t, p.admin, "reader", fmt.Sprintf(root, p.account), strings.Replace(statements, `"Statement":[`,
		`"Statement":[{"Effect":"Allow","Action":"lakeformation:GetDataAccess","Resource":"*"},`, 1))
	query := func(role string) string {
		t.Helper()
		client := athena.NewFromConfig(assume(t, p.admin, role))
		id, err := p.start(t, client)
		if err != nil {
			t.Fatal(err)
		}
		status := wait(t, client, id).Status
		return string(status.State) + " " + aws.ToString(status.StateChangeReason)
	}
	expect := func(got, want string) {
		t.Helper()
		if !strings.HasPrefix(got, strings.Fields(want)[0]) || !strings.Contains(got, strings.Join(strings.Fields(want)[1:], " ")) {
			t.Errorf("the query is %s\nwant %s", got, want)
		}
	}
	expect(query(mute), "SUCCEEDED")
	cloud.UseLakeFormation(p.account)
	expect(query(role), "FAILED Required DESCRIBE on bill")

	grant := func(role, resource string, permissions ...string) {
		t.Helper()
		if err := change(t, p.admin, "GrantPermissions", role, resource, permissions...); err != nil {
			t.Fatal(err)
		}
	}
	grant(role, theDatabase, "DESCRIBE")
	expect(query(role), "FAILED Required DESCRIBE on kubecost")
	grant(role, theTable, "DESCRIBE")
	expect(query(role), "FAILED Required SELECT on kubecost")
	grant(role, theTable, "SELECT", "DESCRIBE")
	expect(query(role), "SUCCEEDED")

	grant(mute, theDatabase, "DESCRIBE")
	grant(mute, theTable, "SELECT")
	expect(query(mute), "FAILED lakeformation:GetDataAccess")

	wantError(t, rawCall(t, assume(t, p.admin, mute), "glue", "AWSGlue.UpdateTable", "/", `{"DatabaseName":"bill","TableInput":{"Name":"kubecost"}}`, nil), "AccessDeniedException", "glue:UpdateTable")
	if err := rawCall(t, assume(t, p.admin, mute), "glue", "AWSGlue.GetTable", "/", `{"DatabaseName":"bill","Name":"kubecost"}`, nil); err != nil {
		t.Errorf("who may select from a table may look at it: %v", err)
	}
}

func TestGrantsAreCheckedListedAndRevoked(t *testing.T) {
	p := newPayer(t, "a")
	role := newRole(t, p.admin, "reader", fmt.Sprintf(root, p.account), "")
	for name, test := range map[string]struct {
		principal, resource, permission, code, message string
	}{
		"a role that is not there":      {role + "x", theTable, "SELECT", "InvalidInputException", "Invalid principal"},
		"a table that is not there":     {role, `{"Table":{"DatabaseName":"bill","Name":"other"}}`, "SELECT", "EntityNotFoundException", "Table not found"},
		"a database that is not there":  {role, `{"Database":{"Name":"other"}}`, "DESCRIBE", "EntityNotFoundException", "Database not found"},
		"a table's right on a database": {role, theDatabase, "SELECT", "InvalidInputException", "Permissions modification is invalid"},
		"a database's right on a table": {role, theTable, "CREATE_TABLE", "InvalidInputException", "Permissions modification is invalid"},
		"nothing":                       {role, `{}`, "SELECT", "InvalidInputException", "must have either"},
	} {
		t.Run(name, func(t *testing.T) {
			wantError(t, change(t, p.admin, "GrantPermissions", test.principal, test.resource, test.permission), test.code, test.message)
		})
	}
	if err := change(t, p.admin, "GrantPermissions", role, theTable, "SELECT", "DESCRIBE"); err != nil {
		t.Fatal(err)
	}
	list := func() string {
		t.Helper()
		var out struct {
			PrincipalResourcePermissions []struct {
				Permissions []string
				Resource    map[string]any
			}
		}
		if err := rawCall(t, p.admin, "lakeformation", "", "/ListPermissions", fmt.Sprintf(`{"Principal":{"DataLakePrincipalIdentifier":%q},"Resource":%s}`, role, theTable), &out); err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, permissions := range out.PrincipalResourcePermissions {
			for kind := range permissions.Resource {
				all = append(all, fmt.Sprint(kind, permissions.Permissions))
			}
		}
		return strings.Join(all, " ")
	}
	if got := list(); got != "Table[DESCRIBE] TableWithColumns[SELECT]" {
		t.Errorf("the grants are listed as %s", got)
	}
	if err := change(t, p.admin, "RevokePermissions", role, theTable, "SELECT", "DESCRIBE"); err != nil {
		t.Fatal(err)
	}
	wantError(t, change(t, p.admin, "RevokePermissions", role, theTable, "SELECT"), "InvalidInputException", "No permissions revoked. Grantee has no")
	if got := list(); got != "" {
		t.Errorf("revoked grants are listed as %s", got)
	}
	session := assume(t, p.admin, newRole(t, p.admin, "other", fmt.Sprintf(root, p.account), `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lakeformation:*","Resource":"*"}]}`))
	wantError(t, change(t, session, "GrantPermissions", role, theTable, "SELECT"), "AccessDeniedException", "administrator of the data lake")
}
