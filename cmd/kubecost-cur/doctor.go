package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
)

// atMost is how long one round of checks may take.
const atMost = 28 * time.Second

type doctorCommand struct {
	inputs
	access
	json     bool
	watch    bool
	interval time.Duration
	limit    time.Duration
}

func newDoctor() *cobra.Command {
	var d doctorCommand
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Walks the chain by which Kubecost gets the bill, and says where it breaks, why, and what to do",
		Long: `Walks the chain by which Kubecost gets the bill, and says where it breaks, why, and what to do. It changes nothing.

What the stacks made is read from their outputs. What cannot be asked, for want of credentials or rights, is listed as not checked.

Exit codes: 0 all is well, 1 something is broken, 2 something is still to come, 3 wrong usage or nothing could be checked.`,
		Example: `  kubecost-cur doctor --payer-stack payer --primary-stack primary --payer-profile payer --primary-profile primary
  kubecost-cur doctor --payer-outputs payer.json --primary-outputs primary.json --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return d.run(cmd.Context(), cmd.OutOrStdout()) },
	}
	flags := cmd.Flags()
	d.addFlags(cmd)
	flags.BoolVar(&d.json, "json", false, "write the findings as JSON, of version 1")
	flags.BoolVar(&d.watch, "watch", false, "look again until all is well, or --limit is up")
	flags.DurationVar(&d.interval, "interval", 15*time.Second, "how long to wait between two looks")
	flags.DurationVar(&d.limit, "limit", 2*time.Hour, "how long to watch")
	return cmd
}

// addFlags adds the flags that say what is looked at, and as whom.
func (d *doctorCommand) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&d.payerStack, "payer-stack", "", "the payer's stack")
	flags.StringVar(&d.primaryStack, "primary-stack", "", "the primary's stack")
	flags.StringVar(&d.projectDir, "project", ".", "the folder of the Pulumi project")
	flags.StringVar(&d.payerFile, "payer-outputs", "", "a file with the payer stack's outputs (pulumi stack output --json)")
	flags.StringVar(&d.primaryFile, "primary-outputs", "", "a file with the primary stack's outputs")
	flags.StringArrayVar(&d.payerValues, "payer", nil, "one output of the payer stack, as key=value; may be given again")
	flags.StringArrayVar(&d.primaryValues, "primary", nil, "one output of the primary stack, as key=value; may be given again")
	flags.StringVar(&d.payerProfile, "payer-profile", "", "AWS profile of the payer account; the environment's credentials if empty")
	flags.StringVar(&d.primaryProfile, "primary-profile", "", "AWS profile of the primary account; the environment's credentials if empty")
	flags.StringVar(&d.payerRole, "payer-role", "", "ARN of a role to assume in the payer account")
	flags.StringVar(&d.primaryRole, "primary-role", "", "ARN of a role to assume in the primary account")
	flags.StringVar(&d.kubeconfig, "kubeconfig", "", "kubeconfig of the cluster; kubectl's if empty")
	flags.StringVar(&d.kubeContext, "context", "", "context of the kubeconfig; the current one if empty")
}

func (d *doctorCommand) run(ctx context.Context, out io.Writer) error {
	if d.json && d.watch {
		return errors.New("--json and --watch do not go together: run it again and again")
	}
	payer, primary, err := d.read(ctx)
	if err != nil {
		return err
	}
	if d.watch {
		return d.follow(ctx, out, payer, primary)
	}
	live := isTerminal(out)
	show := newPrinter(out, live)
	var each func(doctor.Finding)
	if !d.json {
		each = show.finding
	}
	report := d.look(ctx, payer, primary, each)
	if d.json {
		b, err := report.JSON()
		if err != nil {
			return fmt.Errorf("writing the findings: %w", err)
		}
		fmt.Fprintln(out, string(b))
	} else {
		show.summary(report)
	}
	return exit(report.ExitCode())
}

// look makes all checks once.
func (d *doctorCommand) look(ctx context.Context, payer doctor.Payer, primary doctor.Primary, each func(doctor.Finding)) doctor.Report {
	ctx, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	subject := d.subject(ctx, payer, primary)
	subject.PayerStack, subject.PrimaryStack = d.payerStack, d.primaryStack
	findings := doctor.Run(ctx, subject, doctor.Checks, each)
	return doctor.NewReport(time.Now(), findings)
}

// follow looks again and again until all is well or the time is up. On a terminal each look takes the place of the one before; elsewhere
// only what has changed is written.
func (d *doctorCommand) follow(ctx context.Context, out io.Writer, payer doctor.Payer, primary doctor.Primary) error {
	ctx, cancel := context.WithTimeout(ctx, d.limit)
	defer cancel()
	live := isTerminal(out)
	last := map[string]doctor.Finding{}
	for {
		report := d.look(ctx, payer, primary, nil)
		show := newPrinter(out, live)
		if live {
			fmt.Fprint(out, "\x1b[H\x1b[2J")
		}
		for _, f := range report.Findings {
			if before, seen := last[f.Check]; live || !seen || before.State != f.State || before.Seen != f.Seen {
				show.finding(f)
			}
			last[f.Check] = f
		}
		if report.State == doctor.OK {
			show.summary(report)
			return exit(report.ExitCode())
		}
		if live {
			show.summary(report)
			fmt.Fprintf(out, "looking again every %s; ^C ends it\n", d.interval)
		}
		select {
		case <-ctx.Done():
			show.summary(report)
			return exit(report.ExitCode())
		case <-time.After(d.interval):
		}
	}
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
