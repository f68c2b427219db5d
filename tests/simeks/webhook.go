package simeks

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// serveWebhook starts the pod identity webhook and returns its URL.
func (k *Cluster) serveWebhook() (string, error) {
	cert, err := tls.LoadX509KeyPair(k.files.cert, k.files.key)
	if err != nil {
		return "", fmt.Errorf("reading the webhook's certificate: %w", err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		return "", fmt.Errorf("listening for the webhook: %w", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(k.admit), ErrorLog: k.logger("webhook")}
	k.webhook = server
	k.running.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			server.ErrorLog.Print(err)
		}
	})
	return "https://" + listener.Addr().String() + "/mutate", nil
}

// webhookConfiguration registers the webhook as EKS does: should it fail, pods are made
// without their role.
func webhookConfiguration(url string, ca []byte) item {
	return item{"/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", object{
		"metadata": object{"name": "pod-identity-webhook"},
		"webhooks": []any{object{
			"name":                    "iam-for-pods.amazonaws.com",
			"clientConfig":            object{"url": url, "caBundle": ca},
			"admissionReviewVersions": []any{"v1"},
			"failurePolicy":           "Ignore",
			"sideEffects":             "None",
			"timeoutSeconds":          10,
			"reinvocationPolicy":      "IfNeeded",
			"rules": []any{object{
				"apiGroups": []any{""}, "apiVersions": []any{"v1"}, "resources": []any{"pods"},
				"operations": []any{"CREATE"}, "scope": "*",
			}},
		}},
	}}
}

// review is an AdmissionReview, asked and answered.
type review struct {
	APIVersion string          `json:"apiVersion"`
	Kind       string          `json:"kind"`
	Request    *reviewRequest  `json:"request,omitempty"`
	Response   *reviewResponse `json:"response,omitempty"`
}

type reviewRequest struct {
	UID       string          `json:"uid"`
	Namespace string          `json:"namespace"`
	Object    json.RawMessage `json:"object"`
}

type reviewResponse struct {
	UID       string `json:"uid"`
	Allowed   bool   `json:"allowed"`
	PatchType string `json:"patchType,omitempty"`
	Patch     []byte `json:"patch,omitempty"`
}

// admit answers the API server's question about a new pod.
func (k *Cluster) admit(w http.ResponseWriter, req *http.Request) {
	var asked review
	if err := json.NewDecoder(req.Body).Decode(&asked); err != nil || asked.Request == nil {
		http.Error(w, "no AdmissionReview", http.StatusBadRequest)
		return
	}
	answer := &reviewResponse{UID: asked.Request.UID, Allowed: true}
	patch, err := k.identityPatch(req.Context(), asked.Request)
	if err != nil {
		k.logger("webhook").Print(err)
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if patch != nil {
		answer.PatchType, answer.Patch = "JSONPatch", patch
	}
	w.Header().Set("Content-Type", "application/json")
	err = json.NewEncoder(w).Encode(review{asked.APIVersion, asked.Kind, nil, answer})
	if err != nil {
		k.logger("webhook").Print(err)
	}
}

// decode reads JSON and keeps numbers as they are written.
func decode(content []byte, out any) error {
	d := json.NewDecoder(bytes.NewReader(content))
	d.UseNumber()
	return d.Decode(out)
}
