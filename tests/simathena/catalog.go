package simathena

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// columnsView is where information_schema.columns really is: DuckDB's own describes DuckDB's tables.
const columnsView = "athena_information_schema"

// describe answers information_schema.columns from the Glue tables of the databases that the query compares table_schema
// with, or of all. An unknown database is no error, it has just no rows.
func (r *run) describe(ctx context.Context, ref reference) error {
	if ref.table != "columns" {
		return failed("TABLE_NOT_FOUND", "%s: Table '%s.%s.%s' does not exist", r.at(ref.at), catalog, informationSchema, ref.table)
	}
	ref.at["catalog_name"], ref.at["schema_name"] = "", columnsView
	for _, statement := range []string{
		`CREATE SCHEMA IF NOT EXISTS ` + columnsView,
		`CREATE OR REPLACE TABLE ` + columnsView + `.columns (table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR,
			column_name VARCHAR, ordinal_position BIGINT, column_default VARCHAR, is_nullable VARCHAR, data_type VARCHAR,
			comment VARCHAR, extra_info VARCHAR)`,
	} {
		if err := r.exec(ctx, statement); err != nil {
			return err
		}
	}
	databases, filtered := constants(r.root, "table_schema")
	if !filtered {
		var err error
		if databases, err = r.Databases(ctx); err != nil {
			return fmt.Errorf("listing databases: %w", err)
		}
	}
	slices.Sort(databases)
	for _, database := range slices.Compact(databases) {
		if err := r.describeDatabase(ctx, database); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) describeDatabase(ctx context.Context, database string) error {
	raw, err := r.Tables(ctx, database)
	if unknown(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking up the tables of %s: %w", database, err)
	}
	for _, encoded := range raw {
		t, err := parseTable(encoded)
		if err != nil {
			return err
		}
		var rows []string
		for i, c := range t.all() {
			kind, ok := hiveType(c.Type)
			if !ok {
				kind.athena = c.Type
			}
			extra := "NULL"
			if t.isPartitionKey(c.Name) {
				extra = "'partition key'"
			}
			rows = append(rows, fmt.Sprintf("(%s, %s, %s, %s, %d, NULL, 'YES', %s, NULL, %s)", literal(catalog), literal(database),
				literal(strings.ToLower(t.Name)), literal(strings.ToLower(c.Name)), i+1, literal(kind.athena), extra))
		}
		if len(rows) == 0 {
			continue
		}
		if err := r.exec(ctx, `INSERT INTO `+columnsView+`.columns VALUES `+strings.Join(rows, ", ")); err != nil {
			return err
		}
	}
	return nil
}

// literal is a string in SQL.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// quoted is a name in SQL.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// create makes an empty table with the columns that the statement may use.
func (r *run) create(ctx context.Context, n tableName, t *table) error {
	var columns []string
	for _, c := range r.needed(t) {
		kind, _ := hiveType(c.Type)
		columns = append(columns, quoted(c.Name)+" "+kind.duckdb)
	}
	if err := r.exec(ctx, `CREATE SCHEMA IF NOT EXISTS `+quoted(n.database)); err != nil {
		return err
	}
	return r.exec(ctx, `CREATE TABLE `+n.qualified()+` (`+strings.Join(columns, ", ")+`)`)
}

// needed is the columns of a table that the statement names or, with a *, all; partition keys always.
func (r *run) needed(t *table) []column {
	if len(find(r.root, "STAR")) > 0 {
		return t.all()
	}
	names := map[string]bool{}
	for _, ref := range find(r.root, "COLUMN_REF") {
		names[ref.columnName()] = true
	}
	var columns []column
	for _, c := range t.all() {
		if names[strings.ToLower(c.Name)] || t.isPartitionKey(c.Name) {
			columns = append(columns, c)
		}
	}
	if len(columns) == 0 {
		columns = t.all()[:1]
	}
	return columns
}
