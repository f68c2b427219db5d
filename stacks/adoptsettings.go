package stacks

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

// adoption reads what is there already.
func (r *reader) adoption() components.Adoption {
	var a components.Adoption
	parts := map[string]*bool{
		"report": &a.Report, "reportBucket": &a.ReportBucket, "resultsBucket": &a.ResultsBucket, "catalog": &a.Catalog, "payerRole": &a.PayerRole,
	}
	for _, name := range r.list("adopt") {
		part, known := parts[name]
		switch {
		case !known:
			r.fault("adopt", name, errors.New("what can be adopted is report, reportBucket, resultsBucket, catalog and payerRole"))
		case *part:
			r.fault("adopt", name, errors.New("it is there twice: keep one"))
		default:
			*part = true
		}
	}
	if a.Report && !a.ReportBucket {
		r.fault("adopt", "report", errors.New("a report that is there already has a bucket that is: add reportBucket, and set reportBucketName"))
	}
	return a
}

// adopted checks the settings of what is adopted. What could not take effect, since nothing that is there is changed, is a
// fault.
func (r *reader) adopted(s settings, p *payerSettings) {
	a := p.Adopt
	if p.ReportVersion == billing.Version2 && (a.Report || a.Catalog) {
		r.fault("reportVersion", p.ReportVersion, fmt.Errorf("%s has report or catalog, and only legacy ones can be adopted: take them out, or set 1", r.full("adopt")))
	}
	if a.Report {
		r.unset("report", "the report keeps what it is; nothing that this program could delete is protected", "reportProtect")
	}
	if a.ReportBucket {
		r.unset("reportBucket", "the bucket keeps its own lifecycle: set the expiry there", "reportExpirationDays")
	}
	if a.ResultsBucket {
		r.unset("resultsBucket", "the bucket keeps its own lifecycle: set the expiry there", "resultsExpirationDays")
	}
	if a.ReportBucket && a.ResultsBucket {
		r.unset("reportBucket and resultsBucket", "an adopted bucket is never deleted", "forceDestroy")
	}
	if a.PayerRole {
		r.unset("payerRole", "the role keeps its path and its trust policy: change them there",
			"payerRolePath", "strictTrust", "organizationId", "furtherReaderRoleArns")
		if p.Catalog.Mode != billing.Crawler { // whose roles are made, and bounded
			r.unset("payerRole", "the role keeps its boundary: change it there", "permissionsBoundary")
		}
	}
	r.catalogNames(p)
}

// catalogNames checks what the database and the table are called. Only those that are there already can be called otherwise than AWS
// would call them: one that is made has to be found again, by a crawler and by a person who adopts it.
func (r *reader) catalogNames(p *payerSettings) {
	report := billing.Report{Name: p.ReportName}
	for _, n := range []struct {
		key, byAWS string
		name       *string
	}{
		{"databaseName", report.Database(), &p.DatabaseName}, {"tableName", report.Table(), &p.TableName},
	} {
		switch {
		case *n.name != "" && !p.Adopt.Catalog:
			r.fault(n.key, *n.name, fmt.Errorf("a catalog that is made is named as AWS names it, so that a crawler finds it: remove this, or "+
				"add catalog to %s if it is there already", r.full("adopt")))
		case *n.name != "":
			r.fault(n.key, *n.name, arn.CheckGlueName(*n.name))
		case p.Adopt.Report || p.Adopt.Catalog:
			if err := arn.CheckGlueName(n.byAWS); err != nil {
				r.fault("reportName", p.ReportName, fmt.Errorf("its %s would be %q: %w", strings.TrimSuffix(n.key, "Name"), n.byAWS, err))
			}
			if p.Adopt.Catalog {
				*n.name = n.byAWS
			}
		}
	}
}

// unset records a fault for each of some settings that is not its default, though what adopts could not follow it.
func (r *reader) unset(part, reason string, keys ...string) {
	for _, key := range keys {
		if v := r.raw(key); !isDefault(of(key), v) {
			r.fault(key, v, fmt.Errorf("%s adopts %s, and %s; remove it", r.full("adopt"), part, reason))
		}
	}
}
