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
	"syscall"
	"time"

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
		pulumi.EnvPulumiRootDirectory+"="+r.GetInfo().GetRootDirectory(),
		pulumi.EnvParallel+"="+strconv.Itoa(int(r.GetParallel())), pulumi.EnvDryRun+"="+strconv.FormatBool(r.GetDryRun()),
		pulumi.EnvMonitor+"="+r.GetMonitorAddress(), pulumi.EnvEngine+"="+os.Args[len(os.Args)-1],
	)
	cmd.Dir = r.GetPwd()
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr // the host's own output tells pulumi where it is
	begin := time.Now()
	err = cmd.Run()
	if file := os.Getenv(UsageVariable); file != "" && cmd.ProcessState != nil {
		if err := used(cmd.ProcessState, time.Since(begin)).write(file); err != nil {
			return nil, err
		}
	}
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

// UsageVariable names the environment variable with the file that a built program's Usage is written to.
const UsageVariable = "SANDBOX_PROGRAM_USAGE"

// Usage is what a run of the program took.
type Usage struct {
	Wall, CPU time.Duration
	Memory    int64 // bytes, at most
}

func used(ended *os.ProcessState, wall time.Duration) Usage {
	u := Usage{Wall: wall, CPU: ended.UserTime() + ended.SystemTime()}
	if all, ok := ended.SysUsage().(*syscall.Rusage); ok {
		u.Memory = all.Maxrss << 10
	}
	return u
}

func (u Usage) write(file string) error {
	b, err := json.Marshal(u)
	if err != nil {
		return fmt.Errorf("encoding the program's usage: %w", err)
	}
	if err := os.WriteFile(file, b, 0o644); err != nil {
		return fmt.Errorf("writing the program's usage: %w", err)
	}
	return nil
}

// runFolder builds the Go program of a folder first, with the flags of the sandbox, so that what both need is compiled once, and into a
// file that stays, so that Go builds nothing where nothing has changed.
func runFolder(ctx context.Context, r *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	folder := r.GetInfo().GetProgramDirectory()
	program := filepath.Join(os.TempDir(), fmt.Sprintf("program-%08x", hash(folder)))
	build := exec.CommandContext(ctx, "go", "build", "-gcflags=all=-N -l", "-ldflags=-s -w", "-o", program, r.GetInfo().GetEntryPoint())
	build.Dir = folder
	if said, err := build.CombinedOutput(); err != nil {
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("building the program in %s: %v\n%s", build.Dir, err, said)}, nil
	}
	return runBuilt(ctx, program, r)
}
