package awsaccess

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
)

func (a *Account) glue(region string) *glue.Client {
	return glue.NewFromConfig(a.cfg, func(o *glue.Options) { o.Region = region })
}

// Database says whether a Glue database is there.
func (a *Account) Database(ctx context.Context, region, name string) (bool, error) {
	_, err := a.glue(region).GetDatabase(ctx, &glue.GetDatabaseInput{Name: &name})
	if missing(err, "EntityNotFoundException") {
		return false, nil
	}
	return err == nil, err
}

// Table is a Glue table; nil if there is none.
func (a *Account) Table(ctx context.Context, region, database, name string) (*doctor.Table, error) {
	out, err := a.glue(region).GetTable(ctx, &glue.GetTableInput{DatabaseName: &database, Name: &name})
	if missing(err, "EntityNotFoundException") {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	t := &doctor.Table{
		Type: aws.ToString(out.Table.TableType), Parameters: out.Table.Parameters, PartitionKeys: columns(out.Table.PartitionKeys),
	}
	if s := out.Table.StorageDescriptor; s != nil {
		t.Location, t.Columns = aws.ToString(s.Location), columns(s.Columns)
		if s.SerdeInfo != nil {
			t.SerDe = aws.ToString(s.SerdeInfo.SerializationLibrary)
		}
	}
	return t, nil
}

func columns(given []gluetypes.Column) []doctor.Column {
	var all []doctor.Column
	for _, c := range given {
		all = append(all, doctor.Column{Name: aws.ToString(c.Name), Type: aws.ToString(c.Type)})
	}
	return all
}

// Partitions is how many partitions a table has registered, at most limit, which is at most 1000.
func (a *Account) Partitions(ctx context.Context, region, database, table string, limit int) (int, error) {
	out, err := a.glue(region).GetPartitions(ctx, &glue.GetPartitionsInput{
		DatabaseName: &database, TableName: &table, MaxResults: aws.Int32(int32(limit)), ExcludeColumnSchema: aws.Bool(true),
	})
	if err != nil {
		return 0, err
	}
	return len(out.Partitions), nil
}

// WorkGroup is an Athena work group; nil if there is none.
func (a *Account) WorkGroup(ctx context.Context, region, name string) (*doctor.WorkGroup, error) {
	client := athena.NewFromConfig(a.cfg, func(o *athena.Options) { o.Region = region })
	out, err := client.GetWorkGroup(ctx, &athena.GetWorkGroupInput{WorkGroup: &name})
	if missing(err, "InvalidRequestException") && strings.Contains(err.Error(), "not found") {
		return nil, nil // Athena has no error of its own for it
	} else if err != nil {
		return nil, err
	}
	w := &doctor.WorkGroup{Enabled: out.WorkGroup.State == athenatypes.WorkGroupStateEnabled}
	if c := out.WorkGroup.Configuration; c != nil {
		w.Enforced, w.BytesScanned = aws.ToBool(c.EnforceWorkGroupConfiguration), aws.ToInt64(c.BytesScannedCutoffPerQuery)
		if c.ResultConfiguration != nil {
			w.Location = aws.ToString(c.ResultConfiguration.OutputLocation)
		}
	}
	return w, nil
}
