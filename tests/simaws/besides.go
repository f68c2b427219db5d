package simaws

import (
	"encoding/json"
	"strings"
)

// besides are the actions that a call needs beside its own, and on what: who makes something with tags needs the right to tag
// it, and who makes an export that to make a report.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html and
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_bcm-data-exports.html
func (k *call) besides() []access {
	var all []access
	if k.action == "CreateExport" {
		all = append(all, access{action: "cur:PutReportDefinition", resource: "*"})
	}
	switch {
	case !strings.HasPrefix(k.action, "Create") && !strings.HasPrefix(k.action, "Put") || !k.hasTags():
	case k.service == "iam":
		all = append(all, access{action: "iam:Tag" + strings.TrimPrefix(k.action, "Create"), resource: k.resource})
	case k.service == "eks": // what is made in a cluster
		made := strings.Replace(k.resource, ":cluster/", ":podidentityassociation/", 1) + "/a-" + strings.ToLower(randomID(17))
		all = append(all, access{action: "eks:TagResource", resource: made})
	default:
		all = append(all, access{action: k.service + ":TagResource", resource: k.resource})
	}
	return all
}

// hasTags says whether a call that makes something gives it tags.
func (k *call) hasTags() bool {
	if k.form.Get("Tags.member.1.Key") != "" {
		return true
	}
	var in struct {
		Tags, ResourceTags json.RawMessage // a list or an object
	}
	if json.Unmarshal(k.body, &in) != nil {
		return false
	}
	for _, tags := range []json.RawMessage{in.Tags, in.ResourceTags} {
		if text := string(tags); text != "" && text != "null" && text != "[]" && text != "{}" {
			return true
		}
	}
	return false
}
