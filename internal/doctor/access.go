package doctor

import (
	"context"
	"time"
)

// AccountAccess asks one AWS account, with the rights of whoever runs the doctor. Its errors carry AWS's own code and words;
// see CodeOf. What is not there is an error whose code isMissing knows, unless it says otherwise.
type AccountAccess interface {
	// Account is the ID of the account that is asked.
	Account(ctx context.Context) (string, error)
	// Report is a report definition by its name; nil if there is none.
	Report(ctx context.Context, name string) (*ReportDefinition, error)
	// Export is a CUR 2.0 export by its name; nil if there is none.
	Export(ctx context.Context, name string) (*Export, error)
	// BucketRegion is the region of a bucket.
	BucketRegion(ctx context.Context, bucket string) (string, error)
	// BucketPolicy is a bucket's policy; empty if it has none.
	BucketPolicy(ctx context.Context, bucket string) (string, error)
	// Objects are the first objects of a bucket below a prefix, at most limit.
	Objects(ctx context.Context, bucket, prefix string, limit int) ([]Object, error)
	// Database says whether a Glue database is there.
	Database(ctx context.Context, region, name string) (bool, error)
	// Table is a Glue table; nil if there is none.
	Table(ctx context.Context, region, database, name string) (*Table, error)
	// Partitions is how many partitions a table has registered, at most limit.
	Partitions(ctx context.Context, region, database, table string, limit int) (int, error)
	// WorkGroup is an Athena work group; nil if there is none.
	WorkGroup(ctx context.Context, region, name string) (*WorkGroup, error)
	// Role is an IAM role with its policies; nil if there is none.
	Role(ctx context.Context, name string) (*Role, error)
	// OIDCProvider is the client IDs of the IAM OIDC provider of an issuer; nil if there is none.
	OIDCProvider(ctx context.Context, issuer string) (*OIDCProvider, error)
	// EKSCluster is a cluster; nil if there is none.
	EKSCluster(ctx context.Context, region, name string) (*EKSCluster, error)
	// PodIdentity is the role that EKS gives a service account's pods by an association; empty if there is none.
	PodIdentity(ctx context.Context, region, cluster, namespace, serviceAccount string) (roleARN string, err error)
}

// ReportDefinition is a Cost and Usage Report.
// Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_cur_ReportDefinition.html
type ReportDefinition struct {
	TimeUnit       string
	Format         string
	SchemaElements []string
	Artifacts      []string
	Versioning     string
	Bucket         string
	Prefix         string
	Region         string
	LastDelivery   time.Time // zero before the first
	LastStatus     string    // SUCCESS, ERROR_PERMISSIONS, ERROR_NO_BUCKET; empty before the first
}

// Export is a CUR 2.0 export.
type Export struct {
	Bucket       string
	Prefix       string
	Status       string    // HEALTHY, UNHEALTHY
	Reason       string    // of an unhealthy one, such as INSUFFICIENT_PERMISSION
	LastDelivery time.Time // zero before the first
}

// Object is an object of a bucket.
type Object struct {
	Key      string
	Size     int64
	Modified time.Time
}

// Table is a Glue table.
type Table struct {
	Type          string
	Location      string
	SerDe         string
	Columns       []Column
	PartitionKeys []Column
	Parameters    map[string]string
}

// Column is a column of a table, or a partition key.
type Column struct{ Name, Type string }

// WorkGroup is an Athena work group.
type WorkGroup struct {
	Enabled      bool
	Enforced     bool   // its settings win over a client's
	Location     string // where results go, if it says
	BytesScanned int64  // a query's limit; 0 for none
}

// Role is an IAM role.
type Role struct {
	ARN      string
	Trust    string   // the trust policy
	Policies []string // the documents of inline and attached policies
	Boundary string   // ARN of the permissions boundary; empty if there is none
}

// OIDCProvider is an IAM OIDC provider.
type OIDCProvider struct {
	ARN       string
	ClientIDs []string
}

// EKSCluster is a cluster as EKS describes it.
type EKSCluster struct {
	Issuer string // https://...
}

// SessionAccess makes the two hops of the role chain and asks Athena with what they give.
type SessionAccess interface {
	// WebIdentity turns a pod's token into a session of a role.
	WebIdentity(ctx context.Context, region, roleARN, token string) (Session, error)
	// PodIdentity turns a pod's token into a session of the role that is associated with it.
	PodIdentity(ctx context.Context, region, cluster, token string) (Session, error)
}

// Session is a role that was assumed.
type Session interface {
	// ARN is the session's ARN: arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION.
	ARN() string
	// Assume is a session of another role, assumed by this one.
	Assume(ctx context.Context, region, roleARN string) (Session, error)
	// Query runs an Athena query and returns its rows, the header not among them.
	Query(ctx context.Context, q Query) (*QueryResult, error)
}

// Query is a query as Kubecost sends it.
type Query struct {
	Region, WorkGroup, Database, OutputLocation string
	SQL                                         string
}

// QueryResult is what a query came to.
type QueryResult struct {
	Rows         [][]string
	ScannedBytes int64
}

// ClusterAccess asks the Kubernetes API server.
type ClusterAccess interface {
	// Get reads an object into v; the error of one that is not there is one that isMissing knows.
	Get(ctx context.Context, path string, v any) error
	// Token is a new token of a service account, bound to a pod, for an audience (TokenRequest).
	Token(ctx context.Context, namespace, serviceAccount, pod, audience string) (string, error)
	// Logs are the last lines of a container of a pod.
	Logs(ctx context.Context, namespace, pod, container string, lines int) (string, error)
}
