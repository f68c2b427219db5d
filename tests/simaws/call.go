package simaws

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// The domains of AWS's hosts. All services have hosts in the first, newer ones in the second too, or in that alone.
const (
	awsDomain = ".amazonaws.com"
	apiDomain = ".api.aws"
	// chinaDomain ends the hosts of the partition aws-cn. Nothing can be made there: it answers who a caller is, which is what
	// a preview asks.
	chinaDomain = awsDomain + ".cn"
)

// call is one request to an API, taken apart.
type call struct {
	r        *http.Request
	body     []byte
	protocol protocol
	service  string // as in the credential scope; "s3control" for the S3 Control API, which is signed as "s3"
	region   string
	action   string     // as the API names the operation; for S3, as IAM does
	form     url.Values // parameters of the query protocol

	key, token string     // what the request was signed with
	caller     *principal // nil if the request is not signed

	bucket, object string // of S3
	resource       string // ARN for the log, once it is known
}

var (
	credentialScope = regexp.MustCompile(`Credential=([^/,]+)/\d{8}/([^/]+)/([^/]+)/aws4_request`)
	regionName      = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d$`)
)

// serviceOfHost takes "sts.us-east-2.amazonaws.com" apart. Global endpoints have the region us-east-1.
func serviceOfHost(host string) (service, region string) {
	service, region, _ = splitHost(host)
	return service, region
}

// splitHost also gives what comes before the service: a bucket, or an account of the S3 Control API.
func splitHost(host string) (service, region, prefix string) {
	host, _, _ = strings.Cut(host, ":")
	labels := strings.Split(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(host, ".cn"), awsDomain), apiDomain), ".")
	region = "us-east-1"
	if n := len(labels) - 1; n > 0 && regionName.MatchString(labels[n]) {
		region, labels = labels[n], labels[:n]
	}
	if n := len(labels) - 1; n > 0 && labels[n] == "dualstack" {
		labels = labels[:n]
	}
	n := len(labels) - 1
	return strings.ReplaceAll(labels[n], "s3-control", "s3control"), region, strings.Join(labels[:n], ".")
}

// inChina says whether the call is to a host of the partition aws-cn.
func (k *call) inChina() bool {
	host, _, _ := strings.Cut(k.r.Host, ":")
	return strings.HasSuffix(host, chinaDomain)
}

// newCall reads a request. The call it returns beside an error tells how to word that error.
func newCall(r *http.Request, keys *keyring) (*call, error) {
	k := &call{r: r, protocol: protocolJSON}
	var prefix string
	k.service, k.region, prefix = splitHost(r.Host)
	signature := r.Header.Get("Authorization")
	k.token = r.Header.Get("X-Amz-Security-Token")
	query := r.URL.Query()
	if scope := query.Get("X-Amz-Credential"); scope != "" {
		signature, k.token = "Credential="+scope, query.Get("X-Amz-Security-Token")
	}
	if m := credentialScope.FindStringSubmatch(signature); m != nil {
		k.key, k.region = m[1], m[2]
		if k.service != "s3control" {
			k.service = m[3]
		}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return k, fmt.Errorf("reading the request: %w", err)
	}
	k.body = body

	switch _, target, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); {
	case ok:
		k.action = target
	case k.service == "s3":
		k.protocol = protocolS3
		k.bucket, k.object = bucketAndKey(prefix, r.URL.Path)
		k.action = s3Action(r, k.bucket, k.object)
	case k.service == "sts" || k.service == "iam" || strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		k.protocol = protocolQuery
		if k.form, err = url.ParseQuery(string(body)); err != nil {
			return k, badRequest("MalformedQueryString", "%v", err)
		}
		for name, values := range query {
			k.form[name] = values
		}
		k.action = k.form.Get("Action")
	case k.service == "s3control":
		k.protocol = protocolQuery
		k.action = controlAction(r)
	case k.service == "eks":
		k.action = eksAction(r)
	case k.service == "eks-auth":
		k.action = "AssumeRoleForPodIdentity"
	case k.service == "lakeformation":
		k.action = strings.TrimPrefix(r.URL.Path, "/")
	default:
		k.action = r.Method + " " + r.URL.Path
	}
	if k.key == "" {
		return k, nil
	}
	k.caller, err = keys.authenticate(k.key, k.token)
	return k, err
}

// bucketAndKey reads the two ways of addressing: the bucket in the host, or first in the path.
func bucketAndKey(prefix, path string) (bucket, key string) {
	path = strings.TrimPrefix(path, "/")
	if prefix != "" {
		return prefix, path
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

// decode reads the JSON of the request.
func (k *call) decode(v any) error {
	if err := json.Unmarshal(k.body, v); err != nil {
		return badRequest("SerializationException", "%v", err)
	}
	return nil
}

// forwardable is the request with its body unread again.
func (k *call) forwardable() *http.Request {
	r := k.r.Clone(k.r.Context())
	r.Body = io.NopCloser(bytes.NewReader(k.body))
	r.ContentLength = int64(len(k.body))
	r.TransferEncoding = nil
	return r
}
