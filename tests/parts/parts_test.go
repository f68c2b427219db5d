package parts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// newTestCache returns a cache of an empty repository and what it says.
func newTestCache(t *testing.T) (*cache, *bytes.Buffer) {
	t.Helper()
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "tool"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "tool", "main.go"), "package main")
	said := &bytes.Buffer{}
	return &cache{root: root, dir: filepath.Join(root, "cache"), progress: &progress{out: said}, interval: time.Hour}, said
}

// tool is a part whose build writes a file and counts.
func tool(builds *atomic.Int32) part {
	return part{name: "tool", dir: "tool", recipe: []string{"-flag"}, build: func(_ context.Context, s site) error {
		builds.Add(1)
		return os.WriteFile(filepath.Join(s.out, "tool"), []byte("program"), 0o755)
	}}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestAPartIsBuiltOnce(t *testing.T) {
	c, said := newTestCache(t)
	var builds atomic.Int32
	first, err := c.ensure(t.Context(), tool(&builds))
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.ensure(t.Context(), tool(&builds))
	if err != nil {
		t.Fatal(err)
	}
	if builds.Load() != 1 || first != second || !isFile(filepath.Join(first, "tool")) {
		t.Errorf("%d builds, %s and %s", builds.Load(), first, second)
	}
	for _, want := range []string{"tool          building\n", "built in ", "tool          cached\n"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("nothing said about %q:\n%s", want, said)
		}
	}
}

func TestAChangedSourceIsBuiltAnewAndWhatIsLongUnusedGoes(t *testing.T) {
	c, _ := newTestCache(t)
	var builds atomic.Int32
	build := func(source string) string {
		t.Helper()
		write(t, filepath.Join(c.root, "tool", "go.sum"), source)
		entry, err := c.ensure(t.Context(), tool(&builds))
		if err != nil {
			t.Fatal(err)
		}
		return entry
	}
	old, running := build("1"), build("2")
	long := time.Now().Add(-2 * staleAfter)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	current := build("3")
	if isDir(old) || !isDir(running) || !isDir(current) {
		t.Errorf("%v, %v, %v remain of %s, %s, %s", isDir(old), isDir(running), isDir(current), old, running, current)
	}
}

