package stacks

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/charts"
	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

// primarySettings are the settings of the primary side, checked.
type primarySettings struct {
	Payers             []payerSource
	Format             cloudintegration.Format
	Clouds             cloudintegration.Entries // other than AWS
	Cluster            clusterSettings
	Namespace          string
	ServiceAccountName string
	ReleaseName        string
	Chart              charts.Line
	ChartVersion       string
	ClusterID          string // of the lines that need one
	TimeoutSeconds     int
	StorageClass       string
	Values             map[string]any // of the chart
	ValuesSecret       bool           // some of Values are a Pulumi secret
}

// primary reads the settings of the primary side.
func (r *reader) primary(ctx *pulumi.Context, s settings) primarySettings {
	p := primarySettings{
		Payers:             r.payers(ctx, s.Side, s.PayerAccountID, s.Partition),
		Cluster:            r.cluster(s),
		Namespace:          r.text("namespace"),
		ServiceAccountName: r.text("serviceAccountName"),
		ReleaseName:        r.text("releaseName"),
		TimeoutSeconds:     r.integer("timeoutSeconds"),
		StorageClass:       r.text("storageClass"),
		Values:             r.object("values"),
		ValuesSecret:       r.secret("values"),
	}
	p.Format, p.Clouds = r.clouds()
	r.fault("namespace", p.Namespace, components.CheckKubernetesName(p.Namespace))
	r.fault("serviceAccountName", p.ServiceAccountName, components.CheckKubernetesName(p.ServiceAccountName))
	r.fault("releaseName", p.ReleaseName, components.CheckKubernetesName(p.ReleaseName))
	r.chart(&p)
	if p.StorageClass != "" {
		r.fault("storageClass", p.StorageClass, components.CheckStorageClassName(p.StorageClass))
	}
	if p.TimeoutSeconds < 1 {
		r.fault("timeoutSeconds", fmt.Sprint(p.TimeoutSeconds), errors.New("it is a number of seconds"))
	}
	return p
}

// chart reads which chart is installed, and checks what else is given against it.
func (r *reader) chart(p *primarySettings) {
	line, err := charts.Named(r.text("chartLine"))
	if err != nil {
		r.fault("chartLine", r.text("chartLine"), err)
		return
	}
	p.Chart, p.ChartVersion = line, line.Version(r.text("chartVersion"))
	if err := line.CheckVersion(p.ChartVersion); err != nil {
		r.fault("chartVersion", p.ChartVersion, err)
	} else if err := line.CheckValues(p.ChartVersion, p.Values); err != nil {
		r.faults = append(r.faults, fmt.Errorf("%s, with %s %q of the line %s: %w",
			r.full("values"), r.full("chartVersion"), p.ChartVersion, line.Name, err))
	}
	if cloudintegration.CheckFormat(p.Format) == nil && !line.Reads(p.Format) {
		r.fault("cloudIntegrationFormat", string(p.Format), fmt.Errorf("the line %s (%s) does not read it: set it to %s, or install another line",
			line.Name, r.full("chartLine"), cloudintegration.Flat))
	}
	p.ClusterID = r.text("clusterId")
	if line.NeedsClusterID() {
		p.ClusterID = cmp.Or(p.ClusterID, p.Cluster.Name)
	}
	r.fault("clusterId", p.ClusterID, line.CheckClusterID(p.ClusterID))
}
