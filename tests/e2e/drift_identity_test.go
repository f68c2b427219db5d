package e2e

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

var identityDrifts = map[string]drift{
	"aws:iam/role:Role": {
		change: func(d *drifting, r apitype.ResourceV3) {
			d.iam(d.owner(r), "UpdateAssumeRolePolicy", url.Values{"RoleName": {string(r.ID)}, "PolicyDocument": {deny(r.Outputs["assumeRolePolicy"])}})
		},
		shows:  "assumeRolePolicy",
		remove: func(d *drifting, r apitype.ResourceV3) { d.deleteRole(d.owner(r), string(r.ID)) },
	},
	"aws:iam/rolePolicy:RolePolicy": {
		change: func(d *drifting, r apitype.ResourceV3) {
			d.putPolicy(d.owner(r), r.Outputs["role"].(string), r.Outputs["name"].(string), deny(r.Outputs["policy"]))
		},
		shows: "policy",
		remove: func(d *drifting, r apitype.ResourceV3) {
			d.iam(d.owner(r), "DeleteRolePolicy", url.Values{"RoleName": {r.Outputs["role"].(string)}, "PolicyName": {r.Outputs["name"].(string)}})
		},
	},
	"aws:iam/policy:Policy": {
		change: func(d *drifting, r apitype.ResourceV3) {
			d.iam(d.owner(r), "CreatePolicyVersion", url.Values{
				"PolicyArn": {string(r.ID)}, "PolicyDocument": {deny(r.Outputs["policy"])}, "SetAsDefault": {"true"},
			})
		},
		shows: "policy",
		remove: func(d *drifting, r apitype.ResourceV3) {
			for i, part := range strings.Split(d.iam(d.owner(r), "ListPolicyVersions", url.Values{"PolicyArn": {string(r.ID)}}), "<VersionId>") {
				version, _, _ := strings.Cut(part, "</VersionId>")
				if i > 0 && strings.Contains(part, "<IsDefaultVersion>false") {
					d.iam(d.owner(r), "DeletePolicyVersion", url.Values{"PolicyArn": {string(r.ID)}, "VersionId": {version}})
				}
			}
			d.iam(d.owner(r), "DeletePolicy", url.Values{"PolicyArn": {string(r.ID)}})
		},
	},
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
		same: "it is there or not",
		remove: func(d *drifting, r apitype.ResourceV3) {
			d.iam(d.owner(r), "DetachRolePolicy", url.Values{"RoleName": {r.Outputs["role"].(string)}, "PolicyArn": {r.Outputs["policyArn"].(string)}})
		},
	},
	"aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
		change: func(d *drifting, r apitype.ResourceV3) {
			d.iam(d.primary, "TagOpenIDConnectProvider", url.Values{
				"OpenIDConnectProviderArn": {string(r.ID)}, "Tags.member.1.Key": {"owner"}, "Tags.member.1.Value": {"somebody"},
			})
		},
		shows: "tags",
		remove: func(d *drifting, r apitype.ResourceV3) {
			d.iam(d.primary, "DeleteOpenIDConnectProvider", url.Values{"OpenIDConnectProviderArn": {string(r.ID)}})
		},
	},
	"aws:eks/podIdentityAssociation:PodIdentityAssociation": {
		change: func(d *drifting, r apitype.ResourceV3) {
			d.iam(d.primary, "CreateRole", url.Values{"RoleName": {"other"}, "AssumeRolePolicyDocument": {d.role(d.primary, readerRole)}})
			d.association(r, http.MethodPost, `{"roleArn": "arn:aws:iam::`+d.primary+`:role/other"}`)
		},
		shows:  "roleArn",
		remove: func(d *drifting, r apitype.ResourceV3) { d.association(r, http.MethodDelete, "") },
	},
}

// deny turns a policy into its opposite.
func deny(text any) string { return strings.ReplaceAll(text.(string), `"Allow"`, `"Deny"`) }

// owner is whose a resource of IAM is: only the primary's are made for a service account or below its role.
func (d *drifting) owner(r apitype.ResourceV3) string {
	if strings.Contains(string(r.URN), "ClusterIdentity") {
		return d.primary
	}
	return d.payer
}

// association calls EKS about an association.
func (d *drifting) association(r apitype.ResourceV3, method, body string) {
	d.t.Helper()
	d.call(d.primary, sandbox.Call{
		Service: "eks", Region: sandbox.Region, Method: method, ContentType: "application/json", Body: body,
		URL: "https://eks." + sandbox.Region + ".amazonaws.com/clusters/" + r.Outputs["clusterName"].(string) +
			"/pod-identity-associations/" + r.Outputs["associationId"].(string),
	})
}
