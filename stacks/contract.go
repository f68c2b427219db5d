package stacks

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

// The versions of the contract. One is added when a payer stack's outputs come to mean what an older primary stack cannot read:
// it then refuses them.
const (
	legacyContract = "1" // the table is that of a legacy report
	cur2Contract   = "2" // the table is that of CUR 2.0
)

// contractVersion is the contract's for a version of the report.
func contractVersion(reportVersion string) string {
	if reportVersion == billing.Version2 {
		return cur2Contract
	}
	return legacyContract
}

// contract is what the payer stack tells the primary stack: flat texts, none of them secret, since one secret output would
// make every reader need the payer stack's encryption key. T is pulumi.StringInput where it is exported, string where it is
// read. The first seven are the keys of the guide's cloud-integration.json, under its names.
type contract[T any] struct {
	AthenaBucketName T
	AthenaRegion     T
	AthenaDatabase   T
	AthenaTable      T
	AthenaWorkgroup  T
	ProjectID        T
	MasterPayerARN   T

	CurBucketName   T
	CurPrefix       T
	ReportName      T
	TrustedRoleArn  T
	ContractVersion T

	ReaderIdentity T // of the readers' pods; without it, irsa
}

type output[T any] struct {
	name     string
	value    *T
	optional bool
}

// outputs are the contract's fields by the names of their stack outputs. Those that an earlier version of the program did not
// have are optional.
func (c *contract[T]) outputs() []output[T] {
	return []output[T]{
		{name: "athenaBucketName", value: &c.AthenaBucketName},
		{name: "athenaRegion", value: &c.AthenaRegion},
		{name: "athenaDatabase", value: &c.AthenaDatabase},
		{name: "athenaTable", value: &c.AthenaTable},
		{name: "athenaWorkgroup", value: &c.AthenaWorkgroup},
		{name: "projectID", value: &c.ProjectID},
		{name: "masterPayerARN", value: &c.MasterPayerARN},
		{name: "curBucketName", value: &c.CurBucketName},
		{name: "curPrefix", value: &c.CurPrefix},
		{name: "reportName", value: &c.ReportName},
		{name: "trustedRoleArn", value: &c.TrustedRoleArn},
		{name: "contractVersion", value: &c.ContractVersion},
		{name: "readerIdentity", value: &c.ReaderIdentity, optional: true},
	}
}

// export makes the contract the stack's outputs.
func export(ctx *pulumi.Context, c contract[pulumi.StringInput]) {
	for _, o := range c.outputs() {
		if *o.value != nil {
			ctx.Export(o.name, *o.value)
		}
	}
}

// read takes the contract from a payer stack's outputs, in a preview too. Its error tells which stack and which outputs are at
// fault and what to run; the values themselves are for check.
func read(ctx *pulumi.Context, source payerSource) (contract[string], error) {
	var c contract[string]
	stack := source.stack
	outputs, err := readOutputs(ctx, source)
	if err != nil {
		return c, err
	}
	var missing, required int
	var faults []error
	for _, o := range c.outputs() {
		if !o.optional {
			required++
		}
		if slices.Contains(outputs.Secret, o.name) {
			faults = append(faults, fmt.Errorf("output %s is a secret; the program exports it in plain", o.name))
			continue
		}
		switch v := outputs.All[o.name].(type) {
		case string:
			*o.value = v
		case nil:
			if o.optional {
				continue
			}
			missing++
			faults = append(faults, fmt.Errorf("output %s is missing", o.name))
		default:
			faults = append(faults, fmt.Errorf("output %s is %q, a %T: it must be a string", o.name, fmt.Sprint(v), v))
		}
	}
	if missing == required {
		return c, fmt.Errorf("the payer stack %s has no outputs, so it has never been up: run `pulumi up` for it first, then "+
			"this stack again; nothing was changed", stack)
	}
	if err := errors.Join(faults...); err != nil {
		return c, contractError(stack, err)
	}
	return c, nil
}

type stackOutputs struct {
	All    map[string]any `pulumi:"outputs"`
	Secret []string       `pulumi:"secretOutputNames"`
}

