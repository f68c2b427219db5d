package simaws

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// askExports calls Data Exports without its SDK, which nothing else here needs. Its answer is decoded JSON.
func askExports(t *testing.T, c aws.Config, host, operation string, in any) (map[string]any, error) {
	t.Helper()
	header := http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"AWSBillingAndCostManagementDataExports." + operation}}
	response, text, err := signedCall(t, c, "bcm-data-exports", curRegion, "https://"+host+"/", header, in)
	if err != nil {
		return nil, err
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatalf("%s answered %s: %s", operation, response.Status, text)
	}
	if response.StatusCode != http.StatusOK {
		return nil, &smithy.GenericAPIError{Code: fmt.Sprint(out["__type"]), Message: fmt.Sprint(out["message"])}
	}
	return out, nil
}

func exported(t *testing.T, c aws.Config, operation string, in any) (map[string]any, error) {
	t.Helper()
	return askExports(t, c, exportsHost, operation, in)
}

// export is the program's own, into a bucket.
func export(account, bucket string) Export {
	e := Export{Name: "kubecost"}
	e.DataQuery.QueryStatement = billing.ExportQuery()
	e.DataQuery.TableConfigurations = map[string]map[string]string{billing.ExportTable: billing.ExportConfiguration("aws", account, billing.Daily)}
	e.DestinationConfigurations.S3Destination = S3Destination{S3Bucket: bucket, S3Prefix: "cur", S3Region: region}
	to := &e.DestinationConfigurations.S3Destination.S3OutputConfigurations
	to.OutputType, to.Format, to.Compression, to.Overwrite = "CUSTOM", "PARQUET", "PARQUET", "OVERWRITE_REPORT"
	e.RefreshCadence.Frequency = "SYNCHRONOUS"
	return e
}

// exportPolicy is the program's own policy of a bucket.
func exportPolicy(t *testing.T, account string) string {
	t.Helper()
	text, err := iampolicy.ExportDelivery("aws", account, "B-U-C-K-E-T").JSON()
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(text, "arn:aws:s3:::B-U-C-K-E-T", "BUCKET")
}

func TestAnExportNeedsABucketThatDataExportsMayWrite(t *testing.T) {
	account, config := newAccount(t)
	own := exportPolicy(t, account)
	for name, policy := range map[string]string{
		"none":                    "",
		"of the billing service":  deliveryTo(account),
		"a region that it is not": strings.ReplaceAll(own, "bcm-data-exports:us-east-1", "bcm-data-exports:"+region),
		"another account":         exportPolicy(t, "999999999999"),
		"no object write":         strings.ReplaceAll(own, "s3:PutObject", "s3:GetObject"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := exported(t, config, "CreateExport", map[string]any{"Export": export(account, newBucket(t, config, "cur2", policy))})
			wantError(t, err, "ValidationException", "S3 bucket permission validation failed")
		})
	}
	elsewhere := export(account, newBucket(t, config, "cur2", own))
	elsewhere.DestinationConfigurations.S3Destination.S3Region = "eu-west-1"
	_, err := exported(t, config, "CreateExport", map[string]any{"Export": elsewhere})
	wantError(t, err, "ValidationException", "S3 bucket permission validation failed")
	_, err = exported(t, config, "CreateExport", map[string]any{"Export": export(account, "no-such-bucket")})
	wantError(t, err, "ValidationException", "S3 bucket permission validation failed")
	if len(cloud.Exports(account)) > 0 {
		t.Errorf("there are exports: %v", cloud.Exports(account))
	}
}

