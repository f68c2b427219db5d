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
	"strings"
	"testing"
)

// get fetches a path of the repository.
func get(t *testing.T, path string) (int, []byte) {
	t.Helper()
	handler, err := Handler()
	if err != nil {
		t.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "https://"+Host+path, nil))
	return recorder.Code, recorder.Body.Bytes()
}

func TestIndexLeadsToEveryVersionsArchive(t *testing.T) {
	_, body := get(t, Path+"index.yaml")
	var list index
	if err := json.Unmarshal(body, &list); err != nil {
		t.Fatal(err)
	}
	entries := list.Entries["cost-analyzer"]
	if len(entries) != len(Versions) {
		t.Fatalf("the index has %d versions, want %d", len(entries), len(Versions))
	}
	for i, e := range entries {
		if e.Version != Versions[i] {
			t.Errorf("version %d is %s, want %s", i, e.Version, Versions[i])
		}
		code, archive := get(t, strings.TrimPrefix(e.URLs[0], "https://"+Host))
		if code != http.StatusOK {
			t.Fatalf("%s answers %d", e.URLs[0], code)
		}
		if digest := sha256.Sum256(archive); hex.EncodeToString(digest[:]) != e.Digest {
			t.Errorf("%s does not have the digest of the index", e.URLs[0])
		}
		files := unpack(t, archive)
		if !strings.Contains(files["cost-analyzer/Chart.yaml"], "\nversion: "+e.Version+"\n") {
			t.Errorf("%s names another version: %s", e.URLs[0], files["cost-analyzer/Chart.yaml"])
		}
		if files["cost-analyzer/templates/_helpers.tpl"] == "" {
			t.Errorf("%s has no helpers", e.URLs[0])
		}
	}
}

func TestArchivesAreTheSameEachTime(t *testing.T) {
	name := Path + "cost-analyzer-2.8.7.tgz"
	_, first := get(t, name)
	_, second := get(t, name)
	if !bytes.Equal(first, second) {
		t.Error("two archives of one version differ")
	}
}

func TestUnknownVersionIsNotFound(t *testing.T) {
	if code, _ := get(t, Path+"cost-analyzer-1.0.0.tgz"); code != http.StatusNotFound {
		t.Errorf("got %d, want %d", code, http.StatusNotFound)
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
