package sandbox

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"
)

// httpClients has one client for each proxy, so that its connections are used again. It is no part of Env, which is written to a file.
var httpClients = struct {
	sync.Mutex
	byProxy map[string]*http.Client
}{byProxy: map[string]*http.Client{}}

// httpClient reaches the simulated AWS.
func (e Env) httpClient() (*http.Client, error) {
	httpClients.Lock()
	defer httpClients.Unlock()
	if client, made := httpClients.byProxy[e.ProxyURL]; made {
		return client, nil
	}
	ca, err := os.ReadFile(e.CAFile)
	if err != nil {
		return nil, fmt.Errorf("reading the sandbox's CA: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("%s has no certificate", e.CAFile)
	}
	proxy, err := url.Parse(e.ProxyURL)
	if err != nil {
		return nil, fmt.Errorf("reading the proxy's address: %w", err)
	}
	client := &http.Client{
		Timeout: time.Minute,
		Transport: &http.Transport{
			Proxy:           http.ProxyURL(proxy),
			TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
			IdleConnTimeout: 10 * time.Second, // each service has its own host
		},
	}
	httpClients.byProxy[e.ProxyURL] = client
	return client, nil
}
