package simaws

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// PodIdentityAssociation says which role EKS Pod Identity gives to the pods of a service account.
type PodIdentityAssociation struct {
	Account        string
	Region         string
	Cluster        string
	Namespace      string
	ServiceAccount string
	RoleARN        string
}

// association is one as EKS keeps it.
type association struct {
	PodIdentityAssociation
	id, arn           string
	tags              map[string]string
	created, modified time.Time
}

// PodIdentityAssociations are those of all accounts.
func (c *Cloud) PodIdentityAssociations() []PodIdentityAssociation {
	c.clusters.mu.RLock()
	defer c.clusters.mu.RUnlock()
	var all []PodIdentityAssociation
	for _, a := range c.clusters.associations {
		all = append(all, a.PodIdentityAssociation)
	}
	return all
}

// associationOperations are the operations on a cluster's associations.
var associationOperations = map[string]func(*Cloud, *call, EKSCluster) (any, error){
	"ListPodIdentityAssociations":    (*Cloud).listAssociations,
	"CreatePodIdentityAssociation":   (*Cloud).createAssociation,
	"DescribePodIdentityAssociation": (*Cloud).describeAssociation,
	"UpdatePodIdentityAssociation":   (*Cloud).updateAssociation,
	"DeletePodIdentityAssociation":   (*Cloud).deleteAssociation,
}

// associationInput is what a request says of an association.
type associationInput struct {
	Namespace, ServiceAccount, RoleArn, TargetRoleArn string
	DisableSessionTags                                bool
	Tags                                              map[string]string
}

// decodeAssociation reads a request. Handing the role on, and sessions without tags, are not simulated.
func decodeAssociation(k *call) (associationInput, error) {
	var in associationInput
	if err := k.decode(&in); err != nil {
		return in, err
	}
	if in.TargetRoleArn != "" || in.DisableSessionTags {
		return in, badRequest("InvalidParameterException", "targetRoleArn and disableSessionTags are not simulated")
	}
	return in, nil
}

func (c *Cloud) createAssociation(k *call, cluster EKSCluster) (any, error) {
	in, err := decodeAssociation(k)
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{"namespace": in.Namespace, "serviceAccount": in.ServiceAccount, "roleArn": in.RoleArn} {
		if value == "" {
			return nil, badRequest("InvalidParameterException", "%s can't be blank", name)
		}
	}
	if err := c.mayPass(k, in.RoleArn); err != nil {
		return nil, err
	}
	c.clusters.mu.Lock()
	defer c.clusters.mu.Unlock()
	for _, a := range c.clusters.associations {
		if a.of(cluster) && a.Namespace == in.Namespace && a.ServiceAccount == in.ServiceAccount {
			return nil, &apiError{http.StatusConflict, "ResourceInUseException", "Association already exists: " + a.id}
		}
	}
	id := "a-" + strings.ToLower(randomID(17))
	a := &association{
		PodIdentityAssociation: PodIdentityAssociation{
			Account: cluster.Account, Region: cluster.Region, Cluster: cluster.Name,
			Namespace: in.Namespace, ServiceAccount: in.ServiceAccount, RoleARN: in.RoleArn,
		},
		id: id, arn: strings.Replace(cluster.arn(), ":cluster/", ":podidentityassociation/", 1) + "/" + id,
		tags: in.Tags, created: time.Now(), modified: time.Now(),
	}
	c.clusters.associations = append(c.clusters.associations, a)
	return a.describe(), nil
}

// mayPass says whether the caller may give a role to EKS: one of its own account that exists, and that its policies let it pass.
func (c *Cloud) mayPass(k *call, role string) error {
	if accountOf(role) != k.caller.Account {
		return badRequest("InvalidParameterException", "Cross-account pass role is not allowed.")
	}
	if _, err := c.moto.role(k.r.Context(), role); errors.Is(err, errNoRole) {
		return badRequest("InvalidParameterException", "Role provided in the request does not exist.")
	} else if err != nil {
		return err
	}
	return c.mayPassTo(k, role, podIdentityService)
}

// mayPassTo says whether the caller's policies let it give a role to a service.
func (c *Cloud) mayPassTo(k *call, role, service string) error {
	return c.may(k.r.Context(), k.caller, access{
		action: "iam:PassRole", resource: role, account: k.caller.Account, context: map[string]string{"iam:PassedToService": service},
	})
}

