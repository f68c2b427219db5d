package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
)

// watch collects whatever the engine says, so that it can be searched for secrets.
type watch struct {
	t    *testing.T
	keys map[string]string
	text bytes.Buffer
	mu   sync.Mutex
}

// Write adds text.
func (w *watch) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(b)
}

// events returns a channel of which all is added, and what waits for its end.
func (w *watch) events() (chan events.EngineEvent, func()) {
	channel := make(chan events.EngineEvent)
	var done sync.WaitGroup
	done.Go(func() {
		for e := range channel {
			if err := json.NewEncoder(w).Encode(e); err != nil {
				w.t.Error(err)
			}
		}
	})
	return channel, done.Wait
}

// clean expects that nothing of the keys was seen, in any form.
func (w *watch) clean(where string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.text.Len() == 0 {
		w.t.Errorf("%s: nothing was seen at all", where)
	}
	for name, key := range w.keys {
		secret := key
		if i := strings.Index(key, "PRIVATE KEY-----"); i >= 0 { // its first line, without how lines end in which encoding
			secret = strings.TrimLeft(key[i+len("PRIVATE KEY-----"):], "\n\\")[1:60]
		}
		for form, text := range forms(secret) {
			if strings.Contains(w.text.String(), text) {
				w.t.Errorf("%s: %s is seen %s", where, name, form)
			}
		}
	}
	w.text.Reset()
}

// forms are the texts that give a secret away: itself, also within a URL, and whatever is base64 of it, alone or within something longer.
func forms(secret string) map[string]string {
	all := map[string]string{"as it is": secret, "in a URL": url.QueryEscape(secret)}
	for shift := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte("xx"[:shift] + secret))
		all[fmt.Sprintf("in base64 at %d", shift)] = encoded[4 : len(encoded)-4]
	}
	return all
}

// fails brings a stack up, which must fail.
func (w *watch) fails(stack auto.Stack) {
	w.t.Helper()
	channel, wait := w.events()
	_, err := stack.Up(w.t.Context(), optup.EventStreams(channel), optup.ProgressStreams(w), optup.ErrorProgressStreams(w), optup.ShowSecrets(false))
	wait()
	if err == nil {
		w.t.Fatal("it came up")
	}
	fmt.Fprintln(w, err)
}

func (w *watch) ups(stack auto.Stack) {
	w.t.Helper()
	channel, wait := w.events()
	result, err := stack.Up(w.t.Context(), optup.EventStreams(channel), optup.ProgressStreams(w), optup.ErrorProgressStreams(w), optup.Diff())
	wait()
	if err != nil {
		w.t.Fatalf("bringing it up: %v", err)
	}
	fmt.Fprintln(w, result.StdOut, result.StdErr)
	for name, output := range result.Outputs {
		if output.Secret {
			w.t.Errorf("output %s is secret", name)
		}
		fmt.Fprintln(w, name, output.Value)
	}
}

func (w *watch) previews(stack auto.Stack, opts ...optpreview.Option) {
	w.t.Helper()
	channel, wait := w.events()
	result, err := stack.Preview(w.t.Context(), append(opts, optpreview.EventStreams(channel), optpreview.Diff(), optpreview.ProgressStreams(w))...)
	wait()
	if err != nil {
		w.t.Fatalf("previewing it: %v", err)
	}
	fmt.Fprintln(w, result.StdOut, result.StdErr)
}

// files reads all files of a folder and those below it.
func (w *watch) files(folder string) {
	w.t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fmt.Fprintln(w, path, string(b))
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
