package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Settings say which cluster to talk to, as the provider's settings do.
type Settings struct {
	Kubeconfig string // path or content, JSON or YAML; empty for KUBECONFIG or the user's own file
	Context    string // empty for the current one
	Cluster    string // empty for the context's
	Namespace  string // of objects that name none; empty for the context's
}

// clientConfig resolves the settings. It fails when the kubeconfig cannot be read.
func (s Settings) clientConfig() (clientcmd.ClientConfig, error) {
	overrides := &clientcmd.ConfigOverrides{
		CurrentContext: s.Context,
		Context:        clientcmdapi.Context{Cluster: s.Cluster, Namespace: s.Namespace},
	}
	if s.Kubeconfig == "" {
		rules := clientcmd.NewDefaultClientConfigLoadingRules()
		return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides), nil
	}
	config, err := s.load()
	if err != nil {
		return nil, err
	}
	return clientcmd.NewDefaultClientConfig(*config, overrides), nil
}

// load reads Kubeconfig, which is a path when a file of that name exists.
func (s Settings) load() (*clientcmdapi.Config, error) {
	path := s.Kubeconfig
	if rest, ok := strings.CutPrefix(path, "~"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, fmt.Errorf("finding the home directory: %w", err)
		}
		path = filepath.Join(home, rest)
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return clientcmd.LoadFromFile(path)
	}
	return clientcmd.Load([]byte(s.Kubeconfig))
}

// SameCluster reports whether both settings reach the same cluster, as far as their kubeconfigs tell. It
// fails when one of them cannot be read.
func SameCluster(a, b Settings) (bool, error) {
	first, err := a.active()
	if err != nil {
		return false, err
	}
	second, err := b.active()
	if err != nil {
		return false, err
	}
	return first == nil || second == nil || reflect.DeepEqual(first, second), nil
}

// active returns the cluster that the settings select, nil when the kubeconfig has none of that name.
func (s Settings) active() (*clientcmdapi.Cluster, error) {
	if s.Kubeconfig == "" {
		return nil, nil
	}
	config, err := s.load()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	name, selected := s.Cluster, config.CurrentContext
	if s.Context != "" {
		selected = s.Context
	}
	if context, ok := config.Contexts[selected]; ok && name == "" {
		name = context.Cluster
	}
	cluster, ok := config.Clusters[name]
	if !ok {
		return nil, nil
	}
	cluster.LocationOfOrigin = ""
	return cluster, nil
}
