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

	"github.com/pulumi/pulumi/sdk/v3/go/common/constant"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// runBuilt runs a built program in a process of its own, as Pulumi's host of Go programs does once it has compiled it.
func runBuilt(ctx context.Context, file string, r *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	config, err := json.Marshal(r.GetConfig())
	if err != nil {
		return nil, fmt.Errorf("encoding the configuration: %w", err)
	}
	secret, err := json.Marshal(r.GetConfigSecretKeys())
	if err != nil {
		return nil, fmt.Errorf("encoding the keys of secret configuration: %w", err)
	}
	cmd := exec.CommandContext(ctx, file)
	cmd.Env = append(os.Environ(),
		pulumi.EnvProject+"="+r.GetProject(), pulumi.EnvStack+"="+r.GetStack(), pulumi.EnvOrganization+"="+r.GetOrganization(),
		pulumi.EnvConfig+"="+string(config), pulumi.EnvConfigSecretKeys+"="+string(secret),
		pulumi.EnvParallel+"="+strconv.Itoa(int(r.GetParallel())), pulumi.EnvDryRun+"="+strconv.FormatBool(r.GetDryRun()),
		pulumi.EnvMonitor+"="+r.GetMonitorAddress(), pulumi.EnvEngine+"="+os.Args[len(os.Args)-1],
	)
	cmd.Dir = r.GetPwd()
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr // the host's own output tells pulumi where it is
	err = cmd.Run()
	var ended *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &ended) && ended.ExitCode() == constant.ExitStatusLoggedError: // it has said why
		return &pulumirpc.RunResponse{Bail: true}, nil
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program ended with %v", err)}, nil
	}
}

// runFolder builds the Go program of a folder first, with the flags of the sandbox, so that what both need is compiled once.
func runFolder(ctx context.Context, r *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	dir, err := os.MkdirTemp("", "program-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the program: %w", err)
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "program")
	build := exec.CommandContext(ctx, "go", "build", "-gcflags=all=-N -l", "-ldflags=-s -w", "-o", program, r.GetInfo().GetEntryPoint())
	build.Dir = r.GetInfo().GetProgramDirectory()
	if said, err := build.CombinedOutput(); err != nil {
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("building the program in %s: %v\n%s", build.Dir, err, said)}, nil
	}
	return runBuilt(ctx, program, r)
}