func TestAnExportIntoABucketWithAKeyNeedsTheKeysPolicyForDataExports(t *testing.T) {
	account, config := newAccount(t)
	bucket := newBucket(t, config, "cur2", exportPolicy(t, account))
	statements := func(exports bool) string {
		text, err := iampolicy.KeyStatements(iampolicy.KeyUse{Partition: "aws", Region: region, Account: account, Exports: exports})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Trim(text, "[]")
	}
	key := cloud.AddKey(account, region, keyPolicy(account, statements(false)))
	encrypt(t, config, bucket, key)
	in := map[string]any{"Export": export(account, bucket)}
	_, err := exported(t, config, "CreateExport", in)
	wantError(t, err, "ValidationException", "S3 bucket permission validation failed")
	cloud.SetKeyPolicy(key, keyPolicy(account, statements(true)))
	if _, err := exported(t, config, "CreateExport", in); err != nil {
		t.Error(err)
	}
}

func TestAnExportSelectsColumnsThatItsConfigurationIncludes(t *testing.T) {
	account, config := newAccount(t)
	bucket := newBucket(t, config, "cur2", exportPolicy(t, account))
	const notSubset = "not a subset of the table COST_AND_USAGE_REPORT"
	for name, c := range map[string]struct {
		change func(e *Export, configuration map[string]string)
		want   string
	}{
		"all columns by a star": {func(e *Export, _ map[string]string) {
			e.DataQuery.QueryStatement = "SELECT * FROM COST_AND_USAGE_REPORT"
		}, notSubset},
		"a legacy report's column": {func(e *Export, _ map[string]string) {
			e.DataQuery.QueryStatement = "SELECT resource_tags_user_team FROM COST_AND_USAGE_REPORT"
		}, notSubset},
		"resources that are off": {func(_ *Export, c map[string]string) { c["INCLUDE_RESOURCES"] = "FALSE" }, notSubset},
		"split costs that are off": {func(e *Export, _ map[string]string) {
			e.DataQuery.QueryStatement = billing.ExportQuery(billing.SplitCostAllocationData)
		}, notSubset},
		"discounts that are lines": {func(_ *Export, c map[string]string) { c["INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY"] = "TRUE" }, notSubset},
		"another table":            {func(e *Export, _ map[string]string) { e.DataQuery.QueryStatement = "SELECT a FROM FOCUS" }, "FOCUS does not exist"},
		"no query":                 {func(e *Export, _ map[string]string) { e.DataQuery.QueryStatement = "" }, "invalid"},
		"an unknown configuration": {func(_ *Export, c map[string]string) { c["INCLUDE_TAGS"] = "TRUE" }, "INCLUDE_TAGS"},
		"a value in small letters": {func(_ *Export, c map[string]string) { c["INCLUDE_RESOURCES"] = "true" }, "cannot be true"},
		"another account's view":   {func(_ *Export, c map[string]string) { c["BILLING_VIEW_ARN"] = "arn:aws:billing::1:billingview/primary" }, "BILLING_VIEW_ARN"},
		"a name with a space":      {func(e *Export, _ map[string]string) { e.Name = "kube cost" }, "export.name"},
		"Parquet compressed by gzip": {func(e *Export, _ map[string]string) {
			e.DestinationConfigurations.S3Destination.S3OutputConfigurations.Compression = "GZIP"
		}, "output"},
	} {
		t.Run(name, func(t *testing.T) {
			e := export(account, bucket)
			c.change(&e, e.DataQuery.TableConfigurations[billing.ExportTable])
			_, err := exported(t, config, "CreateExport", map[string]any{"Export": e})
			wantError(t, err, "ValidationException", c.want)
		})
	}
	elements := []string{billing.SplitCostAllocationData, billing.ManualDiscountCompatibility}
	e := export(account, bucket)
	e.DataQuery.QueryStatement = billing.ExportQuery(elements...)
	e.DataQuery.TableConfigurations[billing.ExportTable] = billing.ExportConfiguration("aws", account, billing.Hourly, elements...)
	if _, err := exported(t, config, "CreateExport", map[string]any{"Export": e}); err != nil {
		t.Errorf("with all schema elements: %v", err)
	}
}