// readOutputs asks the engine for a stack's outputs. A StackReference to a stack that cannot be read ends the program before it can
// say what to do, and is a resource: with many of them, an update writes the state once for each. That of payerStack is registered
// all the same, so that the state names the stack as it always did.
func readOutputs(ctx *pulumi.Context, source payerSource) (stackOutputs, error) {
	type name struct {
		Name string `pulumi:"name"`
	}
	var outputs stackOutputs
	// Raw, since a user's own secret output beside the contract's is no fault.
	if _, err := ctx.InvokePackageRaw("pulumi:pulumi:readStackOutputs", &name{source.stack}, &outputs, ""); err != nil {
		return outputs, fmt.Errorf("reading the payer stack %s (setting %s): %w. If it was never made, run `pulumi up` for it "+
			"first, then this stack again; nothing was changed", source.stack, source.setting, inWords(err))
	}
	if source.setting != "payerStack" {
		return outputs, nil
	}
	if _, err := pulumi.NewStackReference(ctx, source.stack, nil); err != nil {
		return outputs, fmt.Errorf("reading the payer stack %s: %w", source.stack, err)
	}
	return outputs, nil
}

// check returns an error for values of the contract that do not have their shape, or do not fit this stack's settings.
func check(c contract[string], source payerSource, s settings) error {
	stack := source.stack
	if c.ContractVersion != legacyContract && c.ContractVersion != cur2Contract {
		return contractError(stack, fmt.Errorf("output contractVersion is %q, and this program reads versions %q and %q",
			c.ContractVersion, legacyContract, cur2Contract))
	}
	if err := checkCUR2(c, source, s.Primary); err != nil {
		return err
	}
	faults := shape(c, s.Partition)
	if err := arn.CheckSamePartition(c.AthenaRegion, s.Partition); err != nil && entry(c).Check() == nil {
		return fmt.Errorf("the payer stack %s (setting %s) cannot be read from here; nothing was changed: output athenaRegion is %q: %w",
			stack, source.setting, c.AthenaRegion, err)
	}
	if c.ProjectID != source.accountID {
		faults = append(faults, fmt.Errorf("output projectID is %q, and this stack's %s is %q: one of them is wrong",
			c.ProjectID, source.accountSetting, source.accountID))
	}
	if readerRoleARN := s.readerRoleARN(); !slices.Contains(readerRoles(c.TrustedRoleArn), readerRoleARN) {
		faults = append(faults, fmt.Errorf("output trustedRoleArn is %q, and the role that this stack makes is %q: primaryAccountId, "+
			"readerRoleName and readerRolePath must be the same in both stacks, or the payer's furtherReaderRoleArns must have it", c.TrustedRoleArn, readerRoleARN))
	}
	// The payer role's trust lets session tags in only on request: without it, STS refuses the sessions of Pod Identity.
	if s.Identity == podIdentity && identity(c.ReaderIdentity) != podIdentity {
		faults = append(faults, fmt.Errorf("output readerIdentity is %q, and this stack's identity is %q, whose session tags the payer "+
			"role does not let in: set identity to the same in both stacks", cmp.Or(c.ReaderIdentity, string(irsa)), podIdentity))
	}
	if err := errors.Join(faults...); err != nil {
		return contractError(stack, err)
	}
	return nil
}

func contractError(stack string, err error) error {
	return fmt.Errorf("the outputs of the payer stack %s do not fit; nothing was changed. Run `pulumi up` for it with the same "+
		"version of this program, then this stack again:\n%w", stack, err)
}

func entry(c contract[string]) cloudintegration.AWS {
	return cloudintegration.AWS{
		AthenaBucketName: c.AthenaBucketName,
		AthenaRegion:     c.AthenaRegion,
		AthenaDatabase:   c.AthenaDatabase,
		AthenaTable:      c.AthenaTable,
		AthenaWorkgroup:  c.AthenaWorkgroup,
		ProjectID:        c.ProjectID,
		MasterPayerARN:   c.MasterPayerARN,
	}
}

// connection is a payer as the components take it.
func connection(c cloudintegration.AWS) components.PayerConnection {
	return components.PayerConnection{
		AthenaBucketName: pulumi.String(c.AthenaBucketName),
		AthenaRegion:     pulumi.String(c.AthenaRegion),
		AthenaDatabase:   pulumi.String(c.AthenaDatabase),
		AthenaTable:      pulumi.String(c.AthenaTable),
		AthenaWorkgroup:  pulumi.String(c.AthenaWorkgroup),
		ProjectID:        pulumi.String(c.ProjectID),
		MasterPayerARN:   pulumi.String(c.MasterPayerARN),
	}
}
