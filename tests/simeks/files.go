package simeks

import (
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// stages tells kwok when a node and a pod become what.
//
//go:embed stages.yaml
var stages []byte

// files are what the cluster's processes read.
type files struct {
	ca         *authority
	token      string // of the administrator
	caFile     string
	cert, key  string // of the API server
	tokenKey   string // signs service account tokens
	tokens     string // users with fixed tokens
	kubeconfig string // of the administrator
	webhook    string // kubeconfig for the token webhook; empty for none
	stages     string
	audit      string // what the API server writes down
	auditLog   string
}

// writeFiles writes a new cluster's files to its folder. Data of an earlier cluster is
// removed: its keys are gone.
func writeFiles(c Config, endpoint string) (files, error) {
	if err := os.RemoveAll(filepath.Join(c.Dir, "etcd")); err != nil {
		return files{}, err
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return files{}, err
	}
	ca, err := newAuthority()
	if err != nil {
		return files{}, err
	}
	cert, key, err := ca.serverCertificate()
	if err != nil {
		return files{}, err
	}
	tokenKey, err := newTokenKey()
	if err != nil {
		return files{}, err
	}
	in := func(name string) string { return filepath.Join(c.Dir, name) }
	f := files{
		ca: ca, token: rand.Text(), caFile: in("ca.crt"), cert: in("apiserver.crt"), key: in("apiserver.key"),
		tokenKey: in("service-account.key"), tokens: in("tokens.csv"), kubeconfig: in("admin.kubeconfig"),
		stages: in("stages.yaml"), audit: in("audit.json"), auditLog: in("audit.log"),
	}
	for name, content := range map[string][]byte{
		f.caFile: ca.pem, f.cert: cert, f.key: key, f.tokenKey: tokenKey, f.stages: stages, f.audit: []byte(auditPolicy),
		f.tokens: fmt.Appendf(nil, "%s,admin,admin,system:masters\n", f.token),
	} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			return files{}, err
		}
	}
	err = writeKubeconfig(f.kubeconfig,
		map[string]any{"server": endpoint, "certificate-authority-data": ca.pem}, map[string]any{"token": f.token})
	if err != nil || c.TokenWebhook == "" {
		return f, err
	}
	f.webhook = in("token-webhook.kubeconfig")
	authenticator := map[string]any{"server": c.TokenWebhook}
	if c.TokenWebhookCA != "" {
		if authenticator["certificate-authority"], err = filepath.Abs(c.TokenWebhookCA); err != nil {
			return files{}, err
		}
	}
	return f, writeKubeconfig(f.webhook, authenticator, map[string]any{})
}

// writeKubeconfig writes a kubeconfig file of one cluster and one user, as JSON, which is
// YAML too.
func writeKubeconfig(file string, cluster, user map[string]any) error {
	const name = "sandbox"
	content, err := json.MarshalIndent(map[string]any{
		"apiVersion": "v1", "kind": "Config", "current-context": name,
		"clusters": []any{map[string]any{"name": name, "cluster": cluster}},
		"users":    []any{map[string]any{"name": name, "user": user}},
		"contexts": []any{map[string]any{"name": name, "context": map[string]any{"cluster": name, "user": name}}},
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding a kubeconfig: %w", err)
	}
	return os.WriteFile(file, content, 0o600)
}
