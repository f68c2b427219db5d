package sandbox

import (
	"cmp"
	"context"
	"fmt"
	"math"
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

// Equal says whether both are the same cost.
func (c DayCost) Equal(d DayCost) bool {
	return c.Day.Equal(d.Day) && c.Service == d.Service && c.Cost == d.Cost
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

// Integrations are what Kubecost, in its pod in a namespace that reads the bill, finds in the mounted cloud-integration.json.
func (s *Sandbox) Integrations(ctx context.Context, namespace string) (kubecost.Integrations, error) {
	_, integrations, err := s.integrations(ctx, namespace)
	return integrations, err
}

// integrations are what the pod of a namespace that reads the bill finds in cloud-integration.json, and that pod.
func (s *Sandbox) integrations(ctx context.Context, namespace string) (simeks.Pod, kubecost.Integrations, error) {
	pod, file, err := s.billReader(ctx, namespace)
	if err != nil {
		return pod, kubecost.Integrations{}, err
	}
	integrations, err := kubecost.ParseIntegrations(file)
	if err != nil {
		return pod, kubecost.Integrations{}, fmt.Errorf("reading cloud-integration.json as Kubecost does: %w", err)
	}
	return pod, integrations, nil
}

// AskAll does what Kubecost or OpenCost does, from its pod in a namespace that reads the bill: it reads the mounted
// cloud-integration.json, and for each of its payer accounts turns the pod's token into the reader role and that into the payer
// role, lists the table's columns, and runs the daily query over [from, to).
func (s *Sandbox) AskAll(ctx context.Context, namespace string, from, to time.Time) ([]*Answer, error) {
	pod, integrations, err := s.integrations(ctx, namespace)
	if err != nil {
		return nil, err
	}
	identity, err := s.Cluster.IdentityOf(ctx, pod)
	if err != nil {
		return nil, fmt.Errorf("becoming Kubecost's pod: %w", err)
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
	micros := map[bill.DayService]bill.Micros{}
	sums := map[bill.DayService]float64{}
	for _, c := range costs {
		sums[bill.DayService{Day: c.Day, Service: c.Service}] += c.List
	}
	for key, dollars := range sums {
		micros[key] = bill.Micros(math.Round(dollars * 1e6))
		a.Total += micros[key]
	}
	a.Costs = dayCosts(micros)
}

// dayCosts are sums in order: a day's costliest service first.
func dayCosts(sums map[bill.DayService]bill.Micros) []DayCost {
	var all []DayCost
	for key, cost := range sums {
		all = append(all, DayCost{Day: key.Day, Service: key.Service, Cost: cost})
	}
	slices.SortFunc(all, func(x, y DayCost) int {
		return cmp.Or(x.Day.Compare(y.Day), cmp.Compare(y.Cost, x.Cost), cmp.Compare(x.Service, y.Service))
	})
	return all
}
