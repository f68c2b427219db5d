package bill

import (
	"fmt"
	"io"
	"time"

	"github.com/parquet-go/parquet-go"
)

// WriteParquet writes line items as AWS delivers them: Parquet compressed by Snappy, costs as double, dates as timestamps,
// all else as text, every column optional. It returns an error if the items cannot be written.
func WriteParquet(w io.Writer, items []LineItem) error {
	return writeRows(w, items, Columns(items))
}

func writeRows(w io.Writer, items []LineItem, columns []Column) error {
	group := parquet.Group{}
	for _, c := range columns {
		group[c.Name()] = parquet.Optional(parquet.Compressed(parquet.Encoded(c.node(), &parquet.RLEDictionary), &parquet.Snappy))
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
		return parquet.Leaf(parquet.DoubleType)
	case Date:
		return parquet.Timestamp(parquet.Millisecond)
	default:
		return parquet.String()
	}
}

// row has its values in the order of the columns' names, which is the order that a schema sorts its fields in.
func row(item LineItem, columns []Column) parquet.Row {
	values := make(parquet.Row, len(columns))
	for i, c := range columns {
		var v parquet.Value
		switch x := c.value(item).(type) {
		case string:
			v = parquet.ByteArrayValue([]byte(x))
		case float64:
			v = parquet.DoubleValue(x)
		case time.Time:
			v = parquet.Int64Value(x.UnixMilli())
		default:
			values[i] = parquet.NullValue().Level(0, 0, i)
			continue
		}
		values[i] = v.Level(0, 1, i)
	}
	return values
}
