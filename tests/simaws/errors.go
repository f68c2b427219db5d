package simaws

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
)

// apiError is an error of an AWS API. Each protocol has its own way to write it down, and its own names for the codes
// that all services share.
type apiError struct {
	Status  int
	Code    string
	Message string
}

func (e *apiError) Error() string { return e.Code + ": " + e.Message }

// Codes that all services share, as the query protocol names them.
const (
	accessDenied       = "AccessDenied"
	invalidClientToken = "InvalidClientTokenId"
	expiredToken       = "ExpiredToken"
)

// sharedCodes are the other protocols' names of them.
var sharedCodes = map[protocol]map[string]string{
	protocolJSON: {
		accessDenied:       "AccessDeniedException",
		invalidClientToken: "UnrecognizedClientException",
		expiredToken:       "ExpiredTokenException",
	},
	protocolS3: {invalidClientToken: "InvalidAccessKeyId"},
}

// badRequest is an error of the client's making.
func badRequest(code, format string, args ...any) *apiError {
	return &apiError{http.StatusBadRequest, code, fmt.Sprintf(format, args...)}
}

// denied is a refusal for want of permission.
func denied(format string, args ...any) *apiError {
	return &apiError{http.StatusForbidden, accessDenied, fmt.Sprintf(format, args...)}
}

// asAPIError makes anything that is not an API's error an internal failure.
func asAPIError(err error) *apiError {
	var e *apiError
	if errors.As(err, &e) {
		return e
	}
	return &apiError{http.StatusInternalServerError, "InternalFailure", err.Error()}
}

// protocol is how a service words requests and responses.
type protocol int

const (
	protocolQuery protocol = iota // form in, XML out: IAM, STS
	protocolJSON                  // JSON in and out, with a target header or with paths
	protocolS3                    // XML
)

// writeError words an error in a protocol and returns the code it went out with.
func writeError(w http.ResponseWriter, p protocol, err error) string {
	e := asAPIError(err)
	code := e.Code
	if name, ok := sharedCodes[p][code]; ok {
		code = name
	}
	status := e.Status
	switch p {
	case protocolJSON:
		if status == http.StatusForbidden {
			status = http.StatusBadRequest
		}
		w.Header().Set("X-Amzn-Errortype", code)
		writeJSON(w, status, map[string]string{"__type": code, "message": e.Message, "Message": e.Message})
	case protocolS3:
		type s3Error struct {
			XMLName       xml.Name `xml:"Error"`
			Code, Message string
			RequestID     string `xml:"RequestId"`
		}
		writeXML(w, status, s3Error{Code: code, Message: e.Message, RequestID: requestID()})
	default:
		type detail struct{ Type, Code, Message string }
		type errorResponse struct {
			XMLName   xml.Name `xml:"ErrorResponse"`
			Error     detail
			RequestID string `xml:"RequestId"`
		}
		writeXML(w, status, errorResponse{Error: detail{"Sender", code, e.Message}, RequestID: requestID()})
	}
	return code
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("X-Amzn-Requestid", requestID())
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client is gone if this fails
}

func writeXML(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(xml.Header))
	_ = xml.NewEncoder(w).Encode(v)
}
