package simaws

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// EKSCluster is a Kubernetes cluster that runs elsewhere and is known to EKS.
type EKSCluster struct {
	Account  string
	Region   string
	Name     string
	Endpoint string // https URL of the API server
	CA       []byte // PEM
	Issuer   string // https://oidc.eks.<region>.amazonaws.com/id/<ID>, as the API server was told
	// Addons are the names of the add-ons that it has. AutoMode says that EKS runs its nodes, with some of them built in.
	Addons   []string
	AutoMode bool
	Tags     map[string]string
	// JWKS gives the public keys of the service account tokens, as the API server's /openid/v1/jwks does.
	JWKS func(context.Context) ([]byte, error)
}

// arn is the cluster's ARN.
func (k EKSCluster) arn() string {
	return fmt.Sprintf("arn:aws:eks:%s:%s:cluster/%s", k.Region, k.Account, k.Name)
}

// tags are never null in what EKS says.
func (k EKSCluster) tags() map[string]string {
	if k.Tags == nil {
		return map[string]string{}
	}
	return k.Tags
}

// clusters are the clusters of all accounts.
type clusters struct {
	mu           sync.RWMutex
	all          []EKSCluster
	associations []*association // of EKS Pod Identity
}

func (s *clusters) list() []EKSCluster {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.all)
}

// AddCluster makes a cluster known to its account: EKS describes it, and its issuer publishes its keys. No identity
// provider is registered for it. One API server may be a cluster of several accounts. The error says that the account has
// the cluster already or that the issuer is no URL.
func (c *Cloud) AddCluster(_ context.Context, k EKSCluster) error {
	issuer, err := url.Parse(k.Issuer)
	if err != nil || issuer.Scheme != "https" {
		return fmt.Errorf("adding cluster %s: issuer %q is not an https URL", k.Name, k.Issuer)
	}
	c.clusters.mu.Lock()
	defer c.clusters.mu.Unlock()
	for _, other := range c.clusters.all {
		if other.arn() == k.arn() {
			return fmt.Errorf("adding cluster %s: %s is there already", k.Name, k.arn())
		}
	}
	c.clusters.all = append(c.clusters.all, k)
	c.Handle(issuer.Host, http.HandlerFunc(c.serveIssuer))
	return nil
}

// serveIssuer answers the discovery of all clusters whose issuers share a host.
func (c *Cloud) serveIssuer(w http.ResponseWriter, r *http.Request) {
	for _, k := range c.clusters.list() {
		switch "https://" + r.Host + r.URL.Path {
		case k.Issuer + "/.well-known/openid-configuration":
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]any{
				"issuer":                                k.Issuer,
				"jwks_uri":                              k.Issuer + "/keys",
				"authorization_endpoint":                "urn:kubernetes:programmatic_authorization",
				"response_types_supported":              []string{"id_token"},
				"subject_types_supported":               []string{"public"},
				"claims_supported":                      []string{"sub", "iss"},
				"id_token_signing_alg_values_supported": []string{"RS256"},
			})
			return
		case k.Issuer + "/keys":
			keys, err := k.JWKS(r.Context())
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadGateway)
				return
			}
			w.Header().Set("Content-Type", "application/jwk-set+json")
			_, _ = w.Write(keys)
			return
		}
	}
	http.NotFound(w, r)
}

