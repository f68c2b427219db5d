package serve

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// lookAfter is how often the provider looks whether its engine is still there.
const lookAfter = time.Minute

// Main runs the provider as a plugin until the engine ends it or is gone. args are the engine's: its address, after flags of its own.
// Without an address it waits for an engine to attach. The port goes to out, as the engine expects.
func (p *Provider) Main(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("pulumi-resource-kubecost-cur", flag.ContinueOnError)
	flags.Bool("logtostderr", false, "taken and not used, as are the others")
	flags.Int("v", 0, "")
	flags.String("tracing", "", "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	switch flags.NArg() {
	case 0:
	case 1:
		if err := p.connect(flags.Arg(0)); err != nil {
			return err
		}
		if err := rpcutil.Healthcheck(ctx, flags.Arg(0), lookAfter, cancel); err != nil {
			return fmt.Errorf("looking after the engine at %s: %w", flags.Arg(0), err)
		}
	default:
		return fmt.Errorf("one argument is expected, the engine's address, and %d are given: %q", flags.NArg(), flags.Args())
	}

	stop := make(chan bool)
	go func() {
		<-ctx.Done()
		close(stop)
	}()
	served, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stop,
		Init: func(s *grpc.Server) error {
			pulumirpc.RegisterResourceProviderServer(s, p)
			return nil
		},
	})
	if err != nil {
		return fmt.Errorf("serving the package: %w", err)
	}
	if _, err := fmt.Fprintln(out, served.Port); err != nil {
		return fmt.Errorf("telling the engine the port: %w", err)
	}
	return <-served.Done
}
