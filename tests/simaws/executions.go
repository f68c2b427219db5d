package simaws

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// execution is a query's execution.
type execution struct {
	id, sql, catalog, database string
	workGroup                  string
	output                     string // s3:// URL of the result
	encryption                 resultEncryption
	caller                     *principal
	at                         place
	limit                      int64
	cancel                     context.CancelFunc

	mu        sync.Mutex
	state     string
	reason    string
	submitted time.Time
	completed time.Time
	scanned   int64
	result    AthenaResult
}

func (s *athenaState) execution(at place, id string) *execution {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.executions[at][id]
}

// executionOf finds the execution that a call names.
func (c *Cloud) executionOf(k *call) (*execution, error) {
	var in struct{ QueryExecutionId string }
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	e := c.athena.execution(place{k.caller.Account, k.region}, in.QueryExecutionId)
	if e == nil {
		return nil, badRequest("InvalidRequestException", "QueryExecution %s was not found", in.QueryExecutionId)
	}
	return e, nil
}

// startQuery checks the work group and the output location, then runs the query in the background.
func (c *Cloud) startQuery(k *call) (any, error) {
	var in struct {
		QueryString, WorkGroup string
		QueryExecutionContext  struct{ Catalog, Database string }
		ResultConfiguration    struct {
			OutputLocation          string
			EncryptionConfiguration resultEncryption
		}
	}
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	at := place{k.caller.Account, k.region}
	name := firstOf(in.WorkGroup, "primary")
	c.athena.mu.Lock()
	g := c.athena.in(at)[name]
	var (
		location   string
		encryption resultEncryption
		limit      int64
		disabled   bool
	)
	if g != nil {
		location, limit, disabled = in.ResultConfiguration.OutputLocation, g.scanLimit(), g.State != "ENABLED"
		if g.enforced() || location == "" {
			location = g.resultLocation()
		}
		encryption = in.ResultConfiguration.EncryptionConfiguration
		if g.enforced() || encryption.EncryptionOption == "" {
			encryption = g.resultEncryption()
		}
	}
	engine := c.athena.engine
	c.athena.mu.Unlock()

	switch {
	case g == nil:
		return nil, badRequest("InvalidRequestException", "WorkGroup %s is not found.", name)
	case disabled:
		return nil, badRequest("InvalidRequestException", "WorkGroup %s is disabled.", name)
	case strings.TrimSpace(in.QueryString) == "":
		return nil, badRequest("InvalidRequestException", "1 validation error detected: Value at 'queryString' failed to satisfy constraint: Member must have length greater than or equal to 1")
	case location == "":
		return nil, badRequest("InvalidRequestException", "No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.")
	}
	bucket, ok := strings.CutPrefix(location, "s3://")
	if !ok {
		return nil, badRequest("InvalidRequestException", "outputLocation is not a valid S3 path.")
	}
	bucket, _, _ = strings.Cut(bucket, "/")
	if err := c.mayReach(k.r.Context(), k.caller, "s3:GetBucketLocation", bucket, ""); err != nil {
		return nil, badRequest("InvalidRequestException", "Unable to verify/create output bucket %s", bucket)
	}
	if home, _ := c.buckets.find(bucket); home.region != at.region {
		return nil, badRequest("InvalidRequestException", "The S3 location provided to save your query results is invalid. Please check your S3 location is correct and is in the same region and try again.")
	}
	id := requestID()
	e := &execution{
		id: id, sql: in.QueryString, workGroup: name, caller: k.caller, at: at, limit: limit, encryption: encryption,
		catalog:  firstOf(in.QueryExecutionContext.Catalog, "AwsDataCatalog"),
		database: in.QueryExecutionContext.Database,
		output:   strings.TrimSuffix(location, "/") + "/" + id + ".csv",
		state:    "QUEUED", submitted: time.Now(),
	}
	if !c.athena.launch(e, func(ctx context.Context) { c.runQuery(ctx, e, engine) }) {
		return nil, badRequest("InternalServerException", "shutting down")
	}
	return map[string]string{"QueryExecutionId": id}, nil
}

// launch keeps an execution and runs it, unless all stops.
func (s *athenaState) launch(e *execution, run func(context.Context)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.life.Err() != nil {
		return false
	}
	ctx, cancel := context.WithCancel(s.life)
	e.cancel = cancel
	if s.executions[e.at] == nil {
		s.executions[e.at] = map[string]*execution{}
	}
	s.executions[e.at][e.id] = e
	s.running.Go(func() {
		defer cancel()
		run(ctx)
	})
	return true
}

