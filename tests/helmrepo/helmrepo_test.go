package helmrepo

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// get fetches a file of a repository, by host and path.
func get(t *testing.T, file string) (int, []byte) {
	t.Helper()
	handler, err := Handler()
	if err != nil {
		t.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "https://"+file, nil))
	return recorder.Code, recorder.Body.Bytes()
}

func TestAnIndexLeadsToEveryVersionsArchive(t *testing.T) {
	wants := map[string][]string{} // chart and version, by repository
	for _, s := range standIns {
		for _, version := range s.versions {
			wants[s.repository] = append(wants[s.repository], s.chart+" "+version)
		}
	}
	for repository, want := range wants {
		_, body := get(t, repository+"index.yaml")
		var list index
		if err := json.Unmarshal(body, &list); err != nil {
			t.Fatal(err)
		}
		var got []string
		for chart, entries := range list.Entries {
			for _, e := range entries {
				got = append(got, chart+" "+e.Version)
				code, archive := get(t, strings.TrimPrefix(e.URLs[0], "https://"))
				if code != http.StatusOK {
					t.Fatalf("%s answers %d", e.URLs[0], code)
				}
				if digest := sha256.Sum256(archive); hex.EncodeToString(digest[:]) != e.Digest {
					t.Errorf("%s does not have the digest of the index", e.URLs[0])
				}
				files := unpack(t, archive)
				about := files[chart+"/Chart.yaml"]
				if !strings.Contains(about, "\nversion: "+e.Version+"\n") || !strings.Contains(about, "\nname: "+chart+"\n") {
					t.Errorf("%s names another version or chart: %s", e.URLs[0], about)
				}
				if files[chart+"/templates/_helpers.tpl"] == "" {
					t.Errorf("%s has no helpers", e.URLs[0])
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", repository, got, want)
		}
		if !slices.Contains(Hosts, strings.SplitN(repository, "/", 2)[0]) {
			t.Errorf("%s is at none of %v", repository, Hosts)
		}
	}
}

func TestArchivesAreTheSameEachTime(t *testing.T) {
	const name = "kubecost.github.io/cost-analyzer/cost-analyzer-2.8.7.tgz"
	_, first := get(t, name)
	_, second := get(t, name)
	if !bytes.Equal(first, second) {
		t.Error("two archives of one version differ")
	}
}

func TestWhatARepositoryDoesNotHaveIsNotFound(t *testing.T) {
	for _, file := range []string{
		"kubecost.github.io/cost-analyzer/cost-analyzer-1.0.0.tgz", "kubecost.github.io/cost-analyzer/kubecost-3.2.1.tgz",
		"opencost.github.io/kubecost/index.yaml",
	} {
		if code, _ := get(t, file); code != http.StatusNotFound {
			t.Errorf("%s answers %d, want %d", file, code, http.StatusNotFound)
		}
	}
}

// unpack returns an archive's files by path.
func unpack(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	plain, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for r := tar.NewReader(plain); ; {
		header, err := r.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[header.Name] = string(content)
	}
}
