// Package simathena runs the queries of a simulated Amazon Athena: SQL over Parquet files in S3, seen through tables as the
// Glue catalog declares them. DuckDB does the work in this process.
//
// What a query gets is what Athena would give it: a declared column that a file lacks is NULL, a column that is not declared
// does not exist, a declared type that the files contradict fails the query, and partitions are the table's projected or
// registered ones, of which only those that the WHERE clause can match are read. Errors are worded as Athena words them.
//
// Scanned bytes are the compressed sizes of the column chunks that the query needs, in the files of the partitions that it
// reads, as Athena counts them for Parquet; footers, partition keys and the catalog are free.
//
// A query sees no network and no files: its data is loaded into memory first, then DuckDB's access to anything outside is
// closed for good, then the query runs. Only SELECT statements run. The dialect is DuckDB's where Athena's Trino differs in ways
// that are not handled here, which are: names, types and comparisons of columns, DATE_TRUNC, integer division, names of
// unnamed results and how values are printed.
package simathena

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// Engine is a simaws.Athena. Its zero value is ready, and runs any number of queries at once.
type Engine struct {
	// Now is the time that NOW means in a projected range of dates; time.Now if nil.
	Now func() time.Time
}

var _ simaws.Athena = (*Engine)(nil)

// Run answers one SELECT statement. A statement that Athena would refuse is an *simaws.AthenaError, with Athena's reason.
func (e *Engine) Run(ctx context.Context, q simaws.AthenaQuery) (simaws.AthenaResult, error) {
	session, err := open(ctx)
	if err != nil {
		return simaws.AthenaResult{}, err
	}
	defer session.close()
	s, err := session.parse(ctx, q.SQL)
	if err != nil {
		return simaws.AthenaResult{}, err
	}
	run := run{AthenaQuery: q, session: session, statement: s, now: e.Now}
	if run.now == nil {
		run.now = time.Now
	}
	return run.result(ctx)
}

// session is a DuckDB of its own for one query, and the folder for the files that it loads.
type session struct {
	*sql.Conn
	db  *sql.DB
	dir string
}

// setup makes DuckDB speak Trino's dialect where the two differ in what they return. DuckDB's own date_trunc makes dates of
// timestamps, and its own element_at a list.
var setup = []string{
	`SET TimeZone = 'UTC'`,
	`SET integer_division = true`,
	`CREATE MACRO date_trunc(unit, x TIMESTAMP) AS CAST(system.main.date_trunc(unit, x) AS TIMESTAMP),
		(unit, x DATE) AS CAST(system.main.date_trunc(unit, x) AS DATE)`,
	`CREATE MACRO element_at(x, key) AS map_extract_value(x, key)`,
	`CREATE MACRO date_format(x, format) AS strftime(x, replace(replace(format, '%i', '%M'), '%s', '%S'))`,
}

func open(ctx context.Context) (*session, error) {
	connector, err := duckdb.NewConnector("", nil)
	if err != nil {
		return nil, fmt.Errorf("opening DuckDB: %w", err)
	}
	s := &session{db: sql.OpenDB(connector)}
	if s.Conn, err = s.db.Conn(ctx); err != nil {
		s.db.Close()
		return nil, fmt.Errorf("connecting to DuckDB: %w", err)
	}
	if s.dir, err = os.MkdirTemp("", "simathena-"); err != nil {
		s.close()
		return nil, fmt.Errorf("making a folder for the data: %w", err)
	}
	for _, statement := range setup {
		if err := s.exec(ctx, statement); err != nil {
			s.close()
			return nil, err
		}
	}
	return s, nil
}

// close gives everything back; there is nothing to lose, so nothing to report.
func (s *session) close() {
	s.Conn.Close()
	s.db.Close()
	os.RemoveAll(s.dir)
}

func (s *session) exec(ctx context.Context, statement string, args ...any) error {
	if _, err := s.ExecContext(ctx, statement, args...); err != nil {
		return fmt.Errorf("preparing the query's data: %w", err)
	}
	return nil
}

// lock closes all ways out of DuckDB, for good.
func (s *session) lock(ctx context.Context) error {
	for _, statement := range []string{`SET enable_external_access = false`, `SET lock_configuration = true`} {
		if err := s.exec(ctx, statement); err != nil {
			return err
		}
	}
	return os.RemoveAll(s.dir)
}
