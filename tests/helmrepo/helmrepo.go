// Package helmrepo serves the Helm repositories of Kubecost and OpenCost with simulators of their charts, at the addresses where
// the real ones are.
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

// Hosts are the names under which the repositories are reached.
var Hosts = []string{"kubecost.github.io", "opencost.github.io"}

// standIn is a simulator of some versions of a chart.
type standIn struct {
	repository string   // host and path of its index
	chart      string   // its name there
	folder     string   // of its files
	written    string   // the version that its Chart.yaml names, which each archive's own version replaces
	versions   []string // newest first
}

// standIns are what the repositories hold. The newest cost-analyzer refuses to render with the settings of the others, as the
// real one does.
var standIns = []standIn{
	{"kubecost.github.io/cost-analyzer/", "cost-analyzer", "cost-analyzer", "2.8.7", []string{"2.9.7", "2.8.7", "2.8.6"}},
	{"kubecost.github.io/cost-analyzer/", "cost-analyzer", "cost-analyzer-1", "1.108.1", []string{"1.108.1"}},
	{"kubecost.github.io/kubecost/", "kubecost", "kubecost", "3.2.1", []string{"3.2.1"}},
	{"opencost.github.io/opencost-helm-chart/", "opencost", "opencost", "2.5.17", []string{"2.5.17"}},
}

// released stands for the time of release, so that archives and index are the same each time.
var released = time.Date(2026, time.June, 16, 0, 0, 0, 0, time.UTC)

//go:embed all:cost-analyzer all:cost-analyzer-1 all:kubecost all:opencost
var folders embed.FS

// Handler returns the repositories: an index and an archive for each version below their paths, by the host that is asked. It
// fails when a chart cannot be packed.
func Handler() (http.Handler, error) {
	files := map[string][]byte{}
	indexes := map[string]index{}
	for _, s := range standIns {
		list, found := indexes[s.repository]
		if !found {
			list = index{"v1", map[string][]entry{}, released}
			indexes[s.repository] = list
		}
		for _, version := range s.versions {
			archive, err := s.pack(version)
			if err != nil {
				return nil, fmt.Errorf("packing the chart %s %s: %w", s.chart, version, err)
			}
			file := s.repository + s.chart + "-" + version + ".tgz"
			files[file] = archive
			digest := sha256.Sum256(archive)
			list.Entries[s.chart] = append(list.Entries[s.chart], entry{
				APIVersion: "v2", Name: s.chart, Version: version, Created: released,
				Digest: hex.EncodeToString(digest[:]), URLs: []string{"https://" + file},
			})
		}
	}
	for repository, list := range indexes {
		text, err := json.MarshalIndent(list, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("writing the index of %s: %w", repository, err)
		}
		files[repository+"index.yaml"] = text // JSON is YAML
	}

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, ok := files[host(r)+r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, r.URL.Path, released, bytes.NewReader(file))
	}), nil
}

// host is the name of the server that is asked, without its port.
func host(r *http.Request) string {
	name, _, _ := strings.Cut(r.Host, ":")
	return name
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
	Created    time.Time `json:"created"`
	Digest     string    `json:"digest"`
	URLs       []string  `json:"urls"`
}

// pack returns the chart's archive with the given version.
func (s standIn) pack(version string) ([]byte, error) {
	var archive bytes.Buffer
	compressed := gzip.NewWriter(&archive)
	files := tar.NewWriter(compressed)
	err := fs.WalkDir(folders, s.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := folders.ReadFile(path)
		if err != nil {
			return err
		}
		if d.Name() == "Chart.yaml" {
			content = []byte(strings.ReplaceAll(string(content), s.written, version))
		}
		header := &tar.Header{Name: s.chart + strings.TrimPrefix(path, s.folder), Mode: 0o644, Size: int64(len(content)), ModTime: released}
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
