package kubecost

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Options are what a pod of Kubecost has.
type Options struct {
	Integration Athena
	RoleARN     string // role of the pod's service account
	Token       string // the service account's token for the audience sts.amazonaws.com
	// Role are that role's credentials, where the pod gets them by EKS Pod Identity; nil where it gets them by its token.
	Role       aws.CredentialsProvider
	HTTPClient *http.Client // nil for the AWS SDK's, which takes proxy and CA from the environment
}

// Client asks Athena for costs as Kubecost does.
type Client struct {
	integration Athena
	athena      *athena.Client
}

// QueryStats are Athena's numbers of one query.
type QueryStats struct {
	QueryID      string
	ScannedBytes int64
	Rows         int
}

// poll is how often a running query is looked at. Kubecost takes two seconds; nothing depends on it.
const poll = 200 * time.Millisecond

// New returns a client with the integration's credentials: its own keys or the pod's role, and then the payer's role if it
// names one. Nothing is asked of AWS yet, so a role that cannot be assumed shows in the first query. It returns an error for
// an integration that lacks something, and for unreadable AWS settings in the environment.
func New(ctx context.Context, o Options) (*Client, error) {
	a := o.Integration
	if err := a.Validate(); err != nil {
		return nil, fmt.Errorf("checking integration %s: %w", a.Key(), err)
	}
	cfg := aws.Config{Region: a.Region, HTTPClient: o.HTTPClient}
	if o.HTTPClient == nil {
		var err error
		if cfg, err = config.LoadDefaultConfig(ctx, config.WithRegion(a.Region)); err != nil {
			return nil, fmt.Errorf("loading the AWS settings: %w", err)
		}
	}
	switch {
	case a.KeyID != "":
		cfg.Credentials = credentials.NewStaticCredentialsProvider(a.KeyID, a.KeySecret, "")
	case o.Role != nil:
		cfg.Credentials = o.Role
	default:
		cfg.Credentials = aws.NewCredentialsCache(stscreds.NewWebIdentityRoleProvider(sts.NewFromConfig(cfg), o.RoleARN, token(o.Token)))
	}
	if a.MasterPayerARN != "" {
		cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), a.MasterPayerARN))
	}
	return &Client{integration: a, athena: athena.NewFromConfig(cfg)}, nil
}

type token string

// GetIdentityToken returns the token as it is.
func (t token) GetIdentityToken() ([]byte, error) { return []byte(t), nil }

// Columns returns the names of the table's columns. It returns an error if the query fails, or if there are none, which
// is how a table shows that does not exist or may not be seen.
func (c *Client) Columns(ctx context.Context) ([]string, error) {
	rows, _, err := c.query(ctx, columnsSQL(c.integration))
	if err != nil {
		return nil, fmt.Errorf("asking for the columns of %s.%s: %w", c.integration.Database, c.integration.Table, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("asking for the columns of %s.%s: there are none", c.integration.Database, c.integration.Table)
	}
	var columns []string
	for _, row := range rows {
		columns = append(columns, text(row[0]))
	}
	return columns, nil
}

// query runs a statement and returns its rows without the header. It returns an error with Athena's reason for a statement
// that does not succeed.
func (c *Client) query(ctx context.Context, sql string) ([][]types.Datum, QueryStats, error) {
	input := &athena.StartQueryExecutionInput{
		QueryString:           aws.String(sql),
		QueryExecutionContext: &types.QueryExecutionContext{Database: aws.String(c.integration.Database)},
		ResultConfiguration:   &types.ResultConfiguration{OutputLocation: aws.String(c.integration.Bucket)},
	}
	if c.integration.Catalog != "" {
		input.QueryExecutionContext.Catalog = aws.String(c.integration.Catalog)
	}
	if c.integration.Workgroup != "" {
		input.WorkGroup = aws.String(c.integration.Workgroup)
	}
	started, err := c.athena.StartQueryExecution(ctx, input)
	if err != nil {
		return nil, QueryStats{}, fmt.Errorf("starting the query: %w", err)
	}
	stats := QueryStats{QueryID: aws.ToString(started.QueryExecutionId)}
	if stats.ScannedBytes, err = c.wait(ctx, stats.QueryID); err != nil {
		return nil, stats, err
	}
	var rows [][]types.Datum
	pages := athena.NewGetQueryResultsPaginator(c.athena, &athena.GetQueryResultsInput{
		QueryExecutionId: started.QueryExecutionId, MaxResults: aws.Int32(1000),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, stats, fmt.Errorf("reading the results of query %s: %w", stats.QueryID, err)
		}
		for _, row := range page.ResultSet.Rows {
			rows = append(rows, row.Data)
		}
	}
	if len(rows) == 0 {
		return nil, stats, fmt.Errorf("reading the results of query %s: the header is missing", stats.QueryID)
	}
	stats.Rows = len(rows) - 1
	return rows[1:], stats, nil
}

// wait returns the bytes that a query scanned, once it has succeeded.
func (c *Client) wait(ctx context.Context, id string) (scanned int64, err error) {
	for {
		out, err := c.athena.GetQueryExecution(ctx, &athena.GetQueryExecutionInput{QueryExecutionId: aws.String(id)})
		if err != nil {
			return 0, fmt.Errorf("looking at query %s: %w", id, err)
		}
		execution := out.QueryExecution
		if execution == nil || execution.Status == nil {
			return 0, errors.New("looking at query " + id + ": it has no status")
		}
		if execution.Statistics != nil {
			scanned = aws.ToInt64(execution.Statistics.DataScannedInBytes)
		}
		switch execution.Status.State {
		case types.QueryExecutionStateSucceeded:
			return scanned, nil
		case types.QueryExecutionStateFailed, types.QueryExecutionStateCancelled:
			return scanned, fmt.Errorf("query %s ended in state %s: %s", id, execution.Status.State, aws.ToString(execution.Status.StateChangeReason))
		}
		select {
		case <-ctx.Done():
			return scanned, fmt.Errorf("waiting for query %s: %w", id, ctx.Err())
		case <-time.After(poll):
		}
	}
}
