// Package sandbox runs the unmodified program in a world of its own: the real Pulumi engine, the real AWS provider, a real
// Kubernetes API server and the real Helm library, with a simulated AWS around them.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/helmrepo"
	"github.com/kubecost-cur/kubecost-cur/tests/parts"
	"github.com/kubecost-cur/kubecost-cur/tests/simathena"
	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
	"github.com/kubecost-cur/kubecost-cur/tests/simeks"
)

// The two accounts of the example settings, and the cluster that they name.
const (
	PayerAccount   = "111111111111"
	PrimaryAccount = "222222222222"
	Region         = "us-east-2"
	ClusterName    = "primary"

	issuer = "https://oidc.eks." + Region + ".amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
	// deadEndpoint is an address where nothing listens.
	deadEndpoint = "https://127.0.0.1:1"
)

// Options say where a sandbox lives.
type Options struct {
	Root string    // the repository
	Dir  string    // the sandbox's state; emptied when it starts
	Out  io.Writer // progress
	// Optimised runs programs as fast as their releases. They take longer to build.
	Optimised bool
}

// Sandbox is a running sandbox.
type Sandbox struct {
	Env     Env
	Cloud   *simaws.Cloud
	Cluster *simeks.Cluster

	stop []func() error
}

// Start gets the sandbox's parts, building those that are missing, and starts it with the two accounts of the example
// settings. What it started is stopped again if it fails.
func Start(ctx context.Context, o Options) (_ *Sandbox, err error) {
	ensure := parts.Ensure
	if o.Optimised {
		ensure = parts.EnsureOptimised
	}
	set, err := ensure(ctx, o.Root, filepath.Join(o.Root, ".sandbox", "parts"), o.Out)
	if err != nil {
		return nil, fmt.Errorf("getting the sandbox's parts: %w", err)
	}
	begin := time.Now()
	if err := os.RemoveAll(o.Dir); err != nil {
		return nil, fmt.Errorf("emptying %s: %w", o.Dir, err)
	}
	s := &Sandbox{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Stop())
		}
	}()
	if s.Env, err = newEnv(o, set); err != nil {
		return nil, err
	}
	if err := s.startAWS(ctx, set); err != nil {
		return nil, err
	}
	if err := s.startKubernetes(ctx, set); err != nil {
		return nil, err
	}
	if err := s.AddAccounts(ctx, PayerAccount, PrimaryAccount); err != nil {
		return nil, err
	}
	fmt.Fprintf(o.Out, "sandbox: two AWS accounts and a cluster are up (%.1f s)\n", time.Since(begin).Seconds())
	return s, nil
}

func (s *Sandbox) startAWS(ctx context.Context, set *parts.Set) error {
	dir, log, err := s.Env.process("aws")
	if err != nil {
		return err
	}
	s.stop = append(s.stop, log.Close)
	s.Cloud, err = simaws.Start(ctx, simaws.Config{Dir: dir, MotoServer: set.MotoServer, IAMSimulate: set.IAMSimulate, Log: log})
	if err != nil {
		return fmt.Errorf("starting the simulated AWS: %w", err)
	}
	s.stop = append(s.stop, s.Cloud.Stop)
	s.Env.ProxyURL, s.Env.CAFile = s.Cloud.ProxyURL(), s.Cloud.CAFile()

	s.Env.StateKey = s.Cloud.AddKey(PayerAccount, Region, stateKeyPolicy)
	s.Cloud.SetAthena(&simathena.Engine{})
	charts, err := helmrepo.Handler()
	if err != nil {
		return fmt.Errorf("packing the charts: %w", err)
	}
	for _, host := range helmrepo.Hosts {
		s.Cloud.Handle(host, charts)
	}
	return nil
}

func (s *Sandbox) startKubernetes(ctx context.Context, set *parts.Set) error {
	webhook, err := serveLocal(s.Cloud.TokenAuthenticator())
	if err != nil {
		return fmt.Errorf("serving the token authenticator: %w", err)
	}
	s.stop = append(s.stop, webhook.close)
	dir, log, err := s.Env.process("kubernetes")
	if err != nil {
		return err
	}
	s.stop = append(s.stop, log.Close)
	s.Cluster, err = simeks.Start(ctx, simeks.Config{
		Dir: dir, Kube: set.Kube, Issuer: issuer, TokenWebhook: webhook.url, DefaultStorageClass: true,
		PodIdentity: s.hasPodIdentity,
	})
	if err != nil {
		return fmt.Errorf("starting Kubernetes: %w", err)
	}
	s.stop = append(s.stop, s.Cluster.Stop)
	s.Env.Kubeconfig = s.Cluster.Kubeconfig
	return nil
}

