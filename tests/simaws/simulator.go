package simaws

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"sync"
)

// simulator is the process that decides on policies. It answers one question at a time.
type simulator struct {
	mu  sync.Mutex
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// decision is the result of an evaluation of policies.
type decision string

const (
	allowed          decision = "Allowed"
	explicitlyDenied decision = "ExplicitlyDenied"
)

// question is one action of a principal on a resource.
type question struct {
	Principal       string // ARN of a user, a session or an OIDC provider, or the name of a service
	Action          string // "s3:GetObject"
	Resource        string
	ResourceAccount string
	Context         map[string]string
	Identity        []json.RawMessage // policies of the principal
	ResourcePolicy  json.RawMessage   // nil if the resource has none
}

func startSimulator(dir string, log io.Writer) (*simulator, error) {
	cmd := exec.Command("node", filepath.Join(dir, "evaluate.mjs"))
	cmd.Stderr = log
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the IAM simulator: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the IAM simulator: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the IAM simulator: %w", err)
	}
	return &simulator{cmd: cmd, in: in, out: bufio.NewReader(out)}, nil
}

// decide evaluates the policies of a question.
func (s *simulator) decide(q question) (decision, error) {
	type named struct {
		Name   string          `json:"name"`
		Policy json.RawMessage `json:"policy"`
	}
	identity := make([]named, len(q.Identity))
	for i, p := range q.Identity {
		identity[i] = named{fmt.Sprintf("policy %d", i+1), p}
	}
	simulation := map[string]any{
		"request": map[string]any{
			"principal":        q.Principal,
			"action":           q.Action,
			"resource":         map[string]string{"resource": q.Resource, "accountId": q.ResourceAccount},
			"contextVariables": q.Context,
		},
		"identityPolicies":        identity,
		"serviceControlPolicies":  []any{},
		"resourceControlPolicies": []any{},
	}
	if q.ResourcePolicy != nil {
		simulation["resourcePolicy"] = q.ResourcePolicy
	}
	line, err := json.Marshal(simulation)
	if err != nil {
		return "", fmt.Errorf("asking the IAM simulator: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.in.Write(append(line, '\n')); err != nil {
		return "", fmt.Errorf("asking the IAM simulator: %w", err)
	}
	answer, err := s.out.ReadBytes('\n')
	if err != nil {
		return "", fmt.Errorf("waiting for the IAM simulator: %w", err)
	}
	var result struct {
		Result decision `json:"result"`
		Error  string   `json:"error"`
	}
	if err := json.Unmarshal(answer, &result); err != nil {
		return "", fmt.Errorf("reading the IAM simulator's answer: %w", err)
	}
	if result.Error != "" {
		return "", fmt.Errorf("evaluating %s on %s: %s", q.Action, q.Resource, result.Error)
	}
	return result.Result, nil
}

// stop ends the process by the end of its input. An interrupt from the keyboard may have ended it before.
func (s *simulator) stop() error {
	if err := s.in.Close(); err != nil {
		return fmt.Errorf("stopping the IAM simulator: %w", err)
	}
	_ = s.cmd.Wait()
	return nil
}
