package simaws

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"sync"
)

// Simulator is the process that decides on policies. It answers questions in the order in which they are asked.
type Simulator struct {
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

// Question is one action of a principal on a resource, with the policies that decide on it.
type Question struct {
	Principal       string // ARN of a user, a session or an OIDC provider, or the name of a service
	Action          string // "s3:GetObject"
	Resource        string
	ResourceAccount string
	Context         map[string]string
	Identity        []json.RawMessage // policies of the principal
	ResourcePolicy  json.RawMessage   // nil if the resource has none
}

// StartSimulator starts the simulator that InstallIAMSimulate put into a folder, with its messages in log. Stop ends it.
func StartSimulator(dir string, log io.Writer) (*Simulator, error) {
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
	return &Simulator{cmd: cmd, in: in, out: bufio.NewReader(out)}, nil
}

// Decide says of each question whether the policies allow it, in the order of the questions.
func (s *Simulator) Decide(questions []Question) ([]bool, error) {
	decisions, err := s.decideAll(questions)
	if err != nil {
		return nil, err
	}
	may := make([]bool, len(decisions))
	for i, d := range decisions {
		may[i] = d == allowed
	}
	return may, nil
}

// decide evaluates the policies of a question.
func (s *Simulator) decide(q Question) (decision, error) {
	decisions, err := s.decideAll([]Question{q})
	if err != nil {
		return "", err
	}
	return decisions[0], nil
}

// decideAll asks without waiting for answers in between, and reads all of them even if one is an error, so that the next
// question gets its own.
func (s *Simulator) decideAll(questions []Question) ([]decision, error) {
	var lines bytes.Buffer
	for _, q := range questions {
		line, err := q.simulation()
		if err != nil {
			return nil, fmt.Errorf("asking the IAM simulator: %w", err)
		}
		lines.Write(append(line, '\n'))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := make(chan error, 1)
	go func() {
		_, err := s.in.Write(lines.Bytes())
		asked <- err
	}()
	decisions := make([]decision, len(questions))
	var errs []error
	for i, q := range questions {
		answer, err := s.out.ReadBytes('\n')
		if err != nil {
			return nil, fmt.Errorf("waiting for the IAM simulator: %w", err)
		}
		var result struct {
			Result decision `json:"result"`
			Error  string   `json:"error"`
		}
		if err := json.Unmarshal(answer, &result); err != nil {
			errs = append(errs, fmt.Errorf("reading the IAM simulator's answer: %w", err))
		} else if result.Error != "" {
			errs = append(errs, fmt.Errorf("evaluating %s on %s: %s", q.Action, q.Resource, result.Error))
		}
		decisions[i] = result.Result
	}
	if err := <-asked; err != nil {
		errs = append(errs, fmt.Errorf("asking the IAM simulator: %w", err))
	}
	return decisions, errors.Join(errs...)
}

// simulation is the question as the simulator takes it: a line of JSON.
func (q Question) simulation() ([]byte, error) {
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
	return json.Marshal(simulation)
}

// Stop ends the process by the end of its input. An interrupt from the keyboard may have ended it before.
func (s *Simulator) Stop() error {
	if err := s.in.Close(); err != nil {
		return fmt.Errorf("stopping the IAM simulator: %w", err)
	}
	_ = s.cmd.Wait()
	return nil
}
