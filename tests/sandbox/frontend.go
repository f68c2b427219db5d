package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Kubecost does not run in the sandbox's pods, so nobody answers for it there. A front before the API server does: what Kubecost
// would say of its bills is found by asking for them as it does.
var (
	statusRequest = regexp.MustCompile(`^/api/v1/namespaces/([^/]+)/services/[^/]+/proxy/.*cloudCost/status$`)
	logRequest    = regexp.MustCompile(`^/api/v1/namespaces/([^/]+)/pods/[^/]+/log$`)
)

// Front starts the front and writes a kubeconfig for it, whose path it returns. It ends with the sandbox.
func (s *Sandbox) Front() (kubeconfig string, err error) {
	forward, err := s.Cluster.Forward()
	if err != nil {
		return "", err
	}
	front, err := serveLocal(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if match := statusRequest.FindStringSubmatch(r.URL.Path); match != nil {
			_ = json.NewEncoder(w).Encode(map[string]any{"code": 200, "data": s.statuses(r.Context(), match[1])})
			return
		}
		if match := logRequest.FindStringSubmatch(r.URL.Path); match != nil {
			fmt.Fprint(w, s.log(r.Context(), match[1]))
			return
		}
		forward.ServeHTTP(w, r)
	}))
	if err != nil {
		return "", fmt.Errorf("starting the front: %w", err)
	}
	s.stop = append(s.stop, front.close)
	kubeconfig = filepath.Join(s.Env.Dir, "front.kubeconfig")
	text := fmt.Sprintf(`{"apiVersion":"v1","kind":"Config","current-context":"front","clusters":[{"name":"front","cluster":{"server":%q}}],`+
		`"users":[{"name":"front","user":{}}],"contexts":[{"name":"front","context":{"cluster":"front","user":"front"}}]}`, front.url)
	if err := os.WriteFile(kubeconfig, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("writing the front's kubeconfig: %w", err)
	}
	return kubeconfig, nil
}

// status is what Kubecost says of one bill.
type status struct {
	Key              string    `json:"key"`
	Active           bool      `json:"active"`
	Valid            bool      `json:"valid"`
	LastRun          time.Time `json:"lastRun"`
	NextRun          time.Time `json:"nextRun"`
	Runs             int       `json:"runs"`
	Coverage         string    `json:"coverage"`
	ConnectionStatus string    `json:"connectionStatus"`
}

// statuses asks for each bill of a namespace's Kubecost. A file that Kubecost cannot read has none.
func (s *Sandbox) statuses(ctx context.Context, namespace string) []status {
	all := []status{}
	found, err := s.Integrations(ctx, namespace)
	if err != nil {
		return all
	}
	month := Month(time.Now())
	answers, err := s.AskAll(ctx, namespace, month, month.AddDate(0, 1, 0))
	for i, integration := range found.Athena {
		one := status{Key: integration.Key(), Active: true, Valid: true, LastRun: time.Now(), NextRun: time.Now().Add(6 * time.Hour), Runs: 1}
		switch {
		case err != nil:
			one.ConnectionStatus = "Failed Connection"
		case len(answers[i].Costs) == 0:
			one.ConnectionStatus = "Data Missing"
		default:
			one.ConnectionStatus, one.Coverage = "Connection Successful", month.Format(time.DateOnly)
		}
		all = append(all, one)
	}
	return all
}

// log is what Kubecost 1 writes when it reads its bills.
func (s *Sandbox) log(ctx context.Context, namespace string) string {
	var b strings.Builder
	for _, one := range s.statuses(ctx, namespace) {
		fmt.Fprintf(&b, "INF CloudCost: IngestionManager: creating integration with key: %s\n", one.Key)
		b.WriteString("ERR Failed to lookup reserved instance data: no reservation data available in Athena\n")
		if one.ConnectionStatus == "Failed Connection" {
			fmt.Fprintf(&b, "ERR CloudCost[%s]: ingestor: build failed for window x: AWS Athena StartQueryExecution failed\n", one.Key)
			continue
		}
		fmt.Fprintf(&b, "INF ETL: CloudUsage[%s]: Build[XPQMa]: coverage [a, b) (100.0 complete)\n", one.Key)
	}
	return b.String()
}
