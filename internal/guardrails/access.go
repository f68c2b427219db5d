package guardrails

import (
	"slices"
	"strings"
)

func wildcardPrincipals(r Resource) []string {
	var seen []string
	for _, s := range r.statements() {
		if !s.allows() {
			continue
		}
		if s.body["NotPrincipal"] != nil {
			seen = append(seen, s.where+": NotPrincipal allows all others")
		}
		for _, p := range s.principals() {
			switch {
			case p[0] == "*":
				seen = append(seen, s.where+": Principal "+p[1])
			case wild(p[1]):
				seen = append(seen, s.where+": Principal "+p[0]+" "+p[1])
			}
		}
	}
	return seen
}

func wildcardActions(r Resource) []string {
	var seen []string
	if r.is("iam", "Role") {
		seen = r.unreadable("assumeRolePolicy")
	}
	if r.is("iam", "RolePolicy", "Policy") || r.is("s3", "BucketPolicy") {
		seen = r.unreadable("policy")
	}
	for _, s := range r.statements() {
		if !s.allows() {
			continue
		}
		if s.body["NotAction"] != nil {
			seen = append(seen, s.where+": NotAction allows all others")
		}
		for _, action := range texts(s.body["Action"]) {
			if wild(action) {
				seen = append(seen, s.where+": Action "+action)
			}
		}
	}
	return seen
}

// onAnything are the actions for which AWS has nothing narrower than *, that the program needs.
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var onAnything = []string{
	"organizations:listaccounts",        // names of the accounts among the costs
	"organizations:listtagsforresource", // their tags, of accounts that are not known before
	"lakeformation:getdataaccess",       // its grants decide what is handed out

	// and CI's roles
	"cur:describereportdefinitions",     // which reports there are
	"cur:putreportdefinition",           // asked for with an export too, for which AWS's own policies have it so
	"ce:listcostallocationtags",         // tags of the bill have no ARNs
	"ce:updatecostallocationtagsstatus", // nor for being activated
	"lakeformation:listpermissions",     // nor have grants
	"lakeformation:grantpermissions",    // of which its administrators alone give any
	"lakeformation:revokepermissions",   // or take one
	"iam:listopenidconnectproviders",    // which OIDC providers there are
}

// wildcardResources looks at identity policies. A policy that is attached to a resource reaches no other.
func wildcardResources(r Resource) []string {
	var seen []string
	for _, s := range r.statements() {
		if !s.allows() || s.attached() {
			continue
		}
		if s.body["NotResource"] != nil {
			seen = append(seen, s.where+": NotResource allows all others")
		}
		for _, resource := range texts(s.body["Resource"]) {
			switch {
			case resource == "*":
				for _, action := range texts(s.body["Action"]) {
					if !slices.Contains(onAnything, strings.ToLower(action)) {
						seen = append(seen, s.where+": "+action+" on *")
					}
				}
			case wideARN(resource):
				seen = append(seen, s.where+": Resource "+resource)
			}
		}
	}
	return seen
}

// wideARN says whether an ARN's wildcards reach further than below one named resource: its objects, streams or tables. To the
// name of an export AWS adds an ID.
func wideARN(resource string) bool {
	if !wild(resource) {
		return false
	}
	parts := strings.SplitN(resource, ":", 6)
	if len(parts) < 6 || wild(strings.Join(parts[:5], "")) {
		return true
	}
	if parts[2] == "bcm-data-exports" {
		name, id := strings.CutSuffix(parts[5], "-*")
		return !id || wild(name) || !strings.HasPrefix(name, "export/") || name == "export/"
	}
	named, below := strings.CutSuffix(parts[5], "/*")
	if !below {
		named, below = strings.CutSuffix(parts[5], ":*")
	}
	// But for a bucket, a resource's ARN begins with its type, which names none: role/*.
	typeAlone := parts[2] != "s3" && !strings.ContainsAny(named, "/:")
	return !below || named == "" || wild(named) || typeAlone
}

// ofEKS are the policies of AWS that parts of EKS need.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/security-iam-awsmanpol.html
var ofEKS = []string{
	"AmazonEC2ContainerRegistryPullOnly", "AmazonEC2ContainerRegistryReadOnly", "AmazonEKSClusterPolicy", "AmazonEKSWorkerNodePolicy",
	"AmazonEKS_CNI_Policy", "service-role/AmazonEBSCSIDriverPolicy",
}

func broadManagedPolicies(r Resource) []string {
	var attached []string
	switch {
	case r.is("iam", "RolePolicyAttachment", "UserPolicyAttachment", "GroupPolicyAttachment", "PolicyAttachment"):
		attached = texts(r.Properties["policyArn"])
	case r.is("iam", "Role"):
		attached = texts(r.Properties["managedPolicyArns"])
	}
	var seen []string
	for _, policy := range attached {
		if _, managed, found := strings.Cut(policy, ":iam::aws:policy/"); found && !slices.Contains(ofEKS, managed) {
			seen = append(seen, policy+" is attached")
		}
	}
	return seen
}

func accessKeys(r Resource) []string {
	if r.is("iam", "User", "AccessKey") {
		return []string{"it is a " + r.Type}
	}
	var seen []string
	if r.Type == "pulumi:providers:aws" {
		for _, key := range []string{"accessKey", "secretKey", "token"} {
			if r.Properties[key] != nil {
				seen = append(seen, key+" is set")
			}
		}
	}
	return seen
}
