package docs

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/tests/parts"
)

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
	repository, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	mermaid, err := parts.NodePackage(t.Context(), repository, filepath.Join(repository, ".sandbox", "parts"), "tests/docs/mermaid", os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", "read.mjs")
	node.Dir, node.Stdin = mermaid, bytes.NewReader(in)
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
