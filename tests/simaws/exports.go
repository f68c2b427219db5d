package simaws

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// exportsHost is the only host of Data Exports in the SDKs of today; older ones have the same name below amazonaws.com.
const exportsHost = "bcm-data-exports." + curRegion + apiDomain

// Export is an export of Data Exports, in the words of its API.
type Export struct {
	Name        string
	Description string `json:",omitempty"`
	ExportArn   string
	DataQuery   struct {
		QueryStatement      string
		TableConfigurations map[string]map[string]string
	}
	DestinationConfigurations struct{ S3Destination S3Destination }
	RefreshCadence            struct{ Frequency string }
}

// S3Destination is where an export goes.
type S3Destination struct {
	S3Bucket, S3Prefix, S3Region string
	S3OutputConfigurations       struct{ OutputType, Format, Compression, Overwrite string }
}

// ExportStatus tells whether the last delivery went through.
type ExportStatus struct {
	StatusCode      string // HEALTHY, UNHEALTHY
	StatusReason    string `json:",omitempty"`
	CreatedAt       string
	LastUpdatedAt   string
	LastRefreshedAt string `json:",omitempty"`
}

// dataExport is an export with what its API tells of it.
type dataExport struct {
	Export
	status ExportStatus
	tags   []tag
}

// exports are the exports of all accounts.
type exports struct {
	mu        sync.Mutex
	byAccount map[string][]*dataExport
}

// Exports are the exports of an account.
func (c *Cloud) Exports(account string) []Export {
	c.exports.mu.Lock()
	defer c.exports.mu.Unlock()
	all := make([]Export, 0, len(c.exports.byAccount[account]))
	for _, e := range c.exports.byAccount[account] {
		all = append(all, e.Export)
	}
	return all
}

// find needs the lock.
func (s *exports) find(account, arn string) (*dataExport, error) {
	i := slices.IndexFunc(s.byAccount[account], func(e *dataExport) bool { return e.ExportArn == arn })
	if i < 0 {
		return nil, badRequest("ResourceNotFoundException", "The export %s does not exist.", arn)
	}
	return s.byAccount[account][i], nil
}

// maxExports is how many exports of CUR 2.0 an account may have.
// Source: https://docs.aws.amazon.com/cur/latest/userguide/dataexports-quotas.html
const maxExports = 5

var exportOperations = map[string]operation{
	"CreateExport":        (*Cloud).createExport,
	"GetExport":           (*Cloud).getExport,
	"ListExports":         (*Cloud).listExports,
	"UpdateExport":        (*Cloud).updateExport,
	"DeleteExport":        (*Cloud).deleteExport,
	"TagResource":         (*Cloud).tagExport,
	"UntagResource":       (*Cloud).untagExport,
	"ListTagsForResource": (*Cloud).listExportTags,
}

func (c *Cloud) serveExports(w http.ResponseWriter, k *call) error {
	if _, ok := exportOperations[k.action]; !ok {
		return badRequest("UnknownOperationException", "%s", k.action)
	}
	return c.perform(w, k, exportOperations)
}

func (c *Cloud) createExport(k *call) (any, error) {
	var in struct {
		Export       Export
		ResourceTags []tag
	}
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	account, made := k.caller.Account, &dataExport{Export: in.Export, tags: in.ResourceTags}
	made.ExportArn = "arn:aws:bcm-data-exports:" + curRegion + ":" + account + ":export/" + made.Name + "-" + requestID()
	if err := c.checkExport(account, &made.Export); err != nil {
		return nil, err
	}
	c.exports.mu.Lock()
	defer c.exports.mu.Unlock()
	all := c.exports.byAccount[account]
	if slices.ContainsFunc(all, func(e *dataExport) bool { return e.Name == made.Name }) {
		return nil, badRequest("ValidationException", "An export with the name %s already exists.", made.Name)
	}
	if len(all) >= maxExports {
		return nil, badRequest("ServiceQuotaExceededException", "Account has reached the resource limit of %d on %s table.", maxExports, cur2Table)
	}
	made.status = ExportStatus{StatusCode: "HEALTHY", CreatedAt: exportTime(), LastUpdatedAt: exportTime()}
	c.exports.byAccount[account] = append(all, made)
	return map[string]string{"ExportArn": made.ExportArn}, nil
}

func exportTime() string { return time.Now().UTC().Format("2006-01-02T15:04:05.000Z") }

// named gives the export that a call names to do, with the lock held.
func (c *Cloud) named(k *call, do func(e *dataExport)) error {
	var in struct{ ExportArn, ResourceArn string }
	if err := k.decode(&in); err != nil {
		return err
	}
	c.exports.mu.Lock()
	defer c.exports.mu.Unlock()
	e, err := c.exports.find(k.caller.Account, firstOf(in.ExportArn, in.ResourceArn))
	if err != nil {
		return err
	}
	do(e)
	return nil
}

func (c *Cloud) getExport(k *call) (any, error) {
	out := map[string]any{}
	err := c.named(k, func(e *dataExport) { out["Export"], out["ExportStatus"] = e.Export, e.status })
	return out, err
}

func (c *Cloud) listExports(k *call) (any, error) {
	type reference struct {
		ExportArn, ExportName string
		ExportStatus          ExportStatus
	}
	c.exports.mu.Lock()
	defer c.exports.mu.Unlock()
	all := []reference{}
	for _, e := range c.exports.byAccount[k.caller.Account] {
		all = append(all, reference{e.ExportArn, e.Name, e.status})
	}
	return map[string]any{"Exports": all}, nil
}

func (c *Cloud) updateExport(k *call) (any, error) {
	var in struct {
		ExportArn string
		Export    Export
	}
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	in.Export.ExportArn = in.ExportArn
	if err := c.checkExport(k.caller.Account, &in.Export); err != nil {
		return nil, err
	}
	c.exports.mu.Lock()
	defer c.exports.mu.Unlock()
	e, err := c.exports.find(k.caller.Account, in.ExportArn)
	if err != nil {
		return nil, err
	}
	if in.Export.Name != e.Name {
		return nil, badRequest("ValidationException", "The export's name cannot be changed.")
	}
	e.Export, e.status.LastUpdatedAt = in.Export, exportTime()
	return map[string]string{"ExportArn": e.ExportArn}, nil
}

func (c *Cloud) deleteExport(k *call) (any, error) {
	var arn string
	err := c.named(k, func(e *dataExport) {
		arn = e.ExportArn
		all := c.exports.byAccount[k.caller.Account]
		c.exports.byAccount[k.caller.Account] = slices.DeleteFunc(all, func(other *dataExport) bool { return other == e })
	})
	return map[string]string{"ExportArn": arn}, err
}

func (c *Cloud) tagExport(k *call) (any, error) {
	var in struct{ ResourceTags []tag }
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	return struct{}{}, c.named(k, func(e *dataExport) { e.tags = withTags(e.tags, in.ResourceTags) })
}

func (c *Cloud) untagExport(k *call) (any, error) {
	var in struct{ ResourceTagKeys []string }
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	return struct{}{}, c.named(k, func(e *dataExport) { e.tags = withoutTags(e.tags, in.ResourceTagKeys) })
}

func (c *Cloud) listExportTags(k *call) (any, error) {
	tags := []tag{}
	err := c.named(k, func(e *dataExport) { tags = append(tags, e.tags...) })
	return map[string]any{"ResourceTags": tags}, err
}
