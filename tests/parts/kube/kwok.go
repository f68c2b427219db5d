package main

import (
	"fmt"
	"os"

	"github.com/spf13/pflag"
	"sigs.k8s.io/kwok/pkg/config"
	"sigs.k8s.io/kwok/pkg/kwok/cmd"
	"sigs.k8s.io/kwok/pkg/log"
	"sigs.k8s.io/kwok/pkg/utils/signals"
)

// runKwok runs kwok's controllers. Its --config files have to be read before its command
// is made, since they hold the defaults of the command's flags.
func runKwok(args []string) int {
	// Kubernetes' libraries put their flags into the process's set, which kwok's command
	// would take for its own.
	pflag.CommandLine = pflag.NewFlagSet("kwok", pflag.ContinueOnError)

	files := pflag.NewFlagSet("kwok", pflag.ContinueOnError)
	files.ParseErrorsAllowlist.UnknownFlags = true
	files.Usage = func() {}

	ctx, _ := log.InitFlags(signals.SetupSignalContext(), files)
	ctx, err := config.InitFlags(ctx, files)
	if err != nil {
		fmt.Fprintln(os.Stderr, "reading kwok's settings:", err)
		return 1
	}
	command := cmd.NewCommand(ctx)
	command.PersistentFlags().AddFlagSet(files)
	command.SetArgs(args)
	if err := command.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "running kwok:", err)
		return 1
	}
	return 0
}
