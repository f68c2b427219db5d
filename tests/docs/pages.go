// Package docs reads the project's documentation as its readers do: pages, their blocks of code, their links. Its tests hold every
// page to what it says; the end-to-end tests run its commands.
package docs

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Page is a page of the documentation.
type Page struct {
	Name   string // its path from the repository's root, with slashes
	Lines  []string
	Blocks []Block
}

// Block is a block of code.
type Block struct {
	Page string
	Line int    // of its beginning, from 1
	Info string // what stands behind its fence, such as sh; "indented" without a fence
	Text string
}

// Where says where a block is, for a person.
func (b Block) Where() string { return fmt.Sprintf("%s:%d", b.Page, b.Line) }

// Shell is the info of blocks with commands that a test runs; ShellElsewhere of those that need accounts, or what else a test has not.
const (
	Shell          = "sh"
	ShellElsewhere = "sh needs-accounts"
)

// folders are where pages are, besides the repository's root.
var folders = []string{"docs", "examples", "plugin"}

// Sum names an environment variable that is another one when a page is another one. `go test` knows by it that tests of pages have to
// run again: it looks only at files of the tests' own module.
const Sum = "DOCS_SUM"

// Read reads all pages below the repository's root, the README first.
func Read(root string) ([]Page, error) {
	_ = os.Getenv(Sum)
	names, err := filepath.Glob(filepath.Join(root, "*.md"))
	if err != nil {
		return nil, err
	}
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(root, folder), func(name string, e fs.DirEntry, err error) error {
			switch {
			case os.IsNotExist(err):
				return nil
			case err != nil:
				return err
			case e.IsDir() && e.Name() == "node_modules":
				return fs.SkipDir
			case strings.HasSuffix(name, ".md"):
				names = append(names, name)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("looking for pages: %w", err)
		}
	}
	var pages []Page
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading a page: %w", err)
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return nil, err
		}
		pages = append(pages, parse(filepath.ToSlash(rel), string(b)))
	}
	return pages, nil
}

var fence = regexp.MustCompile("^( *)(```+)(.*)$")

func parse(name, text string) Page {
	p := Page{Name: name, Lines: strings.Split(text, "\n")}
	for i := 0; i < len(p.Lines); i++ {
		line := p.Lines[i]
		switch m := fence.FindStringSubmatch(line); {
		case m != nil:
			b := Block{Page: name, Line: i + 1, Info: strings.TrimSpace(m[3])}
			for i++; i < len(p.Lines) && strings.TrimSpace(p.Lines[i]) != m[2]; i++ {
				b.Text += strings.TrimPrefix(p.Lines[i], m[1]) + "\n"
			}
			p.Blocks = append(p.Blocks, b)
		case strings.HasPrefix(line, "    ") && i > 0 && strings.TrimSpace(p.Lines[i-1]) == "":
			b := Block{Page: name, Line: i + 1, Info: "indented"}
			for ; i < len(p.Lines) && strings.HasPrefix(p.Lines[i], "    "); i++ {
				b.Text += strings.TrimSpace(p.Lines[i]) + "\n"
			}
			p.Blocks = append(p.Blocks, b)
		}
	}
	return p
}

// Prose are the lines of a page that are not in blocks, by their numbers, from 1.
func (p Page) Prose() map[int]string {
	prose := map[int]string{}
	inside := ""
	for i, line := range p.Lines {
		m := fence.FindStringSubmatch(line)
		switch {
		case inside != "":
			if strings.TrimSpace(line) == inside {
				inside = ""
			}
		case m != nil:
			inside = m[2]
		default:
			prose[i+1] = line
		}
	}
	return prose
}

// Command is a command of a block of commands.
type Command struct {
	Block Block
	Text  string // without the comment behind it
}

var comment = regexp.MustCompile(`(^|\s+)#( .*)?$`)

// Commands are the commands of a block, a line each; one that ends in a backslash goes on in the next line.
func (b Block) Commands() []Command {
	var all []Command
	open := ""
	for line := range strings.Lines(b.Text) {
		line = open + strings.TrimSpace(comment.ReplaceAllString(strings.TrimRight(line, "\n"), ""))
		if open = ""; strings.HasSuffix(line, `\`) {
			open = strings.TrimSuffix(line, `\`)
		} else if line != "" {
			all = append(all, Command{b, line})
		}
	}
	return all
}

// Own says whether a command is one of the project's own checks, or what gets the project: these are not run by the tests of the
// documentation, but compared with what there is.
func (c Command) Own() bool {
	text := strings.TrimPrefix(c.Text, "time ")
	return slices.ContainsFunc([]string{"make ", "go test ", "(cd tests && go test ", "ci/", "git clone "}, func(own string) bool {
		return strings.HasPrefix(text, own)
	})
}