// clusterName is the cluster that a call's path names.
func clusterName(k *call) string {
	rest, ok := strings.CutPrefix(k.r.URL.Path, "/clusters/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// eksOperations are the operations that are answered here, by method and path; * stands for one part of it.
var eksOperations = map[string]string{
	"GET /clusters":                                  "ListClusters",
	"GET /clusters/*":                                "DescribeCluster",
	"GET /clusters/*/addons":                         "ListAddons",
	"GET /clusters/*/addons/*":                       "DescribeAddon",
	"GET /clusters/*/pod-identity-associations":      "ListPodIdentityAssociations",
	"POST /clusters/*/pod-identity-associations":     "CreatePodIdentityAssociation",
	"GET /clusters/*/pod-identity-associations/*":    "DescribePodIdentityAssociation",
	"POST /clusters/*/pod-identity-associations/*":   "UpdatePodIdentityAssociation",
	"DELETE /clusters/*/pod-identity-associations/*": "DeletePodIdentityAssociation",
}

// eksAction names the operation of a request.
func eksAction(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, "/tags/") {
		return tagActions[r.Method]
	}
	parts := strings.Split(r.URL.Path, "/")
	for i := 2; i < len(parts); i += 2 {
		parts[i] = "*"
	}
	if name, ok := eksOperations[r.Method+" "+strings.Join(parts, "/")]; ok {
		return name
	}
	return r.Method + " " + r.URL.Path
}

// part is the nth part of a call's path, from 1; empty if there is none.
func part(k *call, n int) string {
	parts := strings.Split(k.r.URL.Path, "/")
	if n >= len(parts) {
		return ""
	}
	return parts[n]
}

func (c *Cloud) serveEKS(w http.ResponseWriter, k *call) error {
	if name := part(k, 2); name != "" && part(k, 1) == "clusters" {
		cluster, err := c.clusters.find(k.caller.Account, k.region, name)
		if err != nil {
			return err
		}
		return c.serveCluster(w, k, cluster)
	}
	switch {
	case k.action == "ListClusters":
		names := []string{}
		for _, cluster := range c.clusters.list() {
			if cluster.Account == k.caller.Account && cluster.Region == k.region {
				names = append(names, cluster.Name)
			}
		}
		writeJSON(w, http.StatusOK, map[string]any{"clusters": names})
	case strings.Contains(k.r.URL.Path, ":podidentityassociation/"):
		return c.tagAssociation(w, k)
	default:
		c.moto.forward(w, k, k.caller.Account)
	}
	return nil
}

// serveCluster answers what is asked of one cluster.
func (c *Cloud) serveCluster(w http.ResponseWriter, k *call, cluster EKSCluster) error {
	var out any
	var err error
	switch k.action {
	case "DescribeCluster":
		out = map[string]any{"cluster": describe(cluster)}
	case "ListAddons":
		out = map[string]any{"addons": append([]string{}, cluster.Addons...)}
	case "DescribeAddon":
		out, err = describeAddon(cluster, part(k, 4))
	default:
		op, ok := associationOperations[k.action]
		if !ok {
			c.moto.forward(w, k, k.caller.Account)
			return nil
		}
		out, err = op(c, k, cluster)
	}
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

// find returns an account's cluster.
func (s *clusters) find(account, region, name string) (EKSCluster, error) {
	for _, cluster := range s.list() {
		if cluster.Account == account && cluster.Region == region && cluster.Name == name {
			return cluster, nil
		}
	}
	return EKSCluster{}, &apiError{http.StatusNotFound, "ResourceNotFoundException", "No cluster found for name: " + name + "."}
}

// describeAddon is an add-on in the API's words.
func describeAddon(cluster EKSCluster, name string) (any, error) {
	if !slices.Contains(cluster.Addons, name) {
		return nil, &apiError{http.StatusNotFound, "ResourceNotFoundException", "No addon: " + name + " found in cluster: " + cluster.Name}
	}
	arn := strings.Replace(cluster.arn(), ":cluster/", ":addon/", 1) + "/" + name + "/" + "10c2d8a4-4f0e-4f0b-9f51-0d6e5b1f7a3c"
	return map[string]any{"addon": map[string]any{
		"addonName": name, "clusterName": cluster.Name, "status": "ACTIVE", "addonVersion": "v1.3.9-eksbuild.3", "addonArn": arn,
		"createdAt": seconds(started), "modifiedAt": seconds(started), "health": map[string]any{"issues": []any{}}, "tags": map[string]string{},
	}}, nil
}

// started is when clusters say that they were made.
var started = time.Now()

// describe is a cluster in the API's words.
func describe(k EKSCluster) map[string]any {
	return map[string]any{
		"name":                 k.Name,
		"arn":                  k.arn(),
		"createdAt":            seconds(started),
		"version":              "1.37",
		"endpoint":             k.Endpoint,
		"roleArn":              "arn:aws:iam::" + k.Account + ":role/" + k.Name + "-cluster",
		"status":               "ACTIVE",
		"platformVersion":      "eks.1",
		"certificateAuthority": map[string]string{"data": base64.StdEncoding.EncodeToString(k.CA)},
		"identity":             map[string]any{"oidc": map[string]string{"issuer": k.Issuer}},
		"accessConfig":         map[string]string{"authenticationMode": "API_AND_CONFIG_MAP"},
		"computeConfig":        map[string]any{"enabled": k.AutoMode},
		"kubernetesNetworkConfig": map[string]string{
			"serviceIpv4Cidr": "10.0.0.0/24", "ipFamily": "ipv4",
		},
		"resourcesVpcConfig": map[string]any{
			"subnetIds": []string{}, "securityGroupIds": []string{}, "vpcId": "vpc-0a1b2c3d4e5f60718",
			"endpointPublicAccess": true, "endpointPrivateAccess": false, "publicAccessCidrs": []string{"0.0.0.0/0"},
		},
		"tags": k.tags(),
	}
}
