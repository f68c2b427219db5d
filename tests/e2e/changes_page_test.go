package e2e

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "write what was seen into docs/changes.md")

func sectionBegin(side string) string { return "\n## `side: " + side + "`" }

// sectionOf is what a page says of a side; empty for nothing.
func sectionOf(page, side string) string {
	_, section, found := strings.Cut(page, sectionBegin(side))
	if !found {
		return ""
	}
	section, _, _ = strings.Cut(section, "\n## ")
	return sectionBegin(side) + section
}

var changesPageMu sync.Mutex

// changesPage is docs/changes.md. With -update its beginning, and the section of a side, are written first.
func changesPage(t *testing.T, side, section string) string {
	t.Helper()
	changesPageMu.Lock()
	defer changesPageMu.Unlock()
	name := filepath.Join(box.Env.Root, "docs", "changes.md")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	if !*update {
		return page
	}
	written := changesIntroduction
	for _, s := range sides {
		if s.name == side {
			written += section
		} else {
			written += sectionOf(page, s.name)
		}
	}
	if err := os.WriteFile(name, []byte(written), 0o644); err != nil {
		t.Fatal(err)
	}
	return written
}

// differences are the lines that only one of two texts has.
func differences(documented, seen string) []string {
	var all []string
	for _, pair := range []struct{ what, in, notIn string }{{"it has", documented, seen}, {"seen was", seen, documented}} {
		have := strings.Split(pair.notIn, "\n")
		for line := range strings.SplitSeq(pair.in, "\n") {
			if !slices.Contains(have, line) {
				all = append(all, fmt.Sprintf("%s %q", pair.what, line))
			}
		}
	}
	return all
}

const changesIntroduction = `# What a changed setting does

For each setting, given another value in a stack that is up: what ` + "`pulumi preview`" + ` shows. Each was changed alone, or with what it needs, in
the sandbox; the tests compare this page with what the engine says. Nothing that is not named is touched; components, which only hold
resources, are not named.

The report and its bucket are protected unless ` + "`reportProtect` is `false`" + `: a change that would replace or delete them is refused, and nothing
is changed. Where you want it all the same: set ` + "`reportProtect: false`, run `pulumi up`" + `, then make the change. A report that is made again needs another
` + "`reportName` or `reportPrefix`" + `, or AWS may corrupt its data.

A ` + "`kubecost-release`" + ` that is replaced is deleted first, with what it has stored: [Another namespace or release name](charts.md#another-namespace-or-release-name).
`
