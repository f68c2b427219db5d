package simeks_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/simeks"
)

func TestAnInterceptedRequestIsCarriedOutOrNot(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	var between func(r *http.Request, carryOut func())
	endpoint, stop, err := cluster.Intercept(func(r *http.Request, carryOut func()) { between(r, carryOut) })
	must(t, err)
	t.Cleanup(func() { must(t, stop()) })
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cluster.CA)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	t.Cleanup(client.CloseIdleConnections)
	maps := "/api/v1/namespaces/" + ns + "/configmaps"
	ask := func(ctx context.Context, token, method, path, body string) (int, error) {
		r, err := http.NewRequestWithContext(ctx, method, endpoint+path, strings.NewReader(body))
		must(t, err)
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		answer, err := client.Do(r)
		if err != nil {
			return 0, err
		}
		defer answer.Body.Close()
		_, err = io.Copy(io.Discard, answer.Body)
		return answer.StatusCode, err
	}
	create := func(ctx context.Context, token, name string) (int, error) {
		return ask(ctx, token, http.MethodPost, maps, fmt.Sprintf(`{"metadata":{"name":%q}}`, name))
	}
	exists := func(name string) bool {
		err := cluster.Get(t.Context(), maps+"/"+name, nil)
		if err != nil && !simeks.IsNotFound(err) {
			t.Fatal(err)
		}
		return err == nil
	}

	between = func(_ *http.Request, carryOut func()) { carryOut() }
	if code, err := create(t.Context(), awsToken, "done"); code != http.StatusCreated || !exists("done") {
		t.Errorf("carried out: %d %v", code, err)
	}
	if code, _ := create(t.Context(), "a-token-that-nobody-knows", "refused"); code != http.StatusUnauthorized {
		t.Errorf("a caller whom the API server does not know: %d", code)
	}
	if code, err := create(t.Context(), awsToken, "done"); code != http.StatusConflict {
		t.Errorf("a refusal: %d %v", code, err)
	}

	between = func(*http.Request, func()) {}
	if code, err := create(t.Context(), awsToken, "not-done"); err == nil || exists("not-done") {
		t.Errorf("not carried out: %d", code)
	}
	if code, err := ask(t.Context(), awsToken, http.MethodGet, maps, ""); code != http.StatusOK {
		t.Errorf("a request that changes nothing: %d %v", code, err)
	}
	if code, err := ask(t.Context(), awsToken, http.MethodPost, maps+"?dryRun=All", `{"metadata":{"name":"dry"}}`); code != http.StatusCreated {
		t.Errorf("a dry run: %d %v", code, err)
	}

	ctx, gone := context.WithCancel(t.Context())
	ended := make(chan struct{})
	between = func(_ *http.Request, carryOut func()) {
		defer close(ended)
		gone()
		time.Sleep(50 * time.Millisecond) // until the connection is closed at this end too
		carryOut()
	}
	if code, err := create(ctx, awsToken, "unknown"); err == nil {
		t.Errorf("a client that is gone: %d", code)
	}
	<-ended
	if !exists("unknown") {
		t.Error("what a client asked for that is gone was not done")
	}
}
