package simeks

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
)

// Intercept serves the API server at another address, with the same certificate: callers are there who they are at the API server
// itself. A request that changes something is given to between, once it is here in full: with carryOut the API server does what it asks,
// also if its client is gone by then; without, nothing is done and the connection ends. between is asked by many at a time.
func (k *Cluster) Intercept(between func(r *http.Request, carryOut func())) (endpoint string, stop func() error, err error) {
	target, err := url.Parse(k.Endpoint)
	if err != nil {
		return "", nil, fmt.Errorf("reading the API server's address: %w", err)
	}
	cert, err := tls.LoadX509KeyPair(k.files.cert, k.files.key)
	if err != nil {
		return "", nil, fmt.Errorf("reading the API server's certificate: %w", err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		return "", nil, fmt.Errorf("listening before the API server: %w", err)
	}
	log := k.logger("intercept")
	forward := &httputil.ReverseProxy{
		Transport: k.http.Transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, ErrorLog: log,
	}
	server := &http.Server{ErrorLog: log, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.URL.Query().Has("dryRun") {
			forward.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler) // the client has gone before it had asked
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		var answer *httptest.ResponseRecorder
		between(r, func() {
			answer = httptest.NewRecorder() // the client may be gone by now
			forwarded := r.WithContext(context.WithoutCancel(r.Context()))
			forwarded.Body = io.NopCloser(bytes.NewReader(body)) // between may have read it
			forward.ServeHTTP(answer, forwarded)
		})
		if answer == nil {
			panic(http.ErrAbortHandler)
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})}
	k.running.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Print(err)
		}
	})
	return "https://" + listener.Addr().String(), server.Close, nil
}
