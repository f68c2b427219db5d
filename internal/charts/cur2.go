package charts

import "fmt"

// ReadsCUR2 returns an error for a version of the cost-analyzer chart, which is all of them, whose client asks for the columns of
// the legacy report only. OpenCost reads both since 1.120, which the chart opencost brings from 2.5.17 on.
// Source: https://github.com/opencost/opencost/pull/3653; Kubecost's own documents ask for the legacy report.
func ReadsCUR2(version string) error {
	return fmt.Errorf("the chart %s %s reads the legacy report only, and CUR 2.0 is read by the chart opencost from 2.5.17 on; set the "+
		"payer's reportVersion to 1", Chart, version)
}
