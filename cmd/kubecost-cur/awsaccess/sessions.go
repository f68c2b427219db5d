package awsaccess

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"

	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
)

// sessionName tells in CloudTrail who assumed a role.
const sessionName = "kubecost-cur-doctor"

// Sessions makes the hops of the role chain. It is a doctor.SessionAccess.
type Sessions struct {
	cfg   aws.Config
	nodes *Account // that may ask EKS for a pod's role; nil where there is no such access
}

// NewSessions returns access that needs no credentials of its own for IRSA; those of nodes, which may be nil, are for Pod Identity.
func NewSessions(ctx context.Context, nodes *Account) (*Sessions, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithCredentialsProvider(aws.AnonymousCredentials{}), config.WithRetryMaxAttempts(2))
	if err != nil {
		return nil, fmt.Errorf("reading the AWS settings: %w", err)
	}
	return &Sessions{cfg: cfg, nodes: nodes}, nil
}

type session struct {
	cfg aws.Config
	arn string
}

// Session is the account's own caller, for queries.
func (a *Account) Session() doctor.Session { return session{cfg: a.cfg} }

// ARN is the session's ARN; empty for the account's own caller.
func (s session) ARN() string { return s.arn }

// WebIdentity turns a pod's token into a session of a role, in the STS of the region, as Kubecost does.
func (s *Sessions) WebIdentity(ctx context.Context, region, roleARN, token string) (doctor.Session, error) {
	out, err := s.sts(region).AssumeRoleWithWebIdentity(ctx, &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: &roleARN, RoleSessionName: aws.String(sessionName), WebIdentityToken: &token,
	})
	if err != nil {
		return nil, err
	}
	return s.session(out.Credentials, out.AssumedRoleUser)
}

func (s *Sessions) sts(region string) *sts.Client {
	return sts.NewFromConfig(s.cfg, func(o *sts.Options) { o.Region = region })
}

func (s *Sessions) session(c *ststypes.Credentials, user *ststypes.AssumedRoleUser) (doctor.Session, error) {
	if c == nil || user == nil {
		return nil, errors.New("STS gave no credentials")
	}
	cfg := s.cfg.Copy()
	cfg.Credentials = credentials.NewStaticCredentialsProvider(aws.ToString(c.AccessKeyId), aws.ToString(c.SecretAccessKey), aws.ToString(c.SessionToken))
	return session{cfg: cfg, arn: aws.ToString(user.Arn)}, nil
}

// PodIdentity turns a pod's token into a session of the role that EKS associates with its service account. The SDK of EKS Auth is for
// agents on nodes; this is its one call.
// Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html
func (s *Sessions) PodIdentity(ctx context.Context, region, cluster, token string) (doctor.Session, error) {
	if s.nodes == nil {
		return nil, errors.New("needs credentials of the primary account with the right to eks-auth:AssumeRoleForPodIdentity")
	}
	body, err := json.Marshal(map[string]string{"token": token})
	if err != nil {
		return nil, fmt.Errorf("encoding the token: %w", err)
	}
	answer, err := s.nodes.post(ctx, "eks-auth", region,
		"https://eks-auth."+region+".api.aws/clusters/"+url.PathEscape(cluster)+"/assume-role-for-pod-identity", body)
	if err != nil {
		return nil, err
	}
	var out struct {
		Credentials struct {
			AccessKeyID     string `json:"accessKeyId"`
			SecretAccessKey string `json:"secretAccessKey"`
			SessionToken    string `json:"sessionToken"`
		} `json:"credentials"`
		AssumedRoleUser struct {
			ARN string `json:"arn"`
		} `json:"assumedRoleUser"`
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return nil, fmt.Errorf("reading what EKS Auth answered: %w", err)
	}
	return s.session(&ststypes.Credentials{
		AccessKeyId: &out.Credentials.AccessKeyID, SecretAccessKey: &out.Credentials.SecretAccessKey, SessionToken: &out.Credentials.SessionToken,
	}, &ststypes.AssumedRoleUser{Arn: &out.AssumedRoleUser.ARN})
}

