package simaws

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Credentials are what a program signs its requests with.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string // empty for an administrator
}

// principal is who a request comes from.
type principal struct {
	Account string
	ARN     string // as sts:GetCallerIdentity gives it
	UserID  string
	Role    string            // ARN of the role whose session this is; empty for an administrator
	Tags    map[string]string // of the session, all of them transitive

	credentials Credentials
	expires     time.Time // zero for an administrator
}

// identity is the ARN that aws:PrincipalArn holds: the role of a session, or the user.
func (p *principal) identity() string {
	if p.Role != "" {
		return p.Role
	}
	return p.ARN
}

// roleName is the last part of the ARN of a role.
func roleName(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// keyring knows the access keys of all accounts.
type keyring struct {
	mu       sync.RWMutex
	accounts map[string]bool
	byKey    map[string]*principal
}

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

// AddAccount makes an account with an administrator and returns the administrator's access key. Each call makes a
// further key. The error says that the ID is not one of twelve digits.
func (c *Cloud) AddAccount(id string) (Credentials, error) {
	if !accountID.MatchString(id) {
		return Credentials{}, fmt.Errorf("adding account %q: an account ID has 12 digits", id)
	}
	p := &principal{
		Account:     id,
		ARN:         "arn:aws:iam::" + id + ":user/administrator",
		UserID:      "AIDA" + randomID(17),
		credentials: newCredentials("AKIA"),
	}
	c.keys.add(p)
	return p.credentials, nil
}

func (k *keyring) add(p *principal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.accounts[p.Account] = true
	k.byKey[p.credentials.AccessKeyID] = p
}

func (k *keyring) find(key string) *principal {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.byKey[key]
}

func (k *keyring) hasAccount(id string) bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.accounts[id]
}

// authenticate finds whose access key a request was signed with.
func (k *keyring) authenticate(key, token string) (*principal, error) {
	p := k.find(key)
	invalid := &apiError{http.StatusForbidden, invalidClientToken, "The security token included in the request is invalid."}
	switch {
	case p == nil:
		return nil, invalid
	case p.credentials.SessionToken != token:
		return nil, invalid
	case !p.expires.IsZero() && time.Now().After(p.expires):
		return nil, &apiError{http.StatusForbidden, expiredToken, "The security token included in the request is expired"}
	}
	return p, nil
}

func newCredentials(prefix string) Credentials {
	secret := make([]byte, 30)
	_, _ = rand.Read(secret) // never fails
	return Credentials{AccessKeyID: prefix + randomID(16), SecretAccessKey: base64.StdEncoding.EncodeToString(secret)}
}

// randomID has n characters of those that AWS's identifiers are made of.
func randomID(n int) string { return (rand.Text() + rand.Text())[:n] }

// requestID has the shape of a UUID.
func requestID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	h := hex.EncodeToString(b)
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}
