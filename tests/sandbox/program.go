package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"

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
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr // the host's own output tells pulumi where it is
	switch ended := (*exec.ExitError)(nil); {
	case errors.As(cmd.Run(), &ended):
		return &pulumirpc.RunResponse{Error: "the program ended with " + ended.Error()}, nil
	default:
		return &pulumirpc.RunResponse{}, nil
	}
}
