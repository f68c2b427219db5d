package stacks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cur"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/glue"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/iampolicy"
)

// adopter looks up what is there already and collects what does not fit.
type adopter struct {
	ctx    *pulumi.Context
	s      settings
	report billing.Report
	faults []error
}

// adopt looks up what the payer side adopts, as whoever the payer's caller is, before anything but the providers for it is
// registered. It returns the settings with what it learns: the adopted role's path. Its error has every misfit of every part.
func adopt(ctx *pulumi.Context, s settings, providers payerProviders) (settings, error) {
	a := &adopter{ctx: ctx, s: s, report: billing.Report{
		Name: s.Payer.ReportName, Bucket: s.Payer.ReportBucketName, Prefix: s.Payer.ReportPrefix, Version: s.Payer.ReportVersion,
	}}
	var main []pulumi.InvokeOption
	if providers.main != nil {
		main = append(main, pulumi.Provider(providers.main))
	}
	parts := s.Payer.Adopt
	if parts != (components.Adoption{}) {
		if err := a.refuseOwn(); err != nil {
			return s, err
		}
	}
	if parts.Report {
		a.adoptReport(pulumi.Provider(providers.report))
	}
	if parts.ReportBucket && a.adoptBucket("reportBucket", s.Payer.ReportBucketName, main) && !parts.Report {
		a.adoptDelivery(main)
	}
	if parts.ResultsBucket {
		a.adoptBucket("resultsBucket", s.Payer.ResultsBucketName, main)
	}
	if parts.Catalog {
		a.adoptTable(main)
	}
	if parts.PayerRole {
		a.s.Payer.RolePath = a.adoptRole(main)
	}
	return a.s, a.err()
}

// err has every misfit, or is nil.
func (a *adopter) err() error {
	if len(a.faults) == 0 {
		return nil
	}
	var b strings.Builder
	for _, f := range a.faults {
		b.WriteString("\n  - " + f.Error())
	}
	return fmt.Errorf("what stack %s adopts does not fit; nothing was changed:%s", a.ctx.Stack(), b.String())
}

// misfit records why a part, by its name in the setting adopt, cannot be used, and what to do. name is that of the thing there.
func (a *adopter) misfit(part, name string, err error, remedy string, args ...any) {
	a.faults = append(a.faults, fmt.Errorf("%s:adopt has %s, and %q cannot be used: %w; %s", a.ctx.Project(), part, name, err, fmt.Sprintf(remedy, args...)))
}

// missing is the misfit of what cannot be looked up.
func (a *adopter) missing(part, name string, err error) {
	a.misfit(part, name, fmt.Errorf("looking it up: %w", inWords(err)), "if it is not there, take %s out of adopt, and it is made; if it is, it has to be in "+
		"account %s and where %s says (%s), and this caller has to be let read it", part, a.s.PayerAccountID, a.regionKey(), a.s.Payer.Region)
}

func (a *adopter) adoptReport(opts ...pulumi.InvokeOption) {
	const part = "report"
	p := a.s.Payer
	found, err := cur.LookupReportDefinition(a.ctx, &cur.LookupReportDefinitionArgs{ReportName: p.ReportName}, opts...)
	if err != nil {
		a.missing(part, p.ReportName, err)
		return
	}
	faults := billing.Definition{
		TimeUnit: found.TimeUnit, Format: found.Format, SchemaElements: found.AdditionalSchemaElements,
		Artifacts: found.AdditionalArtifacts, Versioning: found.ReportVersioning,
	}.Check()
	for _, f := range faults {
		a.misfit(part, p.ReportName, f, "take report out of adopt and give another reportName, so that one is made that can be read")
	}
	for _, c := range []struct{ what, found, key, want string }{
		{"bucket", found.S3Bucket, "reportBucketName", p.ReportBucketName},
		{"prefix", found.S3Prefix, "reportPrefix", p.ReportPrefix},
		{"bucket's region", found.S3Region, a.regionKey(), p.Region},
		{"time unit", found.TimeUnit, "reportTimeUnit", p.ReportTimeUnit},
	} {
		if c.found != c.want && (c.key != "reportTimeUnit" || billing.CheckTimeUnit(c.found) == nil) {
			a.misfit(part, p.ReportName, fmt.Errorf("its %s is %q, and %s is %q", c.what, c.found, c.key, c.want), "set %s to what is there", c.key)
		}
	}
	for _, element := range p.ReportSchemaElements {
		if !slices.Contains(found.AdditionalSchemaElements, element) {
			a.misfit(part, p.ReportName, fmt.Errorf("its schema elements are %q, without %s", found.AdditionalSchemaElements, element),
				"take %s out of reportSchemaElements: AWS does not add it to a report", element)
		}
	}
}

// regionKey is the setting of the payer's region.
func (a *adopter) regionKey() string {
	if a.s.Payer.Region != a.s.Region {
		return "payerRegion"
	}
	return "aws:region"
}

