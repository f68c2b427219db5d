package e2e

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// keptByHelm is the secret in which Helm keeps a revision of the release kubecost, of what its version and status are.
func keptByHelm(release map[string]any) (map[string]any, error) {
	b, err := json.Marshal(release)
	if err != nil {
		return nil, err
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	version, status := fmt.Sprint(release["version"]), release["info"].(map[string]any)["status"].(string)
	return map[string]any{
		"apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
		"metadata": map[string]any{
			"name":   "sh.helm.release.v1.kubecost.v" + version,
			"labels": map[string]string{"owner": "helm", "name": "kubecost", "status": status, "version": version},
		},
		"stringData": map[string]string{"release": base64.StdEncoding.EncodeToString(zipped.Bytes())},
	}, nil
}

// unzip reads a revision as Helm keeps it in that secret.
func unzip(kept []byte) (map[string]any, error) {
	b, err := base64.StdEncoding.DecodeString(string(kept))
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	var release map[string]any
	return release, json.NewDecoder(r).Decode(&release)
}
