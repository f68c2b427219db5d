package simaws

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cur "github.com/aws/aws-sdk-go-v2/service/costandusagereportservice"
	"github.com/aws/aws-sdk-go-v2/service/costandusagereportservice/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// delivery is the bucket policy that AWS's documentation asks for.
const delivery = `{"Version":"2012-10-17","Statement":[
	{"Effect":"Allow","Principal":{"Service":"billingreports.amazonaws.com"},"Action":["s3:GetBucketAcl","s3:GetBucketPolicy"],"Resource":"BUCKET",
	 "Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:cur:us-east-1:ACCOUNT:definition/*"},"StringEquals":{"aws:SourceAccount":"ACCOUNT"}}},
	{"Effect":"Allow","Principal":{"Service":"billingreports.amazonaws.com"},"Action":"s3:PutObject","Resource":"BUCKET/*",
	 "Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:cur:us-east-1:ACCOUNT:definition/*"},"StringEquals":{"aws:SourceAccount":"ACCOUNT"}}},
	{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["BUCKET","BUCKET/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`

func deliveryTo(account string) string { return strings.ReplaceAll(delivery, "ACCOUNT", account) }

// definition is a report that Athena can read.
func definition(bucket string) *types.ReportDefinition {
	return &types.ReportDefinition{
		ReportName: aws.String("kubecost"), TimeUnit: types.TimeUnitDaily, Format: types.ReportFormatParquet, Compression: types.CompressionFormatParquet,
		AdditionalSchemaElements: []types.SchemaElement{types.SchemaElementResources}, AdditionalArtifacts: []types.AdditionalArtifact{types.AdditionalArtifactAthena},
		S3Bucket: &bucket, S3Prefix: aws.String("cur"), S3Region: types.AWSRegion(region), ReportVersioning: types.ReportVersioningOverwriteReport, RefreshClosedReports: aws.Bool(true),
	}
}

func putReport(t *testing.T, c aws.Config, d *types.ReportDefinition) error {
	t.Helper()
	_, err := cur.NewFromConfig(inRegion(c, curRegion)).PutReportDefinition(t.Context(), &cur.PutReportDefinitionInput{
		ReportDefinition: d, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("finops")}},
	})
	return err
}

func TestReportNeedsABucketThatBillingMayWrite(t *testing.T) {
	account, config := newAccount(t)
	policies := map[string]struct {
		policy string
		ok     bool
	}{
		"as documented":        {deliveryTo(account), true},
		"none":                 {"", false},
		"wrong region in ARN":  {strings.ReplaceAll(deliveryTo(account), "cur:us-east-1", "cur:"+region), false},
		"wildcard by equality": {strings.NewReplacer(`"ArnLike"`, `"StringEquals"`, `"},"StringEquals":{`, `",`).Replace(deliveryTo(account)), false},
		"another account":      {deliveryTo("999999999999"), false},
		"no object write":      {strings.ReplaceAll(deliveryTo(account), "s3:PutObject", "s3:GetObject"), false},
		"no look at the ACL":   {strings.ReplaceAll(deliveryTo(account), `"s3:GetBucketAcl",`, ""), false},
	}
	for name, test := range policies {
		t.Run(name, func(t *testing.T) {
			bucket := newBucket(t, config, "cur", test.policy)
			d := definition(bucket)
			d.ReportName = &bucket
			err := putReport(t, config, d)
			if !test.ok {
				wantError(t, err, "ValidationException", fmt.Sprintf("Failed to verify customer bucket permission. accountId=%s, bucket name: %s, bucket region: %s", account, bucket, region))
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s3.NewFromConfig(config).HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String(accessTestObject)}); err != nil {
				t.Errorf("the billing service left no test object: %v", err)
			}
		})
	}
}

func TestReportInABucketThatIsNotThere(t *testing.T) {
	_, config := newAccount(t)
	wantError(t, putReport(t, config, definition("no-such-bucket")), "ValidationException", "Failed to verify customer bucket permission")
}

