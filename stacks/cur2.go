package stacks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

// cur2 checks the settings of a payer side with CUR 2.0.
func (r *reader) cur2(p *payerSettings) {
	r.fault("reportName", p.ReportName, billing.CheckExportName(p.ReportName))
	if !slices.Equal(p.CostAllocationTags, components.DefaultCostAllocationTags()) {
		r.fault("costAllocationTags", strings.Join(p.CostAllocationTags, ", "), fmt.Errorf("with %s 2 there are no columns to declare: "+
			"all active cost allocation tags are in one, resource_tags. Remove it", r.full("reportVersion")))
	}
	p.CostAllocationTags = nil
}

// cur2Readers checks that the chart of a stack with both sides reads what its payer side makes.
func (r *reader) cur2Readers(p payerSettings, own primarySettings) {
	if p.ReportVersion == billing.Version2 && own.Chart.Name != "" { // a wrong line is a fault already
		r.fault("reportVersion", p.ReportVersion, own.Chart.CheckCUR2(own.ChartVersion))
	}
}

// checkCUR2 returns an error for a payer stack with CUR 2.0 whose bill this stack's chart cannot read.
func checkCUR2(c contract[string], source payerSource, own primarySettings) error {
	if c.ContractVersion != cur2Contract {
		return nil
	}
	if err := own.Chart.CheckCUR2(own.ChartVersion); err != nil {
		return fmt.Errorf("the payer stack %s (setting %s) has CUR 2.0 (its reportVersion is 2, and so is its output contractVersion): %w; nothing was changed",
			source.stack, source.setting, err)
	}
	return nil
}
