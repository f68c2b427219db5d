package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPatchReplacesItsTextAndRefusesAnother(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "wait.go")
	if err := os.WriteFile(name, []byte("Delay: 10,"), 0o644); err != nil {
		t.Fatal(err)
	}
	p := patch{file: "wait.go", old: "Delay: 10", new: "Delay: 0"}
	if err := p.apply(dir); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(name); string(got) != "Delay: 0," {
		t.Errorf("got %q", got)
	}
	if err := p.apply(dir); err == nil {
		t.Error("a string that is not there was patched without an error")
	}
}
