package parts

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/semver"
)

// installLimit bounds the attempt to install a plugin: without a way out to the network
// a build is to start soon.
const installLimit = 60 * time.Second

// plugin is a Pulumi resource plugin.
type plugin struct {
	name, version string
	built         *part
}

var (
	awsPlugin        = plugin{"aws", awsPluginVersion, &awsPluginPart}
	kubernetesPlugin = plugin{"kubernetes", kubernetesPluginVersion, &kubernetesPluginPart}
)

func (p plugin) program() string { return "pulumi-resource-" + p.name }

// path returns where an engine with the given PULUMI_HOME has the plugin.
func (p plugin) path(pulumiHome string) string {
	return filepath.Join(pulumiHome, "plugins", "resource-"+p.name+"-v"+p.version, p.program())
}

// host is what the machine has of Pulumi.
type host struct {
	pulumi  string // path of a usable pulumi, or empty
	version string
	home    string // the user's PULUMI_HOME
}

// findHost looks for an installed Pulumi.
func findHost(ctx context.Context) host {
	h := host{home: os.Getenv("PULUMI_HOME")}
	if user, err := os.UserHomeDir(); h.home == "" && err == nil {
		h.home = filepath.Join(user, ".pulumi")
	}
	path, err := exec.LookPath("pulumi")
	if err != nil {
		return h
	}
	out, err := exec.CommandContext(ctx, path, "version").Output()
	if version := strings.TrimSpace(string(out)); err == nil && atLeast(version, engineVersion) {
		h.pulumi, h.version = path, version
	}
	return h
}

// engine is the step that gets the engine: the installed one if it is new enough.
func (c *cache) engine(h host, path *string) step {
	if h.pulumi == "" {
		return c.program(enginePart, "pulumi", path)
	}
	return func(context.Context) error {
		*path = h.pulumi
		c.progress.say(enginePart.name, "using the installed %s, %s", h.pulumi, h.version)
		return nil
	}
}

// installed is the step that gets a plugin without building it: one that is installed in
// its exact version, or that an installed Pulumi can install. It leaves path empty if
// there is none, or if one has been built.
func (c *cache) installed(h host, p plugin, path *string) step {
	return func(ctx context.Context) error {
		ownHome := filepath.Join(c.dir, "pulumi-home")
		for _, home := range []string{h.home, ownHome} {
			if isFile(p.path(home)) {
				*path = p.path(home)
				c.progress.say(p.built.name, "using the installed %s", *path)
				return nil
			}
		}
		entry, err := c.found(*p.built)
		if err != nil || isDir(entry) || h.pulumi == "" {
			return err
		}
		if err := c.install(ctx, h, p, ownHome); err != nil {
			c.progress.say(p.built.name, "%s cannot be installed here, so a small one is built: %v", p.program(), err)
			return nil
		}
		*path = p.path(ownHome)
		return nil
	}
}

// unlessGot is a step that is left out if another step has got a path.
func unlessGot(path *string, s step) step {
	return func(ctx context.Context) error {
		if *path != "" {
			return nil
		}
		return s(ctx)
	}
}

// install has the installed Pulumi put a plugin into the cache's own PULUMI_HOME.
func (c *cache) install(ctx context.Context, h host, p plugin, home string) error {
	if err := os.MkdirAll(home, 0o755); err != nil {
		return err
	}
	limited, cancel := context.WithTimeoutCause(ctx, installLimit, fmt.Errorf("no answer in %s", installLimit))
	defer cancel()
	return c.progress.during(p.built.name, "installing", "installed", c.interval, func() error {
		return command{
			dir: home, env: []string{"PULUMI_HOME=" + home}, log: filepath.Join(c.dir, p.built.name+".log"),
			args: []string{h.pulumi, "plugin", "install", "resource", p.name, "v" + p.version},
		}.run(limited)
	})
}

// moto is the step that gets moto: the installed one if its version is right.
func (c *cache) moto(path *string) step {
	return func(ctx context.Context) error {
		installed, err := exec.LookPath("moto_server")
		if err != nil {
			return c.program(motoPart, "moto_server", path)(ctx)
		}
		const ask = "import importlib.metadata as m; print(m.version('moto'))"
		out, err := exec.CommandContext(ctx, interpreter(installed), "-c", ask).Output()
		version := strings.TrimSpace(string(out))
		if err != nil || !atLeast(version, motoVersion) || semver.Major("v"+version) != semver.Major("v"+motoVersion) {
			return c.program(motoPart, "moto_server", path)(ctx)
		}
		*path = installed
		c.progress.say(motoPart.name, "using the installed %s, %s", installed, version)
		return nil
	}
}

// interpreter returns the Python that a script's first line names, or the usual one.
func interpreter(script string) string {
	content, err := os.ReadFile(script)
	if err != nil {
		return "python3"
	}
	line, _, _ := strings.Cut(string(content), "\n")
	if path, ok := strings.CutPrefix(line, "#!"); ok && strings.Contains(filepath.Base(path), "python") {
		return strings.TrimSpace(path)
	}
	return "python3"
}

// atLeast tells whether a version, with or without a leading v, is not below another.
func atLeast(version, minimum string) bool {
	version = "v" + strings.TrimPrefix(version, "v")
	return semver.IsValid(version) && semver.Compare(version, "v"+minimum) >= 0
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
