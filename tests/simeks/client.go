package simeks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
)

// Client asks the API server as the cluster's administrator. Paths are those of the
// Kubernetes API, such as /api/v1/namespaces/default/secrets/name.
type Client struct {
	endpoint, token string
	http            *http.Client
}

func newClient(endpoint, token string, ca *authority) *Client {
	return &Client{endpoint, token, &http.Client{Transport: &http.Transport{
		TLSClientConfig: ca.clientTLS(), ForceAttemptHTTP2: true, // and no proxy
	}}}
}

// StatusError is an answer of the API server that is not a success.
type StatusError struct {
	Code    int    `json:"code"`   // of HTTP
	Reason  string `json:"reason"` // such as NotFound
	Message string `json:"message"`
}

func (e *StatusError) Error() string { return fmt.Sprintf("%s (%d %s)", e.Message, e.Code, e.Reason) }

// IsNotFound says whether err is the API server's answer that an object does not exist.
func IsNotFound(err error) bool { return hasCode(err, http.StatusNotFound) }

// isConflict says whether err is the API server's answer that an object exists already, or
// is not the one that was meant.
func isConflict(err error) bool { return hasCode(err, http.StatusConflict) }

func hasCode(err error, code int) bool {
	var status *StatusError
	return errors.As(err, &status) && status.Code == code
}

// Get reads the object or list at path into out; nil for its existence only.
func (c *Client) Get(ctx context.Context, path string, out any) error {
	return c.do(ctx, http.MethodGet, path, "", nil, out)
}

// Forward is a proxy that asks the API server as the cluster's administrator, whoever calls.
func (c *Client) Forward() (http.Handler, error) {
	endpoint, err := url.Parse(c.endpoint)
	if err != nil {
		return nil, fmt.Errorf("reading the API server's address: %w", err)
	}
	return &httputil.ReverseProxy{
		Transport: c.http.Transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(endpoint)
			r.Out.Header.Set("Authorization", "Bearer "+c.token)
		},
	}, nil
}

// Create adds an object to the collection at path.
func (c *Client) Create(ctx context.Context, path string, object any) error {
	return c.post(ctx, path, object, nil)
}

// Merge changes the object at path: fields in patch replace the object's, null removes
// them, and lists with keys, such as conditions, are merged by key.
func (c *Client) Merge(ctx context.Context, path string, patch any) error {
	return c.do(ctx, http.MethodPatch, path, "application/strategic-merge-patch+json", patch, nil)
}

// Delete removes the object at path. What belongs to it is removed in the background.
func (c *Client) Delete(ctx context.Context, path string) error {
	return c.do(ctx, http.MethodDelete, path, "", nil, nil)
}

func (c *Client) post(ctx context.Context, path string, in, out any) error {
	return c.do(ctx, http.MethodPost, path, "application/json", in, out)
}

// do sends a request, whose body is in as JSON, and reads the answer into out: as it is
// when that is a *[]byte, as JSON otherwise.
func (c *Client) do(ctx context.Context, method, path, contentType string, in, out any) error {
	resp, err := c.send(ctx, method, path, contentType, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	switch out := out.(type) {
	case nil:
		return nil
	case *[]byte:
		*out = body
		return nil
	default:
		return json.Unmarshal(body, out)
	}
}

// send sends a request and returns the answer, when it is a success.
func (c *Client) send(ctx context.Context, method, path, contentType string, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		content, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(content)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.endpoint+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Accept", "application/json, */*")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode < 300 {
		return resp, nil
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the refusal of %s %s: %w", method, path, err)
	}
	status := &StatusError{Code: resp.StatusCode}
	if json.Unmarshal(answer, status) != nil {
		status.Message = string(answer) // not every refusal is a Status
	}
	return nil, fmt.Errorf("%s %s: %w", method, path, status)
}
