package docs

import (
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var (
	link = regexp.MustCompile(`!?\[[^\]]*\]\(([^()\s]+)\)`)
	code = regexp.MustCompile("`[^`]*`")
)

// links are where a page's links lead, by line.
func (p Page) links() map[int][]string {
	all := map[int][]string{}
	for n, line := range p.Prose() {
		for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(line, "`"), -1) {
			all[n] = append(all[n], m[1])
		}
	}
	return all
}

// anchors are what links can lead to within a page, as the hosting site names them.
func (p Page) anchors() []string {
	var all []string
	for _, line := range p.Prose() {
		if m := regexp.MustCompile(`^#+ (.*)$`).FindStringSubmatch(line); m != nil {
			name := strings.Map(func(r rune) rune {
				switch {
				case r == ' ':
					return '-'
				case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
					return unicode.ToLower(r)
				default:
					return -1
				}
			}, m[1])
			all = append(all, name)
		}
	}
	return all
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	all := pages(t)
	seen := 0
	for _, p := range all {
		for line, targets := range p.links() {
			for _, target := range targets {
				seen++
				if u, err := url.Parse(target); err != nil {
					t.Errorf("%s:%d: %s: %v", p.Name, line, target, err)
				} else if u.Scheme != "" {
					if u.Scheme != "https" || u.Host == "" {
						t.Errorf("%s:%d: %s is no https address", p.Name, line, target)
					}
					continue
				}
				file, anchor, _ := strings.Cut(target, "#")
				name := p.Name
				if file != "" {
					name = path.Join(path.Dir(p.Name), file)
				}
				if _, err := os.Stat(filepath.Join(root, name)); err != nil {
					t.Errorf("%s:%d: %s: there is no %s", p.Name, line, target, name)
					continue
				}
				if anchor == "" {
					continue
				}
				i := slices.IndexFunc(all, func(p Page) bool { return p.Name == name })
				if i < 0 || !slices.Contains(all[i].anchors(), anchor) {
					t.Errorf("%s:%d: %s: %s has no such heading", p.Name, line, target, name)
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d links were found", seen)
	}
}

// Whoever starts at the README finds every page.
func TestEveryPageIsReachedFromTheREADME(t *testing.T) {
	all := pages(t)
	reached := map[string]bool{"README.md": true}
	for queue := []string{"README.md"}; len(queue) > 0; queue = queue[1:] {
		i := slices.IndexFunc(all, func(p Page) bool { return p.Name == queue[0] })
		if i < 0 {
			continue
		}
		for _, targets := range all[i].links() {
			for _, target := range targets {
				file, _, _ := strings.Cut(target, "#")
				if name := path.Join(path.Dir(queue[0]), file); strings.HasSuffix(file, ".md") && !reached[name] {
					reached[name] = true
					queue = append(queue, name)
				}
			}
		}
	}
	for _, p := range all {
		if !reached[p.Name] {
			t.Errorf("%s cannot be reached from the README: link it", p.Name)
		}
	}
}
