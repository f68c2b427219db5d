package simaws

import (
	"fmt"
	"strings"
)

// resourcesOf gives the ARNs on which a call needs its action allowed; the last is the most specific one. Actions
// without resources, and those of services that no role calls, are decided on "*".
func (c *Cloud) resourcesOf(k *call) []string {
	if arn := taggedResource(k); arn != "" {
		return []string{arn}
	}
	switch k.service {
	case "bcm-data-exports", "cur":
		return billingResources(k)
	case "events":
		return []string{ruleResource(k)}
	case "iam":
		return []string{c.iamResource(k)}
	case "s3control":
		if bucket, ok := strings.CutPrefix(k.r.URL.Path, controlTags); ok {
			return []string{bucket}
		}
	case "athena":
		return []string{c.workGroupOf(k)}
	case "eks", "eks-auth":
		if arn, ok := strings.CutPrefix(k.r.URL.Path, "/tags/"); ok {
			return []string{arn}
		}
		if name := clusterName(k); name != "" {
			prefix := fmt.Sprintf("arn:aws:eks:%s:%s:", k.region, k.caller.Account)
			switch below := part(k, 4); {
			case below != "" && part(k, 3) == "addons":
				return []string{prefix + "addon/" + name + "/" + below + "/" + requestID()}
			case below != "" && part(k, 3) == "pod-identity-associations":
				return []string{prefix + "podidentityassociation/" + name + "/" + below}
			}
			return []string{prefix + "cluster/" + name}
		}
	case "glue":
		var in struct {
			Name, DatabaseName, TableName string
			DatabaseInput, TableInput     struct{ Name string }
		}
		if k.decode(&in) != nil {
			break
		}
		if arn := glueResource(k, in.Name); arn != "" {
			return []string{arn}
		}
		if in.DatabaseName != "" {
			table := firstOf(in.Name, in.TableName, in.TableInput.Name, "*")
			return catalogResources(place{k.caller.Account, k.region}, in.DatabaseName, table)
		}
		return catalogResources(place{k.caller.Account, k.region}, firstOf(in.Name, in.DatabaseInput.Name), "")
	}
	return []string{"*"}
}

// catalogResources are the ARNs of Glue's catalog and, if they are named, of a database and a table in it: an action
// on one needs to be allowed on those above it too.
func catalogResources(at place, database, table string) []string {
	prefix := fmt.Sprintf("arn:aws:glue:%s:%s:", at.region, at.account)
	arns := []string{prefix + "catalog"}
	if database != "" {
		arns = append(arns, prefix+"database/"+database)
	}
	if table != "" {
		arns = append(arns, prefix+"table/"+database+"/"+table)
	}
	return arns
}

// workGroupOf is the ARN of the work group that a call to Athena is about.
func (c *Cloud) workGroupOf(k *call) string {
	var in struct{ WorkGroup, Name, QueryExecutionId string }
	_ = k.decode(&in) // what it lacks, the operation will refuse
	name := firstOf(in.WorkGroup, "primary")
	switch {
	case in.QueryExecutionId != "":
		if e := c.athena.execution(place{k.caller.Account, k.region}, in.QueryExecutionId); e != nil {
			name = e.workGroup
		}
	case strings.HasSuffix(k.action, "WorkGroup"):
		name = firstOf(in.WorkGroup, in.Name)
	}
	return workGroupARN(place{k.caller.Account, k.region}, name)
}

func firstOf(names ...string) string {
	for _, n := range names {
		if n != "" {
			return n
		}
	}
	return ""
}
