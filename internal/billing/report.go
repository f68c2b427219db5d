// Package billing holds what AWS and Kubecost say about the Cost and Usage Report (CUR), the legacy one and CUR 2.0: the names
// that follow from a report's name, its layout in S3, and the columns of the table over it.
package billing

import (
	"fmt"
	"regexp"
	"strings"
)

// Report is where a report is delivered to.
type Report struct {
	Name    string
	Bucket  string
	Prefix  string // in Bucket; not empty, without slashes around it
	Version string // Version2 for CUR 2.0; all else is the legacy report
}

// DatabasePrefix is what the name of a report's Glue database starts with in AWS's own Athena integration, which the names
// here follow so that an installation made by hand can be adopted.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/use-athena-cf.html
const DatabasePrefix = "athenacurcfn_"

// maxReportName keeps the database's name within the 255 characters of the Glue catalog; CUR itself allows 256.
const maxReportName = 255 - len(DatabasePrefix)

var (
	reportName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	notInTable = regexp.MustCompile(`[^a-z0-9_]`)
	prefix     = regexp.MustCompile(`^[A-Za-z0-9!_.()-]+(/[A-Za-z0-9!_.()-]+)*$`)
)

// CheckReportName returns an error for a report name whose Glue database and table would not be named as it is. AWS allows
// more, but turns capitals and other characters into underscores, differently for the database and the table.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/cur-ate-run.html
func CheckReportName(name string) error {
	if !reportName.MatchString(name) {
		return fmt.Errorf("a report name is lower-case letters, digits and underscores, and starts with a letter: it " +
			"becomes the name of a Glue table")
	}
	if len(name) > maxReportName {
		return fmt.Errorf("a report name has at most %d characters, here are %d", maxReportName, len(name))
	}
	return nil
}

// The time units of a report that Kubecost reads: its costs are a day's, so a monthly report would be read wrongly.
const (
	Daily  = "DAILY"
	Hourly = "HOURLY"
)

// CheckTimeUnit returns an error for a time unit that AWS does not have, or that Kubecost cannot read.
func CheckTimeUnit(unit string) error {
	if unit != Daily && unit != Hourly {
		return fmt.Errorf("it is %s or %s, in capitals", Daily, Hourly)
	}
	return nil
}

// CheckPrefix returns an error for a report's S3 prefix that AWS would refuse, or that would be more than a name in a policy
// or a table's location. AWS requires a prefix for reports with Athena integration.
// Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_cur_ReportDefinition.html
func CheckPrefix(p string) error {
	switch {
	case p == "":
		return fmt.Errorf("a report with Athena integration needs a prefix")
	case strings.HasPrefix(p, "/") || strings.HasSuffix(p, "/"):
		return fmt.Errorf("a prefix has no slash at its start or end")
	case !prefix.MatchString(p):
		return fmt.Errorf("a prefix is letters, digits and !_.()-, with single slashes between folders")
	case len(p) > 256:
		return fmt.Errorf("a prefix has at most 256 characters, here are %d", len(p))
	}
	return nil
}

// Database is the name of the report's Glue database: as AWS's integration names it, which turns a name that is not of the kind
// that CheckReportName takes into one by the rule for columns.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/cur-ate-run.html
func (r Report) Database() string {
	if reportName.MatchString(r.Name) {
		return DatabasePrefix + r.Name
	}
	return DatabasePrefix + columnName(r.Name)
}

// Table is the name of the report's Glue table: as a crawler names it after the folder, in small letters and with an underscore
// for what is neither letter nor digit.
// Source: https://docs.aws.amazon.com/glue/latest/dg/crawler-s3-folder-table-partition.html
func (r Report) Table() string {
	return notInTable.ReplaceAllString(strings.ToLower(r.Name), "_")
}

// DataPrefix is the prefix of the report's data files in its bucket, without a trailing slash. Of a legacy report AWS repeats
// the name there.
func (r Report) DataPrefix() string {
	if r.Version == Version2 {
		return r.Prefix + "/" + r.Name + "/data"
	}
	return r.Prefix + "/" + r.Name + "/" + r.Name
}

// Location is the S3 URI of the report's data.
func (r Report) Location() string { return "s3://" + r.Bucket + "/" + r.DataPrefix() }
