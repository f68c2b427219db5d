package release

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/parts/kubeplugin/internal/wire"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"sigs.k8s.io/yaml"
)

// defaultTimeout bounds an awaited installation or removal, in seconds.
const defaultTimeout = 300

// options are a release's inputs.
type options struct {
	Name      string         `json:"name"`
	Namespace string         `json:"namespace"`
	Chart     string         `json:"chart"`
	Version   string         `json:"version"`
	Devel     bool           `json:"devel"`
	Repo      repository     `json:"repositoryOpts"`
	Values    map[string]any `json:"values"`

	Description         string `json:"description"`
	CreateNamespace     bool   `json:"createNamespace"`
	SkipCRDs            bool   `json:"skipCrds"`
	DependencyUpdate    bool   `json:"dependencyUpdate"`
	DisableHooks        bool   `json:"disableWebhooks"`
	DisableUpgradeHooks bool   `json:"disableCRDHooks"`
	DisableOpenAPI      bool   `json:"disableOpenapiValidation"`
	RenderSubchartNotes bool   `json:"renderSubchartNotes"`
	Replace             bool   `json:"replace"`

	Atomic        bool `json:"atomic"`
	CleanupOnFail bool `json:"cleanupOnFail"`
	SkipAwait     bool `json:"skipAwait"`
	WaitForJobs   bool `json:"waitForJobs"`
	Timeout       int  `json:"timeout"` // seconds

	ForceUpdate  bool `json:"forceUpdate"`
	MaxHistory   int  `json:"maxHistory"`
	RecreatePods bool `json:"recreatePods"`
	ResetValues  bool `json:"resetValues"`
	ReuseValues  bool `json:"reuseValues"`
}

// repository says where the chart comes from.
type repository struct {
	Repo     string `json:"repo"`
	CAFile   string `json:"caFile"`
	CertFile string `json:"certFile"`
	KeyFile  string `json:"keyFile"`
	Username string `json:"username"`
	Password string `json:"password"`
}

// optionsOf reads a release's inputs or state, unknown values as absent. It fails on a value of the wrong
// type and on a values file that cannot be read.
func optionsOf(m resource.PropertyMap) (*options, error) {
	plain := wire.Known(m)
	files, err := valueFiles(m["valueYamlFiles"])
	if err != nil {
		return nil, err
	}
	delete(plain, "valueYamlFiles")
	text, err := json.Marshal(plain)
	if err != nil {
		return nil, fmt.Errorf("reading the release's settings: %w", err)
	}
	var o options
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, fmt.Errorf("reading the release's settings: %w", err)
	}
	o.Values = merge(files, o.Values)
	return &o, nil
}

// valueFiles returns the values of YAML files, later ones over earlier ones.
func valueFiles(p resource.PropertyValue) (map[string]any, error) {
	values := map[string]any{}
	if !p.IsArray() {
		return values, nil
	}
	for _, item := range p.ArrayValue() {
		if !item.IsAsset() {
			return nil, fmt.Errorf("reading valueYamlFiles: %s is not an asset", item.TypeString())
		}
		text, err := item.AssetValue().Bytes()
		if err != nil {
			return nil, fmt.Errorf("reading valueYamlFiles: %w", err)
		}
		var file map[string]any
		if err := yaml.Unmarshal(text, &file); err != nil {
			return nil, fmt.Errorf("reading valueYamlFiles: %w", err)
		}
		values = merge(values, file)
	}
	return values, nil
}

// merge returns base with over's values, object by object.
func merge(base, over map[string]any) map[string]any {
	merged := maps.Clone(base)
	if merged == nil {
		merged = map[string]any{}
	}
	for key, value := range over {
		below, isMap := value.(map[string]any)
		if old, ok := merged[key].(map[string]any); ok && isMap {
			merged[key] = merge(old, below)
			continue
		}
		merged[key] = value
	}
	return merged
}

// timeout bounds one operation of Helm.
func (o *options) timeout() time.Duration {
	if o.Timeout == 0 {
		return defaultTimeout * time.Second
	}
	return time.Duration(o.Timeout) * time.Second
}

// id is what the engine knows the release by.
func (o *options) id() string { return o.Namespace + "/" + o.Name }
