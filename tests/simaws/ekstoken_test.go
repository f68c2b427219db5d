package simaws

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// review asks the authenticator about a token.
func review(t *testing.T, path, token string) (authenticated bool, user string, groups []string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": map[string]string{"token": token}})
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	cloud.TokenAuthenticator().ServeHTTP(rec, httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body)))
	var out struct {
		Status struct {
			Authenticated bool
			User          struct {
				Username string
				Groups   []string
			}
		}
	}
	if err := json.NewDecoder(rec.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out.Status.Authenticated, out.Status.User.Username, out.Status.User.Groups
}

func TestClusterTakesTokensOfItsAccount(t *testing.T) {
	account, config := newAccount(t)
	newCluster(t, account)
	name := "kubecost-" + account
	admin, err := config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	session, err := assume(t, config, newRole(t, config, "deployer", fmt.Sprintf(root, account), "")).Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mine := Credentials{admin.AccessKeyID, admin.SecretAccessKey, ""}
	role := Credentials{session.AccessKeyID, session.SecretAccessKey, session.SessionToken}
	stranger, err := cloud.AddAccount("000000000042")
	if err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]string{
		EKSToken(mine, region, name, time.Now()):                                       "arn:aws:iam::" + account + ":user/administrator",
		EKSToken(role, region, name, time.Now()):                                       "arn:aws:sts::" + account + ":assumed-role/deployer/test",
		EKSToken(mine, region, "another", time.Now()):                                  "",
		EKSToken(mine, region, name, time.Now().Add(-time.Hour)):                       "",
		EKSToken(stranger, region, name, time.Now()):                                   "",
		EKSToken(Credentials{mine.AccessKeyID, "guess", ""}, region, name, time.Now()): "",
		"eyJhbGciOiJSUzI1NiJ9":                                                         "",
	} {
		ok, user, groups := review(t, "/"+name, token)
		if ok != (want != "") || user != want {
			t.Errorf("got authenticated=%t as %q, want %q", ok, user, want)
		}
		if ok && (len(groups) != 1 || groups[0] != "system:masters") {
			t.Errorf("got groups %q", groups)
		}
	}
}
