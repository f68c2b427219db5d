package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// skipped are folders at the top of the sources that no build reads.
var skipped = map[string]bool{
	".ci": true, ".github": true, "docs": true, "examples": true, "infrastructure": true, "website": true,
}

// embedded is the one file that the build reads of services that are not kept: the
// provider embeds all of them by a pattern.
const embedded = "smarterr.hcl"

// copySources copies what a build of the module at src with the kept services needs to
// dst, writable.
func copySources(dst, src string, keep []string) error {
	return filepath.WalkDir(src, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(src, path)
		if err != nil {
			return err
		}
		service, isService := serviceOf(filepath.ToSlash(name))
		switch {
		case entry.IsDir() && (skipped[name] || entry.Name() == "testdata"):
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(dst, name), 0o755)
		case strings.HasSuffix(name, "_test.go"):
			return nil
		case isService && !slices.Contains(keep, service) && entry.Name() != embedded:
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dst, name), content, 0o644)
	})
}

// serviceOf returns the service that a file of the provider belongs to, if any.
func serviceOf(name string) (service string, ok bool) {
	rest, below := strings.CutPrefix(name, "internal/service/")
	service, _, inside := strings.Cut(rest, "/")
	return service, below && inside
}
