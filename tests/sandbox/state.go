package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// StateFile is where the engine keeps a stack of a state.
func (e Env) StateFile(state, stack string) string {
	return stateFile(filepath.Join(e.state(), state), stack)
}

// stateFile is where the file backend of a folder keeps a stack.
func stateFile(backend, stack string) string {
	return filepath.Join(backend, ".pulumi", "stacks", project, stack+".json")
}

// Checkpoint is a stack's state as the engine has last written it, also while an update runs. It is empty for a stack that was never
// up. It reads the file backend's file, since an engine that exports it takes half a second.
func (e Env) Checkpoint(state, stack string) (apitype.DeploymentV3, error) {
	return checkpoint(filepath.Join(e.state(), state), stack)
}

// checkpoint is that of a stack in a folder.
func checkpoint(backend, stack string) (apitype.DeploymentV3, error) {
	var file struct {
		Checkpoint struct {
			Latest apitype.DeploymentV3 `json:"latest"`
		} `json:"checkpoint"`
	}
	b, err := os.ReadFile(stateFile(backend, stack))
	if errors.Is(err, fs.ErrNotExist) {
		return apitype.DeploymentV3{}, nil
	}
	if err != nil {
		return apitype.DeploymentV3{}, fmt.Errorf("reading the state of stack %s: %w", stack, err)
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return apitype.DeploymentV3{}, fmt.Errorf("reading the state of stack %s: %w", stack, err)
	}
	return file.Checkpoint.Latest, nil
}

// plainOutputs are a stack's outputs in JSON, as the engine writes them; empty if there are none, or a secret is among them.
func plainOutputs(backend, stack string) (string, error) {
	latest, err := checkpoint(backend, stack)
	if err != nil {
		return "", err
	}
	for _, r := range latest.Resources {
		if r.Type != resource.RootStackType {
			continue
		}
		b, err := json.Marshal(r.Outputs)
		if err != nil {
			return "", fmt.Errorf("encoding the outputs of stack %s: %w", stack, err)
		}
		if len(r.Outputs) > 0 && !bytes.Contains(b, []byte(resource.SigKey)) {
			return string(b), nil
		}
	}
	return "", nil
}

// EnginePID is the process of the engine that updates a stack: the file backend's lock names it. It is 0 when there is no lock.
func (e Env) EnginePID(state, stack string) (int, error) {
	locks, err := filepath.Glob(filepath.Join(e.state(), state, ".pulumi", "locks", "*", project, stack, "*.json"))
	if err != nil || len(locks) == 0 {
		return 0, err
	}
	b, err := os.ReadFile(locks[0])
	if err != nil {
		return 0, fmt.Errorf("reading the lock of stack %s: %w", stack, err)
	}
	var lock struct {
		PID int `json:"pid"`
	}
	if err := json.Unmarshal(b, &lock); err != nil {
		return 0, fmt.Errorf("reading the lock of stack %s: %w", stack, err)
	}
	return lock.PID, nil
}
