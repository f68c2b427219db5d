package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/lipgloss/table"
	"github.com/spf13/cobra"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/costs"
	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
)

// What a terminal of 80 columns has room for.
const (
	barWidth  = 30
	mostRows  = 15
	queryTime = 5 * time.Minute
)

type costsCommand struct {
	doctorCommand
	by   string
	days int
	csv  bool
}

func newCosts() *cobra.Command {
	var c costsCommand
	cmd := &cobra.Command{
		Use:   "costs",
		Short: "Shows the costs of the last days by service, account or tag, from the same table as Kubecost",
		Long: `Shows the costs of the last days by service, account or tag: what Kubecost calls the list cost, before discounts,
from the same table.

It asks with the rights of Kubecost's pod where it can reach the cluster, and else with those of the payer account's credentials.`,
		Example: `  kubecost-cur costs --payer-stack payer --primary-stack primary
  kubecost-cur costs --payer-stack payer --payer-profile payer --by tag:team --days 30 --csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context(), cmd.OutOrStdout()) },
	}
	c.addFlags(cmd)
	cmd.Flags().StringVar(&c.by, "by", costs.ByService, "service, account, or tag:KEY")
	cmd.Flags().IntVar(&c.days, "days", 7, "how many days, the last one of them yesterday")
	cmd.Flags().BoolVar(&c.csv, "csv", false, "write a line for each day and group as CSV")
	return cmd
}

func (c *costsCommand) run(ctx context.Context, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, queryTime)
	defer cancel()
	payer, primary, err := c.read(ctx)
	if err != nil {
		return err
	}
	question := costs.Question{Table: payer.AthenaTable, By: c.by, Until: time.Now(), Days: c.days, Version: billing.Version1}
	if payer.IsExport() {
		question.Version = billing.Version2
	}
	sql, err := question.SQL()
	if err != nil {
		return err
	}
	session, err := c.session(ctx, payer, primary)
	if err != nil {
		return err
	}
	result, err := session.Query(ctx, doctor.Query{
		Region: payer.AthenaRegion, WorkGroup: payer.AthenaWorkgroup, Database: payer.AthenaDatabase, OutputLocation: payer.AthenaBucketName, SQL: sql,
	})
	if err != nil {
		return fmt.Errorf("asking for the costs: %s; kubecost-cur doctor says more", doctor.Shorten(err))
	}
	all, err := costs.Read(result.Rows)
	if err != nil {
		return err
	}
	if c.csv {
		return costs.WriteCSV(out, c.by, all)
	}
	if len(all) == 0 {
		fmt.Fprintf(out, "no costs in the last %d days; kubecost-cur doctor says why\n", c.days)
		return nil
	}
	c.print(out, all, result.ScannedBytes)
	return nil
}

// session is who asks: Kubecost's pod, or whoever the payer account's credentials are of.
func (c *costsCommand) session(ctx context.Context, payer doctor.Payer, primary doctor.Primary) (doctor.Session, error) {
	subject := c.subject(ctx, payer, primary)
	if subject.Cluster != nil {
		session, finding := subject.PayerSession(ctx)
		if session != nil {
			return session, nil
		}
		if subject.PayerAWS == nil {
			return nil, fmt.Errorf("becoming Kubecost's pod: %s: %s", finding.Seen, finding.Remedy)
		}
	}
	if own, ok := subject.PayerAWS.(interface{ Session() doctor.Session }); ok {
		return own.Session(), nil
	}
	return nil, errors.New(subject.Lacking[doctor.PayerAWS] + "; or a kubeconfig of the cluster")
}

func (c *costsCommand) print(out io.Writer, all []costs.Cost, scanned int64) {
	groups, total := costs.ByGroup(all, mostRows), 0.0
	most := 0.0
	for _, g := range groups {
		total += g.Cost
		most = max(most, g.Cost)
	}
	t := table.New().Border(lipgloss.NormalBorder()).BorderLeft(false).BorderRight(false).BorderTop(false).BorderBottom(false).BorderColumn(false).
		Headers(c.by, "cost", "share", "").
		StyleFunc(func(_, column int) lipgloss.Style {
			style := lipgloss.NewRenderer(out).NewStyle().PaddingRight(2)
			if column == 1 || column == 2 {
				style = style.Align(lipgloss.Right)
			}
			return style
		})
	for _, g := range groups {
		t.Row(g.Name, fmt.Sprintf("%.2f", g.Cost), fmt.Sprintf("%.1f %%", g.Share*100), costs.Bar(g.Cost, most, barWidth))
	}
	t.Row("all", fmt.Sprintf("%.2f", total), "", "")
	fmt.Fprintln(out, t)
	fmt.Fprintln(out)
	days, highest := costs.ByDay(all), 0.0
	for _, d := range days {
		highest = max(highest, d.Cost)
	}
	for _, d := range days {
		fmt.Fprintf(out, "%s %12.2f  %s\n", d.Name, d.Cost, costs.Bar(d.Cost, highest, barWidth))
	}
	fmt.Fprintf(out, "\n%s\n", doctor.Price(scanned))
}
