package simeks_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/parts"
	"github.com/kubecost-cur/kubecost-cur/tests/simeks"
)

type object = map[string]any

const (
	issuer   = "https://oidc.eks.us-east-2.amazonaws.com/id/5D1B6A0C2E3F44958A7B9C0D1E2F3A4B"
	awsToken = "k8s-aws-v1.of-an-administrator" // the only token that the test's authenticator knows
)

// cluster serves all tests; each has a namespace of its own.
var cluster *simeks.Cluster

// associated is the name of the service accounts that EKS Pod Identity gives a role.
const associated = "associated"

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentDir); dir != "" {
		startAndWait(dir)
		return
	}
	code, err := withCluster(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withCluster(run func() int) (code int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	kube, err := kubeProgram(ctx)
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "simeks-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	authenticator := httptest.NewServer(http.HandlerFunc(reviewToken))
	defer authenticator.Close()

	cluster, err = simeks.Start(ctx, simeks.Config{
		Dir: dir, Kube: kube, Issuer: issuer, TokenWebhook: authenticator.URL,
		PodIdentity: func(_, serviceAccount string) bool { return serviceAccount == associated },
	})
	if err != nil {
		return 0, err
	}
	code = run()
	return code, cluster.Stop()
}

// kubeProgram returns the path of the kube program: that of the environment variable
// KUBE_PROGRAM, or the sandbox's own.
func kubeProgram(ctx context.Context) (string, error) {
	if path := os.Getenv("KUBE_PROGRAM"); path != "" {
		return path, nil
	}
	return parts.Kube(ctx, "../..", "../../.sandbox/parts", os.Stderr)
}

// reviewToken authenticates one caller, as the authenticator of EKS would.
func reviewToken(w http.ResponseWriter, req *http.Request) {
	var review struct {
		Spec struct {
			Token string `json:"token"`
		} `json:"spec"`
	}
	status := object{"authenticated": false}
	if json.NewDecoder(req.Body).Decode(&review) == nil && review.Spec.Token == awsToken {
		status = object{"authenticated": true, "user": object{
			"username": "arn:aws:iam::222222222222:user/admin", "groups": []string{"system:masters"},
		}}
	}
	json.NewEncoder(w).Encode(object{
		"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": status,
	})
}

// namespace returns a new namespace, which is deleted after the test.
func namespace(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("test-%d", time.Now().UnixNano())
	must(t, cluster.CreateNamespace(t.Context(), name))
	t.Cleanup(func() { must(t, cluster.Delete(context.Background(), "/api/v1/namespaces/"+name)) })
	// Pods are refused until a namespace has its default service account.
	eventually(t, "the default service account", func() bool {
		return cluster.Get(t.Context(), "/api/v1/namespaces/"+name+"/serviceaccounts/default", nil) == nil
	})
	return name
}

// deploy creates a Deployment named app, with the label app=app and the given pod spec.
func deploy(t *testing.T, namespace string, spec object) {
	t.Helper()
	if spec["containers"] == nil {
		spec["containers"] = []any{object{"name": "main", "image": "example"}}
	}
	labels := object{"app": "app"}
	must(t, cluster.Create(t.Context(), "/apis/apps/v1/namespaces/"+namespace+"/deployments", object{
		"metadata": object{"name": "app"},
		"spec": object{
			"selector": object{"matchLabels": labels},
			"template": object{"metadata": object{"labels": labels}, "spec": spec},
		},
	}))
}

// pod returns the only pod of a namespace when it is as wanted.
func pod(t *testing.T, namespace, what string, wanted func(simeks.Pod) bool) simeks.Pod {
	t.Helper()
	var found simeks.Pod
	eventually(t, what, func() bool {
		pods, err := cluster.Pods(t.Context(), namespace, "app=app")
		must(t, err)
		if len(pods) != 1 {
			return false
		}
		found = pods[0]
		return wanted(found)
	})
	return found
}

func readyPod(t *testing.T, namespace string) simeks.Pod {
	t.Helper()
	return pod(t, namespace, "a ready pod", simeks.Pod.Ready)
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
