package stacks

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

// payerOptions checks what is added to the payer side by settings that are empty by default.
func (r *reader) payerOptions(s settings, p payerSettings) {
	r.fault("reportSchemaElements", strings.Join(p.ReportSchemaElements, ", "), billing.CheckSchemaElements(p.ReportSchemaElements))
	declared := p.CostAllocationTags
	if p.ReportVersion == billing.Version2 { // its column resource_tags has any tag
		declared = p.ActivatedTags
	}
	if err := billing.CheckActivatedTags(p.ActivatedTags, declared); err != nil {
		r.fault("activatedCostAllocationTags", strings.Join(p.ActivatedTags, ", "), fmt.Errorf("%w (%s)", err, r.full("costAllocationTags")))
	}
	r.fault("resultsPrefix", p.ResultsPrefix, billing.CheckResultsPrefix(p.ResultsPrefix))
	if p.KmsKeyArn != "" && s.Partition != "" {
		at := arn.Place{Partition: s.Partition, Region: p.Region, Account: s.PayerAccountID}
		r.fault("kmsKeyArn", p.KmsKeyArn, arn.CheckKey(p.KmsKeyArn, at))
	}
}

// scanLimit checks the work group and how many bytes its queries may scan. The account's own work group is not changed, so it
// gets no limit; to ask for one is a fault.
func (r *reader) scanLimit(p payerSettings) int {
	r.fault("workGroupName", p.WorkGroupName, arn.CheckWorkGroupName(p.WorkGroupName))
	if p.WorkGroupName == components.PrimaryWorkGroup {
		if p.BytesScannedCutoff != of("bytesScannedCutoff").def {
			r.fault("bytesScannedCutoff", fmt.Sprint(p.BytesScannedCutoff), errors.New("the work group primary is the account's own and is "+
				"not changed, so it gets no scan limit: remove it, or choose another workGroupName"))
		}
		return 0
	}
	if p.BytesScannedCutoff < components.MinBytesScannedCutoff {
		r.fault("bytesScannedCutoff", fmt.Sprint(p.BytesScannedCutoff),
			fmt.Errorf("the least that Athena takes is %d bytes", components.MinBytesScannedCutoff))
	}
	return p.BytesScannedCutoff
}
