package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // metrics of the API server's clients
	_ "k8s.io/component-base/metrics/prometheus/version"  // metric with the version
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

// runAPIServer starts an etcd and then the API server that keeps its objects there.
func runAPIServer(args []string) int {
	etcd, err := startEtcd()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer etcd.Close()
	return run(apiserver.NewAPIServerCommand(), append(args, "--etcd-servers="+etcdClients.String()))
}

func runControllerManager(args []string) int {
	return run(controllermanager.NewControllerManagerCommand(), args)
}

func runScheduler(args []string) int {
	return run(scheduler.NewSchedulerCommand(), args)
}

func run(command *cobra.Command, args []string) int {
	command.SetArgs(args)
	return cli.Run(command)
}
