package docs

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

//go:embed mermaid/package.json mermaid/package-lock.json mermaid/read.mjs
var mermaid embed.FS

// installMermaid puts Mermaid, of the version in the lock file, below the sandbox's folder, unless it is there, and returns where.
func installMermaid(t *testing.T) string {
	t.Helper()
	files, err := mermaid.ReadDir("mermaid")
	if err != nil {
		t.Fatal(err)
	}
	content := map[string][]byte{}
	sum := sha256.New()
	for _, f := range files {
		b, err := mermaid.ReadFile("mermaid/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		content[f.Name()] = b
		sum.Write(b)
	}
	parent, err := filepath.Abs(filepath.Join(root, ".sandbox"))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(parent, fmt.Sprintf("mermaid-%x", sum.Sum(nil)[:6]))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	if err := os.MkdirAll(parent, 0o755); err != nil {
		t.Fatal(err)
	}
	unfinished, err := os.MkdirTemp(parent, "mermaid-unfinished-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(unfinished)
	for name, b := range content {
		if err := os.WriteFile(filepath.Join(unfinished, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	npm.Dir = unfinished
	if out, err := npm.CombinedOutput(); err != nil {
		t.Fatalf("installing Mermaid: %v\n%s", err, out)
	}
	if err := os.Rename(unfinished, dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The hosting site shows an error in the place of a diagram that Mermaid cannot read.
func TestDiagramsCanBeRead(t *testing.T) {
	var blocks []Block
	texts := []string{"flowchart LR\n  a[open"} // that cannot: the check checks
	for _, p := range pages(t) {
		for _, b := range p.Blocks {
			if b.Info == "mermaid" {
				blocks = append(blocks, b)
				texts = append(texts, b.Text)
			}
		}
	}
	if len(blocks) < 4 {
		t.Errorf("only %d diagrams were found", len(blocks))
	}
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", "read.mjs")
	node.Dir, node.Stdin = installMermaid(t), bytes.NewReader(in)
	out, err := node.Output()
	if err != nil {
		t.Fatalf("reading the diagrams: %v\n%s", err, out)
	}
	var faults []string
	if err := json.Unmarshal(out, &faults); err != nil || len(faults) != len(texts) {
		t.Fatalf("reading the diagrams: %v\n%s", err, out)
	}
	if faults[0] == "" {
		t.Error("a diagram that is none was read")
	}
	for i, b := range blocks {
		if faults[i+1] != "" {
			t.Errorf("%s: %s", b.Where(), faults[i+1])
		}
	}
}
