package simaws

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// curRegion is the only region that has the CUR API.
const curRegion = "us-east-1"

// Report is a definition of a Cost and Usage Report, in the words of its API.
type Report struct {
	ReportName               string
	TimeUnit                 string
	Format                   string
	Compression              string
	AdditionalSchemaElements []string
	AdditionalArtifacts      []string
	S3Bucket                 string
	S3Prefix                 string
	S3Region                 string
	ReportVersioning         string
	RefreshClosedReports     bool
	BillingViewArn           string        `json:",omitempty"`
	ReportStatus             *ReportStatus `json:",omitempty"`
}

// ReportStatus tells of the last delivery.
type ReportStatus struct {
	LastDelivery string `json:"lastDelivery,omitempty"` // 20060102T150405Z
	LastStatus   string `json:"lastStatus,omitempty"`   // SUCCESS, ERROR_PERMISSIONS, ERROR_NO_BUCKET
}

type tag struct{ Key, Value string }

type report struct {
	Report
	tags []tag
}

// reports are the report definitions of all accounts.
type reports struct {
	mu        sync.Mutex
	byAccount map[string][]*report
}

// Reports are the report definitions of an account.
func (c *Cloud) Reports(account string) []Report {
	c.reports.mu.Lock()
	defer c.reports.mu.Unlock()
	all := make([]Report, 0, len(c.reports.byAccount[account]))
	for _, r := range c.reports.byAccount[account] {
		all = append(all, r.copy())
	}
	return all
}

func (r *report) copy() Report {
	copied := r.Report
	if r.ReportStatus != nil {
		status := *r.ReportStatus
		copied.ReportStatus = &status
	}
	return copied
}

// find needs the lock.
func (s *reports) find(account, name string) *report {
	i := slices.IndexFunc(s.byAccount[account], func(r *report) bool { return r.ReportName == name })
	if i < 0 {
		return nil
	}
	return s.byAccount[account][i]
}

// setStatus notes how a delivery went.
func (s *reports) setStatus(account, name, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.find(account, name)
	if r == nil {
		return
	}
	updated := ReportStatus{LastStatus: status}
	if r.ReportStatus != nil {
		updated.LastDelivery = r.ReportStatus.LastDelivery
	}
	if status == deliverySucceeded {
		updated.LastDelivery = time.Now().UTC().Format("20060102T150405Z")
	}
	r.ReportStatus = &updated
}

func reportARN(account, name string) string {
	return "arn:aws:cur:" + curRegion + ":" + account + ":definition/" + name
}

var curOperations = map[string]operation{
	"PutReportDefinition":       (*Cloud).putReport,
	"ModifyReportDefinition":    (*Cloud).modifyReport,
	"DescribeReportDefinitions": (*Cloud).describeReports,
	"DeleteReportDefinition":    (*Cloud).deleteReport,
	"TagResource":               (*Cloud).tagReport,
	"UntagResource":             (*Cloud).untagReport,
	"ListTagsForResource":       (*Cloud).listReportTags,
}

func (c *Cloud) serveCUR(w http.ResponseWriter, k *call) error {
	if _, ok := curOperations[k.action]; !ok {
		return badRequest("UnknownOperationException", "%s", k.action)
	}
	return c.perform(w, k, curOperations)
}

func (c *Cloud) putReport(k *call) (any, error) {
	var in struct {
		ReportDefinition Report
		Tags             []tag
	}
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	account, definition := k.caller.Account, in.ReportDefinition
	if err := c.checkReport(k.r.Context(), account, definition); err != nil {
		return nil, err
	}
	c.reports.mu.Lock()
	defer c.reports.mu.Unlock()
	if c.reports.find(account, definition.ReportName) != nil {
		return nil, badRequest("DuplicateReportNameException", "A report with the name '%s' already exists in the account.", definition.ReportName)
	}
	if len(c.reports.byAccount[account]) >= maxReports {
		return nil, badRequest("ReportLimitReachedException", "This account already has %d reports defined. To define a new report, you must delete an existing report.", maxReports)
	}
	if definition.ReportVersioning == "" {
		definition.ReportVersioning = "CREATE_NEW_REPORT"
	}
	definition.ReportStatus = nil
	c.reports.byAccount[account] = append(c.reports.byAccount[account], &report{definition, in.Tags})
	return struct{}{}, nil
}