func TestTheKeyFollowsWhatIsBuiltAndNothingElse(t *testing.T) {
	c, _ := newTestCache(t)
	dir := filepath.Join(c.root, "tool")
	key := func(flags ...string) string {
		t.Helper()
		k, err := cacheKey(dir, flags...)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	before := key("-a")
	write(t, filepath.Join(dir, "main_test.go"), "package main")
	if key("-a") != before {
		t.Error("a test's source changes the key")
	}
	if key("-b") == before {
		t.Error("other flags leave the key as it is")
	}
	write(t, filepath.Join(dir, "main.go"), "package other")
	if key("-a") == before {
		t.Error("another source leaves the key as it is")
	}
}

func TestSeveralProcessesBuildAPartOnce(t *testing.T) {
	c, _ := newTestCache(t)
	var builds atomic.Int32
	slow := tool(&builds)
	quick := slow.build
	slow.build = func(ctx context.Context, s site) error {
		time.Sleep(50 * time.Millisecond)
		return quick(ctx, s)
	}
	var running sync.WaitGroup
	for range 3 { // each opens the lock's file anew, as a process does
		running.Go(func() {
			if _, err := c.ensure(t.Context(), slow); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	if builds.Load() != 1 {
		t.Errorf("%d builds", builds.Load())
	}
}

func TestAFailedBuildNamesThePartAndShowsTheEndOfItsLog(t *testing.T) {
	c, said := newTestCache(t)
	p := part{name: "tool", dir: "tool", build: func(ctx context.Context, s site) error {
		script := "for i in $(seq 1 50); do echo line $i; done; exit 3"
		return command{dir: s.src, args: []string{"sh", "-c", script}, log: s.log}.run(ctx)
	}}
	entry, err := c.ensure(t.Context(), p)
	if err == nil {
		t.Fatalf("built %s", entry)
	}
	log := filepath.Join(c.dir, "tool.log")
	for _, want := range []string{"building part tool", "exit status 3", "line 21\n", "line 50\n", log} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error has no %q: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "line 20\n") {
		t.Errorf("the error shows more than the last lines: %v", err)
	}
	if !strings.Contains(said.String(), "failed after") {
		t.Errorf("said only:\n%s", said)
	}
	if key, _ := c.entry(p); isDir(key) {
		t.Error("a failed build left an entry")
	}
}

func TestALongBuildSaysThatItIsAlive(t *testing.T) {
	said := &bytes.Buffer{}
	p := &progress{out: said}
	err := p.during("tool", "building", "built", 10*time.Millisecond, func() error {
		time.Sleep(35 * time.Millisecond)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(said.String(), "still building, "); n < 2 {
		t.Errorf("%d signs of life:\n%s", n, said)
	}
}

func TestCancellingEndsWhatABuildHasStarted(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	// The child of the shell would keep the build waiting for its output.
	err := command{args: []string{"sh", "-c", "sleep 60; true"}, log: filepath.Join(t.TempDir(), "log")}.run(ctx)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > 4*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestAFailureEndsTheOtherLane(t *testing.T) {
	broken := errors.New("broken")
	var after bool
	err := inLanes(t.Context(),
		[]step{
			func(context.Context) error { return broken },
			func(context.Context) error { after = true; return nil },
		},
		[]step{func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }},
	)
	if !errors.Is(err, broken) || after {
		t.Errorf("got %v, and the next step ran: %v", err, after)
	}
}

func TestAnInstalledPluginOfTheExactVersionIsUsed(t *testing.T) {
	c, said := newTestCache(t)
	h := host{home: t.TempDir()}
	installed := awsPlugin.path(h.home)
	if err := os.MkdirAll(filepath.Dir(installed), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, installed, "program")
	set := &Set{PulumiResourceKubernetes: installed}
	path := &set.PulumiResourceAWS
	build := func(context.Context) error { return errors.New("built in spite of it") }
	if err := inLanes(t.Context(), []step{c.installed(h, awsPlugin, path), unlessGot(path, build)}); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if set.PulumiResourceAWS != installed || len(set.Env()) != 0 {
		t.Errorf("got %+v", set)
	}
	home := t.TempDir()
	if err := set.LinkPlugins(home); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(awsPlugin.path(home)); err != nil || string(got) != "program" {
		t.Errorf("the engine finds %q, %v", got, err)
	}
}

func TestAPluginIsBuiltWherePulumiCannotInstallIt(t *testing.T) {
	c, said := newTestCache(t)
	if err := os.MkdirAll(filepath.Join(c.root, awsPluginPart.dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	h := host{home: t.TempDir(), pulumi: filepath.Join(t.TempDir(), "pulumi"), version: "v" + engineVersion}
	if err := os.WriteFile(h.pulumi, []byte("#!/bin/sh\necho no network; exit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	var path string
	if err := c.installed(h, awsPlugin, &path)(t.Context()); err != nil || path != "" {
		t.Errorf("got %q, %v", path, err)
	}
	if !strings.Contains(said.String(), "cannot be installed here") || !strings.Contains(said.String(), "no network") {
		t.Errorf("the reason is not said:\n%s", said)
	}
}

func TestAnInstalledProgramIsUsedFromItsVersionOn(t *testing.T) {
	for version, want := range map[string]bool{
		"v3.230.0": true, "v3.231.4": true, "4.0.0": true, "v3.99.0": false, "3.229.9": false, "v3.230.0-alpha.1": false, "dev": false,
	} {
		t.Run(fmt.Sprintf("%q", version), func(t *testing.T) {
			if got := atLeast(version, engineVersion); got != want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestAPartThatIsThereOptimisedIsNotBuiltWithout(t *testing.T) {
	c, err := newCache(t.TempDir(), t.TempDir(), &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	built := 0
	p := part{name: "engine", timed: true, build: func(_ context.Context, s site) error { built++; return nil }}
	plain, err := c.ensure(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	c.optimise = true
	optimised, err := c.ensure(t.Context(), p)
	if err != nil || optimised == plain {
		t.Fatalf("both are in %s: %v", plain, err)
	}
	c.optimise = false
	if got, err := c.ensure(t.Context(), p); got != optimised || err != nil || built != 2 {
		t.Errorf("it takes %s, built %d times, want %s: %v", got, built, optimised, err)
	}
}
