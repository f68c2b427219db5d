package doctor

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/billing"
)

// Payer is what the payer stack made, under the names of its outputs.
type Payer struct {
	AthenaBucketName string `json:"athenaBucketName"` // where results go: s3://bucket, perhaps with a prefix
	AthenaRegion     string `json:"athenaRegion"`
	AthenaDatabase   string `json:"athenaDatabase"`
	AthenaTable      string `json:"athenaTable"`
	AthenaWorkgroup  string `json:"athenaWorkgroup"`
	ProjectID        string `json:"projectID"` // the payer account
	MasterPayerARN   string `json:"masterPayerARN"`
	CurBucketName    string `json:"curBucketName"`
	CurPrefix        string `json:"curPrefix"`
	ReportName       string `json:"reportName"`
	TrustedRoleArn   string `json:"trustedRoleArn"` // several are separated by commas
	ContractVersion  string `json:"contractVersion"`
}

// Primary is what the primary stack made, under the names of its outputs.
type Primary struct {
	ReaderRoleArn      string `json:"readerRoleArn"`
	Namespace          string `json:"namespace"`
	ServiceAccountName string `json:"serviceAccountName"`
	SecretName         string `json:"secretName"`
	ReleaseName        string `json:"releaseName"`
	ChartLine          string `json:"chartLine"`
	ChartVersion       string `json:"chartVersion"`
	ClusterName        string `json:"clusterName"`   // of EKS; empty if the stack has a kubeconfig only
	ClusterRegion      string `json:"clusterRegion"` // of EKS
	Identity           string `json:"identity"`      // irsa or pod-identity
}

// Subject is what the doctor looks at, and whom it can ask.
type Subject struct {
	Payer   Payer
	Primary Primary
	// PayerStack and PrimaryStack are the stacks' names, for the remedies; PAYER and PRIMARY if they are not known.
	PayerStack, PrimaryStack string

	// PayerAWS, PrimaryAWS and Cluster are nil where there is no access; Lacking then says what that would need.
	PayerAWS   AccountAccess
	PrimaryAWS AccountAccess
	Cluster    ClusterAccess
	Lacking    map[Need]string
	// Sessions turns the pod's token into credentials, as AWS's SDK does in the pod.
	Sessions SessionAccess

	// Now is the time; nil for the clock.
	Now func() time.Time

	chain hops // made once, by whichever check is first
}

// missing says what access a need would take, or nothing if it is there.
func (s *Subject) missing(need Need) string {
	there := map[Need]bool{PayerAWS: s.PayerAWS != nil, PrimaryAWS: s.PrimaryAWS != nil, Cluster: s.Cluster != nil}
	if there[need] {
		return ""
	}
	if lacking := s.Lacking[need]; lacking != "" {
		return lacking
	}
	return map[Need]string{
		PayerAWS:   "needs credentials of the payer account: --payer-profile",
		PrimaryAWS: "needs credentials of the primary account: --primary-profile",
		Cluster:    "needs a kubeconfig of the cluster: --kubeconfig",
	}[need]
}

// report is where the payer's report is delivered to.
func (p Payer) report() billing.Report {
	r := billing.Report{Name: p.ReportName, Bucket: p.CurBucketName, Prefix: p.CurPrefix}
	if p.IsExport() {
		r.Version = billing.Version2
	}
	return r
}

// IsExport says whether the report is CUR 2.0, which the contract's version tells.
func (p Payer) IsExport() bool { return p.ContractVersion == "2" }

// results is the bucket and the prefix that results are written to.
func (p Payer) results() (bucket, prefix string) {
	bucket, prefix, _ = strings.Cut(strings.TrimPrefix(p.AthenaBucketName, "s3://"), "/")
	return bucket, strings.TrimSuffix(prefix, "/")
}

// DecodeOutputs reads a stack's outputs, or a file of the same shape, into a Payer or a Primary. Outputs that are of no use to the doctor
// are passed over. It returns an error that names an output of the wrong kind.
func DecodeOutputs[T Payer | Primary](outputs []byte) (T, error) {
	var t T
	if err := json.Unmarshal(outputs, &t); err != nil {
		return t, fmt.Errorf("reading the outputs: %w", err)
	}
	return t, nil
}

// partition is the partition that a role's ARN names.
func partition(roleARN string) string {
	role, err := arn.Parse(roleARN)
	if err != nil {
		return arn.Commercial
	}
	return role.Partition
}

func (s *Subject) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}
