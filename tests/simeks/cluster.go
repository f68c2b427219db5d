package simeks

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// startTimeout bounds how long a cluster may take to run its first pod.
const startTimeout = 2 * time.Minute

// Config describes a cluster.
type Config struct {
	Dir            string // folder for certificates, data and logs; created when missing
	Kube           string // path of the kube program
	Issuer         string // of service account tokens: https://oidc.eks.<region>.amazonaws.com/id/<ID>
	TokenWebhook   string // URL that answers a TokenReview for tokens of AWS callers; empty for none
	TokenWebhookCA string // PEM file of the CA of an https TokenWebhook; empty for the system's

	// PodIdentity says whether EKS Pod Identity gives the pods of a service account a role; nil for none.
	PodIdentity func(namespace, serviceAccount string) bool
	// DefaultStorageClass makes gp2 the default. Without it claims that name no class
	// stay Pending, as on EKS since 1.30.
	DefaultStorageClass bool
}

// Cluster is a running cluster.
type Cluster struct {
	*Client

	Endpoint   string // https://127.0.0.1:<port>
	CA         []byte // PEM of the API server's CA
	Kubeconfig string // path of the administrator's kubeconfig file

	region      string
	podIdentity func(namespace, serviceAccount string) bool
	files       files
	processes   []*process
	restart     func(context.Context) error // starts the API server anew
	webhook     *http.Server
	stop        context.CancelFunc // ends the controllers
	running     sync.WaitGroup     // controllers and webhook
	log         *os.File           // of the controllers and the webhook
}

// Start starts a cluster and returns when a Deployment's pod is ready on it. ctx bounds the
// start only: the cluster runs until Stop, or until this process ends.
func Start(ctx context.Context, c Config) (*Cluster, error) {
	region, err := issuerRegion(c.Issuer)
	if err != nil {
		return nil, err
	}
	if c.Dir, err = filepath.Abs(c.Dir); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout,
		fmt.Errorf("no pod became ready within %s; logs are in %s", startTimeout, c.Dir))
	defer cancel()
	k := &Cluster{region: region, podIdentity: c.PodIdentity, stop: func() {}}
	if err := k.start(ctx, c); err != nil {
		return nil, errors.Join(fmt.Errorf("starting the cluster: %w", err), k.Stop())
	}
	return k, nil
}

func (k *Cluster) start(ctx context.Context, c Config) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	k.Endpoint = fmt.Sprintf("https://127.0.0.1:%d", port)
	if k.files, err = writeFiles(c, k.Endpoint); err != nil {
		return err
	}
	k.CA, k.Kubeconfig = k.files.ca.pem, k.files.kubeconfig
	k.Client = newClient(k.Endpoint, k.files.token, k.files.ca)

	k.restart = func(ctx context.Context) error {
		if err := k.run(c, apiServer(c, k.files, port)); err != nil {
			return err
		}
		if err := k.wait(ctx, k.ready); err != nil {
			return fmt.Errorf("waiting for the API server: %w", err)
		}
		return nil
	}
	if err := k.restart(ctx); err != nil {
		return err
	}
	for _, cmd := range []command{controllerManager(k.files), scheduler(k.files), kwok(k.files)} {
		if err := k.run(c, cmd); err != nil {
			return err
		}
	}
	if err := k.furnish(ctx, c); err != nil {
		return err
	}
	if err := k.wait(ctx, k.firstPodReady); err != nil {
		return fmt.Errorf("waiting for the first pod: %w", err)
	}
	return nil
}

// furnish adds what EKS has from the start: a node, storage, the webhook for roles of
// pods, and the name server.
func (k *Cluster) furnish(ctx context.Context, c Config) error {
	var err error
	if k.log, err = os.Create(filepath.Join(c.Dir, "eks.log")); err != nil {
		return err
	}
	url, err := k.serveWebhook()
	if err != nil {
		return err
	}
	controlled, stop := context.WithCancel(context.Background())
	k.stop = stop
	for _, ctrl := range []controller{k.volumeMounter(), k.provisioner()} {
		k.running.Go(func() { ctrl.run(controlled, k.Client, k.logger(ctrl.name)) })
	}
	for _, o := range []item{
		node(k.region), storageClass(c.DefaultStorageClass), csiDriver(),
		webhookConfiguration(url, k.CA), nameServer(),
	} {
		if err := k.Create(ctx, o.collection, o.object); err != nil {
			return err
		}
	}
	return nil
}

func (k *Cluster) ready(ctx context.Context) (bool, error) {
	// Refused connections are what a server that starts looks like.
	return k.Get(ctx, "/readyz", nil) == nil, nil
}

func (k *Cluster) firstPodReady(ctx context.Context) (bool, error) {
	var d struct {
		Status struct {
			AvailableReplicas int `json:"availableReplicas"`
		} `json:"status"`
	}
	err := k.Get(ctx, nameServer().path(), &d)
	return d.Status.AvailableReplicas > 0, err
}

// wait asks until the answer is yes. It fails when ctx ends, when the question does, and
// when one of the cluster's processes has ended.
func (k *Cluster) wait(ctx context.Context, question func(context.Context) (bool, error)) error {
	for {
		if yes, err := question(ctx); yes || (err != nil && ctx.Err() == nil) {
			return err
		}
		for _, p := range k.processes {
			if err := p.ended(); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// RestartAPIServer kills the API server, waits for some time, starts it anew with what it had stored, and returns when it answers.
// Meanwhile its port refuses connections, and those that there were are cut.
func (k *Cluster) RestartAPIServer(ctx context.Context, down time.Duration) error {
	k.processes[0].kill() // it was started first
	k.processes = k.processes[1:]
	time.Sleep(down)
	if err := k.restart(ctx); err != nil {
		return fmt.Errorf("restarting the API server: %w", err)
	}
	last := len(k.processes) - 1
	k.processes = append([]*process{k.processes[last]}, k.processes[:last]...)
	return nil
}

// Stop ends the cluster's processes. It returns an error when one of them had ended
// before.
func (k *Cluster) Stop() error {
	k.stop()
	var errs []error
	if k.webhook != nil {
		errs = append(errs, k.webhook.Close())
		k.webhook = nil
	}
	k.running.Wait()
	for _, p := range k.processes {
		errs = append(errs, p.ended())
		p.kill()
	}
	k.processes = nil
	if k.log != nil {
		errs = append(errs, k.log.Close())
		k.log = nil
	}
	return errors.Join(errs...)
}

// logger returns the log of a part of the cluster that runs in this process.
func (k *Cluster) logger(part string) *log.Logger {
	return log.New(k.log, part+": ", log.LstdFlags|log.Lmsgprefix)
}
