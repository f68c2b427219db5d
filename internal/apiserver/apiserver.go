// Package apiserver says whether a Kubernetes API server answers.
package apiserver

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Patience is how long Answers waits.
const Patience = 10 * time.Second

// Server is an API server.
type Server struct {
	URL        string // https://host:port
	CA         []byte // PEM of its certificate's authority; nil for the system's
	Insecure   bool   // its certificate is not checked
	ServerName string // that its certificate must have; empty for the host of URL
	Proxy      string // URL of the proxy to it; empty for that of the environment: HTTPS_PROXY and NO_PROXY
}

// Answers returns nil if the API server answers, whatever it says: who may ask what is for others to find out. The error says
// why it does not.
func Answers(ctx context.Context, s Server) error {
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		TLSClientConfig: &tls.Config{
			MinVersion: tls.VersionTLS12, ServerName: s.ServerName,
			InsecureSkipVerify: s.Insecure, // only where the kubeconfig says so
		},
	}
	defer transport.CloseIdleConnections()
	if s.Proxy != "" {
		proxy, err := url.Parse(s.Proxy)
		if err != nil {
			return errors.New("the address of its proxy is no URL")
		}
		transport.Proxy = http.ProxyURL(proxy)
	}
	if s.CA != nil && !s.Insecure {
		transport.TLSClientConfig.RootCAs = x509.NewCertPool()
		if !transport.TLSClientConfig.RootCAs.AppendCertsFromPEM(s.CA) {
			return errors.New("its certificate authority is not a certificate in PEM")
		}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, Patience, fmt.Errorf("no answer within %s", Patience))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(s.URL, "/")+"/version", nil)
	if err != nil {
		return fmt.Errorf("its address is no URL: %w", err)
	}
	// One connection, one question: a redirect is an answer too.
	response, err := transport.RoundTrip(request)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return err
	}
	return response.Body.Close()
}