func (c *Cloud) modifyReport(k *call) (any, error) {
	var in struct {
		ReportName       string
		ReportDefinition Report
	}
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	if err := c.checkReport(k.r.Context(), k.caller.Account, in.ReportDefinition); err != nil {
		return nil, err
	}
	c.reports.mu.Lock()
	defer c.reports.mu.Unlock()
	r := c.reports.find(k.caller.Account, in.ReportName)
	if r == nil {
		return nil, badRequest("ValidationException", "Report %s does not exist", in.ReportName)
	}
	fixed := in.ReportDefinition.ReportName != r.ReportName || in.ReportDefinition.TimeUnit != r.TimeUnit ||
		!sameElements(in.ReportDefinition.AdditionalSchemaElements, r.AdditionalSchemaElements)
	if fixed {
		return nil, badRequest("ValidationException", "The report's name, time unit and schema elements cannot be changed")
	}
	in.ReportDefinition.ReportStatus = r.ReportStatus
	in.ReportDefinition.ReportVersioning = firstOf(in.ReportDefinition.ReportVersioning, r.ReportVersioning)
	r.Report = in.ReportDefinition
	return struct{}{}, nil
}

func sameElements(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func (c *Cloud) describeReports(k *call) (any, error) {
	return map[string]any{"ReportDefinitions": c.Reports(k.caller.Account)}, nil
}

func (c *Cloud) deleteReport(k *call) (any, error) {
	var in struct{ ReportName string }
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	c.reports.mu.Lock()
	defer c.reports.mu.Unlock()
	r := c.reports.find(k.caller.Account, in.ReportName)
	if r == nil {
		return nil, badRequest("ValidationException", "Report %s does not exist", in.ReportName)
	}
	all := c.reports.byAccount[k.caller.Account]
	c.reports.byAccount[k.caller.Account] = slices.Delete(all, slices.Index(all, r), slices.Index(all, r)+1)
	return map[string]string{"ResponseMessage": "Report Deletion Succeeded"}, nil
}

// changeTags gives the report that a call names to change, with the lock held.
func (c *Cloud) changeTags(k *call, change func(r *report, tags []tag, keys []string)) error {
	var in struct {
		ReportName string
		Tags       []tag
		TagKeys    []string
	}
	if err := k.decode(&in); err != nil {
		return err
	}
	c.reports.mu.Lock()
	defer c.reports.mu.Unlock()
	r := c.reports.find(k.caller.Account, in.ReportName)
	if r == nil {
		return badRequest("ResourceNotFoundException", "Report %s does not exist", in.ReportName)
	}
	change(r, in.Tags, in.TagKeys)
	return nil
}

func (c *Cloud) tagReport(k *call) (any, error) {
	return struct{}{}, c.changeTags(k, func(r *report, tags []tag, _ []string) { r.tags = withTags(r.tags, tags) })
}

func (c *Cloud) untagReport(k *call) (any, error) {
	return struct{}{}, c.changeTags(k, func(r *report, _ []tag, keys []string) { r.tags = withoutTags(r.tags, keys) })
}

func (c *Cloud) listReportTags(k *call) (any, error) {
	tags := []tag{}
	err := c.changeTags(k, func(r *report, _ []tag, _ []string) { tags = append(tags, r.tags...) })
	return map[string]any{"Tags": tags}, err
}

// withTags adds tags, in the place of those with the same key.
func withTags(old, added []tag) []tag {
	keys := make([]string, len(added))
	for i, t := range added {
		keys[i] = t.Key
	}
	return append(withoutTags(old, keys), added...)
}

func withoutTags(old []tag, keys []string) []tag {
	return slices.DeleteFunc(slices.Clone(old), func(t tag) bool { return slices.Contains(keys, t.Key) })
}

// reportName is what the API takes; it also takes capitals and dots, which later trouble Athena.
var reportName = regexp.MustCompile(`^[0-9A-Za-z!\-_.*'()]{1,256}$`)

// checkDefinition refuses what AWS refuses; it does so in few words.
func checkDefinition(r Report) error {
	athena := slices.Contains(r.AdditionalArtifacts, "ATHENA")
	others := slices.ContainsFunc(r.AdditionalArtifacts, func(a string) bool { return a == "REDSHIFT" || a == "QUICKSIGHT" })
	parquet := r.Format == "Parquet"
	switch {
	case !reportName.MatchString(r.ReportName):
		return badRequest("ValidationException", "1 validation error detected: Value '%s' at 'reportDefinition.reportName' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9A-Za-z!\\-_.*\\'()]+", r.ReportName)
	case !slices.Contains([]string{"HOURLY", "DAILY", "MONTHLY"}, r.TimeUnit),
		slices.ContainsFunc(r.AdditionalSchemaElements, func(e string) bool { return !slices.Contains(schemaElements, e) }),
		parquet != (r.Compression == "Parquet"),
		others && parquet,
		athena && (len(r.AdditionalArtifacts) > 1 || strings.Trim(r.S3Prefix, "/") == "" || r.ReportVersioning != "OVERWRITE_REPORT" || !parquet):
		return badRequest("ValidationException", "")
	}
	return nil
}

var schemaElements = []string{"RESOURCES", "SPLIT_COST_ALLOCATION_DATA", "MANUAL_DISCOUNT_COMPATIBILITY"}

// maxReports is how many reports an account may have.
const maxReports = 10
