package simaws

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Durations of sessions, in seconds.
const (
	shortestSession = 900
	defaultSession  = 3600
	chainedSession  = 3600 // the longest of a session that another session asked for
)

var sessionName = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)

// sts answers the Security Token Service.
func (c *Cloud) sts(w http.ResponseWriter, k *call) error {
	type metadata struct {
		RequestID string `xml:"RequestId"`
	}
	meta := metadata{requestID()}
	switch k.action {
	case "GetCallerIdentity":
		if k.caller == nil {
			return &apiError{http.StatusForbidden, "MissingAuthenticationToken", "Request is missing Authentication Token"}
		}
		type response struct {
			XMLName  xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ GetCallerIdentityResponse"`
			Arn      string   `xml:"GetCallerIdentityResult>Arn"`
			UserID   string   `xml:"GetCallerIdentityResult>UserId"`
			Account  string   `xml:"GetCallerIdentityResult>Account"`
			Metadata metadata `xml:"ResponseMetadata"`
		}
		arn := k.caller.ARN
		if k.inChina() {
			arn = strings.Replace(arn, "arn:aws:", "arn:aws-cn:", 1)
		}
		writeXML(w, http.StatusOK, response{Arn: arn, UserID: k.caller.UserID, Account: k.caller.Account, Metadata: meta})
		return nil
	case "AssumeRole", "AssumeRoleWithWebIdentity":
		assume := c.assumeRole
		if k.action == "AssumeRoleWithWebIdentity" {
			assume = c.assumeRoleWithWebIdentity
		}
		result, err := assume(k)
		if err != nil {
			return err
		}
		type response struct {
			XMLName  xml.Name
			Result   *sessionResult
			Metadata metadata `xml:"ResponseMetadata"`
		}
		result.XMLName.Local = k.action + "Result"
		name := xml.Name{Space: "https://sts.amazonaws.com/doc/2011-06-15/", Local: k.action + "Response"}
		writeXML(w, http.StatusOK, response{XMLName: name, Result: result, Metadata: meta})
		return nil
	}
	return badRequest("InvalidAction", "Could not find operation %s for version 2011-06-15", k.action)
}

// sessionResult is what both ways to a role's session answer.
type sessionResult struct {
	XMLName     xml.Name
	Credentials struct {
		AccessKeyID     string `xml:"AccessKeyId"`
		SecretAccessKey string
		SessionToken    string
		Expiration      string
	}
	AssumedRoleUser struct {
		AssumedRoleID string `xml:"AssumedRoleId"`
		Arn           string
	}
	Subject  string `xml:"SubjectFromWebIdentityToken,omitempty"`
	Audience string `xml:",omitempty"`
	Provider string `xml:",omitempty"`
}

// role is what STS needs to know of a role.
type role struct {
	ARN, ID    string
	Trust      json.RawMessage
	MaxSession int // seconds
}

var errNoRole = errors.New("no such role")

// role reads a role by its ARN. A role that is not there is errNoRole: STS does not tell strangers which ones are.
func (m *moto) role(ctx context.Context, arn string) (role, error) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[2] != "iam" || !strings.HasPrefix(parts[5], "role/") {
		return role{}, badRequest("ValidationError", "%s is invalid", arn)
	}
	var found struct {
		ARN        string `xml:"GetRoleResult>Role>Arn"`
		ID         string `xml:"GetRoleResult>Role>RoleId"`
		Trust      string `xml:"GetRoleResult>Role>AssumeRolePolicyDocument"`
		MaxSession int    `xml:"GetRoleResult>Role>MaxSessionDuration"`
	}
	err := m.iam(ctx, parts[4], "GetRole", url.Values{"RoleName": {roleName(arn)}}, &found)
	var api *apiError
	switch {
	case errors.As(err, &api) && api.Status == http.StatusNotFound, err == nil && found.ARN != arn:
		return role{}, errNoRole
	case err != nil:
		return role{}, fmt.Errorf("reading role %s: %w", arn, err)
	}
	return role{found.ARN, found.ID, document(found.Trust), found.MaxSession}, nil
}

