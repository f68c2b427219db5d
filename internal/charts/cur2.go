package charts

import (
	"fmt"

	"github.com/blang/semver"
)

// CheckCUR2 returns an error for a version, as CheckVersion takes it, that asks for the columns of the legacy report only. OpenCost
// reads both since 1.120, which the chart opencost brings from 2.5.17 on.
// Source: https://github.com/opencost/opencost/pull/3653; Kubecost's own documents ask for the legacy report.
func (l Line) CheckCUR2(version string) error {
	v, err := semver.Parse(version)
	if err != nil {
		return fmt.Errorf("%q is no version of a chart", version)
	}
	if l.cur2 != nil && l.cur2(v) {
		return nil
	}
	return fmt.Errorf("the chart %s %s reads the legacy report only, and CUR 2.0 is read by the chart opencost from 2.5.17 on: set "+
		"chartLine to opencost, or the payer's reportVersion to 1", l.Chart, version)
}
