package simaws

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// hosts are the names that the proxy answers for: those of AWS, and those that a handler was given for.
type hosts struct {
	aws http.Handler

	mu       sync.RWMutex
	handlers map[string]http.Handler
}

// Handle lets h answer for a host, for instance "kubecost.github.io". It wins over AWS's own hosts.
func (c *Cloud) Handle(host string, h http.Handler) {
	c.hosts.mu.Lock()
	defer c.hosts.mu.Unlock()
	c.hosts.handlers[host] = h
}

func (h *hosts) handler(host string) http.Handler {
	host, _, _ = strings.Cut(host, ":")
	h.mu.RLock()
	defer h.mu.RUnlock()
	if handler, ok := h.handlers[host]; ok {
		return handler
	}
	// The billing APIs exist in one region; elsewhere their hosts have no address.
	if service, region := serviceOfHost(host); (service == "cur" || service == "bcm-data-exports") && region != curRegion {
		return nil
	}
	if strings.HasSuffix(host, awsDomain) || strings.HasSuffix(host, chinaDomain) || host == exportsHost || isAgentsHost(host) {
		return h.aws
	}
	return nil
}

// isAgentsHost says whether a host is the one that the agents of EKS Pod Identity ask, such as eks-auth.us-east-2.api.aws.
func isAgentsHost(host string) bool {
	return strings.HasPrefix(host, "eks-auth.") && strings.HasSuffix(host, apiDomain)
}

func (h *hosts) serves(host string) bool { return h.handler(host) != nil }

func (h *hosts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	handler := h.handler(r.Host)
	if handler == nil {
		http.Error(w, "no such host: "+r.Host, http.StatusBadGateway)
		return
	}
	handler.ServeHTTP(w, r)
}

// RoundTrip lets the cloud itself be a client of its hosts, as STS is of an OIDC issuer.
func (h *hosts) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	r = r.Clone(r.Context())
	r.Host = r.URL.Host
	h.ServeHTTP(rec, r)
	return rec.Result(), nil
}
