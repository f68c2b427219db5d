package simathena

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

const (
	catalog           = "awsdatacatalog"
	informationSchema = "information_schema"
)

// run is the execution of one query.
type run struct {
	simaws.AthenaQuery
	*session
	*statement
	now     func() time.Time
	scanned int64
}

// tableName is a table's full name, in lower case.
type tableName struct{ database, table string }

// qualified is the name in SQL.
func (n tableName) qualified() string { return quoted(n.database) + "." + quoted(n.table) }

// reference is a place in a statement that names a table.
type reference struct {
	tableName
	at node
}

// result analyses the statement against the catalog, loads what it needs and runs it. All that Athena finds out before it
// reads any data is found out before any is read.
func (r *run) result(ctx context.Context) (simaws.AthenaResult, error) {
	if err := r.allowed(); err != nil {
		return simaws.AthenaResult{}, err
	}
	tables, err := r.resolve(ctx)
	if err != nil {
		return simaws.AthenaResult{}, err
	}
	r.nameResults()
	text, err := r.sql(ctx, r.statement)
	if err != nil {
		return simaws.AthenaResult{}, err
	}
	for n, t := range tables {
		if err := r.create(ctx, n, t); err != nil {
			return simaws.AthenaResult{}, err
		}
	}
	if _, err := r.ExecContext(ctx, "EXPLAIN "+text); err != nil {
		return simaws.AthenaResult{}, r.worded(err)
	}
	for n, t := range tables {
		if err := r.load(ctx, n, t); err != nil {
			return simaws.AthenaResult{}, err
		}
	}
	if err := r.lock(ctx); err != nil {
		return simaws.AthenaResult{}, err
	}
	return r.rows(ctx, text)
}

// resolve finds the statement's tables in the catalog and makes the statement name them in full.
func (r *run) resolve(ctx context.Context) (map[tableName]*table, error) {
	tables := map[tableName]*table{}
	for _, ref := range r.references() {
		if ref.database == informationSchema {
			if err := r.describe(ctx, ref); err != nil {
				return nil, err
			}
			continue
		}
		if tables[ref.tableName] == nil {
			t, err := r.lookUp(ctx, ref)
			if err != nil {
				return nil, err
			}
			tables[ref.tableName] = t
		}
		ref.at["catalog_name"], ref.at["schema_name"], ref.at["table_name"] = "", ref.database, ref.table
		if err := r.checkScopes(ref, tables[ref.tableName]); err != nil {
			return nil, err
		}
	}
	return tables, nil
}

// allowed refuses what DuckDB can do and Athena cannot: reading files by table functions.
func (r *run) allowed() error {
	for _, f := range find(r.root, "TABLE_FUNCTION") {
		if name := f.child("function").str("function_name"); name != "unnest" {
			return failed("FUNCTION_NOT_FOUND", "%s: Table function '%s' not registered", r.at(f), name)
		}
	}
	return nil
}

// references are the statement's tables, without its own WITH queries, in the order of the text.
func (r *run) references() []reference {
	with := map[string]bool{}
	walk(r.root, func(n node) bool {
		for _, entry := range n.child("cte_map").list("map") {
			with[strings.ToLower(entry.str("key"))] = true
		}
		return true
	})
	var refs []reference
	for _, n := range find(r.root, "BASE_TABLE") {
		ref := reference{tableName{strings.ToLower(n.str("schema_name")), strings.ToLower(n.str("table_name"))}, n}
		if ref.database == "" && with[ref.table] {
			continue
		}
		if ref.database == "" {
			ref.database = strings.ToLower(r.Database)
		}
		refs = append(refs, ref)
	}
	return refs
}

// lookUp finds a table in the catalog.
func (r *run) lookUp(ctx context.Context, ref reference) (*table, error) {
	source := r.Catalog
	if explicit := ref.at.str("catalog_name"); explicit != "" {
		source = explicit
	}
	switch {
	case source != "" && !strings.EqualFold(source, catalog):
		return nil, failed("CATALOG_NOT_FOUND", "%s: Catalog '%s' not found", r.at(ref.at), source)
	case ref.database == "":
		return nil, failed("MISSING_SCHEMA_NAME", "%s: Schema must be specified when session schema is not set", r.at(ref.at))
	}
	raw, err := r.Tables(ctx, ref.database)
	if unknown(err) {
		return nil, failed("SCHEMA_NOT_FOUND", "%s: Schema '%s' does not exist", r.at(ref.at), ref.database)
	}
	if err != nil {
		return nil, fmt.Errorf("looking up the tables of %s: %w", ref.database, err)
	}
	for _, encoded := range raw {
		t, err := parseTable(encoded)
		if err != nil {
			return nil, err
		}
		if strings.EqualFold(t.Name, ref.table) {
			return t, t.check()
		}
	}
	return nil, failed("TABLE_NOT_FOUND", "%s: Table '%s.%s.%s' does not exist", r.at(ref.at), catalog, ref.database, ref.table)
}

var unknownDatabase = regexp.MustCompile(`EntityNotFound|SCHEMA_NOT_FOUND`)

// unknown says whether a database does not exist, as against that it may not be read.
func unknown(err error) bool {
	var end *simaws.AthenaError
	return errors.As(err, &end) && unknownDatabase.MatchString(end.Reason)
}

// nameResults gives results without a name the name that Athena gives them: _col and their place.
func (r *run) nameResults() {
	query := r.root
	for !query.is("SELECT_NODE") {
		inner := query.child("child")
		if inner == nil {
			inner = query.child("left")
		}
		if inner == nil {
			return
		}
		query = inner
	}
	for i, item := range query.list("select_list") {
		if item.str("alias") == "" && !item.is("COLUMN_REF") && !item.is("STAR") {
			item["alias"] = fmt.Sprintf("_col%d", i)
		}
	}
}

// rows runs the statement.
func (r *run) rows(ctx context.Context, text string) (simaws.AthenaResult, error) {
	result := simaws.AthenaResult{ScannedBytes: r.scanned}
	rows, err := r.QueryContext(ctx, text)
	if err != nil {
		return result, r.worded(err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return result, fmt.Errorf("reading the result's columns: %w", err)
	}
	for _, t := range types {
		result.Columns = append(result.Columns, simaws.Column{Name: strings.ToLower(t.Name()), Type: resultType(t.DatabaseTypeName())})
	}
	values, targets := make([]any, len(types)), make([]any, len(types))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return result, fmt.Errorf("reading the result: %w", err)
		}
		row := make([]*string, len(values))
		for i, v := range values {
			row[i] = printed(v, result.Columns[i].Type)
		}
		result.Rows = append(result.Rows, row)
	}
	if err := rows.Err(); err != nil {
		return result, r.worded(err)
	}
	return result, nil
}
