package simaws

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// serveIAM answers what moto takes too lightly: AWS refuses a trust policy that names a principal that does not exist.
func (c *Cloud) serveIAM(w http.ResponseWriter, k *call) error {
	var trust string
	switch k.action {
	case "CreateRole":
		trust = k.form.Get("AssumeRolePolicyDocument")
	case "UpdateAssumeRolePolicy":
		trust = k.form.Get("PolicyDocument")
	}
	if trust != "" {
		unknown, err := c.unknownPrincipal(k.r.Context(), []byte(trust))
		if err != nil {
			return err
		}
		if unknown != "" {
			return badRequest("MalformedPolicyDocument", `Invalid principal in policy: "AWS":"%s"`, unknown)
		}
	}
	c.moto.forward(w, k, k.caller.Account)
	return nil
}

// unknownPrincipal is the first AWS principal of a policy that does not exist; empty if all do.
func (c *Cloud) unknownPrincipal(ctx context.Context, policy []byte) (string, error) {
	var document struct{ Statement oneOrMore[statement] }
	if err := json.Unmarshal(policy, &document); err != nil {
		return "", badRequest("MalformedPolicyDocument", "This policy contains invalid Json")
	}
	for _, s := range document.Statement {
		for _, name := range s.Principal.AWS {
			known, err := c.knowsPrincipal(ctx, name)
			if err != nil {
				return "", err
			}
			if !known {
				return name, nil
			}
		}
	}
	return "", nil
}

// knowsPrincipal tells whether a principal exists. Accounts always do, since a policy may trust those of strangers; so
// do sessions and users of accounts that are not simulated.
func (c *Cloud) knowsPrincipal(ctx context.Context, name string) (bool, error) {
	if name == "*" || accountID.MatchString(name) {
		return true, nil
	}
	parts := strings.SplitN(name, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || !accountID.MatchString(parts[4]) {
		return false, nil
	}
	kind, rest, _ := strings.Cut(parts[5], "/")
	switch {
	case kind == "root", parts[2] == "sts":
		return true, nil
	case kind == "role":
		_, err := c.moto.role(ctx, name)
		if errors.Is(err, errNoRole) {
			return false, nil
		}
		return err == nil, err
	case kind == "user" && rest == "administrator":
		return c.keys.hasAccount(parts[4]), nil
	case kind == "user":
		var user struct {
			ARN string `xml:"GetUserResult>User>Arn"`
		}
		err := c.moto.iam(ctx, parts[4], "GetUser", url.Values{"UserName": {roleName(name)}}, &user)
		return err == nil && user.ARN == name, nil
	}
	return false, nil
}

type statement struct{ Principal principals }

// principals is the Principal element: "*", or names by kind.
type principals struct{ AWS oneOrMore[string] }

func (p *principals) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return nil // "*" names nobody
	}
	type plain principals // without this method
	return json.Unmarshal(text, (*plain)(p))
}

// oneOrMore reads what policies write as one value or as a list.
type oneOrMore[T any] []T

func (o *oneOrMore[T]) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '[' {
		return json.Unmarshal(text, (*[]T)(o))
	}
	var one T
	if err := json.Unmarshal(text, &one); err != nil {
		return err
	}
	*o = []T{one}
	return nil
}
