package simaws

import (
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed iam-simulate/package.json iam-simulate/package-lock.json iam-simulate/evaluate.mjs
var simulatorFiles embed.FS

// InstallIAMSimulate puts the IAM simulator and what it needs from npm into a folder, for Config.IAMSimulate. A folder
// that already has it is left alone.
func InstallIAMSimulate(ctx context.Context, dir string) error {
	done := filepath.Join(dir, "node_modules", ".package-lock.json") // npm writes it last
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the IAM simulator's folder: %w", err)
	}
	files, err := simulatorFiles.ReadDir("iam-simulate")
	if err != nil {
		return fmt.Errorf("listing the IAM simulator's files: %w", err)
	}
	for _, f := range files {
		content, err := simulatorFiles.ReadFile("iam-simulate/" + f.Name())
		if err != nil {
			return fmt.Errorf("reading %s: %w", f.Name(), err)
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name()), content, 0o644); err != nil {
			return fmt.Errorf("writing the IAM simulator: %w", err)
		}
	}
	npm := exec.CommandContext(ctx, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("installing the IAM simulator: %w\n%s", err, out)
	}
	return nil
}
