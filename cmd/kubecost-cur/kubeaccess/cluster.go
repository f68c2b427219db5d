// Package kubeaccess asks a Kubernetes API server what the doctor wants to know. It changes nothing: a token that it has made is a
// request of its own to the API server, not an object.
package kubeaccess

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// Cluster asks one API server. It is a doctor.ClusterAccess.
type Cluster struct{ client *kubernetes.Clientset }

// timeout is how long one request may take.
const timeout = 15 * time.Second

// New returns access by a kubeconfig and one of its contexts; empty for the ones that kubectl takes. It returns an error for a
// kubeconfig that cannot be read; nothing is asked yet.
func New(kubeconfig, kubeContext string) (*Cluster, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = kubeconfig
	cfg, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: kubeContext}).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	cfg.Timeout = timeout
	client, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	return &Cluster{client: client}, nil
}

// coded is an error of the API server with its reason as a code, as AWS's errors have one.
type coded struct{ error }

// ErrorCode is the API server's reason, such as NotFound; empty if nobody answered.
func (c coded) ErrorCode() string { return string(apierrors.ReasonForError(c.error)) }

func (c coded) Unwrap() error { return c.error }

func code(err error) error {
	if err == nil {
		return nil
	}
	return coded{err}
}

// Get reads an object into v.
func (c *Cluster) Get(ctx context.Context, path string, v any) error {
	result := c.client.CoreV1().RESTClient().Get().RequestURI(path).Do(ctx)
	if err := result.Error(); err != nil { // in the API server's words, which Raw's is not
		return code(err)
	}
	b, err := result.Raw()
	if err != nil {
		return code(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}

// tokenSeconds is how long a token lives, the least that Kubernetes gives.
const tokenSeconds = 600

// Token is a new token of a service account for an audience, bound to a pod unless that is empty.
func (c *Cluster) Token(ctx context.Context, namespace, serviceAccount, pod, audience string) (string, error) {
	seconds := int64(tokenSeconds)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		Audiences: []string{audience}, ExpirationSeconds: &seconds,
	}}
	if pod != "" {
		request.Spec.BoundObjectRef = &authenticationv1.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: pod}
	}
	got, err := c.client.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, serviceAccount, request, metav1.CreateOptions{})
	if err != nil {
		return "", code(err)
	}
	return got.Status.Token, nil
}

// maxLog bounds what is read of a log, in bytes.
const maxLog = 8 << 20

// Logs are the last lines of a container of a pod.
func (c *Cluster) Logs(ctx context.Context, namespace, pod, container string, lines int) (_ string, err error) {
	tail := int64(lines)
	stream, err := c.client.CoreV1().Pods(namespace).GetLogs(pod, &corev1.PodLogOptions{Container: container, TailLines: &tail}).Stream(ctx)
	if err != nil {
		return "", code(err)
	}
	defer func() { err = errors.Join(err, stream.Close()) }()
	b, err := io.ReadAll(io.LimitReader(stream, maxLog))
	if err != nil {
		return "", fmt.Errorf("reading the log of %s: %w", pod, err)
	}
	return string(b), nil
}
