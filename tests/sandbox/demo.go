package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// demo is the program's main job from beginning to end, told as it goes.
type demo struct {
	env   Env
	out   io.Writer
	begin time.Time
	step  int
}

// Demo brings both stacks up in a new sandbox, delivers a bill between them, asks for it as Kubecost does, checks the answer
// to the cent, shows that nothing is left to change, destroys both stacks, and ends the sandbox. With keep it stops before
// the destruction and leaves all running.
func Demo(ctx context.Context, o Options, keep bool) (err error) {
	d := &demo{out: o.Out, begin: time.Now()}
	d.title("Start a sandbox: two AWS accounts and a cluster")
	if d.env, err = Launch(ctx, o); err != nil {
		return err
	}
	if keep {
		defer d.howToLookAround()
	} else {
		defer func() { err = errors.Join(err, Down(context.WithoutCancel(ctx), o.Dir, o.Out)) }()
	}
	delivered, err := d.bring(ctx)
	if err != nil {
		return err
	}
	if err := d.ask(ctx, delivered); err != nil {
		return err
	}
	d.title("pulumi preview of both stacks: nothing is left to change")
	for _, name := range []string{"payer", "primary"} {
		if err := d.unchanged(ctx, name); err != nil {
			return err
		}
	}
	if keep {
		return nil
	}
	d.title("pulumi destroy of both stacks")
	for _, name := range []string{"primary", "payer"} {
		if err := d.destroy(ctx, name); err != nil {
			return err
		}
	}
	if err := d.leftovers(ctx); err != nil {
		return err
	}
	d.say("all of it took %.0f s", time.Since(d.begin).Seconds())
	return nil
}

// Up brings both stacks up in a new sandbox, with a bill delivered, and leaves all running.
func Up(ctx context.Context, o Options) (err error) {
	d := &demo{out: o.Out, begin: time.Now()}
	d.title("Start a sandbox: two AWS accounts and a cluster")
	if d.env, err = Launch(ctx, o); err != nil {
		return err
	}
	defer d.howToLookAround()
	_, err = d.bring(ctx)
	return err
}

// bring brings both stacks up with a delivery between them, which it returns.
func (d *demo) bring(ctx context.Context) (Delivered, error) {
	d.title("pulumi up --stack payer, with the payer account's credentials")
	if err := d.up(ctx, "payer"); err != nil {
		return Delivered{}, err
	}
	d.title("AWS delivers the bill")
	all, err := Deliver(ctx, d.env.Dir, Month(time.Now()), d.out)
	if err != nil {
		return Delivered{}, err
	}
	d.title("pulumi up --stack primary, with the primary account's credentials")
	return all[0], d.up(ctx, "primary")
}

// Month is the first moment of a time's month.
func Month(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

func (d *demo) up(ctx context.Context, name string) error {
	stack, err := d.env.Stack(ctx, name, StackOptions{})
	if err != nil {
		return err
	}
	begin := time.Now()
	result, err := stack.Up(ctx, optup.ProgressStreams(indent(d.out)), optup.Color("never"), optup.SuppressOutputs())
	if err != nil {
		return fmt.Errorf("bringing stack %s up: %w", name, shorten(err))
	}
	created := 0
	if changes := result.Summary.ResourceChanges; changes != nil {
		created = (*changes)["create"]
	}
	d.say("stack %s: %d resources made in %.1f s", name, created, time.Since(begin).Seconds())
	return nil
}

func (d *demo) unchanged(ctx context.Context, name string) error {
	stack, err := d.env.Stack(ctx, name, StackOptions{})
	if err != nil {
		return err
	}
	begin := time.Now()
	result, err := stack.Preview(ctx, optpreview.Color("never"))
	if err != nil {
		return fmt.Errorf("previewing stack %s: %w", name, shorten(err))
	}
	for kind, n := range result.ChangeSummary {
		if kind != apitype.OpSame && kind != apitype.OpRead && n > 0 {
			return fmt.Errorf("a second preview of stack %s would %s %d resources:\n%s", name, kind, n, result.StdOut)
		}
	}
	d.say("stack %s: %d resources, no change (%.1f s)", name, result.ChangeSummary[apitype.OpSame], time.Since(begin).Seconds())
	return nil
}

func (d *demo) destroy(ctx context.Context, name string) error {
	stack, err := d.env.Stack(ctx, name, StackOptions{})
	if err != nil {
		return err
	}
	protected, err := protectedResources(ctx, stack)
	if err != nil {
		return err
	}
	begin := time.Now()
	opts := []optdestroy.Option{optdestroy.Color("never"), optdestroy.ProgressStreams(indent(d.out)), optdestroy.SuppressOutputs()}
	if len(protected) > 0 {
		opts = append(opts, optdestroy.Exclude(protected))
	}
	result, err := stack.Destroy(ctx, opts...)
	if err != nil {
		return fmt.Errorf("destroying stack %s: %w", name, shorten(err))
	}
	deleted := 0
	if changes := result.Summary.ResourceChanges; changes != nil {
		deleted = (*changes)["delete"]
	}
	d.say("stack %s: %d resources deleted in %.1f s", name, deleted, time.Since(begin).Seconds())
	for _, urn := range protected {
		d.say("stack %s: left, because it is protected: %s", name, urn)
	}
	return nil
}

// protectedResources are the URNs of a stack's protected resources.
func protectedResources(ctx context.Context, stack auto.Stack) ([]string, error) {
	deployment, err := Deployment(ctx, stack)
	if err != nil {
		return nil, err
	}
	var urns []string
	for _, r := range deployment.Resources {
		if r.Protect {
			urns = append(urns, string(r.URN))
		}
	}
	return urns, nil
}

func (d *demo) leftovers(ctx context.Context) error {
	left, err := d.env.Leftovers(ctx, PayerAccount, PrimaryAccount)
	if err != nil {
		return err
	}
	if len(left) == 0 {
		d.say("left in both accounts and the cluster: nothing")
		return nil
	}
	for _, what := range left {
		d.say("left: %s", what)
	}
	return nil
}

// Deliver has the sandbox of a folder deliver a month to every report of the payer account, and says what was written.
func Deliver(ctx context.Context, dir string, month time.Time, out io.Writer) ([]Delivered, error) {
	var delivered []Delivered
	if err := request(ctx, dir, "deliver", deliverRequest{Account: PayerAccount, Month: month}, &delivered); err != nil {
		return nil, err
	}
	for _, d := range delivered {
		fmt.Fprintf(out, "  %s: %s with %d line items in %d files (%d KiB) to %s\n", d.Month.Format("January 2006"),
			dollars(d.Invoice), d.Items, d.Files, d.Bytes/1024, d.Report)
	}
	return delivered, nil
}

func (d *demo) howToLookAround() {
	if d.env.Dir == "" {
		return
	}
	fmt.Fprint(d.out, "\nAll of it is running. To look around:\n\n")
	for _, line := range d.env.LookAround() {
		fmt.Fprintln(d.out, "  "+line)
	}
}

func (d *demo) title(text string) {
	d.step++
	fmt.Fprintf(d.out, "\n%d. %s\n", d.step, text)
}

func (d *demo) say(format string, args ...any) { fmt.Fprintf(d.out, "  "+format+"\n", args...) }

// shorten leaves of an engine's error what it printed, without the code and the program's own listing.
func shorten(err error) error {
	if i := strings.Index(err.Error(), "stdout: "); i >= 0 && os.Getenv("SANDBOX_VERBOSE") == "" {
		return errors.New(strings.TrimSpace(err.Error()[i:]))
	}
	return err
}
