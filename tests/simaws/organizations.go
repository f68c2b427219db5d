package simaws

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Organization is a group of accounts whose bill the management account pays.
type Organization struct {
	ID         string // "o-" and 10 to 32 characters
	Management string // ID of the management account
	Members    []Member
}

// Member is an account of an organization.
type Member struct {
	ID, Name, Email string
	Tags            map[string]string
}

// organizations are all there are.
type organizations struct {
	mu  sync.RWMutex
	all []Organization
}

// AddOrganization puts accounts into an organization: its members' requests carry aws:PrincipalOrgID, and its
// management account can list them. The management account is a member too, and is added if it is not among them.
func (c *Cloud) AddOrganization(o Organization) {
	if !slices.ContainsFunc(o.Members, func(m Member) bool { return m.ID == o.Management }) {
		o.Members = append([]Member{{ID: o.Management, Name: "management", Email: "management@example.com"}}, o.Members...)
	}
	c.orgs.mu.Lock()
	defer c.orgs.mu.Unlock()
	c.orgs.all = append(c.orgs.all, o)
}

// of is the organization of an account, or nil.
func (s *organizations) of(account string) *Organization {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, o := range s.all {
		if slices.ContainsFunc(o.Members, func(m Member) bool { return m.ID == account }) {
			return &o
		}
	}
	return nil
}

func (c *Cloud) serveOrganizations(w http.ResponseWriter, k *call) error {
	o := c.orgs.of(k.caller.Account)
	if o == nil {
		return badRequest("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
	}
	if k.action == "DescribeOrganization" {
		writeJSON(w, http.StatusOK, map[string]any{"Organization": map[string]any{
			"Id": o.ID, "Arn": o.arn("organization/" + o.ID), "FeatureSet": "ALL",
			"MasterAccountId": o.Management, "MasterAccountArn": o.arn("account/" + o.ID + "/" + o.Management),
		}})
		return nil
	}
	if k.caller.Account != o.Management {
		return denied("You don't have permissions to access this resource.")
	}
	switch k.action {
	case "ListAccounts":
		accounts := []map[string]any{}
		for _, m := range o.Members {
			accounts = append(accounts, map[string]any{
				"Id": m.ID, "Name": m.Name, "Email": m.Email, "Status": "ACTIVE", "JoinedMethod": "CREATED",
				"Arn": o.arn("account/" + o.ID + "/" + m.ID), "JoinedTimestamp": seconds(started),
			})
		}
		writeJSON(w, http.StatusOK, map[string]any{"Accounts": accounts})
		return nil
	case "ListTagsForResource":
		var in struct{ ResourceId string }
		if err := k.decode(&in); err != nil {
			return err
		}
		for _, m := range o.Members {
			if m.ID == in.ResourceId || strings.HasSuffix(in.ResourceId, "/"+m.ID) {
				tags := []tag{}
				for key, value := range m.Tags {
					tags = append(tags, tag{key, value})
				}
				writeJSON(w, http.StatusOK, map[string]any{"Tags": tags})
				return nil
			}
		}
		return badRequest("TargetNotFoundException", "You specified a target that doesn't exist.")
	}
	return badRequest("UnknownOperationException", "%s is not simulated", k.action)
}

func (o *Organization) arn(resource string) string {
	return fmt.Sprintf("arn:aws:organizations::%s:%s", o.Management, resource)
}
