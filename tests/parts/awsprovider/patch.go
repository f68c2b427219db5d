package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// patch replaces a string that must occur once in a file.
type patch struct{ file, old, new string }

// patches shorten waits that allow for eventual consistency. The sandbox's AWS has none, and
// a lifecycle configuration would take a minute to create, as would the look at a grant of
// Lake Formation that is gone.
var patches = []patch{
	{lifecycle, "Delay:   10 * time.Second", "Delay:   0"},
	{lifecycle, "ContinuousTargetOccurence: 10", "ContinuousTargetOccurence: 1"},
	{lifecycle, "PollInterval:              5 * time.Second", "PollInterval:              200 * time.Millisecond"},
	{"internal/service/lakeformation/wait.go", "permissionsReadyTimeout       = 1 * time.Minute", "permissionsReadyTimeout       = 5 * time.Second"},
}

const lifecycle = "internal/service/s3/bucket_lifecycle_configuration.go"

// apply patches the file below dir.
func (p patch) apply(dir string) error {
	name := filepath.Join(dir, filepath.FromSlash(p.file))
	content, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if n := strings.Count(string(content), p.old); n != 1 {
		return fmt.Errorf("patching %s: %q occurs %d times", p.file, p.old, n)
	}
	return os.WriteFile(name, []byte(strings.Replace(string(content), p.old, p.new, 1)), 0o644)
}
