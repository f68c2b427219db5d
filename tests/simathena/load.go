package simathena

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/parquet-go/parquet-go"

	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// load fills a table with what the statement has to read of it.
func (r *run) load(ctx context.Context, n tableName, t *table) error {
	folders, err := r.folders(ctx, n, t)
	if err != nil {
		return err
	}
	files, err := r.files(ctx, folders)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := r.loadFile(ctx, n, t, f); err != nil {
			return err
		}
	}
	return nil
}

// file is an object of a folder.
type file struct {
	bucket, key string
	values      []string // of the partition keys
}

// files lists the folders' objects, with one request for all folders of a bucket: below what their prefixes share. Like
// Hive, it takes names that start with a dot or an underscore for hidden.
func (r *run) files(ctx context.Context, folders []folder) ([]file, error) {
	shared := map[string]string{}
	prefixes := make([]string, len(folders))
	buckets := make([]string, len(folders))
	for i, f := range folders {
		var err error
		if buckets[i], prefixes[i], err = split(f.location); err != nil {
			return nil, err
		}
		if before, ok := shared[buckets[i]]; ok {
			shared[buckets[i]] = sharedPrefix(before, prefixes[i])
		} else {
			shared[buckets[i]] = prefixes[i]
		}
	}
	var files []file
	listed := map[string][]simaws.Object{}
	for i, f := range folders {
		objects, ok := listed[buckets[i]]
		if !ok {
			var err error
			if objects, err = r.List(ctx, buckets[i], shared[buckets[i]]); err != nil {
				return nil, fmt.Errorf("listing s3://%s/%s: %w", buckets[i], shared[buckets[i]], err)
			}
			listed[buckets[i]] = objects
		}
		for _, o := range objects {
			if name := path.Base(o.Key); strings.HasPrefix(o.Key, prefixes[i]) && o.Size > 0 && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_") {
				files = append(files, file{buckets[i], o.Key, f.values})
			}
		}
	}
	return files, nil
}

func sharedPrefix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:n]
}

// loadFile checks a file against the table's declaration, counts what is read of it, and adds its rows to the table.
func (r *run) loadFile(ctx context.Context, n tableName, t *table, f file) error {
	uri := "s3://" + f.bucket + "/" + f.key
	body, err := r.Get(ctx, f.bucket, f.key)
	if err != nil {
		return fmt.Errorf("reading %s: %w", uri, err)
	}
	stored, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return failed("HIVE_CANNOT_OPEN_SPLIT", "Error opening Hive split %s (offset=0, length=%d): Not valid Parquet file: %s", uri, len(body), uri)
	}
	columns := map[string]*parquet.Column{}
	for _, c := range stored.Root().Columns() {
		columns[strings.ToLower(c.Name())] = c
	}
	var values []string
	for _, c := range r.needed(t) {
		kind, _ := hiveType(c.Type)
		of := columns[strings.ToLower(c.Name)]
		switch {
		case t.isPartitionKey(c.Name):
			values = append(values, literal(f.value(t, c.Name)))
		case of == nil:
			values = append(values, "NULL")
		case !readable(kind, of):
			return failed("HIVE_BAD_DATA", "Field %s's type %s in parquet file %s is incompatible with type %s defined in table schema",
				c.Name, parquetName(of), uri, strings.TrimSuffix(kind.athena, "(3)"))
		default:
			values = append(values, fmt.Sprintf("CAST(%s AS %s)", quoted(c.Name), kind.duckdb))
			for _, group := range stored.Metadata().RowGroups {
				for _, values := range leavesOf(of) {
					r.scanned += group.Columns[values.Index()].MetaData.TotalCompressedSize
				}
			}
		}
	}
	if r.ScanLimit > 0 && r.scanned > r.ScanLimit {
		return simaws.ScanLimitExceeded(r.scanned)
	}
	local := filepath.Join(r.dir, "data.parquet")
	if err := os.WriteFile(local, body, 0o600); err != nil {
		return fmt.Errorf("keeping %s: %w", uri, err)
	}
	return r.exec(ctx, fmt.Sprintf("INSERT INTO %s SELECT %s FROM read_parquet(%s)", n.qualified(), strings.Join(values, ", "), literal(local)))
}

// value is a partition key's value in a file.
func (f file) value(t *table, name string) string {
	for i, key := range t.PartitionKeys {
		if key.Name == name {
			return f.values[i]
		}
	}
	return ""
}
