package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestTheSlowestTestsAreToldFirst(t *testing.T) {
	var out bytes.Buffer
	s := &slowest{out: &out}
	for _, part := range []string{"--- PASS: TestA (1.00", "s)\n    --- PASS: TestA/part (0.75s)\n--- FAIL: Te", "stB (12.30s)\nPASS\n"} {
		if n, err := s.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatalf("%d bytes written, %v", n, err)
		}
	}
	if !strings.HasSuffix(out.String(), "PASS\n") {
		t.Errorf("it does not hand on what it gets: %q", out.String())
	}
	out.Reset()
	s.tell()
	want := "3 tests and parts of tests took 13 s, several of them at a time; the slowest, without their parts:\n" +
		"    12.3 s  TestB\n     0.8 s  TestA/part\n     0.2 s  TestA\n"
	if out.String() != want {
		t.Errorf("it tells\n%s, want\n%s", out.String(), want)
	}
}
