package doctor

import (
	"cmp"
	"context"
	"strings"
	"sync"
	"time"
)

// Check is one link of the chain.
type Check struct {
	// Name is the finding's Check, and the anchor of its section in docs/doctor.md.
	Name string
	// Title says what is looked at.
	Title func(*Subject) string
	// Needs are what the check asks; without one of them it is not made.
	Needs []Need
	// Run makes the check. It returns early when ctx ends, with what it could tell.
	Run func(ctx context.Context, s *Subject) Finding
}

// Need is something that a check asks.
type Need int

// What checks ask.
const (
	PayerAWS   Need = iota // the payer account, as somebody who may look at what the payer stack makes
	PrimaryAWS             // the primary account, likewise
	Cluster                // the cluster that Kubecost runs in
)

// docsPage is where every check has a section.
const docsPage = "docs/doctor.md#"

// checkTime is how long one check may take. AWS answers in a second or two; a query that takes longer than this is told of as it stands.
const checkTime = 20 * time.Second

// Run makes the checks, all at once, and returns their findings in the order of the checks. Each finding is given to each as soon as it
// and all before it are there, unless each is nil. Checks that have not ended with ctx are not checked.
func Run(ctx context.Context, s *Subject, checks []Check, each func(Finding)) []Finding {
	findings := make([]Finding, len(checks))
	done := make([]chan struct{}, len(checks))
	var wait sync.WaitGroup
	for i, check := range checks {
		done[i] = make(chan struct{})
		wait.Go(func() {
			defer close(done[i])
			findings[i] = check.make(ctx, s)
		})
	}
	for i := range checks {
		<-done[i]
		if each != nil {
			each(findings[i])
		}
	}
	wait.Wait()
	return findings
}

// make makes a check and names its finding.
func (c Check) make(ctx context.Context, s *Subject) Finding {
	f := c.ask(ctx, s)
	f.Check, f.Title = c.Name, c.Title(s)
	f.Remedy = strings.NewReplacer("--stack PAYER", "--stack "+cmp.Or(s.PayerStack, "PAYER"), "--stack PRIMARY", "--stack "+cmp.Or(s.PrimaryStack, "PRIMARY")).Replace(f.Remedy)
	for _, text := range []*string{&f.Title, &f.Seen, &f.Cause, &f.Remedy} {
		*text = plain(*text)
	}
	if f.State == Failed {
		f.Docs = docsPage + c.Name
	}
	return f
}

// ask makes a check if what it needs is there, for as long as a check may take.
func (c Check) ask(ctx context.Context, s *Subject) Finding {
	for _, need := range c.Needs {
		if missing := s.missing(need); missing != "" {
			return notChecked(missing)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	result := make(chan Finding, 1)
	go func() { result <- c.Run(ctx, s) }()
	select {
	case f := <-result:
		return f
	case <-ctx.Done():
	}
	// What respects ctx ends about now, and may have something to say.
	select {
	case f := <-result:
		return f
	case <-time.After(time.Second):
		return notChecked("it took too long to answer; try again")
	}
}
