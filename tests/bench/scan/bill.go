// Package scan measures what a query of the bill reads: bytes scanned by Kubecost's query over months of delivered data, through the
// table as each catalog mode declares it.
package scan

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/tests/bill"
)

const (
	payer  = "111111111111"
	bucket = "billing"
)

// tags are the cost allocation tags of the bill and of the table.
var tags = []string{"aws:eks:cluster-name", "kubernetes.io/created-for/pvc/name", "team"}

// accounts is how many linked accounts are billed in one data file: some 8,000 line items a month, so that a larger bill has more
// files, as AWS's deliveries have.
const accounts = 10

// month makes the data files of one month with a number of line items, for a report of either version. Resources are the same from
// month to month.
func month(report billing.Report, first time.Time, lineItems int) ([]bill.Object, error) {
	var files []bill.Object
	for batch := 0; lineItems > 0; batch++ {
		o := bill.Options{Payer: payer, Year: first.Year(), Month: first.Month(), Seed: uint64(batch + 1), Tags: tags}
		for i := range accounts {
			o.Linked = append(o.Linked, fmt.Sprintf("%012d", 300000000000+batch*accounts+i))
		}
		items := bill.Month(o)
		items = items[max(0, len(items)-lineItems):] // of the last batch, its last days
		lineItems -= len(items)
		objects, err := delivery(report, items)
		if err != nil {
			return nil, err
		}
		for _, object := range objects {
			if !strings.HasPrefix(object.Key, report.DataPrefix()+"/") {
				continue // a manifest
			}
			folder := path.Dir(object.Key)
			object.Key = fmt.Sprintf("%s/%s-%05d.snappy.parquet", folder, report.Name, len(files)+1)
			files = append(files, object)
		}
	}
	return files, nil
}

func delivery(report billing.Report, items []bill.LineItem) ([]bill.Object, error) {
	if report.Version != billing.Version2 {
		objects, _, err := bill.Delivery(bill.Report{Name: report.Name, Bucket: report.Bucket, Prefix: report.Prefix, Account: payer}, items)
		return objects, err
	}
	var columns []string
	for _, c := range billing.ExportColumns() {
		columns = append(columns, c.Name)
	}
	objects, _, err := bill.ExportDelivery(bill.Export{Name: report.Name, Bucket: report.Bucket, Prefix: report.Prefix, Columns: columns}, items)
	return objects, err
}

// copied are a month's files under the names of another month.
func copied(report billing.Report, files []bill.Object, first time.Time) []bill.Object {
	folder := fmt.Sprintf("%s/year=%d/month=%d/", report.DataPrefix(), first.Year(), first.Month())
	if report.Version == billing.Version2 {
		folder = report.DataPrefix() + "/BILLING_PERIOD=" + first.Format("2006-01") + "/"
	}
	var all []bill.Object
	for _, f := range files {
		all = append(all, bill.Object{Key: folder + path.Base(f.Key), Body: f.Body})
	}
	return all
}
