package parts

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// part is something that is built once and kept in the cache.
type part struct {
	name   string
	dir    string   // folder of its sources below the repository's root; may be empty
	recipe []string // what else decides what is built, such as flags
	timed  bool     // whether benchmarks measure how fast it is
	build  func(ctx context.Context, s site) error
}

// site is where a part is built.
type site struct {
	src string // folder of the part's sources
	out string // folder to fill; its path is the same at each build of the part
	log string // file for the output of commands

	optimised bool // by the compiler
}

// goBuild runs a go build command in a folder. With optimisation its flags are those of a release.
func (s site) goBuild(ctx context.Context, dir string, args []string, output string) error {
	args, env := slices.Clone(args), slices.Clone(goEnv)
	if s.optimised {
		args[slices.Index(args, unoptimised)] = asReleased
		env = append(env, asReleasedEnv)
	}
	args = slices.Insert(args, 2, "-o", filepath.Join(s.out, output))
	return command{dir: dir, env: env, args: args, log: s.log}.run(ctx)
}

// cache is a folder of built parts: <dir>/<part>/<key> holds an entry, and exists only
// when it is complete.
type cache struct {
	root     string // of the repository
	dir      string
	progress *progress
	interval time.Duration // between lines of progress
	optimise bool          // parts that are timed
}

func (c *cache) optimises(p part) bool { return c.optimise && p.timed }

// ensure returns the folder of a part's entry, and builds it when it is missing.
func (c *cache) ensure(ctx context.Context, p part) (string, error) {
	entry, err := c.found(p)
	if err != nil {
		return "", fmt.Errorf("part %s: %w", p.name, err)
	}
	if isDir(entry) {
		c.progress.say(p.name, "cached")
		now := time.Now()
		return entry, os.Chtimes(entry, now, now) // in use, so not stale
	}
	if err := c.fill(ctx, p, entry); err != nil {
		return "", fmt.Errorf("building part %s: %w", p.name, err)
	}
	return entry, nil
}

// found is entry, but that of the optimised part once that is there.
func (c *cache) found(p part) (string, error) {
	if optimised, err := c.entryOf(p, true); err != nil || p.timed && isDir(optimised) {
		return optimised, err
	}
	return c.entry(p)
}

// entry returns the folder that holds, or is to hold, a part as its sources are now.
func (c *cache) entry(p part) (string, error) { return c.entryOf(p, c.optimises(p)) }

func (c *cache) entryOf(p part, optimised bool) (string, error) {
	recipe := p.recipe
	if optimised {
		recipe = append(slices.Clone(recipe), asReleased, asReleasedEnv)
	}
	key, err := cacheKey(c.source(p), recipe...)
	if err != nil {
		return "", err
	}
	return filepath.Join(c.dir, p.name, key), nil
}

func (c *cache) source(p part) string {
	if p.dir == "" {
		return ""
	}
	return filepath.Join(c.root, p.dir)
}

// fill builds a part and moves it to its entry. Other processes wait meanwhile.
func (c *cache) fill(ctx context.Context, p part, entry string) error {
	home := filepath.Dir(entry)
	if err := os.MkdirAll(home, 0o755); err != nil {
		return err
	}
	unlock, err := lock(ctx, home+".lock", func() {
		c.progress.say(p.name, "waiting for another process that builds it")
	})
	if err != nil {
		return err
	}
	defer unlock()
	if isDir(entry) {
		c.progress.say(p.name, "built by another process")
		return nil
	}
	s := site{src: c.source(p), out: filepath.Join(home, "building"), log: home + ".log", optimised: c.optimises(p)}
	if err := clear(s); err != nil {
		return err
	}
	err = c.progress.during(p.name, "building", "built", c.interval, func() error { return p.build(ctx, s) })
	if err != nil {
		return err
	}
	if err := os.Rename(s.out, entry); err != nil {
		return err
	}
	return removeStale(home, filepath.Base(entry))
}

// clear removes what a build that did not end has left, and makes the folder to fill.
func clear(s site) error {
	if err := os.RemoveAll(s.out); err != nil {
		return err
	}
	if err := os.RemoveAll(s.log); err != nil {
		return err
	}
	return os.MkdirAll(s.out, 0o755)
}

// staleAfter is how long an entry stays that is no longer the current one: a sandbox that
// was started with it may still be running.
const staleAfter = 24 * time.Hour

// removeStale removes a part's entries, other than the current one, that nobody has got
// for long.
func removeStale(home, current string) error {
	entries, err := os.ReadDir(home)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || entry.Name() == current || time.Since(info.ModTime()) < staleAfter {
			continue
		}
		if err := os.RemoveAll(filepath.Join(home, entry.Name())); err != nil {
			return fmt.Errorf("removing a stale entry: %w", err)
		}
	}
	return nil
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
