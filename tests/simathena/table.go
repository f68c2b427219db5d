package simathena

import (
	"encoding/json"
	"fmt"
	"strings"
)

// column is a column of a Glue table.
type column struct {
	Name string
	Type string // Hive's name
}

// table is a Glue table, as glue:GetTables words it.
type table struct {
	Name              string
	Parameters        map[string]string
	PartitionKeys     []column
	StorageDescriptor storage
}

type storage struct {
	Columns     []column
	Location    string
	InputFormat string
	SerdeInfo   struct{ SerializationLibrary string }
}

// partition is a Glue partition, as glue:GetPartitions words it.
type partition struct {
	Values            []string
	StorageDescriptor struct{ Location string }
}

const (
	parquetInput = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
	parquetSerDe = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
)

func parseTable(raw json.RawMessage) (*table, error) {
	t := &table{}
	if err := json.Unmarshal(raw, t); err != nil {
		return nil, fmt.Errorf("decoding a Glue table: %w", err)
	}
	return t, nil
}

// check refuses a table that Athena could not read, or that is not in Parquet.
func (t *table) check() error {
	s := t.StorageDescriptor
	switch {
	case s.InputFormat == "" || s.SerdeInfo.SerializationLibrary == "":
		return failed("HIVE_INVALID_METADATA", "Table '%s' has no input format or SerDe", t.Name)
	case s.InputFormat != parquetInput || s.SerdeInfo.SerializationLibrary != parquetSerDe:
		return failed("HIVE_UNSUPPORTED_FORMAT", "Input format %s with SerDe %s is not supported", s.InputFormat, s.SerdeInfo.SerializationLibrary)
	}
	seen := map[string]bool{}
	for _, c := range t.all() {
		if _, ok := hiveType(c.Type); !ok {
			return failed("HIVE_INVALID_METADATA", "Table '%s' has column %s of unknown type %s", t.Name, c.Name, c.Type)
		}
		if name := strings.ToLower(c.Name); seen[name] {
			return failed("HIVE_INVALID_METADATA", "Hive metadata for table %s is invalid: Table descriptor contains duplicate columns", t.Name)
		} else {
			seen[name] = true
		}
	}
	return nil
}

// all is the table's columns with its partition keys, which come last.
func (t *table) all() []column {
	return append(append([]column(nil), t.StorageDescriptor.Columns...), t.PartitionKeys...)
}

func (t *table) column(name string) (column, bool) {
	for _, c := range t.all() {
		if strings.EqualFold(c.Name, name) {
			return c, true
		}
	}
	return column{}, false
}

func (t *table) isPartitionKey(name string) bool {
	for _, key := range t.PartitionKeys {
		if strings.EqualFold(key.Name, name) {
			return true
		}
	}
	return false
}

// split takes an S3 URI apart; the prefix ends with a slash.
func split(location string) (bucket, prefix string, err error) {
	rest, ok := strings.CutPrefix(location, "s3://")
	bucket, prefix, _ = strings.Cut(rest, "/")
	if !ok || bucket == "" {
		return "", "", failed("HIVE_INVALID_METADATA", "Table location is not a valid S3 path: %s", location)
	}
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	return bucket, prefix, nil
}
