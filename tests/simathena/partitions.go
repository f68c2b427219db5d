package simathena

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// folder is a partition, or the whole of a table without partitions: the values of the keys, and where its files are.
type folder struct {
	values   []string
	location string
}

// folders are what the statement has to read of a table: all, or the partitions that match what the statement says of their
// keys.
func (r *run) folders(ctx context.Context, n tableName, t *table) ([]folder, error) {
	if len(t.PartitionKeys) == 0 {
		return []folder{{location: t.StorageDescriptor.Location}}, nil
	}
	condition := r.condition(n, t)
	names := make([]string, len(t.PartitionKeys))
	for i, key := range t.PartitionKeys {
		kind, _ := hiveType(key.Type)
		names[i] = fmt.Sprintf("CAST(%s AS %s) AS %s", quoted("raw "+key.Name), kind.duckdb, quoted(key.Name))
	}
	var candidates string
	var err error
	if t.projected() {
		candidates, err = r.projectedCandidates(t, condition)
	} else {
		candidates, err = r.registeredCandidates(ctx, n, t)
	}
	if err != nil || candidates == "" {
		return nil, err
	}
	if err := r.exec(ctx, `CREATE OR REPLACE TEMP TABLE partitions AS SELECT *, `+strings.Join(names, ", ")+` FROM (`+candidates+`)`); err != nil {
		return nil, err
	}
	return r.matching(ctx, t, condition)
}

// condition is what the statement says of a table's partition keys, wherever it reads the table; nil if that is nothing.
func (r *run) condition(n tableName, t *table) node {
	var parts []any
	for _, ref := range find(r.root, "BASE_TABLE") {
		if ref.str("schema_name") != n.database || ref.str("table_name") != n.table {
			continue
		}
		var part node
		for _, query := range find(r.root, "SELECT_NODE") {
			if from := query.child("from_table"); from.is("BASE_TABLE") && from.offset() == ref.offset() {
				part = onPartitions(query.child("where_clause"), t)
			}
		}
		if part == nil {
			return nil
		}
		parts = append(parts, part)
	}
	return conjunction("CONJUNCTION_OR", parts)
}

// projectedCandidates is SQL for all combinations of the projected values. Columns hold the values as they are printed.
func (r *run) projectedCandidates(t *table, condition node) (string, error) {
	var keys []string
	for _, key := range t.PartitionKeys {
		values, err := t.projection(key.Name, condition, r.now())
		if err != nil {
			return "", err
		}
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = literal(v)
		}
		keys = append(keys, fmt.Sprintf("(SELECT unnest(CAST([%s] AS VARCHAR[])) AS %s)", strings.Join(texts, ", "), quoted("raw "+key.Name)))
	}
	return `SELECT *, NULL AS location FROM ` + strings.Join(keys, " CROSS JOIN "), nil
}

// registeredCandidates is SQL for the partitions that the catalog has; empty if there are none.
func (r *run) registeredCandidates(ctx context.Context, n tableName, t *table) (string, error) {
	raw, err := r.Partitions(ctx, n.database, t.Name)
	if err != nil {
		return "", fmt.Errorf("looking up the partitions of %s: %w", t.Name, err)
	}
	var rows []string
	for _, encoded := range raw {
		var p partition
		if err := json.Unmarshal(encoded, &p); err != nil {
			return "", fmt.Errorf("decoding a Glue partition: %w", err)
		}
		if len(p.Values) != len(t.PartitionKeys) {
			return "", failed("HIVE_INVALID_METADATA", "Table '%s' has a partition with %d values for %d keys", t.Name, len(p.Values), len(t.PartitionKeys))
		}
		var columns []string
		for i, key := range t.PartitionKeys {
			columns = append(columns, literal(p.Values[i])+" AS "+quoted("raw "+key.Name))
		}
		rows = append(rows, fmt.Sprintf("SELECT %s, %s AS location", strings.Join(columns, ", "), literal(p.StorageDescriptor.Location)))
	}
	return strings.Join(rows, " UNION ALL "), nil
}

// matching reads the candidates that a condition is true for.
func (r *run) matching(ctx context.Context, t *table, condition node) ([]folder, error) {
	query, err := r.parse(ctx, `SELECT * FROM partitions WHERE true`)
	if err != nil {
		return nil, err
	}
	if condition != nil {
		query.root["where_clause"] = condition
	}
	text, err := r.sql(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := r.QueryContext(ctx, text)
	if err != nil {
		return nil, r.worded(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("reading partitions: %w", err)
	}
	var folders []folder
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, fmt.Errorf("reading partitions: %w", err)
		}
		f := folder{}
		for _, key := range t.PartitionKeys {
			for i, name := range columns {
				if name == "raw "+key.Name {
					f.values = append(f.values, fmt.Sprint(values[i]))
				}
				if text, ok := values[i].(string); ok && name == "location" {
					f.location = text
				}
			}
		}
		if f.location == "" {
			f.location = t.projectedLocation(f.values)
		}
		folders = append(folders, f)
	}
	return folders, rows.Err()
}
