package simaws

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// tableColumn is a column of a table in Glue's words.
type tableColumn struct {
	Name    string
	Type    string
	Comment string `json:",omitempty"`
}

// crawledData is what a crawl found below a target.
type crawledData struct {
	location string // s3:// URI with a slash at its end
	files    []Object
	columns  []tableColumn            // of all files
	folders  map[string][]tableColumn // by their path below the location
	records  int64
	bytes    int64
}

// read lists a target and reads the schemas of its files, with the crawler's rights.
func (r *crawlRun) read(ctx context.Context, target s3Target) (*crawledData, error) {
	bucket, prefix, _ := strings.Cut(strings.TrimPrefix(target.Path, "s3://"), "/")
	prefix = strings.TrimSuffix(prefix, "/") + "/"
	if err := r.cloud.mayReach(ctx, r.caller, "s3:ListBucket", bucket, prefix); err != nil {
		return nil, err
	}
	home, _ := r.cloud.buckets.find(bucket)
	objects, err := r.cloud.moto.listObjects(ctx, home.place, bucket, prefix)
	if err != nil {
		return nil, err
	}
	data := &crawledData{location: "s3://" + bucket + "/" + prefix, folders: map[string][]tableColumn{}}
	for _, o := range objects {
		name := strings.TrimPrefix(o.Key, prefix)
		if o.Size == 0 || excluded(name, target.Exclusions) {
			continue
		}
		if err := r.cloud.mayReach(ctx, r.caller, "s3:GetObject", bucket, o.Key); err != nil {
			return nil, err
		}
		if err := r.cloud.mayDecrypt(ctx, r.caller, bucket, o.Key); err != nil {
			return nil, err
		}
		body, err := r.cloud.moto.getObject(ctx, home.place, bucket, o.Key, "")
		if err != nil {
			return nil, err
		}
		if err := data.add(name, o, body); err != nil {
			return nil, fmt.Errorf("s3://%s/%s: %w", bucket, o.Key, err)
		}
	}
	return data, nil
}

// add reads the schema of a file.
func (d *crawledData) add(name string, o Object, body []byte) error {
	file, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return fmt.Errorf("no Parquet, so that the crawler would make another table of it: %w", err)
	}
	columns := d.folders[path.Dir(name)]
	for _, leaf := range file.Root().Columns() {
		column := tableColumn{Name: strings.ToLower(leaf.Name()), Type: hiveName(leaf)}
		columns, d.columns = withColumn(columns, column), withColumn(d.columns, column)
	}
	d.folders[path.Dir(name)] = columns
	d.files, d.bytes, d.records = append(d.files, o), d.bytes+o.Size, d.records+file.NumRows()
	return nil
}

func withColumn(columns []tableColumn, c tableColumn) []tableColumn {
	if slices.ContainsFunc(columns, func(other tableColumn) bool { return other.Name == c.Name }) {
		return columns
	}
	return append(columns, c)
}

// tableName is the name that a crawler gives to the table over the data: that of the last folder.
func (d *crawledData) tableName() string {
	name := strings.ToLower(path.Base(strings.TrimSuffix(d.location, "/")))
	return regexp.MustCompile(`[^a-z0-9_]`).ReplaceAllString(name, "_")
}

// layoutIs returns an error for data whose folders are not the values of a table's partition keys, key=value: a crawler would make
// tables of them.
func (d *crawledData) layoutIs(keys []tableColumn) error {
	for folder := range d.folders {
		parts := strings.Split(folder, "/")
		ok := len(parts) == len(keys)
		for i := 0; ok && i < len(keys); i++ {
			ok = strings.HasPrefix(parts[i], keys[i].Name+"=")
		}
		if !ok {
			return fmt.Errorf("folder %s%s is no partition of the table, so that the crawler would make further tables", d.location, folder)
		}
	}
	return nil
}

// valuesOf are the values in a folder's path: year=2026/month=1.
func valuesOf(folder string) []string {
	var values []string
	for part := range strings.SplitSeq(folder, "/") {
		_, value, _ := strings.Cut(part, "=")
		values = append(values, value)
	}
	return values
}

// excluded says whether a name below the target matches a pattern: * is anything in a folder, ** anything at all.
func excluded(name string, patterns []string) bool {
	for _, p := range patterns {
		expression := strings.NewReplacer(`\*\*`, ".*", `\*`, "[^/]*", `\?`, "[^/]").Replace(regexp.QuoteMeta(p))
		if regexp.MustCompile("^" + expression + "$").MatchString(name) {
			return true
		}
	}
	return false
}

// hiveName is the Hive type that a crawler gives to a Parquet column.
func hiveName(c *parquet.Column) string {
	switch c.Type().Kind() {
	case parquet.Boolean:
		return "boolean"
	case parquet.Int32:
		if logical := c.Type().LogicalType(); logical != nil {
			if _, ok := logical.Value.(*format.DateType); ok {
				return "date"
			}
		}
		return "int"
	case parquet.Int64:
		if logical := c.Type().LogicalType(); logical != nil {
			if _, ok := logical.Value.(*format.TimestampType); ok {
				return "timestamp"
			}
		}
		return "bigint"
	case parquet.Int96:
		return "timestamp"
	case parquet.Float:
		return "float"
	case parquet.Double:
		return "double"
	}
	return "string"
}

// columnsOf reads a list of columns in an answer of Glue's.
func columnsOf(list any) []tableColumn {
	var columns []tableColumn
	items, _ := list.([]any)
	for _, item := range items {
		fields := texts(item)
		columns = append(columns, tableColumn{fields["Name"], fields["Type"], fields["Comment"]})
	}
	return columns
}

// texts are the texts of an object in an answer.
func texts(object any) map[string]string {
	found := map[string]string{}
	fields, _ := object.(map[string]any)
	for key, value := range fields {
		if text, ok := value.(string); ok {
			found[key] = text
		}
	}
	return found
}
