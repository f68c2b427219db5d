package stacks

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/components"
	"github.com/kubecost-cur/kubecost-cur/internal/charts"
)

// primarySettings are the settings of the primary side, checked.
type primarySettings struct {
	Payers             []payerSource
	ClusterName        string
	Namespace          string
	ServiceAccountName string
	ReleaseName        string
	ChartVersion       string
	TimeoutSeconds     int
	StorageClass       string
	Values             map[string]any // of the chart
	ValuesSecret       bool           // some of Values are a Pulumi secret
}

// primary reads the settings of the primary side.
func (r *reader) primary(ctx *pulumi.Context, s settings) primarySettings {
	p := primarySettings{
		Payers:             r.payers(ctx, s.Side, s.PayerAccountID, s.Partition),
		ClusterName:        r.required("clusterName"),
		Namespace:          r.text("namespace"),
		ServiceAccountName: r.text("serviceAccountName"),
		ReleaseName:        r.text("releaseName"),
		ChartVersion:       r.text("chartVersion"),
		TimeoutSeconds:     r.integer("timeoutSeconds"),
		StorageClass:       r.text("storageClass"),
		Values:             r.object("values"),
		ValuesSecret:       r.secret("values"),
	}
	r.fault("namespace", p.Namespace, components.CheckKubernetesName(p.Namespace))
	r.fault("serviceAccountName", p.ServiceAccountName, components.CheckKubernetesName(p.ServiceAccountName))
	r.fault("releaseName", p.ReleaseName, components.CheckKubernetesName(p.ReleaseName))
	r.fault("chartVersion", p.ChartVersion, charts.CheckVersion(p.ChartVersion))
	if p.StorageClass != "" {
		r.fault("storageClass", p.StorageClass, components.CheckStorageClassName(p.StorageClass))
	}
	if err := charts.CheckValues(p.Values); err != nil {
		r.faults = append(r.faults, fmt.Errorf("%s: %w", r.full("values"), err))
	}
	if p.TimeoutSeconds < 1 {
		r.fault("timeoutSeconds", fmt.Sprint(p.TimeoutSeconds), errors.New("it is a number of seconds"))
	}
	return p
}