func TestAthenaReportsHaveOneShape(t *testing.T) {
	account, config := newAccount(t)
	bucket := newBucket(t, config, "cur", deliveryTo(account))
	for name, change := range map[string]func(*types.ReportDefinition){
		"no prefix": func(d *types.ReportDefinition) { d.S3Prefix = aws.String("") },
		"CSV": func(d *types.ReportDefinition) {
			d.Format, d.Compression = types.ReportFormatCsv, types.CompressionFormatGzip
		},
		"mixed compression": func(d *types.ReportDefinition) { d.Compression = types.CompressionFormatGzip },
		"new versions":      func(d *types.ReportDefinition) { d.ReportVersioning = types.ReportVersioningCreateNewReport },
		"two artifacts": func(d *types.ReportDefinition) {
			d.AdditionalArtifacts = append(d.AdditionalArtifacts, types.AdditionalArtifactRedshift)
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := definition(bucket)
			change(d)
			wantError(t, putReport(t, config, d), "ValidationException", "")
		})
	}
}

func TestReportLife(t *testing.T) {
	account, config := newAccount(t)
	bucket := newBucket(t, config, "cur", deliveryTo(account))
	client := cur.NewFromConfig(inRegion(config, curRegion))
	d := definition(bucket)
	if err := putReport(t, config, d); err != nil {
		t.Fatal(err)
	}
	wantError(t, putReport(t, config, d), "DuplicateReportNameException", "already exists")

	d.S3Prefix = aws.String("costs")
	if _, err := client.ModifyReportDefinition(t.Context(), &cur.ModifyReportDefinitionInput{ReportName: d.ReportName, ReportDefinition: d}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.TagResource(t.Context(), &cur.TagResourceInput{ReportName: d.ReportName, Tags: []types.Tag{{Key: aws.String("stage"), Value: aws.String("test")}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.UntagResource(t.Context(), &cur.UntagResourceInput{ReportName: d.ReportName, TagKeys: []string{"team"}}); err != nil {
		t.Fatal(err)
	}
	tags, err := client.ListTagsForResource(t.Context(), &cur.ListTagsForResourceInput{ReportName: d.ReportName})
	if err != nil {
		t.Fatal(err)
	}
	if len(tags.Tags) != 1 || *tags.Tags[0].Key != "stage" {
		t.Errorf("got tags %+v, want stage alone", tags.Tags)
	}

	if err := cloud.BillingPutObject(t.Context(), account, "kubecost", "costs/kubecost/part.parquet", []byte("data")); err != nil {
		t.Fatal(err)
	}
	out, err := client.DescribeReportDefinitions(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.ReportDefinitions) != 1 {
		t.Fatalf("got %d reports, want 1", len(out.ReportDefinitions))
	}
	got := out.ReportDefinitions[0]
	if *got.S3Prefix != "costs" || !slices.Equal(got.AdditionalArtifacts, d.AdditionalArtifacts) {
		t.Errorf("got %+v", got)
	}
	if got.ReportStatus == nil || got.ReportStatus.LastStatus != types.LastStatusSuccess || *got.ReportStatus.LastDelivery == "" {
		t.Errorf("got status %+v, want a success", got.ReportStatus)
	}

	if _, err := client.DeleteReportDefinition(t.Context(), &cur.DeleteReportDefinitionInput{ReportName: d.ReportName}); err != nil {
		t.Fatal(err)
	}
	if left := cloud.Reports(account); len(left) != 0 {
		t.Errorf("%d reports are left", len(left))
	}
}

func TestDeliveryStopsWithThePolicy(t *testing.T) {
	account, config := newAccount(t)
	bucket := newBucket(t, config, "cur", deliveryTo(account))
	if err := putReport(t, config, definition(bucket)); err != nil {
		t.Fatal(err)
	}
	setPolicy(t, config, bucket, strings.ReplaceAll(deliveryTo(account), "definition/*", "definition/another"))
	err := cloud.BillingPutObject(t.Context(), account, "kubecost", "cur/kubecost/part.parquet", nil)
	if err == nil || !strings.Contains(err.Error(), "billingreports.amazonaws.com is not authorized to perform: s3:PutObject") {
		t.Fatalf("got %v, want AccessDenied", err)
	}
	if status := cloud.Reports(account)[0].ReportStatus; status == nil || status.LastStatus != "ERROR_PERMISSIONS" {
		t.Errorf("got status %+v, want ERROR_PERMISSIONS", status)
	}
}

func TestReportsAreSeenFromOneRegionOnly(t *testing.T) {
	_, config := newAccount(t)
	_, err := cur.NewFromConfig(config).DescribeReportDefinitions(t.Context(), nil)
	if err == nil {
		t.Errorf("the CUR API answered in %s", region)
	}
}
