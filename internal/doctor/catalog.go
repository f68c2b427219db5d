package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

// table is whether the Glue table is there and one that Kubecost's queries fit.
var table = Check{
	Name:  "table",
	Title: func(s *Subject) string { return "Glue table " + s.Payer.AthenaDatabase + "." + s.Payer.AthenaTable },
	Needs: []Need{PayerAWS},
	Run: func(ctx context.Context, s *Subject) Finding {
		p := s.Payer
		there, err := s.PayerAWS.Database(ctx, p.AthenaRegion, p.AthenaDatabase)
		if err != nil {
			return unasked(err, "glue:GetDatabase")
		}
		if !there {
			return failed("there is no database "+p.AthenaDatabase+" in "+p.AthenaRegion, "the database was deleted", mendPayer)
		}
		t, err := s.PayerAWS.Table(ctx, p.AthenaRegion, p.AthenaDatabase, p.AthenaTable)
		if err != nil {
			return unasked(err, "glue:GetTable")
		}
		if t == nil {
			return failed("there is no table "+p.AthenaTable+" in database "+p.AthenaDatabase, "the table was deleted; Athena then says TABLE_NOT_FOUND", mendPayer)
		}
		if faults := t.misfits(p); len(faults) > 0 {
			return failed(errors.Join(faults...).Error(), "the table was changed, or made by hand or by a crawler of its own", mendPayer)
		}
		return s.partitions(ctx, t)
	},
}

// misfits are the reasons for which Kubecost's queries would not get the bill from the table.
func (t *Table) misfits(p Payer) []error {
	columns := func(given []Column) []billing.Column {
		var all []billing.Column
		for _, c := range given {
			all = append(all, billing.Column{Name: c.Name, Type: c.Type})
		}
		return all
	}
	faults := billing.Table{
		Type: t.Type, Location: t.Location, Columns: columns(t.Columns), PartitionKeys: columns(t.PartitionKeys),
	}.Check(p.report())
	if !strings.Contains(t.SerDe, "ParquetHiveSerDe") {
		faults = append(faults, fmt.Errorf("its SerDe is %q: the data is Parquet", t.SerDe))
	}
	if t.projected() {
		for key, want := range p.report().ProjectionParameters() {
			if got := t.Parameters[key]; strings.HasPrefix(key, "projection.") && strings.HasSuffix(key, ".type") && got != want ||
				key == "storage.location.template" && got != want {
				faults = append(faults, fmt.Errorf("its parameter %s is %q: it is %q", key, got, want))
			}
		}
		if got := t.Parameters["projection.month.digits"]; got != "" && got != "1" {
			faults = append(faults, fmt.Errorf("its parameter projection.month.digits is %q: AWS writes months without a leading zero, so it is not set", got))
		}
	}
	return faults
}

func (t *Table) projected() bool {
	return strings.EqualFold(t.Parameters["projection.enabled"], "true")
}

// partitions is whether Athena can find the data: by projection, or by partitions that a crawler registered.
func (s *Subject) partitions(ctx context.Context, t *Table) Finding {
	p := s.Payer
	if t.projected() {
		return ok(fmt.Sprintf("%d columns, by partition projection", len(t.Columns)))
	}
	n, err := s.PayerAWS.Partitions(ctx, p.AthenaRegion, p.AthenaDatabase, p.AthenaTable, 1000)
	if err != nil {
		return unasked(err, "glue:GetPartitions")
	}
	if n > 0 {
		return ok(fmt.Sprintf("%d columns, %d partitions of a crawler", len(t.Columns), n))
	}
	files, err := s.PayerAWS.Objects(ctx, p.CurBucketName, p.report().DataPrefix()+"/", 1)
	if err != nil {
		return unasked(err, "s3:ListBucket on "+p.CurBucketName)
	}
	if len(files) == 0 {
		return ok(fmt.Sprintf("%d columns, no partitions before the first delivery", len(t.Columns)))
	}
	return failed("it has no partitions, and there is data", "neither partition projection nor a crawler tells Athena what is there",
		"run the crawler (aws glue start-crawler), or set catalogMode: projection; then "+mendPayer)
}
