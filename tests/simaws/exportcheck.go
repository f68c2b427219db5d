package simaws

import (
	"maps"
	"regexp"
	"slices"
)

var exportName = regexp.MustCompile(`^[0-9A-Za-z!\-_.*'()]{1,128}$`)

// checkExport does what Data Exports does before it takes an export: it fills in what the table's configuration lacks, looks at
// the query, then asks whether it may write into the bucket.
func (c *Cloud) checkExport(account string, e *Export) error {
	to := e.DestinationConfigurations.S3Destination
	output := to.S3OutputConfigurations
	switch {
	case !exportName.MatchString(e.Name):
		return badRequest("ValidationException", "1 validation error detected: Value '%s' at 'export.name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[0-9A-Za-z!\\-_.*\\'()]+$", e.Name)
	case e.RefreshCadence.Frequency != "SYNCHRONOUS", output.OutputType != "CUSTOM",
		output.Overwrite != "OVERWRITE_REPORT" && output.Overwrite != "CREATE_NEW_REPORT",
		output.Format != "PARQUET" && output.Format != "TEXT_OR_CSV",
		(output.Format == "PARQUET") != (output.Compression == "PARQUET"):
		return badRequest("ValidationException", "The export's output or refresh cadence is invalid.")
	}
	configuration, err := configured(account, e.DataQuery.TableConfigurations)
	if err != nil {
		return err
	}
	e.DataQuery.TableConfigurations = map[string]map[string]string{cur2Table: configuration}
	if _, err := SelectedColumns(e.DataQuery.QueryStatement, configuration); err != nil {
		return err
	}
	at, found := c.buckets.find(to.S3Bucket)
	may, err := c.serviceMay(exportCaller(account, e.ExportArn), to.S3Bucket, to.S3Prefix+"/"+e.Name, "s3:PutObject")
	if err != nil {
		return err
	}
	if !found || !may || at.region != to.S3Region {
		return badRequest("ValidationException", "S3 bucket permission validation failed")
	}
	return nil
}

// configured is a table's configuration with the defaults of the keys that it lacks.
func configured(account string, given map[string]map[string]string) (map[string]string, error) {
	configuration := map[string]string{"BILLING_VIEW_ARN": "arn:aws:billing::" + account + ":billingview/primary", "TIME_GRANULARITY": "HOURLY"}
	for key := range cur2Groups {
		configuration[key] = "FALSE"
	}
	for table := range given {
		if table != cur2Table {
			return nil, badRequest("ValidationException", "The table %s in the table configurations is not the table that is queried.", table)
		}
	}
	for key, value := range given[cur2Table] {
		allowed := []string{"TRUE", "FALSE"}
		switch key {
		case "BILLING_VIEW_ARN":
			allowed = []string{configuration[key]}
		case "TIME_GRANULARITY":
			allowed = []string{"HOURLY", "DAILY", "MONTHLY"}
		}
		if _, known := configuration[key]; !known || !slices.Contains(allowed, value) {
			return nil, badRequest("ValidationException", "The table configuration %s of table %s cannot be %s.", key, cur2Table, value)
		}
	}
	maps.Copy(configuration, given[cur2Table])
	return configuration, nil
}
