package simaws

import (
	"context"
	"encoding/json"
	"time"
)

// Athena runs the SQL of Athena's query executions. Who may read what is not its concern: the functions of an
// AthenaQuery act with the rights of the principal who started the query.
type Athena interface {
	// Run answers one statement. An *AthenaError becomes the state and the reason of the query execution; an error
	// that came from a function of the query must be wrapped, not replaced, since it holds the service's own words.
	Run(ctx context.Context, q AthenaQuery) (AthenaResult, error)
}

// AthenaQuery is one statement and what it may reach.
type AthenaQuery struct {
	SQL      string
	Catalog  string // as in the query's execution context; "AwsDataCatalog" if it has none
	Database string // default database of unqualified names; may be empty

	// Databases lists the names of the catalog's databases.
	Databases func(ctx context.Context) ([]string, error)
	// Tables gives the tables of a database, each as glue:GetTables words a Table. An unknown database is an
	// *AthenaError.
	Tables func(ctx context.Context, database string) ([]json.RawMessage, error)
	// Partitions gives the registered partitions of a table, each as glue:GetPartitions words a Partition.
	Partitions func(ctx context.Context, database, table string) ([]json.RawMessage, error)
	// List gives the objects below a prefix of a bucket, sorted by key.
	List func(ctx context.Context, bucket, prefix string) ([]Object, error)
	// Get reads an object.
	Get func(ctx context.Context, bucket, key string) ([]byte, error)

	// ScanLimit is how many bytes the query may scan; zero is no limit. A query that needs more is a
	// ScanLimitExceeded.
	ScanLimit int64
}

// Object is an S3 object without its content.
type Object struct {
	Key          string
	Size         int64 // bytes
	LastModified time.Time
}

// AthenaResult is what a statement returned.
type AthenaResult struct {
	Columns      []Column
	Rows         [][]*string // values as Athena prints them; nil is NULL
	ScannedBytes int64
}

// Column is a column of a result.
type Column struct {
	Name string
	Type string // Athena's name for it: "varchar", "double", "timestamp", "bigint", "boolean", …
}

// AthenaError ends a query execution.
type AthenaError struct {
	State  string // FAILED or CANCELLED
	Reason string // StateChangeReason, in Athena's words
	// ScannedBytes is what had been scanned by then.
	ScannedBytes int64
}

func (e *AthenaError) Error() string { return e.Reason }

// QueryFailed is an AthenaError with state FAILED.
func QueryFailed(reason string) *AthenaError {
	return &AthenaError{State: "FAILED", Reason: reason}
}

// ScanLimitExceeded is how a query ends whose scan is larger than its work group allows.
func ScanLimitExceeded(scanned int64) *AthenaError {
	return &AthenaError{State: "CANCELLED", Reason: "Bytes scanned limit was exceeded", ScannedBytes: scanned}
}
