package bill

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
)

// Report is the report definition that a delivery is for.
type Report struct {
	Name    string
	Bucket  string
	Prefix  string
	Account string // ID of the account that owns the report: the payer
}

// Object is one file of a delivery: its key in the report's bucket, and its content.
type Object struct {
	Key  string
	Body []byte
}

// filesPerMonth is how many data files a month has here; AWS writes more with more data.
const filesPerMonth = 2

// Delivery returns what AWS writes into the report's bucket for line items of one or more months, and what a reader must find
// in it. For each month there are data files and a manifest, and one status file for the whole report. It returns an error
// if the items cannot be written as Parquet.
func Delivery(report Report, items []LineItem) ([]Object, Summary, error) {
	months := map[time.Time][]LineItem{}
	for _, item := range items {
		months[item.Month] = append(months[item.Month], item)
	}
	var objects []Object
	for _, month := range slices.SortedFunc(maps.Keys(months), time.Time.Compare) {
		files, err := report.month(month, months[month])
		if err != nil {
			return nil, Summary{}, fmt.Errorf("making the delivery of %s: %w", month.Format("2006-01"), err)
		}
		objects = append(objects, files...)
	}
	status, err := statusFile()
	if err != nil {
		return nil, Summary{}, err
	}
	const statusKey = "cost_and_usage_data_status/cost_and_usage_data_status.parquet"
	return append(objects, Object{report.path(statusKey), status}), Summarize(items), nil
}

func (r Report) path(parts ...string) string {
	return strings.Join(append([]string{r.Prefix, r.Name}, parts...), "/")
}

func (r Report) month(month time.Time, items []LineItem) ([]Object, error) {
	columns := Columns(items)
	folder := fmt.Sprintf("year=%d/month=%d", month.Year(), month.Month())
	size := max(1, (len(items)+filesPerMonth-1)/filesPerMonth)
	var objects []Object
	for chunk := range slices.Chunk(items, size) {
		var body bytes.Buffer
		if err := writeRows(&body, chunk, columns); err != nil {
			return nil, err
		}
		file := fmt.Sprintf("%s-%05d.snappy.parquet", r.Name, len(objects)+1)
		objects = append(objects, Object{r.path(r.Name, folder, file), body.Bytes()})
	}
	manifest, err := r.manifest(month, columns, objects)
	if err != nil {
		return nil, err
	}
	period := month.Format("20060102") + "-" + month.AddDate(0, 1, 0).Format("20060102")
	return append(objects, Object{r.path(period, r.Name+"-Manifest.json"), manifest}), nil
}

// manifest lists a month's data files and their columns, as AWS's manifests do.
func (r Report) manifest(month time.Time, columns []Column, files []Object) ([]byte, error) {
	type column struct {
		Category string `json:"category"`
		Name     string `json:"name"`
		Type     string `json:"type"`
	}
	type period struct {
		Start string `json:"start"`
		End   string `json:"end"`
	}
	const layout = "20060102T150405.000Z"
	m := struct {
		AssemblyID    string   `json:"assemblyId"`
		Account       string   `json:"account"`
		Columns       []column `json:"columns"`
		Charset       string   `json:"charset"`
		Compression   string   `json:"compression"`
		ContentType   string   `json:"contentType"`
		ReportID      string   `json:"reportId"`
		ReportName    string   `json:"reportName"`
		BillingPeriod period   `json:"billingPeriod"`
		Bucket        string   `json:"bucket"`
		ReportKeys    []string `json:"reportKeys"`
	}{
		AssemblyID: lineItemID(0, month, len(files)), Account: r.Account, Charset: "UTF-8", Compression: "Parquet", ContentType: "Parquet",
		ReportID: lineItemID(0, time.Unix(0, 0), len(r.Name)), ReportName: r.Name, Bucket: r.Bucket,
		BillingPeriod: period{month.Format(layout), month.AddDate(0, 1, 0).Format(layout)},
	}
	types := map[Kind]string{Text: "OptionalString", Number: "OptionalBigDecimal", Date: "DateTime"}
	for _, c := range columns {
		category, attribute, _ := strings.Cut(c.Attribute, "/")
		m.Columns = append(m.Columns, column{ColumnName(category), ColumnName(attribute), types[c.Kind]})
	}
	for _, f := range files {
		m.ReportKeys = append(m.ReportKeys, f.Key)
	}
	body, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the manifest: %w", err)
	}
	return body, nil
}

// statusFile is what tells readers that no delivery is under way.
func statusFile() ([]byte, error) {
	var body bytes.Buffer
	type row struct {
		Status string `parquet:"status,optional,snappy"`
	}
	if err := parquet.Write(&body, []row{{"READY"}}); err != nil {
		return nil, fmt.Errorf("writing the status file: %w", err)
	}
	return body.Bytes(), nil
}
