package simaws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// oidcAlgorithms are the signature algorithms that STS takes.
var oidcAlgorithms = []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512, jose.ES256, jose.ES384, jose.ES512}

// CreateOIDCProvider registers an issuer, such as an EKS cluster's, as an identity provider of an account, with the
// audience sts.amazonaws.com, as eksctl does. It returns the provider's ARN.
func (c *Cloud) CreateOIDCProvider(ctx context.Context, account, issuer string) (string, error) {
	var created struct {
		ARN string `xml:"CreateOpenIDConnectProviderResult>OpenIDConnectProviderArn"`
	}
	params := url.Values{
		"Url":                     {issuer},
		"ClientIDList.member.1":   {"sts.amazonaws.com"},
		"ThumbprintList.member.1": {strings.Repeat("0", 40)}, // AWS does not look at it for EKS's issuers
	}
	if err := c.moto.iam(ctx, account, "CreateOpenIDConnectProvider", params, &created); err != nil {
		return "", fmt.Errorf("creating the OIDC provider of %s: %w", issuer, err)
	}
	return created.ARN, nil
}

// assumeRoleWithWebIdentity hands out a session to who has a token of an issuer that the role's account knows and that
// the role's trust policy allows.
func (c *Cloud) assumeRoleWithWebIdentity(k *call) (*sessionResult, error) {
	ctx, arn := k.r.Context(), k.form.Get("RoleArn")
	k.resource = arn
	refused := denied("Not authorized to perform sts:AssumeRoleWithWebIdentity")
	claims, provider, err := c.verifyWebIdentity(ctx, k.form.Get("WebIdentityToken"), accountOf(arn))
	if err != nil {
		return nil, err
	}
	r, err := c.moto.role(ctx, arn)
	if errors.Is(err, errNoRole) {
		return nil, refused
	} else if err != nil {
		return nil, err
	}
	issuer := strings.TrimPrefix(claims.Issuer, "https://")
	answer, err := c.simulator.decide(Question{
		Principal: provider, Action: "sts:AssumeRoleWithWebIdentity",
		Resource: arn, ResourceAccount: accountOf(arn), ResourcePolicy: r.Trust,
		Context: map[string]string{
			issuer + ":aud":         claims.Audience[0],
			issuer + ":sub":         claims.Subject,
			"aws:FederatedProvider": provider,
			"sts:RoleSessionName":   k.form.Get("RoleSessionName"),
			"aws:SecureTransport":   "true",
		},
	})
	if err != nil {
		return nil, err
	}
	if answer != allowed {
		return nil, refused
	}
	result, err := c.newSession(k, r, nil)
	if err != nil {
		return nil, err
	}
	result.Subject, result.Audience, result.Provider = claims.Subject, claims.Audience[0], provider
	return result, nil
}

// verifyWebIdentity checks a token against the OIDC providers of an account: issuer, audience, signature, expiry.
func (c *Cloud) verifyWebIdentity(ctx context.Context, token, account string) (*jwt.Claims, string, error) {
	signed, err := jwt.ParseSigned(token, oidcAlgorithms)
	if err != nil {
		return nil, "", badRequest("InvalidIdentityToken", "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
	}
	var claims jwt.Claims
	if err := signed.UnsafeClaimsWithoutVerification(&claims); err != nil {
		return nil, "", badRequest("InvalidIdentityToken", "The ID Token provided is not a valid JWT.")
	}
	provider := fmt.Sprintf("arn:aws:iam::%s:oidc-provider/%s", account, strings.TrimPrefix(claims.Issuer, "https://"))
	var registered struct {
		Clients []string `xml:"GetOpenIDConnectProviderResult>ClientIDList>member"`
	}
	err = c.moto.iam(ctx, account, "GetOpenIDConnectProvider", url.Values{"OpenIDConnectProviderArn": {provider}}, &registered)
	if api := (*apiError)(nil); errors.As(err, &api) && api.Status == http.StatusNotFound {
		return nil, "", badRequest("InvalidIdentityToken", "No OpenIDConnect provider found in your account for %s", claims.Issuer)
	} else if err != nil {
		return nil, "", err
	}
	if !slices.ContainsFunc(claims.Audience, func(a string) bool { return slices.Contains(registered.Clients, a) }) {
		return nil, "", badRequest("InvalidIdentityToken", "Incorrect token audience")
	}
	keys, err := c.signingKeys(ctx, claims.Issuer)
	if err != nil {
		return nil, "", badRequest("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements")
	}
	if err := signed.Claims(keys, &claims); err != nil {
		return nil, "", badRequest("InvalidIdentityToken", "The ID Token's signature could not be verified with the keys of %s", claims.Issuer)
	}
	if now := time.Now(); claims.Expiry == nil || now.After(claims.Expiry.Time()) {
		return nil, "", badRequest("ExpiredTokenException", "Token expired: current date/time %d must be before the expiration date/time %d", now.Unix(), expiry(claims))
	}
	return &claims, provider, nil
}

func expiry(claims jwt.Claims) int64 {
	if claims.Expiry == nil {
		return 0
	}
	return claims.Expiry.Time().Unix()
}

// signingKeys fetches an issuer's keys as STS does: by its discovery document.
func (c *Cloud) signingKeys(ctx context.Context, issuer string) (*jose.JSONWebKeySet, error) {
	var discovery struct {
		JWKS string `json:"jwks_uri"`
	}
	if err := c.fetch(ctx, issuer+"/.well-known/openid-configuration", &discovery); err != nil {
		return nil, err
	}
	keys := &jose.JSONWebKeySet{}
	return keys, c.fetch(ctx, discovery.JWKS, keys)
}

// fetch reads a JSON document from one of the cloud's own hosts.
func (c *Cloud) fetch(ctx context.Context, address string, out any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("fetching %s: %w", address, err)
	}
	res, err := c.hosts.RoundTrip(r)
	if err != nil {
		return fmt.Errorf("fetching %s: %w", address, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("fetching %s: %s", address, res.Status)
	}
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		return fmt.Errorf("reading %s: %w", address, err)
	}
	return nil
}