// runQuery runs a query to its end state.
func (c *Cloud) runQuery(ctx context.Context, e *execution, engine Athena) {
	e.mu.Lock()
	e.state = "RUNNING"
	e.mu.Unlock()
	result, err := c.queryWithRights(ctx, e, engine)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.completed = time.Now()
	e.scanned = result.ScannedBytes
	var failure *AthenaError
	switch {
	case err == nil:
		e.state, e.result = "SUCCEEDED", result
	case errors.As(err, &failure):
		e.state, e.reason, e.scanned = failure.State, failure.Reason, failure.ScannedBytes
	case ctx.Err() != nil:
		e.state, e.reason = "CANCELLED", "Query cancelled by user"
	default:
		e.state, e.reason = "FAILED", "GENERIC_INTERNAL_ERROR: "+err.Error()
	}
}

// queryWithRights runs the SQL and writes the result, both with the rights of the caller.
func (c *Cloud) queryWithRights(ctx context.Context, e *execution, engine Athena) (AthenaResult, error) {
	if engine == nil {
		return AthenaResult{}, errors.New("no SQL engine was set")
	}
	rights := &rights{cloud: c, e: e}
	result, err := engine.Run(ctx, AthenaQuery{
		SQL: e.sql, Catalog: e.catalog, Database: e.database, ScanLimit: e.limit,
		Databases: rights.databases, Tables: rights.tables, Partitions: rights.partitions,
		List: rights.list, Get: rights.get,
	})
	if err != nil {
		return result, err
	}
	if e.limit > 0 && result.ScannedBytes > e.limit {
		return result, ScanLimitExceeded(result.ScannedBytes)
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(e.output, "s3://"), "/")
	home, _ := c.buckets.find(bucket)
	kmsKey := e.encryption.key(home)
	err = c.mayReach(ctx, e.caller, "s3:PutObject", bucket, key)
	if err == nil {
		err = c.mayEncrypt(ctx, e.caller, kmsKey, bucket, key)
	}
	if err != nil {
		return result, QueryFailed("Access denied when writing output to url: " + e.output + " . Please ensure you are allowed to access the S3 bucket. If you are encrypting query results with KMS key, please ensure you are allowed to access your KMS key")
	}
	c.kms.encrypted(bucket, key, kmsKey)
	c.kms.encrypted(bucket, key+".metadata", kmsKey)
	if err := c.moto.putObject(ctx, home.place, bucket, key, csvOf(result)); err != nil {
		return result, fmt.Errorf("writing the result: %w", err)
	}
	if err := c.moto.putObject(ctx, home.place, bucket, key+".metadata", metadataOf(result)); err != nil {
		return result, fmt.Errorf("writing the result's metadata: %w", err)
	}
	return result, nil
}

func (c *Cloud) getQuery(k *call) (any, error) {
	e, err := c.executionOf(k)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	status := map[string]any{"State": e.state, "SubmissionDateTime": seconds(e.submitted)}
	statistics := map[string]any{"DataScannedInBytes": e.scanned}
	if e.reason != "" {
		status["StateChangeReason"] = e.reason
	}
	if !e.completed.IsZero() {
		status["CompletionDateTime"] = seconds(e.completed)
		took := e.completed.Sub(e.submitted).Milliseconds()
		statistics["TotalExecutionTimeInMillis"], statistics["EngineExecutionTimeInMillis"] = took, took
	}
	queried := map[string]any{"Catalog": strings.ToLower(e.catalog)}
	if e.database != "" {
		queried["Database"] = e.database
	}
	return map[string]any{"QueryExecution": map[string]any{
		"QueryExecutionId": e.id, "Query": e.sql, "StatementType": "DML", "WorkGroup": e.workGroup,
		"ResultConfiguration":   map[string]any{"OutputLocation": e.output},
		"QueryExecutionContext": queried,
		"Status":                status, "Statistics": statistics,
		"EngineVersion": map[string]any{"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"},
	}}, nil
}

func (c *Cloud) stopQuery(k *call) (any, error) {
	e, err := c.executionOf(k)
	if err != nil {
		return nil, err
	}
	e.cancel()
	return struct{}{}, nil
}

func (c *Cloud) listQueries(k *call) (any, error) {
	var in struct{ WorkGroup string }
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	name := firstOf(in.WorkGroup, "primary")
	c.athena.mu.Lock()
	defer c.athena.mu.Unlock()
	all := slices.Collect(maps.Values(c.athena.executions[place{k.caller.Account, k.region}]))
	slices.SortFunc(all, func(a, b *execution) int { return b.submitted.Compare(a.submitted) })
	ids := []string{}
	for _, e := range all {
		if e.workGroup == name {
			ids = append(ids, e.id)
		}
	}
	return map[string]any{"QueryExecutionIds": ids}, nil
}

// notFound tells whether an error is an API's way of saying that something is not there.
func notFound(err error) bool {
	var api *apiError
	return errors.As(err, &api) && (api.Status == http.StatusNotFound || api.Code == "EntityNotFoundException")
}
