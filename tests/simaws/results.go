package simaws

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// maxResults is the largest page of results, in rows; the first page's header counts.
const maxResults = 1000

// getResults gives a page of a result. The first row of the first page holds the columns' names. The caller also needs
// to be allowed to read the result's object.
func (c *Cloud) getResults(k *call) (any, error) {
	var in struct {
		NextToken  string
		MaxResults *int
	}
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	e, err := c.executionOf(k)
	if err != nil {
		return nil, err
	}
	size := maxResults
	if in.MaxResults != nil {
		size = *in.MaxResults
	}
	if size < 1 || size > maxResults {
		return nil, badRequest("InvalidRequestException", "MaxResults is more than maximum allowed length %d.", maxResults)
	}
	start := 0
	if in.NextToken != "" {
		if start, err = strconv.Atoi(in.NextToken); err != nil || start < 0 {
			return nil, badRequest("InvalidRequestException", "Invalid token")
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	switch e.state {
	case "SUCCEEDED":
	case "FAILED", "CANCELLED":
		return nil, badRequest("InvalidRequestException", "Query did not finish successfully. Final query state: %s", e.state)
	default:
		return nil, badRequest("InvalidRequestException", "Query has not yet finished. Current state: %s", e.state)
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(e.output, "s3://"), "/")
	if err := c.mayReach(k.r.Context(), k.caller, "s3:GetObject", bucket, key); err != nil {
		return nil, &apiError{http.StatusForbidden, accessDenied, asAPIError(err).Message}
	}
	return pageOf(e.result, start, size), nil
}

// pageOf is a page of rows as the API gives it; row 0 is the header.
func pageOf(result AthenaResult, start, size int) map[string]any {
	type datum struct {
		VarCharValue *string `json:",omitempty"`
	}
	type row struct{ Data []datum }
	header := make([]*string, len(result.Columns))
	info := make([]map[string]any, len(result.Columns))
	for i, col := range result.Columns {
		header[i] = &col.Name
		info[i] = map[string]any{
			"CatalogName": "hive", "SchemaName": "", "TableName": "", "Name": col.Name, "Label": col.Name,
			"Type": col.Type, "Nullable": "UNKNOWN", "CaseSensitive": col.Type == "varchar",
		}
	}
	total := len(result.Rows) + 1
	end := min(start+size, total)
	rows := []row{}
	for i := min(start, end); i < end; i++ {
		values := header
		if i > 0 {
			values = result.Rows[i-1]
		}
		data := make([]datum, len(values))
		for j, v := range values {
			data[j] = datum{v}
		}
		rows = append(rows, row{data})
	}
	page := map[string]any{
		"UpdateCount": 0,
		"ResultSet":   map[string]any{"Rows": rows, "ResultSetMetadata": map[string]any{"ColumnInfo": info}},
	}
	if end < total {
		page["NextToken"] = strconv.Itoa(end)
	}
	return page
}

// resultEncryption is how Athena has a result encrypted.
type resultEncryption struct{ EncryptionOption, KmsKey string }

// key is the ARN of the key of a result in a bucket; empty for S3's own.
func (e resultEncryption) key(b bucket) string {
	switch e.EncryptionOption {
	case "SSE_S3":
		return ""
	case "SSE_KMS":
		return e.KmsKey
	}
	return b.encryption.key
}

// csvOf is a result as Athena writes it: every value quoted, NULL as nothing.
func csvOf(result AthenaResult) []byte {
	var b bytes.Buffer
	quote := func(s string) { b.WriteString(`"` + strings.ReplaceAll(s, `"`, `""`) + `"`) }
	for i, col := range result.Columns {
		if i > 0 {
			b.WriteByte(',')
		}
		quote(col.Name)
	}
	b.WriteByte('\n')
	for _, row := range result.Rows {
		for i, value := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			if value != nil {
				quote(*value)
			}
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// metadataOf describes the columns of a result. Athena's own format is not public; nobody but Athena reads it.
func metadataOf(result AthenaResult) []byte {
	text, _ := json.Marshal(result.Columns) // names and types always marshal
	return text
}
