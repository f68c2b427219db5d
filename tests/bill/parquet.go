package bill

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/parquet-go/parquet-go"
)

// WriteParquet writes line items as AWS delivers them: Parquet compressed by Snappy, costs as double, dates as timestamps,
// maps as maps, all else as text, every column optional. It returns an error if the items cannot be written.
func WriteParquet(w io.Writer, items []LineItem) error {
	return writeRows(w, items, Columns(items))
}

func writeRows(w io.Writer, items []LineItem, columns []Column) error {
	group := parquet.Group{}
	for _, c := range columns {
		group[c.Name()] = parquet.Optional(c.node())
	}
	writer := parquet.NewWriter(w, parquet.NewSchema("spark_schema", group))
	rows := make([]parquet.Row, len(items))
	for i, item := range items {
		rows[i] = row(item, columns)
	}
	if _, err := writer.WriteRows(rows); err != nil {
		return fmt.Errorf("writing line items: %w", err)
	}
	if err := writer.Close(); err != nil {
		return fmt.Errorf("finishing the Parquet file: %w", err)
	}
	return nil
}

func (c Column) node() parquet.Node {
	switch c.Kind {
	case Number:
		return compressed(parquet.Leaf(parquet.DoubleType))
	case Date:
		return compressed(parquet.Timestamp(parquet.Millisecond))
	case TextMap:
		return parquet.Map(compressed(parquet.String()), parquet.Optional(compressed(parquet.String())))
	default:
		return compressed(parquet.String())
	}
}

func compressed(leaf parquet.Node) parquet.Node {
	return parquet.Compressed(parquet.Encoded(leaf, &parquet.RLEDictionary), &parquet.Snappy)
}

// row has its values in the order of the columns' names, which is the order that a schema sorts its fields in. A map has two
// columns of values: its keys and what they stand for.
func row(item LineItem, columns []Column) parquet.Row {
	var values parquet.Row
	leaf := 0
	for _, c := range columns {
		switch x := c.value(item).(type) {
		case string:
			values = append(values, parquet.ByteArrayValue([]byte(x)).Level(0, 1, leaf))
		case float64:
			values = append(values, parquet.DoubleValue(x).Level(0, 1, leaf))
		case time.Time:
			values = append(values, parquet.Int64Value(x.UnixMilli()).Level(0, 1, leaf))
		case map[string]string:
			values = append(values, entries(x, leaf)...)
			leaf++
		default:
			values = append(values, parquet.NullValue().Level(0, 0, leaf))
		}
		leaf++
	}
	return values
}

// entries are a map's keys, in order, and then what they stand for: at the levels of an optional map of keys and optional values.
func entries(m map[string]string, leaf int) parquet.Row {
	if len(m) == 0 {
		return parquet.Row{parquet.NullValue().Level(0, 1, leaf), parquet.NullValue().Level(0, 1, leaf+1)}
	}
	var keys, values parquet.Row
	for _, key := range slices.Sorted(maps.Keys(m)) {
		repeated := min(len(keys), 1)
		keys = append(keys, parquet.ByteArrayValue([]byte(key)).Level(repeated, 2, leaf))
		values = append(values, parquet.ByteArrayValue([]byte(m[key])).Level(repeated, 3, leaf+1))
	}
	return append(keys, values...)
}
