package release

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/cli"
	"helm.sh/helm/v3/pkg/downloader"
	"helm.sh/helm/v3/pkg/getter"
	"helm.sh/helm/v3/pkg/registry"
	"helm.sh/helm/v3/pkg/repo"
)

// load fetches the chart, of the version that satisfies the constraint, with its dependencies. It keeps
// nothing, neither in a cache nor in the user's Helm settings.
func load(config *action.Configuration, o *options) (*chart.Chart, error) {
	dir, err := os.MkdirTemp("", "helm-")
	if err != nil {
		return nil, fmt.Errorf("making a directory for the chart: %w", err)
	}
	defer os.RemoveAll(dir)
	settings := cli.New()
	settings.RepositoryCache, settings.PluginsDirectory = dir, filepath.Join(dir, "plugins")
	settings.RepositoryConfig = filepath.Join(dir, "repositories.yaml")

	path, err := locate(config, o, settings)
	if err != nil {
		return nil, err
	}
	loaded, err := loader.Load(path)
	if err != nil {
		return nil, err
	}
	err = action.CheckDependencies(loaded, loaded.Metadata.Dependencies)
	if err == nil || !o.DependencyUpdate {
		return loaded, err
	}
	manager := &downloader.Manager{
		Out: io.Discard, ChartPath: path, Getters: getter.All(settings), RegistryClient: config.RegistryClient,
		RepositoryConfig: settings.RepositoryConfig, RepositoryCache: settings.RepositoryCache,
	}
	if err := manager.Update(); err != nil {
		return nil, fmt.Errorf("updating the chart's dependencies: %w", err)
	}
	return loader.Load(path)
}

// locate returns the path of the chart, which it downloads unless that is a local one.
func locate(config *action.Configuration, o *options, settings *cli.EnvSettings) (string, error) {
	location := action.NewInstall(config).ChartPathOptions
	location.Version = strings.TrimSpace(o.Version)
	if location.Version == "" && o.Devel {
		location.Version = ">0.0.0-0"
	}
	location.CaFile, location.CertFile, location.KeyFile = o.Repo.CAFile, o.Repo.CertFile, o.Repo.KeyFile
	location.Username, location.Password = o.Repo.Username, o.Repo.Password

	name := strings.TrimSpace(o.Chart)
	if o.Repo.Repo != "" && !registry.IsOCI(name) {
		var err error
		if name, err = o.Repo.find(name, location.Version, settings); err != nil {
			return "", err
		}
	}
	return location.LocateChart(name, settings)
}

// find returns the URL of a chart's archive as the repository's index has it. Unlike Helm's own search it
// never takes a local folder that happens to have the chart's name.
func (r repository) find(name, version string, settings *cli.EnvSettings) (string, error) {
	if _, err := url.ParseRequestURI(r.Repo); err != nil {
		return "", fmt.Errorf("reading the repository's address: %w", err)
	}
	remote, err := repo.NewChartRepository(&repo.Entry{
		Name: "release", URL: r.Repo, Username: r.Username, Password: r.Password,
		CAFile: r.CAFile, CertFile: r.CertFile, KeyFile: r.KeyFile,
	}, getter.All(settings))
	if err != nil {
		return "", err
	}
	remote.CachePath = settings.RepositoryCache
	path, err := remote.DownloadIndexFile()
	if err != nil {
		return "", fmt.Errorf("looks like %q is not a valid chart repository or cannot be reached: %w", r.Repo, err)
	}
	index, err := repo.LoadIndexFile(path)
	if err != nil {
		return "", err
	}
	found, err := index.Get(name, version)
	if err != nil || len(found.URLs) == 0 {
		return "", fmt.Errorf("chart %q version %q not found in %s repository", name, version, r.Repo)
	}
	return repo.ResolveReferenceURL(r.Repo, found.URLs[0])
}