func TestTheLifeOfAnExport(t *testing.T) {
	account, config := newAccount(t)
	bucket := newBucket(t, config, "cur2", exportPolicy(t, account))
	e := export(account, bucket)
	e.DataQuery.TableConfigurations = map[string]map[string]string{billing.ExportTable: {"INCLUDE_RESOURCES": "TRUE"}}
	out, err := exported(t, config, "CreateExport", map[string]any{"Export": e, "ResourceTags": []tag{{"team", "finops"}, {"stage", "test"}}})
	if err != nil {
		t.Fatal(err)
	}
	arn := fmt.Sprint(out["ExportArn"])
	if !strings.HasPrefix(arn, "arn:aws:bcm-data-exports:us-east-1:"+account+":export/kubecost-") {
		t.Errorf("the export's ARN is %s", arn)
	}
	filled := cloud.Exports(account)[0].DataQuery.TableConfigurations[billing.ExportTable]
	want := billing.ExportConfiguration("aws", account, billing.Hourly)
	if !maps.Equal(filled, want) {
		t.Errorf("AWS fills in %v, and the program gives %v", filled, want)
	}
	_, err = exported(t, config, "CreateExport", map[string]any{"Export": e})
	wantError(t, err, "ValidationException", "already exists")

	if _, err := exported(t, config, "UntagResource", map[string]any{"ResourceArn": arn, "ResourceTagKeys": []string{"stage"}}); err != nil {
		t.Error(err)
	}
	if out, err = exported(t, config, "ListTagsForResource", map[string]any{"ResourceArn": arn}); err != nil || fmt.Sprint(out["ResourceTags"]) != "[map[Key:team Value:finops]]" {
		t.Errorf("the export has tags %v, %v", out, err)
	}

	const key = "cur/kubecost/data/BILLING_PERIOD=2026-11/kubecost-00001.snappy.parquet"
	if err := cloud.ExportPutObject(t.Context(), account, arn, key, []byte("data")); err != nil {
		t.Errorf("a delivery: %v", err)
	}
	setPolicy(t, config, bucket, deliveryTo(account)) // as if the report were a legacy one again
	if err := cloud.ExportPutObject(t.Context(), account, arn, key, nil); err == nil || !strings.Contains(err.Error(), "bcm-data-exports.amazonaws.com is not authorized") {
		t.Errorf("a delivery that the policy does not allow: %v", err)
	}
	if out, err = exported(t, config, "GetExport", map[string]any{"ExportArn": arn}); err != nil || !strings.Contains(fmt.Sprint(out["ExportStatus"]), "INSUFFICIENT_PERMISSION") {
		t.Errorf("after that the export is %v, %v", out, err)
	}

	setPolicy(t, config, bucket, exportPolicy(t, account))
	for n := range maxExports - 1 {
		e.Name = fmt.Sprintf("kubecost%d", n)
		if _, err := exported(t, config, "CreateExport", map[string]any{"Export": e}); err != nil {
			t.Fatal(err)
		}
	}
	e.Name = "one_too_many"
	_, err = exported(t, config, "CreateExport", map[string]any{"Export": e})
	wantError(t, err, "ServiceQuotaExceededException", "limit of 5")

	if _, err := exported(t, config, "DeleteExport", map[string]any{"ExportArn": arn}); err != nil {
		t.Error(err)
	}
	_, err = exported(t, config, "GetExport", map[string]any{"ExportArn": arn})
	wantError(t, err, "ResourceNotFoundException", arn)
}

func TestExportsAreSeenFromOneRegionOnly(t *testing.T) {
	_, config := newAccount(t)
	if _, err := askExports(t, config, "bcm-data-exports."+region+".amazonaws.com", "ListExports", struct{}{}); err == nil {
		t.Errorf("Data Exports answered in %s", region)
	}
	if _, err := askExports(t, config, "bcm-data-exports.us-east-1.amazonaws.com", "ListExports", struct{}{}); err != nil {
		t.Errorf("the host of older SDKs: %v", err)
	}
}
