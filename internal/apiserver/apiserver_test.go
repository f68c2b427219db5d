package apiserver

import (
	"context"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func caOf(server *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

func TestAnAPIServerAnswersWhateverItSays(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusUnauthorized, http.StatusForbidden, http.StatusServiceUnavailable} {
		var asked string
		server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = r.URL.Path
			w.WriteHeader(status)
		}))
		if err := Answers(t.Context(), Server{URL: server.URL, CA: caOf(server)}); err != nil || asked != "/version" {
			t.Errorf("an API server that says %d: %v, asked for %q", status, err, asked)
		}
		if err := Answers(t.Context(), Server{URL: server.URL + "/", Insecure: true}); err != nil {
			t.Errorf("without a check of its certificate: %v", err)
		}
		server.Close()
	}
}

func TestAnAPIServerThatCannotBeReachedSaysWhy(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	ca := caOf(server)
	other := []byte("no certificate")
	for name, c := range map[string]struct {
		server Server
		want   string
	}{
		"the system's authorities": {Server{URL: server.URL}, "certificate"},
		"a CA that is none":        {Server{URL: server.URL, CA: other}, "PEM"},
		"another name":             {Server{URL: server.URL, CA: ca, ServerName: "elsewhere.example"}, "elsewhere.example"},
		"a proxy that is down":     {Server{URL: "https://cluster.example", CA: ca, Proxy: "http://127.0.0.1:1"}, "connection refused"},
		"a proxy that is none":     {Server{URL: server.URL, CA: ca, Proxy: "http://a:b:c"}, "proxy"},
		"no URL":                   {Server{URL: "https://a b", CA: ca}, "URL"},
	} {
		if err := Answers(t.Context(), c.server); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v, want %q", name, err, c.want)
		}
	}
	server.Close()
	if err := Answers(t.Context(), Server{URL: server.URL, CA: ca}); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("an API server that is down: %v", err)
	}
}

func TestAnAPIServerThatHangsIsNotWaitedForLong(t *testing.T) {
	stop := make(chan struct{})
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stop }))
	defer server.Close()
	defer close(stop)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond) // sooner than Patience
	defer cancel()
	begin := time.Now()
	if err := Answers(ctx, Server{URL: server.URL, CA: caOf(server)}); err == nil {
		t.Error("an API server that hangs answers")
	}
	if took := time.Since(begin); took > Patience/2 {
		t.Errorf("it took %s", took)
	}
}