// post sends a signed request with a JSON body and returns the answer's.
func (a *Account) post(ctx context.Context, service, region, address string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", service, err)
	}
	r.Header.Set("Content-Type", "application/json")
	keys, err := a.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, keys, r, hex.EncodeToString(sum[:]), service, region, time.Now()); err != nil {
		return nil, fmt.Errorf("signing a request to %s: %w", service, err)
	}
	client := a.cfg.HTTPClient
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", service, err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", service, err)
	}
	if response.StatusCode != http.StatusOK {
		var said struct{ Message string }
		_ = json.Unmarshal(answer, &said) // what is no JSON says nothing
		return nil, &smithy.GenericAPIError{Code: response.Header.Get("X-Amzn-Errortype"), Message: said.Message}
	}
	return answer, nil
}

// Assume is a session of another role, assumed by this one.
func (s session) Assume(ctx context.Context, region, roleARN string) (doctor.Session, error) {
	client := sts.NewFromConfig(s.cfg, func(o *sts.Options) { o.Region = region })
	out, err := client.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: &roleARN, RoleSessionName: aws.String(sessionName)})
	if err != nil {
		return nil, err
	}
	return (&Sessions{cfg: s.cfg}).session(out.Credentials, out.AssumedRoleUser)
}

// poll is how often a running query is looked at.
const poll = 300 * time.Millisecond

// Query runs an Athena query, as Kubecost does, and returns its rows, the header not among them.
func (s session) Query(ctx context.Context, q doctor.Query) (*doctor.QueryResult, error) {
	client := athena.NewFromConfig(s.cfg, func(o *athena.Options) { o.Region = q.Region })
	in := &athena.StartQueryExecutionInput{
		QueryString:           &q.SQL,
		QueryExecutionContext: &types.QueryExecutionContext{Database: &q.Database},
		ResultConfiguration:   &types.ResultConfiguration{OutputLocation: &q.OutputLocation},
	}
	if q.WorkGroup != "" {
		in.WorkGroup = &q.WorkGroup
	}
	started, err := client.StartQueryExecution(ctx, in)
	if err != nil {
		return nil, err
	}
	result := &doctor.QueryResult{}
	if result.ScannedBytes, err = wait(ctx, client, started.QueryExecutionId); err != nil {
		return nil, err
	}
	pages := athena.NewGetQueryResultsPaginator(client, &athena.GetQueryResultsInput{QueryExecutionId: started.QueryExecutionId, MaxResults: aws.Int32(1000)})
	for header := true; pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, row := range page.ResultSet.Rows {
			if header {
				header = false
				continue
			}
			var values []string
			for _, d := range row.Data {
				values = append(values, aws.ToString(d.VarCharValue))
			}
			result.Rows = append(result.Rows, values)
		}
	}
	return result, nil
}

// wait returns the bytes that a query scanned, once it has succeeded.
func wait(ctx context.Context, client *athena.Client, id *string) (scanned int64, err error) {
	for {
		out, err := client.GetQueryExecution(ctx, &athena.GetQueryExecutionInput{QueryExecutionId: id})
		if err != nil {
			return 0, err
		}
		if s := out.QueryExecution.Statistics; s != nil {
			scanned = aws.ToInt64(s.DataScannedInBytes)
		}
		switch status := out.QueryExecution.Status; status.State {
		case types.QueryExecutionStateSucceeded:
			return scanned, nil
		case types.QueryExecutionStateFailed, types.QueryExecutionStateCancelled:
			return scanned, fmt.Errorf("the query ended in state %s: %s", status.State, aws.ToString(status.StateChangeReason))
		}
		select {
		case <-ctx.Done():
			return scanned, fmt.Errorf("waiting for the query: %w", ctx.Err())
		case <-time.After(poll):
		}
	}
}
