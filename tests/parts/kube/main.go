// Command kube is the Kubernetes of the sandbox, in one program, so that its parts share
// what they are built from and are linked once:
//
//	kube apiserver [flags of kube-apiserver]                  with an etcd in the working folder
//	kube controller-manager [flags of kube-controller-manager]
//	kube scheduler [flags of kube-scheduler]
//	kube kwok [flags of kwok]                                 the kubelet of nodes that do not exist
//
// Each part must be a process of its own: all of them claim the process's signals.
package main

import (
	"fmt"
	"os"
)

// parts maps the name of a part to what runs it with the arguments after the name. It
// returns the exit code.
var parts = map[string]func(args []string) int{
	"apiserver":          runAPIServer,
	"controller-manager": runControllerManager,
	"scheduler":          runScheduler,
	"kwok":               runKwok,
}

func main() {
	if len(os.Args) < 2 || parts[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: kube apiserver|controller-manager|scheduler|kwok [flags]")
		os.Exit(2)
	}
	os.Exit(parts[os.Args[1]](os.Args[2:]))
}
