// Package cluster connects to a Kubernetes cluster, once for the plain objects and for Helm.
package cluster

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
)

// Requests per second and at once: what a chart's many objects need, well above client-go's default.
const (
	requestsPerSecond = 50
	requestsAtOnce    = 120
)

// Cluster is a cluster that answered, or the reason why it did not.
type Cluster struct {
	Namespace   string // of objects that name none
	Unreachable error  // nil when the cluster answered

	config    *rest.Config
	loader    clientcmd.ClientConfig
	settings  Settings
	discovery discovery.CachedDiscoveryInterface
	mapper    meta.RESTMapper
	objects   dynamic.Interface
}

// Connect asks the cluster for its version. A cluster that cannot be reached is no error, since previews
// go on without one: see Unreachable.
func Connect(s Settings) *Cluster {
	c := &Cluster{settings: s}
	c.Unreachable = c.connect()
	return c
}

func (c *Cluster) connect() error {
	loader, err := c.settings.clientConfig()
	if err != nil {
		return fmt.Errorf("reading the kubeconfig: %w", err)
	}
	c.loader = loader
	if c.Namespace, _, err = loader.Namespace(); err != nil {
		return fmt.Errorf("reading the kubeconfig's namespace: %w", err)
	}
	if c.config, err = loader.ClientConfig(); err != nil {
		return fmt.Errorf("reading the kubeconfig: %w", err)
	}
	c.config.QPS, c.config.Burst = requestsPerSecond, requestsAtOnce
	c.config.WarningHandler = rest.NoWarnings{}

	client, err := discovery.NewDiscoveryClientForConfig(c.config)
	if err != nil {
		return fmt.Errorf("making a discovery client: %w", err)
	}
	c.discovery = memory.NewMemCacheClient(client)
	c.mapper = restmapper.NewDeferredDiscoveryRESTMapper(c.discovery)
	if c.objects, err = dynamic.NewForConfig(c.config); err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	if _, err := client.ServerVersion(); err != nil {
		return fmt.Errorf("asking the API server for its version: %w", err)
	}
	return nil
}

// Client returns the client for objects of a kind, in a namespace when the kind has one. It fails when the
// server does not know the kind.
func (c *Cluster) Client(kind schema.GroupVersionKind, namespace string) (dynamic.ResourceInterface, error) {
	mapping, err := c.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return nil, fmt.Errorf("finding %s in the API server: %w", kind.Kind, err)
	}
	client := c.objects.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		return client.Namespace(namespace), nil
	}
	return client, nil
}

// Getter returns what Helm wants to know of the cluster, with namespace as the default one.
func (c *Cluster) Getter(namespace string) *Getter {
	return &Getter{cluster: c, namespace: namespace}
}

// Getter is the cluster as Helm's library sees it (a genericclioptions.RESTClientGetter).
type Getter struct {
	cluster   *Cluster
	namespace string
}

// ToRESTConfig returns the connection's settings.
func (g *Getter) ToRESTConfig() (*rest.Config, error) {
	if g.cluster.config == nil {
		return nil, g.cluster.Unreachable
	}
	return rest.CopyConfig(g.cluster.config), nil
}

// ToDiscoveryClient returns the client that knows the server's kinds.
func (g *Getter) ToDiscoveryClient() (discovery.CachedDiscoveryInterface, error) {
	if g.cluster.discovery == nil {
		return nil, g.cluster.Unreachable
	}
	return g.cluster.discovery, nil
}

// ToRESTMapper returns the mapper from kinds to the server's paths.
func (g *Getter) ToRESTMapper() (meta.RESTMapper, error) {
	if g.cluster.mapper == nil {
		return nil, g.cluster.Unreachable
	}
	return g.cluster.mapper, nil
}

// ToRawKubeConfigLoader returns the kubeconfig with the getter's namespace selected.
func (g *Getter) ToRawKubeConfigLoader() clientcmd.ClientConfig {
	settings := g.cluster.settings
	settings.Namespace = g.namespace
	loader, err := settings.clientConfig()
	if err != nil {
		return g.cluster.loader
	}
	return loader
}
