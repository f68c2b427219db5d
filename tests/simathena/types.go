package simathena

import (
	"regexp"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// sqlType is one of Hive's types in the other two systems.
type sqlType struct {
	duckdb string
	athena string // as information_schema says it
	family string // types of one family compare with each other
}

const (
	textFamily    = "text"
	numberFamily  = "number"
	timeFamily    = "time"
	booleanFamily = "boolean"
	mapFamily     = "map"
)

var hiveTypes = map[string]sqlType{
	"string":    {"VARCHAR", "varchar", textFamily},
	"double":    {"DOUBLE", "double", numberFamily},
	"float":     {"FLOAT", "real", numberFamily},
	"tinyint":   {"TINYINT", "tinyint", numberFamily},
	"smallint":  {"SMALLINT", "smallint", numberFamily},
	"int":       {"INTEGER", "integer", numberFamily},
	"bigint":    {"BIGINT", "bigint", numberFamily},
	"boolean":   {"BOOLEAN", "boolean", booleanFamily},
	"timestamp": {"TIMESTAMP", "timestamp(3)", timeFamily},
	"date":      {"DATE", "date", timeFamily},

	// Of the nested types there is the one that CUR 2.0 has.
	"map<string,string>": {"MAP(VARCHAR, VARCHAR)", "map(varchar, varchar)", mapFamily},
}

var parametrized = regexp.MustCompile(`^(varchar|char|decimal)\(\d+(,\s*\d+)?\)$`)

// hiveType looks up a declared type; of the types with parameters there are varchar, char and decimal.
func hiveType(declared string) (sqlType, bool) {
	declared = strings.ToLower(declared)
	if t, ok := hiveTypes[declared]; ok {
		return t, true
	}
	m := parametrized.FindStringSubmatch(declared)
	switch {
	case m == nil:
		return sqlType{}, false
	case m[1] == "decimal":
		return sqlType{declared, declared, numberFamily}, true
	default:
		return sqlType{"VARCHAR", declared, textFamily}, true
	}
}

// readable says whether a Parquet column can be read as a declared type, as Athena's reader sees it: wider integers and
// floats are, numbers as text are not.
func readable(t sqlType, stored *parquet.Column) bool {
	if t.family == mapFamily || !stored.Leaf() {
		return t.family == mapFamily && isTextMap(stored)
	}
	kind := stored.Type().Kind()
	switch base, _, _ := strings.Cut(t.duckdb, "("); base {
	case "VARCHAR":
		return kind == parquet.ByteArray || kind == parquet.FixedLenByteArray
	case "DOUBLE":
		return kind == parquet.Double || kind == parquet.Float
	case "FLOAT":
		return kind == parquet.Float
	case "TINYINT", "SMALLINT", "INTEGER":
		return kind == parquet.Int32
	case "BIGINT":
		return kind == parquet.Int64 || kind == parquet.Int32
	case "BOOLEAN":
		return kind == parquet.Boolean
	case "TIMESTAMP":
		return kind == parquet.Int96 || kind == parquet.Int64 && logicallyA[*format.TimestampType](stored)
	case "DATE":
		return kind == parquet.Int32 && logicallyA[*format.DateType](stored)
	default:
		return logicallyA[*format.DecimalType](stored)
	}
}

// isTextMap says whether a Parquet column is a map from text to text: a group with repeated pairs.
func isTextMap(stored *parquet.Column) bool {
	if stored.Leaf() || len(stored.Columns()) != 1 || !stored.Columns()[0].Repeated() {
		return false
	}
	pair := stored.Columns()[0].Columns()
	return len(pair) == 2 && !slices.ContainsFunc(pair, func(c *parquet.Column) bool {
		return !c.Leaf() || c.Type().Kind() != parquet.ByteArray
	})
}

// leavesOf are the columns of values that a column is stored in: itself, or those of a group.
func leavesOf(stored *parquet.Column) []*parquet.Column {
	if stored.Leaf() {
		return []*parquet.Column{stored}
	}
	var leaves []*parquet.Column
	for _, c := range stored.Columns() {
		leaves = append(leaves, leavesOf(c)...)
	}
	return leaves
}

func logicallyA[T format.LogicalTypeValue](stored *parquet.Column) bool {
	logical := stored.Type().LogicalType()
	if logical == nil {
		return false
	}
	_, ok := logical.Value.(T)
	return ok
}

// parquetName is how Athena names a Parquet column's type.
func parquetName(stored *parquet.Column) string {
	switch {
	case !stored.Leaf():
		return "group"
	case stored.Type().Kind() == parquet.ByteArray:
		return "BINARY"
	}
	return stored.Type().Kind().String()
}

// resultType is Athena's name for the type of a result's column, given DuckDB's.
func resultType(duckdb string) string {
	base, _, _ := strings.Cut(duckdb, "(")
	switch base {
	case "HUGEINT":
		return "bigint"
	case "TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ":
		return "timestamp with time zone"
	}
	switch {
	case strings.HasSuffix(duckdb, "[]"):
		return "array"
	case duckdb == "JSON":
		return "json"
	}
	return strings.ToLower(base)
}
