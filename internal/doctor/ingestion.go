package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/kubecost-cur/kubecost-cur/internal/charts"
)

// ingestion is what Kubecost itself says of the payer's bill: by its status endpoint or, where the line has none, by its log.
var ingestion = Check{
	Name:  "ingestion",
	Title: func(s *Subject) string { return "what Kubecost says of account " + s.Payer.ProjectID },
	Needs: []Need{Cluster},
	Run: func(ctx context.Context, s *Subject) Finding {
		p := s.Primary
		line, err := charts.Named(p.ChartLine)
		if err != nil {
			return failed("chartLine is "+p.ChartLine, err.Error(), "pulumi up --stack PRIMARY")
		}
		look := line.Look(p.Namespace, p.ReleaseName)
		if look.StatusPath == "" {
			return s.fromLog(ctx)
		}
		var answer json.RawMessage
		if err := s.Cluster.Get(ctx, look.StatusPath, &answer); err != nil {
			f := s.fromLog(ctx)
			if f.State == NotChecked {
				f = unasked(err, "get services/proxy in namespace "+p.Namespace)
				f.Remedy += ", from pods that are ready"
			}
			return f
		}
		statuses, err := parseStatus(answer)
		if err != nil {
			return failed(Shorten(err), "Kubecost's answer has another form than its version's", "upgrade this program, or look yourself: "+look.Status)
		}
		return s.judge(statuses, look)
	},
}

// integrationStatus is what Kubecost tells of one bill.
// Source: OpenCost, pkg/cloudcost/status.go.
type integrationStatus struct {
	Key              string    `json:"key"` // account/bucket
	NextRun          time.Time `json:"nextRun"`
	Runs             int       `json:"runs"`
	Coverage         string    `json:"coverage"`
	ConnectionStatus string    `json:"connectionStatus"`
}

// parseStatus reads Kubecost's answer, {"code": 200, "data": [...]}.
func parseStatus(answer []byte) ([]integrationStatus, error) {
	var out struct {
		Code int
		Data []integrationStatus
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return nil, fmt.Errorf("reading Kubecost's status: %w", err)
	}
	return out.Data, nil
}

// judge says what the statuses mean for the payer.
func (s *Subject) judge(statuses []integrationStatus, look charts.Commands) Finding {
	for _, one := range statuses {
		if !strings.HasPrefix(one.Key, s.Payer.ProjectID+"/") {
			continue
		}
		seen := fmt.Sprintf("%s, %d runs, %s", one.ConnectionStatus, one.Runs, one.Coverage)
		switch normal(one.ConnectionStatus) {
		case "connection successful", "successful_connection":
			return ok(seen)
		case "no connection", "initial_status":
			return waiting(seen, "Kubecost has not asked for the bill yet", later(one.NextRun, s.now().Add(10*time.Minute)))
		case "data missing", "missing_data":
			return waiting(seen, "the query runs and finds nothing: see the query and the delivery", later(one.NextRun, s.now().Add(6*time.Hour)))
		case "failed connection", "failed_connection":
			return failed(seen, "AWS refuses what Kubecost asks: see the hops and the query, and its log", look.Logs)
		default:
			return failed(seen, "Kubecost cannot use the entry of this account in the secret", mendPrimary)
		}
	}
	return failed(fmt.Sprintf("Kubecost knows %d bills, and none of account %s", len(statuses), s.Payer.ProjectID),
		"it could not read the secret, or a configuration of its UI wins over it", "kubectl rollout restart -n "+s.Primary.Namespace+" deployment; "+look.Logs)
}

func normal(status string) string { return strings.ToLower(strings.TrimSpace(status)) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// logLines is how much of a log is read: a run of the ingestion is some hundreds of lines.
const logLines = 5000

// fromLog is what the log of the container that reads the bill says.
func (s *Subject) fromLog(ctx context.Context) Finding {
	found, err := s.pods(ctx)
	if err != nil || len(found) == 0 {
		return notChecked("needs a pod that reads the bill")
	}
	reader, _ := found[0].reader(s.Primary.SecretName, s.Primary.container())
	log, err := s.Cluster.Logs(ctx, s.Primary.Namespace, found[0].Metadata.Name, reader.Name, logLines)
	if err != nil {
		return unasked(err, "get pods/log in namespace "+s.Primary.Namespace)
	}
	return s.judgeLog(readLog(log))
}

// judgeLog says what the log means.
func (s *Subject) judgeLog(l logStatus) Finding {
	switch {
	case l.err != "":
		f := s.recognised(fmt.Errorf("%s", l.err), query)
		f.Seen = shorten(l.err)
		return f
	case l.complete >= 100 || l.built:
		return ok(progressBar(100))
	case l.progress:
		return waiting(progressBar(l.complete), "Kubecost is reading the bill for the first time, which can take over an hour", s.now().Add(time.Hour))
	case l.created:
		return waiting("the bill is known, and nothing was read yet", "Kubecost is about to read the bill", s.now().Add(10*time.Minute))
	}
	return notChecked("needs a log with a line about the bill: the pod may have started just now")
}
