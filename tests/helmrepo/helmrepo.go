// Package helmrepo serves a Helm repository with a simulator of Kubecost's cost-analyzer chart, at the
// address where the real one has its own.
package helmrepo

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

// Host is the name under which the repository is reached, and Path where on it the index is.
const (
	Host = "kubecost.github.io"
	Path = "/cost-analyzer/"
)

// packed is the version that the embedded chart names, which each archive's own version replaces.
const packed = "2.8.7"

// Versions are the chart's versions, newest first. The newest refuses to render with the settings of the
// others, as the real one does.
var Versions = []string{"2.9.7", "2.8.7", "2.8.6"}

// released stands for the time of release, so that archives and index are the same each time.
var released = time.Date(2026, time.June, 16, 0, 0, 0, 0, time.UTC)

//go:embed all:cost-analyzer
var chart embed.FS

// Handler returns the repository: the index and an archive for each version, below [Path]. It fails when the
// chart cannot be packed.
func Handler() (http.Handler, error) {
	files := map[string][]byte{}
	var entries []entry
	for _, version := range Versions {
		archive, err := pack(version)
		if err != nil {
			return nil, fmt.Errorf("packing the chart %s: %w", version, err)
		}
		name := "cost-analyzer-" + version + ".tgz"
		files[Path+name] = archive
		digest := sha256.Sum256(archive)
		entries = append(entries, entry{
			APIVersion: "v2", Name: "cost-analyzer", Version: version, AppVersion: version, Created: released,
			Digest: hex.EncodeToString(digest[:]), URLs: []string{"https://" + Host + Path + name},
		})
	}
	list, err := json.MarshalIndent(index{"v1", map[string][]entry{"cost-analyzer": entries}, released}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the repository's index: %w", err)
	}
	files[Path+"index.yaml"] = list // JSON is YAML

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, r.URL.Path, released, bytes.NewReader(file))
	}), nil
}

// index is a Helm repository's index.
type index struct {
	APIVersion string             `json:"apiVersion"`
	Entries    map[string][]entry `json:"entries"`
	Generated  time.Time          `json:"generated"`
}

type entry struct {
	APIVersion string    `json:"apiVersion"`
	Name       string    `json:"name"`
	Version    string    `json:"version"`
	AppVersion string    `json:"appVersion"`
	Created    time.Time `json:"created"`
	Digest     string    `json:"digest"`
	URLs       []string  `json:"urls"`
}

// pack returns the chart's archive with the given version.
func pack(version string) ([]byte, error) {
	var archive bytes.Buffer
	compressed := gzip.NewWriter(&archive)
	files := tar.NewWriter(compressed)
	err := fs.WalkDir(chart, "cost-analyzer", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := chart.ReadFile(path)
		if err != nil {
			return err
		}
		if d.Name() == "Chart.yaml" {
			content = []byte(strings.ReplaceAll(string(content), packed, version))
		}
		header := &tar.Header{Name: path, Mode: 0o644, Size: int64(len(content)), ModTime: released}
		if err := files.WriteHeader(header); err != nil {
			return err
		}
		_, err = files.Write(content)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := files.Close(); err != nil {
		return nil, err
	}
	if err := compressed.Close(); err != nil {
		return nil, err
	}
	return archive.Bytes(), nil
}