func (c *Cloud) listAssociations(k *call, cluster EKSCluster) (any, error) {
	query := k.r.URL.Query()
	c.clusters.mu.RLock()
	defer c.clusters.mu.RUnlock()
	found := []map[string]any{}
	for _, a := range c.clusters.associations {
		if a.of(cluster) && wanted(query, "namespace", a.Namespace) && wanted(query, "serviceAccount", a.ServiceAccount) {
			found = append(found, a.summary())
		}
	}
	return map[string]any{"associations": found}, nil
}

// wanted says whether a query asks for a value, or for any.
func wanted(query url.Values, name, value string) bool {
	return !query.Has(name) || query.Get(name) == value
}

func (c *Cloud) describeAssociation(k *call, cluster EKSCluster) (any, error) {
	c.clusters.mu.RLock()
	defer c.clusters.mu.RUnlock()
	a, err := c.clusters.association(cluster, part(k, 4))
	if err != nil {
		return nil, err
	}
	return a.describe(), nil
}

func (c *Cloud) updateAssociation(k *call, cluster EKSCluster) (any, error) {
	in, err := decodeAssociation(k)
	if err != nil {
		return nil, err
	}
	if in.RoleArn != "" {
		if err := c.mayPass(k, in.RoleArn); err != nil {
			return nil, err
		}
	}
	c.clusters.mu.Lock()
	defer c.clusters.mu.Unlock()
	a, err := c.clusters.association(cluster, part(k, 4))
	if err != nil {
		return nil, err
	}
	a.RoleARN, a.modified = firstOf(in.RoleArn, a.RoleARN), time.Now()
	return a.describe(), nil
}

func (c *Cloud) deleteAssociation(k *call, cluster EKSCluster) (any, error) {
	c.clusters.mu.Lock()
	defer c.clusters.mu.Unlock()
	a, err := c.clusters.association(cluster, part(k, 4))
	if err != nil {
		return nil, err
	}
	c.clusters.associations = slices.DeleteFunc(c.clusters.associations, func(other *association) bool { return other == a })
	return a.describe(), nil
}

// association returns a cluster's association by its ID.
func (s *clusters) association(cluster EKSCluster, id string) (*association, error) {
	for _, a := range s.associations {
		if a.of(cluster) && a.id == id {
			return a, nil
		}
	}
	return nil, &apiError{http.StatusNotFound, "ResourceNotFoundException", "Failed to find association " + id}
}

// tagAssociation answers the operations on tags, for an association.
func (c *Cloud) tagAssociation(w http.ResponseWriter, k *call) error {
	arn, err := url.PathUnescape(strings.TrimPrefix(k.r.URL.Path, "/tags/"))
	if err != nil {
		return badRequest("BadRequestException", "%v", err)
	}
	c.clusters.mu.Lock()
	defer c.clusters.mu.Unlock()
	i := slices.IndexFunc(c.clusters.associations, func(a *association) bool { return a.arn == arn && a.Account == k.caller.Account })
	if i < 0 {
		return &apiError{http.StatusNotFound, "NotFoundException", "Resource not found: " + arn}
	}
	a := c.clusters.associations[i]
	if a.tags == nil {
		a.tags = map[string]string{}
	}
	switch k.action {
	case "TagResource":
		var in struct{ Tags map[string]string }
		if err := json.Unmarshal(k.body, &in); err != nil {
			return badRequest("BadRequestException", "%v", err)
		}
		for key, value := range in.Tags {
			a.tags[key] = value
		}
	case "UntagResource":
		for _, key := range k.r.URL.Query()["tagKeys"] {
			delete(a.tags, key)
		}
	default:
		writeJSON(w, http.StatusOK, map[string]any{"tags": a.tags})
		return nil
	}
	writeJSON(w, http.StatusOK, struct{}{})
	return nil
}

func (a *association) of(cluster EKSCluster) bool {
	return a.Account == cluster.Account && a.Region == cluster.Region && a.Cluster == cluster.Name
}

// summary is what a list says of an association.
func (a *association) summary() map[string]any {
	return map[string]any{
		"clusterName": a.Cluster, "namespace": a.Namespace, "serviceAccount": a.ServiceAccount,
		"associationArn": a.arn, "associationId": a.id,
	}
}

// describe is an association in the API's words.
func (a *association) describe() map[string]any {
	all := a.summary()
	all["roleArn"], all["tags"] = a.RoleARN, a.tags
	all["createdAt"], all["modifiedAt"] = seconds(a.created), seconds(a.modified)
	all["disableSessionTags"] = false
	return map[string]any{"association": all}
}

// String tells an association in an error.
func (a PodIdentityAssociation) String() string {
	return fmt.Sprintf("%s for %s/%s in cluster %s of account %s", a.RoleARN, a.Namespace, a.ServiceAccount, a.Cluster, a.Account)
}
