package kubecost

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
)

// Cost is what one resource, or one discount, cost on one day. Amounts are US dollars.
type Cost struct {
	Day        time.Time // UTC midnight
	ResourceID string
	Payer      string // account ID
	Account    string // account ID
	Service    string // product code, as AmazonEC2
	UsageType  string
	Region     string
	Zone       string
	Kubernetes bool
	Tags       map[string]string // by the names that Kubecost shows: team, aws_eks_cluster_name

	List, Net, AmortizedNet, Amortized float64
}

// DailyCosts returns the costs from one day up to, not including, another. It returns an error if a query fails, or if a
// result is not what Kubecost could read.
func (c *Client) DailyCosts(ctx context.Context, from, to time.Time) ([]Cost, QueryStats, error) {
	columns, err := c.Columns(ctx)
	if err != nil {
		return nil, QueryStats{}, err
	}
	sql, tags := DailySQL(c.integration.Table, columns, from.UTC(), to.UTC())
	rows, stats, err := c.query(ctx, sql)
	if err != nil {
		return nil, stats, fmt.Errorf("asking for the daily costs: %w", err)
	}
	costs := make([]Cost, len(rows))
	for i, row := range rows {
		if costs[i], err = parseCost(row, tags); err != nil {
			return nil, stats, fmt.Errorf("reading row %d of query %s: %w", i+1, stats.QueryID, err)
		}
	}
	return costs, stats, nil
}

// parseCost reads a row with the columns of DailySQL.
func parseCost(row []types.Datum, tags []string) (Cost, error) {
	if want := len(groupColumns) + len(tags) + 6; len(row) != want {
		return Cost{}, fmt.Errorf("%d columns where there should be %d", len(row), want)
	}
	at, err := time.Parse("2006-01-02 15:04:05.000", text(row[0]))
	if err != nil {
		return Cost{}, fmt.Errorf("reading the day: %w", err)
	}
	c := Cost{
		Day: at, ResourceID: text(row[1]), Payer: text(row[2]), Account: text(row[3]), Service: text(row[4]), UsageType: text(row[5]),
		Region: text(row[6]), Zone: text(row[7]), Kubernetes: text(row[8]) == "true", Tags: map[string]string{},
	}
	row = row[9:]
	for i, tag := range tags {
		value := text(row[i])
		if tag == tagMap {
			if err := addTags(c.Tags, value); err != nil {
				return Cost{}, err
			}
		} else if value != "" {
			c.Tags[label(tag)] = value
		}
	}
	for i, amount := range []*float64{&c.List, &c.Net, &c.AmortizedNet, &c.Amortized} {
		if *amount, err = strconv.ParseFloat(text(row[len(tags)+i]), 64); err != nil {
			return Cost{}, fmt.Errorf("reading a cost: %w", err)
		}
	}
	return c, nil
}

// label is what Kubecost calls a tag's column: a user's tag by its own name, AWS's with aws_ before it.
func label(column string) string {
	if name, ok := strings.CutPrefix(column, userTag); ok {
		return name
	}
	return strings.TrimPrefix(column, anyTag)
}

// text is a value of a row; NULL reads as empty.
func text(d types.Datum) string { return aws.ToString(d.VarCharValue) }