// stateKeyPolicy lets every account's principals use the key of the states' secrets, as far as their own policies let them.
const stateKeyPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["kms:Encrypt","kms:Decrypt","kms:GenerateDataKey"],"Resource":"*"}]}`

// Issuer is the OIDC issuer of all clusters.
func (s *Sandbox) Issuer() string { return issuer }

// WorldOptions say how a pair of accounts differs from others.
type WorldOptions struct {
	NoOIDCProvider   bool // of the cluster's issuer in the primary account
	PodIdentityAgent bool // in the cluster
	// Intercept comes between the cluster's callers and the API server, as [simeks.Cluster.Intercept] says; nil for nothing.
	Intercept func(r *http.Request, carryOut func())
}

// AddAccounts adds a payer account and a primary account with a cluster in it. All clusters are the one API server.
func (s *Sandbox) AddAccounts(ctx context.Context, payer, primary string) error {
	return s.AddWorld(ctx, payer, primary, WorldOptions{})
}

// AddWorld is AddAccounts for accounts that differ from others.
func (s *Sandbox) AddWorld(ctx context.Context, payer, primary string, o WorldOptions) error {
	for _, id := range []string{payer, primary} {
		credentials, err := s.Cloud.AddAccount(id)
		if err != nil {
			return fmt.Errorf("adding account %s: %w", id, err)
		}
		s.Env.Accounts[id] = Credentials{AccessKeyID: credentials.AccessKeyID, SecretAccessKey: credentials.SecretAccessKey}
	}
	s.Cloud.AddOrganization(simaws.Organization{
		ID: "o-" + payer, Management: payer, Members: []simaws.Member{{ID: primary, Name: "primary"}},
	})
	addons := []string{"vpc-cni", "coredns", "kube-proxy", "aws-ebs-csi-driver"}
	if o.PodIdentityAgent {
		addons = append(addons, "eks-pod-identity-agent")
	}
	endpoint := s.Cluster.Endpoint
	if o.Intercept != nil {
		var stop func() error
		var err error
		if endpoint, stop, err = s.Cluster.Intercept(o.Intercept); err != nil {
			return fmt.Errorf("intercepting the requests to cluster %s: %w", ClusterName, err)
		}
		s.stop = append(s.stop, stop)
	}
	if err := s.addCluster(ctx, simaws.EKSCluster{Account: primary, Name: ClusterName, Endpoint: endpoint, Addons: addons}); err != nil {
		return err
	}
	if o.NoOIDCProvider {
		return nil
	}
	if _, err := s.Cloud.CreateOIDCProvider(ctx, primary, issuer); err != nil {
		return fmt.Errorf("adding the OIDC provider of cluster %s: %w", ClusterName, err)
	}
	return nil
}

// AddDeadCluster adds a cluster to an account whose API server does not answer.
func (s *Sandbox) AddDeadCluster(ctx context.Context, account, name string, tags map[string]string) error {
	return s.addCluster(ctx, simaws.EKSCluster{Account: account, Name: name, Endpoint: deadEndpoint, Tags: tags})
}

// addCluster adds a cluster of the one API server that there is, by the endpoint that it is given.
func (s *Sandbox) addCluster(ctx context.Context, c simaws.EKSCluster) error {
	c.Region, c.CA, c.Issuer, c.JWKS = Region, s.Cluster.CA, issuer, s.Cluster.JWKS
	if err := s.Cloud.AddCluster(ctx, c); err != nil {
		return fmt.Errorf("adding cluster %s to account %s: %w", c.Name, c.Account, err)
	}
	return nil
}

// Stop ends everything that the sandbox started, last first.
func (s *Sandbox) Stop() error {
	var all []error
	for i := len(s.stop) - 1; i >= 0; i-- {
		all = append(all, s.stop[i]())
	}
	s.stop = nil
	return errors.Join(all...)
}

// local is an HTTP server on a free port of this machine.
type local struct {
	url   string
	close func() error
}

func serveLocal(h http.Handler) (local, error) {
	l, err := listenLocal()
	if err != nil {
		return local{}, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }() // ends with close
	return local{url: "http://" + l.Addr().String(), close: server.Close}, nil
}
