package simaws

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// Fault is something that goes wrong with one request.
type Fault string

// The faults that there are; NoFault leaves a request alone.
const (
	NoFault       Fault = ""
	Throttled     Fault = "throttled"                          // in the service's own words
	InternalError Fault = "error 500"                          // nothing was done
	Unavailable   Fault = "error 503"                          // nothing was done
	FailedAfter   Fault = "error 500 after it was carried out" // all was done, and nobody is told
	DroppedBefore Fault = "connection dropped before it was carried out"
	DroppedAfter  Fault = "connection dropped after it was carried out"
	TimedOut      Fault = "no answer in time" // all was done; the connection is cut after TimeoutAfter
	NotYet        Fault = "not yet visible"   // what was made a moment ago, or its policy, is not seen yet
)

// TimeoutAfter is how long a request waits that gets no answer: AWS's SDKs wait without end, so it is a proxy or a router on the way
// that cuts the connection.
const TimeoutAfter = 300 * time.Millisecond

// Inject has decide say, of each request of an account's callers, what goes wrong with it. It is asked by many at a time; nil ends it.
func (c *Cloud) Inject(account string, decide func(Request) Fault) {
	if decide == nil {
		c.faults.Delete(account)
		return
	}
	c.faults.Store(account, decide)
}

// Makes says whether the request makes something, so that AWS refuses it when it is carried out a second time: a client that asks
// again because it got no answer is told that what it wants is there already.
func (r Request) Makes() bool {
	return strings.HasPrefix(r.Action, "Create") || r.Action == "PutReportDefinition"
}

// Changes says whether the request makes or changes something.
func (r Request) Changes() bool {
	for _, prefix := range []string{"Get", "List", "Describe", "Head", "GET "} {
		if strings.HasPrefix(r.Action, prefix) {
			return false
		}
	}
	return true
}

// faultOf asks whether something goes wrong with a call.
func (c *Cloud) faultOf(k *call) Fault {
	if k.caller == nil {
		return NoFault
	}
	decide, ok := c.faults.Load(k.caller.Account)
	if !ok {
		return NoFault
	}
	r := k.request()
	resources := c.resourcesOf(k)
	r.Resource = resources[len(resources)-1]
	switch role := k.form.Get("RoleName"); {
	case k.service == "s3":
		r.Resource = objectARN(k.bucket, k.object)
	case k.service == "iam" && role != "":
		r.Resource = "arn:aws:iam::" + k.caller.Account + ":role/" + role
		if policy := k.form.Get("PolicyName"); policy != "" {
			r.Resource += "/" + policy // which has no ARN
		}
	}
	return decide.(func(Request) Fault)(r)
}

// request is what is known of a call before it is carried out.
func (k *call) request() Request {
	body := k.body
	var object map[string]any // whose keys come in any order
	if json.Unmarshal(body, &object) == nil {
		body, _ = json.Marshal(object) // what was read as JSON can be written as such
	}
	h := fnv.New64a()
	for _, part := range []string{k.r.Method, k.r.Host, k.r.URL.RequestURI(), k.action, string(body)} {
		_, _ = fmt.Fprintf(h, "%d %s", len(part), part) // a hash takes all
	}
	r := Request{Time: time.Now(), Service: k.service, Region: k.region, Action: k.action, Resource: k.resource, Same: h.Sum64()}
	if k.caller != nil {
		r.Account, r.Principal = k.caller.Account, k.caller.ARN
	}
	return r
}

// suffer carries a call out or not, as its fault is, and returns the error that the client gets. A dropped connection ends the handler.
func (c *Cloud) suffer(k *call, f Fault) error {
	switch f {
	case FailedAfter, DroppedAfter, TimedOut:
		unread := httptest.NewRecorder()
		_ = c.answer(unread, k) // the client learns of nothing, neither success nor refusal
	}
	switch f {
	case TimedOut:
		time.Sleep(TimeoutAfter)
		return errDropped
	case DroppedBefore, DroppedAfter:
		return errDropped
	case Throttled:
		return throttled(k)
	case Unavailable:
		return &apiError{http.StatusServiceUnavailable, "ServiceUnavailable", "Service is unable to handle request."}
	case NotYet:
		return notYet(k)
	default:
		return &apiError{http.StatusInternalServerError, internalCodes[k.service], "We encountered an internal error. Please try again."}
	}
}

// errDropped is a connection that ends without an answer.
var errDropped = fmt.Errorf("connection dropped: %w", http.ErrAbortHandler)

// internalCodes are the services' codes of an internal error.
var internalCodes = map[string]string{
	"athena": "InternalServerException", "cur": "InternalErrorException", "eks": "ServerException", "glue": "InternalServiceException",
	"iam": "ServiceFailure", "s3": "InternalError", "s3control": "InternalError", "sts": "InternalFailure",
}

// throttled is a refusal of too many requests.
// Source: each service's page of common errors; of S3, https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func throttled(k *call) error {
	switch k.service {
	case "s3", "s3control":
		return &apiError{http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate."}
	case "iam", "sts":
		return badRequest("Throttling", "Rate exceeded")
	case "eks":
		return &apiError{http.StatusTooManyRequests, "ThrottlingException", "Rate exceeded"}
	}
	return badRequest("ThrottlingException", "Rate exceeded")
}

// notYet is what a service says while it does not see what was made a moment ago: in a trust policy, a principal; of a report, the
// bucket's policy; else, what the request is about.
func notYet(k *call) error {
	switch {
	case k.action == "CreateRole" || k.action == "UpdateAssumeRolePolicy":
		return badRequest("MalformedPolicyDocument", "Invalid principal in policy")
	case k.action == "PutBucketPolicy":
		return badRequest("MalformedPolicy", "Invalid principal in policy")
	case k.service == "iam":
		return &apiError{http.StatusNotFound, "NoSuchEntity", "The role with name " + k.form.Get("RoleName") + " cannot be found."}
	case k.service == "s3":
		return &apiError{http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist"}
	case k.service == "cur":
		return badRequest("ValidationException", "Failed to verify customer bucket permission. accountId=%s", k.caller.Account)
	case k.service == "athena":
		return badRequest("InvalidRequestException", "WorkGroup is not found.")
	}
	return badRequest("EntityNotFoundException", "Entity Not Found")
}
