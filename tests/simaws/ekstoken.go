package simaws

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	tokenPrefix   = "k8s-aws-v1."
	clusterHeader = "x-k8s-aws-id"
	// tokenValidity is how long a cluster takes a token, whatever its URL says.
	tokenValidity = 15 * time.Minute
	amzTime       = "20060102T150405Z"
)

// EKSToken is what `aws eks get-token` gives for a cluster: a signed URL of sts:GetCallerIdentity that names it.
func EKSToken(c Credentials, region, cluster string, now time.Time) string {
	date := now.UTC().Format(amzTime)
	query := url.Values{
		"Action":              {"GetCallerIdentity"},
		"Version":             {"2011-06-15"},
		"X-Amz-Algorithm":     {"AWS4-HMAC-SHA256"},
		"X-Amz-Credential":    {fmt.Sprintf("%s/%s/%s/sts/aws4_request", c.AccessKeyID, date[:8], region)},
		"X-Amz-Date":          {date},
		"X-Amz-Expires":       {"60"},
		"X-Amz-SignedHeaders": {"host;" + clusterHeader},
	}
	if c.SessionToken != "" {
		query.Set("X-Amz-Security-Token", c.SessionToken)
	}
	host := "sts." + region + awsDomain
	query.Set("X-Amz-Signature", tokenSignature(c.SecretAccessKey, host, cluster, query))
	signed := "https://" + host + "/?" + query.Encode()
	return tokenPrefix + base64.RawURLEncoding.EncodeToString([]byte(signed))
}

// tokenSignature signs the URL of a token with signature version 4.
func tokenSignature(secret, host, cluster string, query url.Values) string {
	signedQuery := url.Values{}
	for name, values := range query {
		if name != "X-Amz-Signature" {
			signedQuery[name] = values
		}
	}
	hash := func(s string) string { sum := sha256.Sum256([]byte(s)); return hex.EncodeToString(sum[:]) }
	mac := func(key []byte, s string) []byte {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(s))
		return m.Sum(nil)
	}
	request := strings.Join([]string{
		http.MethodGet, "/", strings.ReplaceAll(signedQuery.Encode(), "+", "%20"),
		"host:" + host, clusterHeader + ":" + cluster, "",
		"host;" + clusterHeader, hash(""),
	}, "\n")
	_, scope, _ := strings.Cut(query.Get("X-Amz-Credential"), "/")
	key := []byte("AWS4" + secret)
	for _, part := range strings.Split(scope, "/") {
		key = mac(key, part)
	}
	text := strings.Join([]string{"AWS4-HMAC-SHA256", query.Get("X-Amz-Date"), scope, hash(request)}, "\n")
	return hex.EncodeToString(mac(key, text))
}

// TokenAuthenticator is the webhook that an API server asks who the bearer of a token is. Principals of the cluster's
// account are in the group system:masters, all others are refused. Called with a path that ends in the name of a
// cluster, it takes tokens of that cluster only.
func (c *Cloud) TokenAuthenticator() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var review struct {
			APIVersion string `json:"apiVersion"`
			Kind       string `json:"kind"`
			Spec       struct {
				Token string `json:"token"`
			} `json:"spec"`
		}
		if err := json.NewDecoder(r.Body).Decode(&review); err != nil {
			http.Error(w, fmt.Sprintf("reading the token review: %v", err), http.StatusBadRequest)
			return
		}
		status := map[string]any{"authenticated": false}
		who, err := c.bearer(review.Spec.Token, path.Base(r.URL.Path))
		if err != nil {
			status["error"] = err.Error()
		} else {
			status["authenticated"] = true
			status["user"] = map[string]any{
				"username": who.ARN,
				"uid":      "aws-iam-authenticator:" + who.Account + ":" + who.UserID,
				"groups":   []string{"system:masters"},
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"apiVersion": review.APIVersion, "kind": review.Kind, "status": status})
	})
}

// bearer is whose token it is, if a cluster takes it.
func (c *Cloud) bearer(token, cluster string) (*principal, error) {
	encoded, ok := strings.CutPrefix(token, tokenPrefix)
	text, err := base64.RawURLEncoding.DecodeString(encoded)
	if !ok || err != nil {
		return nil, errors.New("not a token of EKS")
	}
	signed, err := url.Parse(string(text))
	if err != nil {
		return nil, errors.New("not a URL in the token")
	}
	query := signed.Query()
	if service, _ := serviceOfHost(signed.Host); service != "sts" || !strings.HasSuffix(signed.Host, awsDomain) ||
		signed.Scheme != "https" || query.Get("Action") != "GetCallerIdentity" {
		return nil, errors.New("not a URL of sts:GetCallerIdentity in the token")
	}
	if query.Get("X-Amz-SignedHeaders") != "host;"+clusterHeader {
		return nil, fmt.Errorf("header %s is not signed", clusterHeader)
	}
	made, err := time.Parse(amzTime, query.Get("X-Amz-Date"))
	if err != nil || time.Since(made) > tokenValidity {
		return nil, errors.New("the token has expired")
	}
	if _, err := strconv.Atoi(query.Get("X-Amz-Expires")); err != nil {
		return nil, errors.New("the token has no validity")
	}
	key, _, _ := strings.Cut(query.Get("X-Amz-Credential"), "/")
	who, err := c.keys.authenticate(key, query.Get("X-Amz-Security-Token"))
	if err != nil {
		return nil, err
	}
	clusters := c.clusters.list()
	one := slices.ContainsFunc(clusters, func(k EKSCluster) bool { return k.Name == cluster })
	for _, k := range clusters {
		named := !one || cluster == k.Name
		signature := tokenSignature(who.credentials.SecretAccessKey, signed.Host, k.Name, query)
		if named && k.Account == who.Account && hmac.Equal([]byte(signature), []byte(query.Get("X-Amz-Signature"))) {
			return who, nil
		}
	}
	return nil, fmt.Errorf("%s has no access to the cluster", who.ARN)
}
