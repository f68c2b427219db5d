package simaws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
)

// Config says where a cloud finds its parts.
type Config struct {
	Dir         string    // for the CA's certificate; made if it is missing
	MotoServer  string    // moto_server's path; looked up in PATH if empty
	IAMSimulate string    // folder that InstallIAMSimulate filled
	Log         io.Writer // what the processes print; nothing is kept if nil
}

// Cloud is a running simulated AWS.
type Cloud struct {
	hosts     *hosts
	keys      *keyring
	log       *requestLog
	moto      *moto
	simulator *Simulator
	proxy     *proxy
	caFile    string

	buckets  *buckets
	reports  *reports
	exports  *exports
	athena   *athenaState
	clusters *clusters
	orgs     *organizations
	tags     *costTags
	kms      *kmsKeys
	lake     *lake
	crawlers *crawlers
	faults   sync.Map // what goes wrong with an account's requests: func(Request) Fault
}

// Start starts the processes and the proxy. The context bounds the start, not the life of the cloud.
func Start(ctx context.Context, config Config) (_ *Cloud, err error) {
	c := &Cloud{
		hosts:    &hosts{handlers: map[string]http.Handler{}},
		keys:     &keyring{accounts: map[string]bool{}, byKey: map[string]*principal{}},
		log:      &requestLog{asked: map[string]map[string]bool{}},
		caFile:   filepath.Join(config.Dir, "ca.pem"),
		buckets:  &buckets{byName: map[string]bucket{}},
		reports:  &reports{byAccount: map[string][]*report{}},
		exports:  &exports{byAccount: map[string][]*dataExport{}},
		athena:   newAthenaState(),
		clusters: &clusters{},
		orgs:     &organizations{},
		tags:     &costTags{byAccount: map[string]map[string]bool{}},
		kms:      &kmsKeys{byARN: map[string]kmsKey{}, objects: map[string]string{}},
		lake:     &lake{governed: map[string]bool{}, administrators: map[string]bool{}, grants: map[place][]grant{}},
		crawlers: &crawlers{at: map[place]map[string]*crawler{}, pending: map[place]map[string]int{}},
	}
	c.hosts.aws = http.HandlerFunc(c.serveAWS)
	defer func() {
		if err != nil {
			_ = c.Stop()
		}
	}()
	if err := os.MkdirAll(config.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the folder of the simulated AWS: %w", err)
	}
	authority, err := newAuthority(c.caFile)
	if err != nil {
		return nil, err
	}
	if config.MotoServer == "" {
		config.MotoServer = "moto_server"
	}
	if config.Log == nil {
		config.Log = io.Discard
	}
	if c.simulator, err = StartSimulator(config.IAMSimulate, config.Log); err != nil {
		return nil, err
	}
	if c.moto, err = startMoto(ctx, config.MotoServer, config.Log); err != nil {
		return nil, err
	}
	if c.proxy, err = startProxy(authority, c.hosts.serves, c.hosts); err != nil {
		return nil, err
	}
	return c, nil
}

// ProxyURL is the value for HTTPS_PROXY.
func (c *Cloud) ProxyURL() string { return c.proxy.url() }

// CAFile holds the certificate, in PEM, that AWS_CA_BUNDLE and SSL_CERT_FILE take.
func (c *Cloud) CAFile() string { return c.caFile }

// Decide evaluates policies alone, of requests that nobody sends: what Simulator.Decide says.
func (c *Cloud) Decide(questions []Question) ([]bool, error) { return c.simulator.Decide(questions) }

// Stop ends the proxy and the processes; the state is lost.
func (c *Cloud) Stop() error {
	var errs []error
	if c.proxy != nil {
		errs = append(errs, c.proxy.close())
	}
	c.athena.stop()
	c.crawlers.running.Wait()
	if c.moto != nil {
		errs = append(errs, c.moto.stop())
	}
	if c.simulator != nil {
		errs = append(errs, c.simulator.Stop())
	}
	return errors.Join(errs...)
}

// serveAWS answers all of AWS's hosts and logs what it answered.
func (c *Cloud) serveAWS(w http.ResponseWriter, r *http.Request) {
	rec := &responseRecorder{ResponseWriter: w}
	r = r.WithContext(context.WithoutCancel(r.Context())) // what AWS has been asked it does, whether its client waits for it or not
	k, err := newCall(r, c.keys)
	var fault Fault
	if err == nil {
		if fault = c.faultOf(k); fault == NoFault {
			err = c.answer(rec, k)
		} else {
			err = c.suffer(k, fault)
		}
	}
	entry := k.request()
	entry.Fault = fault
	switch {
	case errors.Is(err, http.ErrAbortHandler):
		c.log.add(entry)
		panic(http.ErrAbortHandler) // the server's way to end a connection without an answer
	case err != nil:
		entry.Error = writeError(w, k.protocol, err)
	default:
		entry.Error = rec.errorCode()
	}
	c.log.add(entry)
}

// answer hands a call to the service that it is for. A returned error is not yet written.
func (c *Cloud) answer(w http.ResponseWriter, k *call) error {
	if k.inChina() && k.action != "GetCallerIdentity" {
		return &apiError{http.StatusNotImplemented, "NotImplemented", "The partition aws-cn is not simulated, but for who the caller is"}
	}
	if k.service == "sts" { // decides on its own, and has calls that are not signed
		return c.sts(w, k)
	}
	if k.caller == nil {
		return &apiError{http.StatusForbidden, "MissingAuthenticationToken", "Missing Authentication Token"}
	}
	switch k.service { // whose resources have policies of their own
	case "s3":
		return c.s3(w, k)
	case "kms":
		return c.serveKMS(w, k)
	}
	if err := c.authorize(k); err != nil {
		return err
	}
	switch k.service {
	case "athena":
		return c.serveAthena(w, k)
	case "bcm-data-exports":
		return c.serveExports(w, k)
	case "ce":
		return c.serveCostExplorer(w, k)
	case "cur":
		return c.serveCUR(w, k)
	case "eks":
		return c.serveEKS(w, k)
	case "eks-auth":
		return c.serveEKSAuth(w, k)
	case "events":
		return c.serveEvents(w, k)
	case "glue":
		return c.serveGlue(w, k)
	case "iam":
		return c.serveIAM(w, k)
	case "lakeformation":
		return c.perform(w, k, lakeOperations)
	case "organizations":
		return c.serveOrganizations(w, k)
	}
	c.moto.forward(w, k, k.caller.Account)
	return nil
}

// operation is an action of a JSON protocol: what it returns is the response.
type operation func(c *Cloud, k *call) (any, error)

// perform runs the operation that a call names, if it is among those given; moto has the others.
func (c *Cloud) perform(w http.ResponseWriter, k *call, operations map[string]operation) error {
	op, ok := operations[k.action]
	if !ok {
		c.moto.forward(w, k, k.caller.Account)
		return nil
	}
	out, err := op(c, k)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

// responseRecorder keeps what an error response says.
type responseRecorder struct {
	http.ResponseWriter
	status int
	body   []byte
}

func (r *responseRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *responseRecorder) Write(b []byte) (int, error) {
	if r.status >= http.StatusBadRequest {
		r.body = append(r.body, b...)
	}
	return r.ResponseWriter.Write(b)
}

func (r *responseRecorder) errorCode() string {
	if r.status < http.StatusBadRequest {
		return ""
	}
	if code := codeOf(r.body); code != "Unknown" {
		return code
	}
	return http.StatusText(r.status)
}
