package sandbox

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// LookAround are shell commands for a person who wants to see what is in the sandbox.
func (e Env) LookAround() []string {
	var lines []string
	for _, account := range []string{PayerAccount, PrimaryAccount} {
		lines = append(lines, fmt.Sprintf("source %s", e.shellFile(account)))
	}
	work := filepath.Join(e.Dir, "work")
	return []string{
		"# as the payer account's administrator, then what the stack made",
		lines[0],
		"pulumi stack output --stack payer --cwd " + work,
		"pulumi stack --stack payer --cwd " + work,
		"",
		"# as the primary account's",
		lines[1],
		"pulumi stack output --stack primary --cwd " + work,
		"kubectl --kubeconfig " + e.Kubeconfig + " get pods,secrets,serviceaccounts -n kubecost",
		"",
		"# another month of the bill; then the end",
		"make -C " + e.Root + " deliver MONTH=2026-01",
		"make -C " + e.Root + " down",
	}
}

func (e Env) shellFile(account string) string { return filepath.Join(e.Dir, account+".sh") }

// writeShellFiles writes, for each account, the environment that puts a shell into the sandbox as its administrator.
func (e Env) writeShellFiles() error {
	for account := range e.Accounts {
		var text string
		variables := e.Variables(account)
		for _, name := range slices.Sorted(maps.Keys(variables)) {
			text += fmt.Sprintf("export %s=%q\n", name, variables[name])
		}
		if err := os.WriteFile(e.shellFile(account), []byte(text), 0o600); err != nil {
			return fmt.Errorf("writing the environment of account %s: %w", account, err)
		}
	}
	return nil
}
