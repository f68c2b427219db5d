package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// nodeHost is the name by which pulumi finds what runs programs in TypeScript.
const nodeHost = "pulumi-language-nodejs"

// nodePrograms stands in for Pulumi's own host of programs for Node.js. Like that one, it starts what Pulumi's SDK for Node.js has for
// running a program, which does all the rest.
type nodePrograms struct{ goPrograms }

// toldAlready is with what the SDK ends if it has told the engine what went wrong.
const toldAlready = 32

// Run runs a program in a process of its own. It is in TypeScript, and checked before, so it is not checked here.
func (nodePrograms) Run(ctx context.Context, r *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	config, err := json.Marshal(r.GetConfig())
	if err != nil {
		return nil, fmt.Errorf("encoding the configuration: %w", err)
	}
	secret, err := json.Marshal(r.GetConfigSecretKeys())
	if err != nil {
		return nil, fmt.Errorf("encoding the keys of secret configuration: %w", err)
	}
	dir := r.GetInfo().GetProgramDirectory()
	args := []string{
		filepath.Join(dir, "node_modules", "@pulumi", "pulumi", "cmd", "run"),
		"--monitor", r.GetMonitorAddress(), "--engine", os.Args[len(os.Args)-1], "--pwd", dir, "--root-directory", dir,
		"--project", r.GetProject(), "--stack", r.GetStack(), "--organization", r.GetOrganization(),
		"--parallel", strconv.Itoa(int(r.GetParallel())),
	}
	if r.GetDryRun() {
		args = append(args, "--dry-run")
	}
	cmd := exec.CommandContext(ctx, "node", append(args, ".")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PULUMI_CONFIG="+string(config), "PULUMI_CONFIG_SECRET_KEYS="+string(secret),
		"PULUMI_NODEJS_TYPESCRIPT=true", "PULUMI_NODEJS_TRANSPILE_ONLY=true")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr // the host's own output tells pulumi where it is
	err = cmd.Run()
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended) && ended.ExitCode() == toldAlready:
		return &pulumirpc.RunResponse{Bail: true}, nil
	case err != nil:
		return &pulumirpc.RunResponse{Error: "the program ended with " + err.Error()}, nil
	}
	return &pulumirpc.RunResponse{}, nil
}
