package sandbox

import (
	"context"
	"fmt"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/bill"
	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// deliverExport writes a month of line items for an export of CUR 2.0, as Data Exports does: with the columns of its query, and only
// where the bucket's policy lets it.
func (s *Sandbox) deliverExport(ctx context.Context, payer string, e simaws.Export, month time.Time, items []bill.LineItem) (Delivered, error) {
	to := e.DestinationConfigurations.S3Destination
	d := Delivered{Report: "s3://" + to.S3Bucket + "/" + to.S3Prefix + "/" + e.Name, Month: month}
	for _, configuration := range e.DataQuery.TableConfigurations {
		columns, err := simaws.SelectedColumns(e.DataQuery.QueryStatement, configuration)
		if err != nil {
			return d, fmt.Errorf("reading the query of export %s: %w", e.Name, err)
		}
		if configuration["TIME_GRANULARITY"] == "HOURLY" {
			items = bill.Hourly(items)
		}
		objects, summary, err := bill.ExportDelivery(bill.Export{
			Name: e.Name, ARN: e.ExportArn, Bucket: to.S3Bucket, Prefix: to.S3Prefix, Columns: columns,
		}, items)
		if err != nil {
			return d, fmt.Errorf("writing the bill of export %s: %w", e.Name, err)
		}
		d.Files, d.Items, d.Invoice, d.Kubecost = len(objects), summary.Items, summary.Total, summary.Kubecost.List
		for _, o := range objects {
			if err := s.Cloud.ExportPutObject(ctx, payer, e.ExportArn, o.Key, o.Body); err != nil {
				return d, fmt.Errorf("delivering export %s: %w", e.Name, err)
			}
			d.Bytes += len(o.Body)
		}
	}
	return d, nil
}
