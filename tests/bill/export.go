package bill

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Export is an export of CUR 2.0 that a delivery is for.
type Export struct {
	Name    string
	ARN     string
	Bucket  string
	Prefix  string
	Columns []string // that its query selects
}

// exportColumns are those that CUR 2.0 has besides the base columns: as maps what are columns of their own in the legacy report,
// and the accounts' names.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2.html
var exportColumns = []Column{
	text("bill/PayerAccountName", func(i LineItem) string { return "account " + i.Payer }),
	text("lineItem/UsageAccountName", func(i LineItem) string { return "account " + i.Account }),
	textMap("costCategory", func(LineItem) map[string]string { return nil }),
	textMap("discount", func(LineItem) map[string]string { return nil }),
	textMap("product", productAttributes),
	textMap("resourceTags", resourceTags),
}

func textMap(attribute string, value func(LineItem) map[string]string) Column {
	return Column{attribute, TextMap, func(i LineItem) any { return value(i) }}
}

func productAttributes(i LineItem) map[string]string {
	attributes := map[string]string{"product_name": i.ServiceName}
	for name, value := range i.Product {
		attributes[ColumnName(name)] = value
	}
	return attributes
}

// resourceTags has the keys that the columns of a legacy report have after resource_tags_.
func resourceTags(i LineItem) map[string]string {
	tags := map[string]string{}
	for key, value := range i.Tags {
		if !strings.HasPrefix(key, "aws:") {
			key = "user:" + key
		}
		tags[ColumnName(key)] = value
	}
	return tags
}

// ExportDelivery is Delivery for CUR 2.0: for each month data files with the columns of the export's query, and a manifest. Columns
// that no line item here can have a value for are left out.
func ExportDelivery(export Export, items []LineItem) ([]Object, Summary, error) {
	var columns []Column
	for _, c := range slices.Concat(baseColumns, exportColumns) {
		if slices.Contains(export.Columns, c.Name()) {
			columns = append(columns, c)
		}
	}
	slices.SortFunc(columns, func(a, b Column) int { return strings.Compare(a.Name(), b.Name()) })
	months := map[time.Time][]LineItem{}
	for _, item := range items {
		months[item.Month] = append(months[item.Month], item)
	}
	var objects []Object
	for _, month := range slices.SortedFunc(maps.Keys(months), time.Time.Compare) {
		files, err := export.month(month, months[month], columns)
		if err != nil {
			return nil, Summary{}, fmt.Errorf("making the delivery of %s: %w", month.Format("2006-01"), err)
		}
		objects = append(objects, files...)
	}
	return objects, Summarize(items), nil
}

func (e Export) month(month time.Time, items []LineItem, columns []Column) ([]Object, error) {
	period := "BILLING_PERIOD=" + month.Format("2006-01")
	var objects []Object
	manifest := struct {
		ExportARN string   `json:"exportArn"`
		DataFiles []string `json:"dataFiles"`
	}{ExportARN: e.ARN}
	for chunk := range slices.Chunk(items, max(1, (len(items)+filesPerMonth-1)/filesPerMonth)) {
		var body bytes.Buffer
		if err := writeRows(&body, chunk, columns); err != nil {
			return nil, err
		}
		file := fmt.Sprintf("%s-%05d.snappy.parquet", e.Name, len(objects)+1)
		key := strings.Join([]string{e.Prefix, e.Name, "data", period, file}, "/")
		objects = append(objects, Object{key, body.Bytes()})
		manifest.DataFiles = append(manifest.DataFiles, "s3://"+e.Bucket+"/"+key)
	}
	body, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the manifest: %w", err)
	}
	key := strings.Join([]string{e.Prefix, e.Name, "metadata", period, e.Name + "-Manifest.json"}, "/")
	return append(objects, Object{key, body}), nil
}
