// Command pulumi-resource-kubernetes is the Kubernetes plugin of the sandbox: of the published plugin's
// types it has the few that the program uses, and behaves as that one does. It is for trying and testing;
// a deployment uses the published plugin.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/server"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// maxMessage is the engine's own limit of a message's size.
const maxMessage = 400 << 20

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run serves one engine, which reads the port from the standard output, until it ends the plugin.
func run() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening for the engine: %w", err)
	}
	s := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage), grpc.MaxSendMsgSize(maxMessage))
	pulumirpc.RegisterResourceProviderServer(s, server.New())

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer context.AfterFunc(ctx, s.Stop)()

	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	if err := s.Serve(listener); err != nil {
		return fmt.Errorf("serving the engine: %w", err)
	}
	return nil
}
