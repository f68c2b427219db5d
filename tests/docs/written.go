package docs

import (
	"fmt"
	"os"
	"strings"
)

// Written compares what a page has between two comments, `<!-- NAME -->` and `<!-- end of NAME -->`, with what it should have, or
// writes that into the page. It returns an error if the page has no such place, or has something else there.
func Written(file, name, text string, update bool) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("reading a page: %w", err)
	}
	begin, end := "<!-- "+name+" -->\n\n", "\n<!-- end of "+name+" -->"
	before, rest, found := strings.Cut(string(b), begin)
	got, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return fmt.Errorf("%s has no place for %s: %q, an empty line and %q", file, name, begin, end)
	}
	if got == text {
		return nil
	}
	if !update {
		return fmt.Errorf("%s: %s differs: run `go test ./docs -update` in the folder tests, and look at what changes", file, name)
	}
	if err := os.WriteFile(file, []byte(before+begin+text+end+after), 0o644); err != nil {
		return fmt.Errorf("writing a page: %w", err)
	}
	return nil
}
