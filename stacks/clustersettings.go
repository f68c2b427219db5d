package stacks

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/kubeconfig"
)

// identity is how Kubecost's pods get their role.
type identity string

const (
	irsa        identity = "irsa"         // IAM roles for service accounts: by the cluster's OIDC provider
	podIdentity identity = "pod-identity" // EKS Pod Identity: by an association in the cluster
)

func (i identity) check() error {
	if i != irsa && i != podIdentity {
		return fmt.Errorf("it is %s or %s", irsa, podIdentity)
	}
	return nil
}

// What the setting oidcProvider is, unless it is an ARN.
const (
	lookupProvider = "lookup"
	createProvider = "create"
)

// clusterSettings say where Kubecost runs.
type clusterSettings struct {
	Name         string // of the EKS cluster; may be empty beside Kubeconfig
	Check        bool   // that its API server answers
	OIDCProvider string // lookupProvider, createProvider, or an ARN
	Issuer       string // that the ARN names

	Kubeconfig string // text; empty for one of the stack's own caller
	Context    string
	Server     kubeconfig.Cluster // that Kubeconfig leads to

	Create           bool // a cluster of the name
	Version          string
	NodeInstanceType string
	NodeCount        int
}

// cluster reads where Kubecost runs.
func (r *reader) cluster(s settings) clusterSettings {
	c := clusterSettings{
		Name:             r.text("clusterName"),
		Check:            r.flag("checkCluster"),
		OIDCProvider:     r.text("oidcProvider"),
		Kubeconfig:       r.raw("kubeconfig"),
		Context:          r.text("kubeconfigContext"),
		Create:           r.flag("createCluster"),
		Version:          r.text("clusterVersion"),
		NodeInstanceType: r.text("nodeInstanceType"),
		NodeCount:        r.integer("nodeCount"),
	}
	if c.Name != "" {
		r.fault("clusterName", c.Name, arn.CheckClusterName(c.Name))
	}
	switch {
	case c.Kubeconfig != "":
		r.kubeconfig(&c, s.Identity)
	case c.Context != "":
		r.fault("kubeconfigContext", c.Context, fmt.Errorf("it is a context of %s, which is not set: set that, or remove this", r.full("kubeconfig")))
		fallthrough
	default:
		r.required("clusterName")
	}
	if c.Kubeconfig == "" && !s.ForCI {
		r.tokenCaller(s.AWS, c.Create)
	}
	r.newCluster(c)
	r.oidcProvider(&c, s)
	return c
}

// kubeconfig checks the user's own kubeconfig, and that it is a secret if it holds one.
func (r *reader) kubeconfig(c *clusterSettings, how identity) {
	var err error
	c.Server, err = kubeconfig.Read(c.Kubeconfig, c.Context)
	if noContext := (kubeconfig.ContextError{}); errors.As(err, &noContext) {
		r.fault("kubeconfigContext", c.Context, err)
	} else {
		r.fault("kubeconfig", "", err)
	}
	if secrets := kubeconfig.Secrets(c.Kubeconfig); len(secrets) > 0 && !r.secret("kubeconfig") {
		r.fault("kubeconfig", "", fmt.Errorf("it stands in plain in the stack's settings and holds secrets (%s): set it again with "+
			"`pulumi config set --secret kubeconfig < FILE`, and give those secrets up", strings.Join(secrets, ", ")))
	}
	if c.Create {
		r.fault("createCluster", "true", fmt.Errorf("%s leads to a cluster that is there already: remove one of them", r.full("kubeconfig")))
	}
	if c.Name != "" || c.Create {
		return
	}
	if how == podIdentity {
		r.faults = append(r.faults, fmt.Errorf("%s is missing: %s is %q, and EKS Pod Identity is a cluster's of EKS",
			r.full("clusterName"), r.full("identity"), podIdentity))
	} else if c.OIDCProvider == lookupProvider || c.OIDCProvider == createProvider {
		r.fault("oidcProvider", c.OIDCProvider, fmt.Errorf("a kubeconfig does not tell the cluster's OIDC issuer: give the provider's ARN, "+
			"or, if it is a cluster of EKS, %s too", r.full("clusterName")))
	}
}

// newCluster checks the settings of a cluster that is to be made.
func (r *reader) newCluster(c clusterSettings) {
	if !c.Create {
		for _, set := range []struct{ key, value string }{
			{"clusterVersion", c.Version}, {"nodeInstanceType", c.NodeInstanceType}, {"nodeCount", fmt.Sprint(c.NodeCount)},
		} {
			if set.value != fmt.Sprint(of(set.key).def) {
				r.fault(set.key, set.value, fmt.Errorf("it is for a new cluster, and %s is not true: set that, or remove this", r.full("createCluster")))
			}
		}
		return
	}
	if c.Version != "" {
		r.fault("clusterVersion", c.Version, components.CheckKubernetesVersion(c.Version))
	}
	r.fault("nodeInstanceType", c.NodeInstanceType, components.CheckInstanceType(c.NodeInstanceType))
	if c.NodeCount < 1 {
		r.fault("nodeCount", fmt.Sprint(c.NodeCount), errors.New("it is at least 1"))
	}
}

// oidcProvider checks where the cluster's OIDC provider comes from.
func (r *reader) oidcProvider(c *clusterSettings, s settings) {
	switch {
	case c.OIDCProvider == lookupProvider:
	case s.Identity == podIdentity:
		r.fault("oidcProvider", c.OIDCProvider, fmt.Errorf("%s is %q, which needs none: remove it", r.full("identity"), podIdentity))
	case c.Create:
		r.fault("oidcProvider", c.OIDCProvider, fmt.Errorf("a cluster of %s comes with its own: remove it", r.full("createCluster")))
	case c.OIDCProvider == createProvider:
	case !strings.HasPrefix(c.OIDCProvider, "arn:"):
		r.fault("oidcProvider", c.OIDCProvider, fmt.Errorf("it is %s, %s, or the ARN of an OIDC provider", lookupProvider, createProvider))
	case s.Partition != "":
		var err error
		c.Issuer, err = arn.OIDCIssuer(c.OIDCProvider, s.Partition, s.PrimaryAccountID)
		r.fault("oidcProvider", c.OIDCProvider, err)
	}
}