// adoptBucket says whether a bucket is there and where the stack is.
func (a *adopter) adoptBucket(part, name string, opts []pulumi.InvokeOption) bool {
	found, err := s3.LookupBucket(a.ctx, &s3.LookupBucketArgs{Bucket: name}, opts...)
	if err != nil {
		a.missing(part, name, err)
		return false
	}
	if region := bucketRegion(found); region != a.s.Payer.Region {
		a.misfit(part, name, fmt.Errorf("its region is %q, and %s is %q; Athena and its buckets are in one", region, a.regionKey(), a.s.Payer.Region),
			"set %s to %s, or take %s out of adopt and give another name", a.regionKey(), region, part)
	}
	return true
}

// bucketRegion is where a bucket is. Its regional host says so in every version of the provider; what is called the region is
// the caller's in newer ones.
func bucketRegion(b *s3.LookupBucketResult) string {
	host, _ := strings.CutPrefix(b.BucketRegionalDomainName, b.Bucket+".s3.")
	region, _, _ := strings.Cut(host, ".")
	if _, err := arn.Partition(region); err != nil {
		return b.Region
	}
	return region
}

// adoptDelivery checks that a report that is made can be delivered into a bucket that is there already.
func (a *adopter) adoptDelivery(opts []pulumi.InvokeOption) {
	name := a.s.Payer.ReportBucketName
	policy := ""
	found, err := s3.LookupBucketPolicy(a.ctx, &s3.LookupBucketPolicyArgs{Bucket: name}, opts...)
	switch {
	case err == nil:
		policy = found.Policy
	case !strings.Contains(err.Error(), "NoSuchBucketPolicy"):
		a.missing("reportBucket", name, err)
		return
	}
	delivery := iampolicy.Delivery
	if a.s.Payer.ReportVersion == billing.Version2 {
		delivery = iampolicy.ExportDelivery
	}
	for _, f := range iampolicy.CheckDelivery(policy, delivery(a.s.Partition, a.s.PayerAccountID, name), a.s.PayerAccountID, a.report.DataPrefix()) {
		a.misfit("reportBucket", name, f, "the bucket's policy is not changed from here")
	}
}

func (a *adopter) adoptTable(opts []pulumi.InvokeOption) {
	const part = "catalog"
	p := a.s.Payer
	name := p.DatabaseName + "." + p.TableName
	found, err := glue.LookupCatalogTable(a.ctx, &glue.LookupCatalogTableArgs{DatabaseName: p.DatabaseName, Name: p.TableName}, opts...)
	if err != nil {
		a.missing(part, name, err)
		return
	}
	table := billing.Table{Type: found.TableType}
	for _, key := range found.PartitionKeys {
		table.PartitionKeys = append(table.PartitionKeys, billing.Column{Name: key.Name, Type: key.Type})
	}
	for _, storage := range found.StorageDescriptors { // one
		table.Location = storage.Location
		for _, c := range storage.Columns {
			table.Columns = append(table.Columns, billing.Column{Name: c.Name, Type: c.Type})
		}
	}
	for _, f := range table.Check(a.report) {
		a.misfit(part, name, f, "run the crawler over the report's data again, or name the table over it with databaseName and tableName")
	}
	if slices.Equal(a.s.Payer.CostAllocationTags, components.DefaultCostAllocationTags()) {
		return // those are taken where they are
	}
	for _, tag := range a.s.Payer.CostAllocationTags {
		column, err := billing.TagColumn(tag)
		if err == nil && !table.Has(column) {
			a.misfit(part, name, fmt.Errorf("it has no column %s, of the cost allocation tag %q", column, tag),
				"take the tag out of costAllocationTags, or run the crawler again once a report has had the tag")
		}
	}
}

// adoptedRole is the part that is a role.
const adoptedRole = "payerRole"

// findRole looks up the role.
func (a *adopter) findRole(opts ...pulumi.InvokeOption) (*iam.LookupRoleResult, bool) {
	name := a.s.Payer.RoleName
	found, err := iam.LookupRole(a.ctx, &iam.LookupRoleArgs{Name: name}, opts...)
	if err != nil {
		a.missing(adoptedRole, name, err)
	}
	return found, err == nil
}

// adoptRole checks that Kubecost may assume the role, and returns its path.
func (a *adopter) adoptRole(opts []pulumi.InvokeOption) string {
	found, ok := a.findRole(opts...)
	if !ok {
		return ""
	}
	reader := arn.Role(a.s.Partition, a.s.PrimaryAccountID, a.s.ReaderRolePath, a.s.ReaderRoleName)
	if err := iampolicy.CheckTrust(found.AssumeRolePolicy, reader, a.s.Identity == podIdentity); err != nil {
		a.misfit(adoptedRole, a.s.Payer.RoleName, err, "the role's trust policy is not changed from here")
	}
	return found.Path
}
