package sandbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"slices"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/bill"
	"github.com/kubecost-cur/kubecost-cur/tests/kubecost"
	"github.com/kubecost-cur/kubecost-cur/tests/simeks"
)

// Answer is what Kubecost finds when it asks for the bill.
type Answer struct {
	Pod     string // that was asked as
	RoleARN string // that the pod's service account gets
	Payer   string // role that it assumes in the payer account
	Columns int    // of the table
	Scanned int64  // bytes
	Costs   []DayCost
	Total   bill.Micros
}

// DayCost is one service's list cost on one day.
type DayCost struct {
	Day     time.Time
	Service string
	Cost    bill.Micros
}

// Ask is AskAll for a Kubecost with one payer account.
func (s *Sandbox) Ask(ctx context.Context, namespace string, from, to time.Time) (*Answer, error) {
	answers, err := s.AskAll(ctx, namespace, from, to)
	if err != nil {
		return nil, err
	}
	if len(answers) != 1 {
		return nil, fmt.Errorf("cloud-integration.json has %d integrations; this asks one", len(answers))
	}
	return answers[0], nil
}

// Integrations are what Kubecost, in one of its pods in a namespace, finds in the mounted cloud-integration.json.
func (s *Sandbox) Integrations(ctx context.Context, namespace string) (kubecost.Integrations, error) {
	identity, err := s.Cluster.PodIdentity(ctx, namespace, "app=cost-analyzer")
	if err != nil {
		return kubecost.Integrations{}, fmt.Errorf("becoming Kubecost's pod: %w", err)
	}
	return s.integrations(ctx, namespace, identity.Pod)
}

func (s *Sandbox) integrations(ctx context.Context, namespace, pod string) (kubecost.Integrations, error) {
	file, err := s.mountedFile(ctx, namespace, pod)
	if err != nil {
		return kubecost.Integrations{}, err
	}
	integrations, err := kubecost.ParseIntegrations(file)
	if err != nil {
		return kubecost.Integrations{}, fmt.Errorf("reading cloud-integration.json as Kubecost does: %w", err)
	}
	return integrations, nil
}

// AskAll does what Kubecost does, from one of its pods in a namespace: it reads the mounted cloud-integration.json, and for
// each of its payer accounts turns the pod's token into the reader role and that into the payer role, lists the table's
// columns, and runs the daily query over [from, to).
func (s *Sandbox) AskAll(ctx context.Context, namespace string, from, to time.Time) ([]*Answer, error) {
	identity, err := s.Cluster.PodIdentity(ctx, namespace, "app=cost-analyzer")
	if err != nil {
		return nil, fmt.Errorf("becoming Kubecost's pod: %w", err)
	}
	integrations, err := s.integrations(ctx, namespace, identity.Pod)
	if err != nil {
		return nil, err
	}
	var answers []*Answer
	for _, integration := range integrations.Athena {
		answer, err := s.askOne(ctx, namespace, identity, integration, from, to)
		if err != nil {
			return nil, fmt.Errorf("payer account %s: %w", integration.Account, err)
		}
		answers = append(answers, answer)
	}
	return answers, nil
}

func (s *Sandbox) askOne(
	ctx context.Context, namespace string, identity simeks.PodIdentity, integration kubecost.Athena, from, to time.Time,
) (*Answer, error) {
	http, err := s.Env.httpClient()
	if err != nil {
		return nil, err
	}
	options := kubecost.Options{Integration: integration, RoleARN: identity.RoleARN, Token: identity.Token, HTTPClient: http}
	if identity.RoleARN == "" {
		if err := s.askAgent(ctx, namespace, &options, &identity); err != nil {
			return nil, err
		}
	}
	client, err := kubecost.New(ctx, options)
	if err != nil {
		return nil, err
	}
	columns, err := client.Columns(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing the table's columns: %w", err)
	}
	costs, stats, err := client.DailyCosts(ctx, from, to)
	if err != nil {
		return nil, fmt.Errorf("querying the bill: %w", err)
	}
	a := &Answer{
		Pod: identity.Pod, RoleARN: identity.RoleARN, Payer: integration.MasterPayerARN,
		Columns: len(columns), Scanned: stats.ScannedBytes,
	}
	a.add(costs)
	return a, nil
}

// add sums up costs by day and service.
func (a *Answer) add(costs []kubecost.Cost) {
	sums := map[bill.DayService]float64{}
	for _, c := range costs {
		sums[bill.DayService{Day: c.Day, Service: c.Service}] += c.List
	}
	for key, dollars := range sums {
		cost := DayCost{Day: key.Day, Service: key.Service, Cost: bill.Micros(math.Round(dollars * 1e6))}
		a.Costs = append(a.Costs, cost)
		a.Total += cost.Cost
	}
	slices.SortFunc(a.Costs, func(x, y DayCost) int {
		if c := x.Day.Compare(y.Day); c != 0 {
			return c
		}
		return int(y.Cost - x.Cost)
	})
}

// mountedFile is the content of cloud-integration.json as a pod sees it: that of the secret among its volumes which has it.
func (s *Sandbox) mountedFile(ctx context.Context, namespace, pod string) ([]byte, error) {
	pods, err := s.Cluster.Pods(ctx, namespace, "app=cost-analyzer")
	if err != nil {
		return nil, fmt.Errorf("listing Kubecost's pods: %w", err)
	}
	i := slices.IndexFunc(pods, func(p simeks.Pod) bool { return p.Metadata.Name == pod })
	if i < 0 {
		return nil, fmt.Errorf("pod %s is gone", pod)
	}
	for _, v := range pods[i].Spec.Volumes {
		if v.Secret == nil {
			continue
		}
		var secret struct {
			Data map[string][]byte `json:"data"`
		}
		path := "/api/v1/namespaces/" + namespace + "/secrets/" + v.Secret.SecretName
		if err := s.Cluster.Get(ctx, path, &secret); err != nil {
			return nil, fmt.Errorf("reading secret %s: %w", v.Secret.SecretName, err)
		}
		if file, ok := secret.Data["cloud-integration.json"]; ok {
			return file, nil
		}
	}
	return nil, errors.New("no volume of Kubecost's pod has cloud-integration.json")
}

// httpClient reaches the simulated AWS.
func (e Env) httpClient() (*http.Client, error) {
	ca, err := os.ReadFile(e.CAFile)
	if err != nil {
		return nil, fmt.Errorf("reading the sandbox's CA: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("%s has no certificate", e.CAFile)
	}
	proxy, err := url.Parse(e.ProxyURL)
	if err != nil {
		return nil, fmt.Errorf("reading the proxy's address: %w", err)
	}
	return &http.Client{
		Timeout: time.Minute,
		Transport: &http.Transport{
			Proxy:           http.ProxyURL(proxy),
			TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		},
	}, nil
}
