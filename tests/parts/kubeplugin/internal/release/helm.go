package release

import (
	"context"
	"errors"
	"fmt"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/registry"
	helmrelease "helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/storage/driver"
)

// configuration connects Helm to the cluster, with its records in the release's namespace.
func (r *Releases) configuration(namespace string) (*action.Configuration, error) {
	config := &action.Configuration{}
	quiet := func(string, ...any) {}
	if err := config.Init(r.Cluster.Getter(namespace), namespace, "secret", quiet); err != nil {
		return nil, fmt.Errorf("connecting Helm to the cluster: %w", err)
	}
	client, err := registry.NewClient()
	if err != nil {
		return nil, fmt.Errorf("making a registry client: %w", err)
	}
	config.RegistryClient = client
	return config, nil
}

// install makes the release. With an error it returns the release when Helm has recorded it as failed.
func (r *Releases) install(ctx context.Context, o *options) (*helmrelease.Release, error) {
	config, err := r.configuration(o.Namespace)
	if err != nil {
		return nil, err
	}
	loaded, err := load(config, o)
	if err != nil {
		return nil, err
	}
	if kind := loaded.Metadata.Type; kind != "" && kind != "application" {
		return nil, fmt.Errorf("%s charts are not installable", kind)
	}
	install := action.NewInstall(config)
	install.ReleaseName, install.Namespace, install.Description = o.Name, o.Namespace, o.Description
	install.CreateNamespace, install.Replace, install.SkipCRDs = o.CreateNamespace, o.Replace, o.SkipCRDs
	install.DisableHooks, install.DisableOpenAPIValidation = o.DisableHooks, o.DisableOpenAPI
	install.SubNotes, install.Devel = o.RenderSubchartNotes, o.Devel
	install.Wait, install.WaitForJobs = !o.SkipAwait, !o.SkipAwait && o.WaitForJobs
	install.Atomic, install.Timeout = o.Atomic, o.timeout()

	made, err := install.RunWithContext(ctx, loaded, o.Values)
	if err != nil && made != nil {
		if _, recorded, lookup := find(config, o.Name); lookup != nil || !recorded {
			return nil, err
		}
	}
	return made, err
}

// upgrade changes the release, also one that failed before. With an error it returns the release when Helm
// has recorded it as failed.
func (r *Releases) upgrade(ctx context.Context, o *options) (*helmrelease.Release, error) {
	config, err := r.configuration(o.Namespace)
	if err != nil {
		return nil, err
	}
	loaded, err := load(config, o)
	if err != nil {
		return nil, err
	}
	upgrade := action.NewUpgrade(config)
	upgrade.Namespace, upgrade.Description = o.Namespace, o.Description
	upgrade.SkipCRDs, upgrade.DisableHooks = o.SkipCRDs, o.DisableUpgradeHooks
	upgrade.SubNotes, upgrade.Devel = o.RenderSubchartNotes, o.Devel
	upgrade.Wait, upgrade.WaitForJobs = !o.SkipAwait, !o.SkipAwait && o.WaitForJobs
	upgrade.Atomic, upgrade.CleanupOnFail, upgrade.Timeout = o.Atomic, o.CleanupOnFail, o.timeout()
	upgrade.Force, upgrade.Recreate, upgrade.MaxHistory = o.ForceUpdate, o.RecreatePods, o.MaxHistory
	upgrade.ResetValues, upgrade.ReuseValues = o.ResetValues, o.ReuseValues

	made, err := upgrade.RunWithContext(ctx, o.Name, loaded, o.Values)
	if errors.Is(err, driver.ErrNoDeployedReleases) {
		return nil, err
	}
	return made, err
}

// uninstall removes the release and awaits it unless told not to. It fails when there is no such release,
// as Helm does.
func (r *Releases) uninstall(o *options) error {
	config, err := r.configuration(o.Namespace)
	if err != nil {
		return err
	}
	uninstall := action.NewUninstall(config)
	uninstall.Wait = o.Atomic || !o.SkipAwait
	uninstall.Timeout = o.timeout()
	_, err = uninstall.Run(o.Name)
	return err
}

// find returns the release's last revision, and whether there is one.
func find(config *action.Configuration, name string) (*helmrelease.Release, bool, error) {
	found, err := action.NewGet(config).Run(name)
	if errors.Is(err, driver.ErrReleaseNotFound) {
		return nil, false, nil
	}
	return found, err == nil, err
}
