package simaws

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const subject = "system:serviceaccount:kubecost:kubecost-serviceaccount"

// issuer is a cluster's token issuer, with keys of its own.
type issuer struct {
	url string
	key *ecdsa.PrivateKey
}

// newCluster adds a cluster to an account.
func newCluster(t *testing.T, account string) issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i := issuer{"https://oidc.eks." + region + ".amazonaws.com/id/" + strings.ToUpper(randomID(20)), key}
	err = cloud.AddCluster(t.Context(), EKSCluster{
		Account: account, Region: region, Name: "kubecost-" + account, Endpoint: "https://127.0.0.1:6443", CA: []byte("a certificate"), Issuer: i.url,
		JWKS: func(context.Context) ([]byte, error) {
			return json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k1", Algorithm: "ES256", Use: "sig"}}})
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// token signs claims as the issuer would.
func (i issuer) token(t *testing.T, change func(*jwt.Claims)) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: i.key, KeyID: "k1"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	claims := jwt.Claims{Issuer: i.url, Subject: subject, Audience: jwt.Audience{"sts.amazonaws.com"}, Expiry: jwt.NewNumericDate(time.Now().Add(time.Hour))}
	if change != nil {
		change(&claims)
	}
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// irsaTrust is the trust policy of a role for the service account.
func irsaTrust(provider string) string {
	_, name, _ := strings.Cut(provider, ":oidc-provider/")
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"%s"},"Action":"sts:AssumeRoleWithWebIdentity",
		"Condition":{"StringEquals":{"%s:aud":"sts.amazonaws.com","%s:sub":"%s"}}}]}`, provider, name, name, subject)
}

func TestWebIdentity(t *testing.T) {
	account, config := newAccount(t)
	_, without := newAccount(t)
	stranger, _ := newAccount(t)
	cluster, other := newCluster(t, account), newCluster(t, stranger)
	provider, err := cloud.CreateOIDCProvider(t.Context(), account, cluster.url)
	if err != nil {
		t.Fatal(err)
	}
	role := newRole(t, config, "reader", irsaTrust(provider), "")
	elsewhere := newRole(t, without, "reader", fmt.Sprintf(root, account), "")

	tests := map[string]struct{ role, token, code, message string }{
		"the pod's own token":             {role: role, token: cluster.token(t, nil)},
		"another service account":         {role, cluster.token(t, func(c *jwt.Claims) { c.Subject = "system:serviceaccount:default:x" }), "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"},
		"another audience":                {role, cluster.token(t, func(c *jwt.Claims) { c.Audience = jwt.Audience{"kubernetes"} }), "InvalidIdentityToken", "Incorrect token audience"},
		"an expired token":                {role, cluster.token(t, func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(time.Now().Add(-time.Hour)) }), "ExpiredTokenException", "Token expired"},
		"keys of another cluster":         {role, other.token(t, func(c *jwt.Claims) { c.Issuer = cluster.url }), "InvalidIdentityToken", "signature"},
		"an issuer without a provider":    {role, other.token(t, nil), "InvalidIdentityToken", "No OpenIDConnect provider found in your account for " + other.url},
		"a provider in the wrong account": {elsewhere, cluster.token(t, nil), "InvalidIdentityToken", "No OpenIDConnect provider found in your account for " + cluster.url},
		"a role that does not exist":      {role + "-not", cluster.token(t, nil), "AccessDenied", "Not authorized"},
		"what is no token":                {role, "eyJ.e30.x", "InvalidIdentityToken", "not a valid JWT"},
	}
	anonymous := aws.Config{Region: region, HTTPClient: httpClient(t), Credentials: aws.AnonymousCredentials{}, RetryMaxAttempts: 1}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			out, err := sts.NewFromConfig(anonymous).AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{
				RoleArn: &test.role, RoleSessionName: aws.String("pod"), WebIdentityToken: &test.token,
			})
			if test.code != "" {
				wantError(t, err, test.code, test.message)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			session := configFor(t, Credentials{*out.Credentials.AccessKeyId, *out.Credentials.SecretAccessKey, *out.Credentials.SessionToken})
			who, err := sts.NewFromConfig(session).GetCallerIdentity(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if want := "arn:aws:sts::" + account + ":assumed-role/reader/pod"; *who.Arn != want {
				t.Errorf("got %s, want %s", *who.Arn, want)
			}
		})
	}
}

func TestClusterIsDescribedInItsAccountAndRegionOnly(t *testing.T) {
	account, config := newAccount(t)
	_, stranger := newAccount(t)
	cluster := newCluster(t, account)
	name := "kubecost-" + account
	out, err := eks.NewFromConfig(config).DescribeCluster(t.Context(), &eks.DescribeClusterInput{Name: &name})
	if err != nil {
		t.Fatal(err)
	}
	if *out.Cluster.Identity.Oidc.Issuer != cluster.url || *out.Cluster.Endpoint != "https://127.0.0.1:6443" || out.Cluster.Status != "ACTIVE" {
		t.Errorf("got %+v", out.Cluster)
	}
	for _, elsewhere := range []aws.Config{inRegion(config, "eu-central-1"), stranger} {
		_, err := eks.NewFromConfig(elsewhere).DescribeCluster(t.Context(), &eks.DescribeClusterInput{Name: &name})
		wantError(t, err, "ResourceNotFoundException", "No cluster found for name: "+name)
	}
}
