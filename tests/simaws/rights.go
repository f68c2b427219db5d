package simaws

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// rights is what a query may reach: catalog and buckets with the permissions of the principal who started it, and
// refusals in Athena's words.
type rights struct {
	cloud *Cloud
	e     *execution

	mu   sync.Mutex
	seen []tableLocation // tables that the query was told of
}

// mayUse asks for an action of Glue on a table, on its database and on the catalog.
func (r *rights) mayUse(ctx context.Context, action, database, table string) error {
	for _, arn := range catalogResources(r.e.at, database, table) {
		a := access{action: action, resource: arn, account: r.e.at.account}
		if err := r.cloud.may(ctx, r.e.caller, a); err != nil {
			return QueryFailed("Insufficient permissions to execute the query. " + asAPIError(err).Message)
		}
	}
	if err := r.cloud.lakeAllows(r.e.caller, r.e.at, action, database, table); err != nil {
		return QueryFailed("Insufficient permissions to execute the query. " + asAPIError(err).Message)
	}
	return nil
}

func (r *rights) databases(ctx context.Context) ([]string, error) {
	if err := r.mayUse(ctx, "glue:GetDatabases", "", ""); err != nil {
		return nil, err
	}
	var out struct{ DatabaseList []struct{ Name string } }
	if err := r.cloud.moto.glue(ctx, r.e.at, "GetDatabases", struct{}{}, &out); err != nil {
		return nil, fmt.Errorf("listing databases: %w", err)
	}
	var names []string
	for _, d := range out.DatabaseList {
		names = append(names, d.Name)
	}
	return names, nil
}

// tables leaves out the tables that the caller may not see, unless the query names one: then it fails.
func (r *rights) tables(ctx context.Context, database string) ([]json.RawMessage, error) {
	if err := r.mayUse(ctx, "glue:GetDatabase", database, ""); err != nil {
		return nil, err
	}
	var out struct{ TableList []json.RawMessage }
	err := r.cloud.moto.glue(ctx, r.e.at, "GetTables", map[string]string{"DatabaseName": database}, &out)
	if notFound(err) {
		return nil, QueryFailed("SCHEMA_NOT_FOUND: line 1:15: Schema '" + database + "' does not exist")
	} else if err != nil {
		return nil, fmt.Errorf("listing the tables of %s: %w", database, err)
	}
	var visible []json.RawMessage
	for _, text := range out.TableList {
		var table struct {
			Name              string
			StorageDescriptor struct{ Location string }
		}
		if err := json.Unmarshal(text, &table); err != nil {
			return nil, fmt.Errorf("reading a table of %s: %w", database, err)
		}
		err := r.mayUse(ctx, "glue:GetTable", database, table.Name)
		switch {
		case err == nil:
			visible = append(visible, text)
			r.mu.Lock()
			r.seen = append(r.seen, tableLocation{database, table.Name, table.StorageDescriptor.Location})
			r.mu.Unlock()
		case strings.Contains(strings.ToLower(r.e.sql), table.Name):
			return nil, err
		}
	}
	return visible, nil
}

func (r *rights) partitions(ctx context.Context, database, table string) ([]json.RawMessage, error) {
	if err := r.mayUse(ctx, "glue:GetPartitions", database, table); err != nil {
		return nil, err
	}
	var out struct{ Partitions []json.RawMessage }
	in := map[string]string{"DatabaseName": database, "TableName": table}
	if err := r.cloud.moto.glue(ctx, r.e.at, "GetPartitions", in, &out); err != nil {
		return nil, fmt.Errorf("listing the partitions of %s.%s: %w", database, table, err)
	}
	return out.Partitions, nil
}

// tableLocation is where a table's data is.
type tableLocation struct{ database, table, location string }

// mayReadData asks Lake Formation, where it decides, for the data of the table that an object belongs to.
func (r *rights) mayReadData(ctx context.Context, bucket, key string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.seen {
		if t.location != "" && strings.HasPrefix("s3://"+bucket+"/"+key, strings.TrimSuffix(t.location, "/")+"/") {
			return r.cloud.lakeHandsOut(ctx, r.e.caller, r.e.at, t.database, t.table)
		}
	}
	return nil
}

// mayRead asks for an action of S3.
func (r *rights) mayRead(ctx context.Context, action, bucket, key string) (place, error) {
	if err := r.mayReadData(ctx, bucket, key); err != nil {
		return place{}, QueryFailed("Insufficient permissions to execute the query. " + asAPIError(err).Message)
	}
	if err := r.cloud.mayReach(ctx, r.e.caller, action, bucket, key); err != nil {
		if notFound(err) {
			return place{}, QueryFailed("HIVE_METASTORE_ERROR: The specified bucket does not exist: " + bucket)
		}
		return place{}, QueryFailed("Permission denied on S3 path: s3://" + bucket + "/" + key)
	}
	at, _ := r.cloud.buckets.find(bucket)
	return at.place, nil
}

func (r *rights) list(ctx context.Context, bucket, prefix string) ([]Object, error) {
	at, err := r.mayRead(ctx, "s3:ListBucket", bucket, prefix)
	if err != nil {
		return nil, err
	}
	return r.cloud.moto.listObjects(ctx, at, bucket, prefix)
}

func (r *rights) get(ctx context.Context, bucket, key string) ([]byte, error) {
	at, err := r.mayRead(ctx, "s3:GetObject", bucket, key)
	if err != nil {
		return nil, err
	}
	return r.cloud.moto.getObject(ctx, at, bucket, key, "")
}