// assumeRole hands out a session if the caller's policies and the role's trust policy both allow it.
func (c *Cloud) assumeRole(k *call) (*sessionResult, error) {
	if k.caller == nil {
		return nil, &apiError{http.StatusForbidden, "MissingAuthenticationToken", "Request is missing Authentication Token"}
	}
	ctx, arn := k.r.Context(), k.form.Get("RoleArn")
	k.resource = arn
	refused := denied("User: %s is not authorized to perform: sts:AssumeRole on resource: %s", k.caller.ARN, arn)
	r, err := c.moto.role(ctx, arn)
	if errors.Is(err, errNoRole) {
		return nil, refused
	} else if err != nil {
		return nil, err
	}
	a := access{action: "sts:AssumeRole", resource: arn, account: accountOf(arn), policy: r.Trust, context: map[string]string{
		"sts:RoleSessionName": k.form.Get("RoleSessionName"),
	}}
	if id := k.form.Get("ExternalId"); id != "" {
		a.context["sts:ExternalId"] = id
	}
	err = c.may(ctx, k.caller, a)
	if api := (*apiError)(nil); errors.As(err, &api) && api.Code == accessDenied {
		return nil, refused
	} else if err != nil {
		return nil, err
	}
	if len(k.caller.Tags) > 0 {
		if err := c.mayTag(ctx, k.caller, a); err != nil {
			return nil, err
		}
	}
	if k.caller.Role != "" && r.MaxSession > chainedSession {
		r.MaxSession = chainedSession
	}
	return c.newSession(k, r, k.caller.Tags)
}

// mayTag asks whether a session that has transitive tags may hand them on to a session of the role in a.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
func (c *Cloud) mayTag(ctx context.Context, caller *principal, a access) error {
	a.action, a.context = "sts:TagSession", maps.Clone(a.context)
	for key, value := range caller.Tags {
		a.context["aws:RequestTag/"+key] = value
	}
	err := c.may(ctx, caller, a)
	if api := (*apiError)(nil); errors.As(err, &api) && api.Code == accessDenied {
		return denied("User: %s is not authorized to perform: sts:TagSession on resource: %s", caller.ARN, a.resource)
	}
	return err
}

// newSession makes the credentials of a session of a role, with the tags that the caller's session hands on.
func (c *Cloud) newSession(k *call, r role, tags map[string]string) (*sessionResult, error) {
	name := k.form.Get("RoleSessionName")
	if !sessionName.MatchString(name) {
		return nil, badRequest("ValidationError", "1 validation error detected: Value '%s' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*", name)
	}
	if k.form.Get("Policy") != "" || k.form.Get("PolicyArns.member.1.arn") != "" {
		return nil, badRequest("ValidationError", "session policies are not simulated")
	}
	if k.form.Get("Tags.member.1.Key") != "" {
		return nil, badRequest("ValidationError", "session tags that a caller gives are not simulated")
	}
	seconds := defaultSession
	if text := k.form.Get("DurationSeconds"); text != "" {
		var err error
		if seconds, err = strconv.Atoi(text); err != nil || seconds < shortestSession {
			return nil, badRequest("ValidationError", "1 validation error detected: Value '%s' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900", text)
		}
		if seconds > max(r.MaxSession, defaultSession) {
			return nil, badRequest("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
		}
	}
	p := c.addSession(r, name, time.Duration(seconds)*time.Second, tags)

	result := &sessionResult{}
	result.Credentials.AccessKeyID = p.credentials.AccessKeyID
	result.Credentials.SecretAccessKey = p.credentials.SecretAccessKey
	result.Credentials.SessionToken = p.credentials.SessionToken
	result.Credentials.Expiration = p.expires.UTC().Format(time.RFC3339)
	result.AssumedRoleUser.AssumedRoleID = p.UserID
	result.AssumedRoleUser.Arn = p.ARN
	return result, nil
}

// addSession makes a session of a role.
func (c *Cloud) addSession(r role, name string, life time.Duration, tags map[string]string) *principal {
	account := accountOf(r.ARN)
	p := &principal{
		Account:     account,
		ARN:         fmt.Sprintf("arn:aws:sts::%s:assumed-role/%s/%s", account, roleName(r.ARN), name),
		UserID:      r.ID + ":" + name,
		Role:        r.ARN,
		Tags:        tags,
		credentials: newCredentials("ASIA"),
		expires:     time.Now().Add(life),
	}
	p.credentials.SessionToken = randomID(26) + randomID(26)
	c.keys.add(p)
	return p
}

// accountOf is the account in an ARN.
func accountOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}
