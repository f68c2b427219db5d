package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/kubecost-cur/kubecost-cur/stacks"
)

// languageHost is the name by which pulumi finds what runs Go programs.
const languageHost = "pulumi-language-go"

// RunAs runs this program as one of those that the sandbox links to it: `aws`, which Kubernetes clients call, or pulumi's host of Go
// programs. It returns false if it was not called by such a name.
func RunAs(args []string, out io.Writer) (bool, error) {
	switch filepath.Base(args[0]) {
	case "aws":
		return true, GetToken(args[1:], out)
	case languageHost:
		return true, runLanguageHost(goPrograms{}, out)
	case nodeHost:
		return true, runLanguageHost(nodePrograms{}, out)
	}
	return false, nil
}

// ProgramVariable names the environment variable with the path of the project's program, built. With it that is run, in a process of
// its own.
const ProgramVariable = "SANDBOX_PROGRAM"

// runLanguageHost stands in for Pulumi's own host of Go programs, which pulumi starts where it is used from a command line: that is
// part of an installed Pulumi, and no Go module that could be built here. It ends with a signal.
func runLanguageHost(programs pulumirpc.LanguageRuntimeServer, out io.Writer) error {
	stop := make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stop,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, programs)
			return nil
		},
	})
	if err != nil {
		return fmt.Errorf("serving pulumi as a language's host: %w", err)
	}
	fmt.Fprintln(out, handle.Port) // where pulumi finds it
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	go func() {
		<-ctx.Done()
		close(stop)
	}()
	return <-handle.Done
}

type goPrograms struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
}

// Handshake says that it knows how to be greeted.
func (goPrograms) Handshake(context.Context, *pulumirpc.LanguageHandshakeRequest) (*pulumirpc.LanguageHandshakeResponse, error) {
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

// GetPluginInfo says which version it is.
func (goPrograms) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "1.0.0"}, nil
}

// GetRequiredPackages names no plugins: the sandbox has linked them.
func (goPrograms) GetRequiredPackages(
	context.Context, *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

// GetRequiredPlugins is the older form of that.
func (goPrograms) GetRequiredPlugins(
	context.Context, *pulumirpc.GetRequiredPluginsRequest,
) (*pulumirpc.GetRequiredPluginsResponse, error) {
	return &pulumirpc.GetRequiredPluginsResponse{}, nil
}

// Run runs the program: that of ProgramVariable, that of the folder if it is a Go module's, else the project's own as it was compiled
// into this one. Its error is told the engine as that of a program that ran and said what is wrong.
func (goPrograms) Run(ctx context.Context, r *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	if len(r.GetArgs()) > 0 {
		return nil, errors.New("the project's program takes no arguments")
	}
	if built := os.Getenv(ProgramVariable); built != "" {
		return runBuilt(ctx, built, r)
	}
	if _, err := os.Stat(filepath.Join(r.GetInfo().GetProgramDirectory(), "go.mod")); err == nil {
		return runFolder(ctx, r)
	}
	program, err := pulumi.NewContext(ctx, pulumi.RunInfo{
		Project: r.GetProject(), Stack: r.GetStack(), Organization: r.GetOrganization(),
		RootDirectory: r.GetInfo().GetRootDirectory(),
		Config:        r.GetConfig(), ConfigSecretKeys: r.GetConfigSecretKeys(),
		Parallel: r.GetParallel(), DryRun: r.GetDryRun(), MonitorAddr: r.GetMonitorAddress(), EngineAddr: os.Args[len(os.Args)-1],
	})
	if err != nil {
		return nil, fmt.Errorf("reaching the engine: %w", err)
	}
	defer program.Close()
	if err := pulumi.RunWithContext(program, stacks.Run); err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	return &pulumirpc.RunResponse{}, nil
}
