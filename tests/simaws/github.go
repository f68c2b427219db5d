package simaws

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// githubHost is that of the issuer of the tokens that jobs of GitHub Actions have.
const githubHost = "token.actions.githubusercontent.com"

// GitHub hands out the tokens that jobs of GitHub Actions have.
type GitHub struct{ key *ecdsa.PrivateKey }

// StartGitHub makes the issuer answer, with a key of its own.
func (c *Cloud) StartGitHub() (*GitHub, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making GitHub's key: %w", err)
	}
	g := &GitHub{key}
	c.Handle(githubHost, g)
	return g, nil
}

// Issuer is the issuer's URL.
func (g *GitHub) Issuer() string { return "https://" + githubHost }

// ServeHTTP answers STS, which asks for the key.
func (g *GitHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var answer any
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		answer = map[string]string{"issuer": g.Issuer(), "jwks_uri": g.Issuer() + "/.well-known/jwks"}
	case "/.well-known/jwks":
		answer = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: g.key.Public(), KeyID: "1", Algorithm: string(jose.ES256), Use: "sig"}}}
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

// Token is a job's, for AWS: its subject says which job, as in "repo:owner/name:pull_request". A change, unless it is nil, changes it.
func (g *GitHub) Token(subject string, change func(*jwt.Claims)) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: g.key, KeyID: "1"}}, nil)
	if err != nil {
		return "", fmt.Errorf("signing a token of GitHub: %w", err)
	}
	now := time.Now()
	claims := jwt.Claims{
		Issuer: g.Issuer(), Subject: subject, Audience: jwt.Audience{"sts.amazonaws.com"},
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(5 * time.Minute)),
	}
	if change != nil {
		change(&claims)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		return "", fmt.Errorf("signing a token of GitHub: %w", err)
	}
	return token, nil
}
