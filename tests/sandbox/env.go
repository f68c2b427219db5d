package sandbox

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"

	"github.com/kubecost-cur/kubecost-cur/tests/parts"
)

// Env is what the engine, and a person, need to use a sandbox.
type Env struct {
	Root       string                 // the repository
	Dir        string                 // the sandbox's state
	PID        int                    // of the process that holds it
	ProxyURL   string                 // where the simulated AWS is
	CAFile     string                 // the CA that its certificates are of
	Kubeconfig string                 // of an administrator of the cluster
	Socket     string                 // that it answers other processes on
	Accounts   map[string]Credentials // of each account's administrator
	Engine     []string               // further environment variables of the engine
	StateKey   string                 // ARN of the KMS key that encrypts the secrets in the stacks' states
}

// Credentials are those of one account's administrator. No account sees another's.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
}

func newEnv(o Options, set *parts.Set) (Env, error) {
	e := Env{Root: o.Root, Dir: o.Dir, PID: os.Getpid(), Socket: socket(o.Dir), Accounts: map[string]Credentials{}, Engine: set.Env()}
	for _, dir := range []string{e.bin(), e.home(), e.state(), e.scratch()} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return Env{}, fmt.Errorf("making the sandbox's folders: %w", err)
		}
	}
	// Kubernetes clients call `aws eks get-token`, and pulumi what runs Go programs; this program answers to those names too.
	self, err := os.Executable()
	if err != nil {
		return Env{}, fmt.Errorf("finding this program: %w", err)
	}
	host := filepath.Join(e.home(), "plugins", "language-go-v1.0.0", languageHost)
	if hasBundledHost(set.Pulumi) {
		host = filepath.Join(e.bin(), languageHost) // on the path it is preferred to that of an installed Pulumi
	}
	for link, target := range map[string]string{
		filepath.Join(e.bin(), "pulumi"): set.Pulumi,
		filepath.Join(e.bin(), "aws"):    self,
		host:                             self,
	} {
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			return Env{}, fmt.Errorf("making the folder of a link: %w", err)
		}
		if err := os.Symlink(target, link); err != nil {
			return Env{}, fmt.Errorf("linking what the sandbox runs: %w", err)
		}
	}
	if err := set.LinkPlugins(e.home()); err != nil {
		return Env{}, fmt.Errorf("linking the plugins: %w", err)
	}
	return e, nil
}

// hasBundledHost says whether a pulumi has a host of Go programs beside it, as an installed one has.
func hasBundledHost(pulumi string) bool {
	path, err := filepath.EvalSymlinks(pulumi)
	if err != nil {
		return false
	}
	_, err = os.Stat(filepath.Join(filepath.Dir(path), languageHost))
	return err == nil
}

// secretsProvider is how the engine names the key of the states' secrets.
func (e Env) secretsProvider() string { return "awskms:///" + e.StateKey + "?region=" + Region }

// engineRoot is the folder with bin/pulumi.
func (e Env) engineRoot() string { return filepath.Join(e.Dir, "engine") }
func (e Env) bin() string        { return filepath.Join(e.engineRoot(), "bin") }
func (e Env) home() string       { return filepath.Join(e.Dir, "pulumi-home") }
func (e Env) state() string      { return filepath.Join(e.Dir, "state") }
func (e Env) scratch() string    { return filepath.Join(e.Dir, "tmp") }

// process makes the folder and the log of one of the sandbox's processes.
func (e Env) process(name string) (dir string, log *os.File, err error) {
	dir = filepath.Join(e.Dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", nil, fmt.Errorf("making the folder of %s: %w", name, err)
	}
	log, err = os.Create(filepath.Join(e.Dir, name+".log"))
	if err != nil {
		return "", nil, fmt.Errorf("making the log of %s: %w", name, err)
	}
	return dir, log, nil
}

// Variables are the environment variables with which Pulumi, and all that it starts, are in the sandbox as the administrator
// of one account. Whatever AWS settings the person has are put aside.
func (e Env) Variables(account string) map[string]string {
	none := filepath.Join(e.Dir, "no-such-file")
	v := map[string]string{
		"PATH":                        e.bin() + string(os.PathListSeparator) + os.Getenv("PATH"),
		"PULUMI_HOME":                 e.home(),
		"PULUMI_BACKEND_URL":          "file://" + e.state(),
		"PULUMI_CONFIG_PASSPHRASE":    "",
		"PULUMI_SKIP_UPDATE_CHECK":    "true",
		"HTTPS_PROXY":                 e.ProxyURL,
		"HTTP_PROXY":                  "",
		"NO_PROXY":                    "localhost,127.0.0.1",
		"AWS_CA_BUNDLE":               e.CAFile,
		"SSL_CERT_FILE":               e.CAFile,
		"AWS_ACCESS_KEY_ID":           e.Accounts[account].AccessKeyID,
		"AWS_SECRET_ACCESS_KEY":       e.Accounts[account].SecretAccessKey,
		"AWS_SESSION_TOKEN":           "",
		"AWS_PROFILE":                 "",
		"AWS_REGION":                  "",
		"AWS_DEFAULT_REGION":          "",
		"AWS_CONFIG_FILE":             none,
		"AWS_SHARED_CREDENTIALS_FILE": none,
		"AWS_EC2_METADATA_DISABLED":   "true",
		"KUBECONFIG":                  none,
		"TMPDIR":                      e.scratch(),
	}
	for _, name := range []string{"https_proxy", "http_proxy", "no_proxy", "ALL_PROXY", "all_proxy"} {
		v[name] = v[map[string]string{"https_proxy": "HTTPS_PROXY", "no_proxy": "NO_PROXY"}[name]]
	}
	for _, pair := range e.Engine {
		if i := slices.Index([]byte(pair), '='); i > 0 {
			v[pair[:i]] = pair[i+1:]
		}
	}
	return v
}

// save writes the environment for other processes; load reads it.
func (e Env) save() error {
	b, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the sandbox's environment: %w", err)
	}
	if err := os.WriteFile(envFile(e.Dir), b, 0o600); err != nil {
		return fmt.Errorf("writing the sandbox's environment: %w", err)
	}
	return nil
}

func load(dir string) (Env, error) {
	var e Env
	b, err := os.ReadFile(envFile(dir))
	if err != nil {
		return e, fmt.Errorf("no sandbox is running: %w", err)
	}
	if err := json.Unmarshal(b, &e); err != nil {
		return e, fmt.Errorf("reading %s: %w", envFile(dir), err)
	}
	return e, nil
}

func envFile(dir string) string { return filepath.Join(dir, "sandbox.json") }

func listenLocal() (net.Listener, error) { return net.Listen("tcp", "127.0.0.1:0") }
