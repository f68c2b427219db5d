package charts

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// values are Helm values as JSON has them.
type values = map[string]any

// Settings are what the chart's values are made of.
type Settings struct {
	Account        string // of the cluster
	ServiceAccount string
	Secret         string // of cloud-integration.json
	StorageClass   string // of all volumes; the cluster's default if empty
	User           map[string]any
}

// Values returns the chart's values: defaults, over them the user's, and over those what connects Kubecost to the bill.
// Source: cost-analyzer 2.8.7, values.yaml.
func Values(s Settings) map[string]any {
	return merge(merge(defaults(s), s.User), required(s))
}

// defaults are values that a user may change.
func defaults(s Settings) values {
	d := values{
		// Of the cluster, not of the payer: else the cluster's assets show "No Account".
		"kubecostProductConfigs": values{"projectID": s.Account},
	}
	if s.StorageClass == "" {
		return d
	}
	class := func() values { return values{"storageClass": s.StorageClass} }
	return merge(d, values{
		"persistentVolume":   class(),
		"prometheus":         values{"server": values{"persistentVolume": class()}},
		"kubecostAggregator": values{"aggregatorDbStorage": class()},
	})
}

// required are the values without which the bill is not read.
func required(s Settings) values {
	return values{
		"serviceAccount": values{
			"create": false, // or the chart makes one of that name without the role
			"name":   s.ServiceAccount,
		},
		"kubecostProductConfigs": values{"cloudIntegrationSecret": s.Secret},
	}
}

// merge returns a map with the entries of both. Of two entries that are not both maps, over's is taken, unless it is nil.
func merge(base, over values) values {
	merged := maps.Clone(base)
	if merged == nil {
		merged = values{}
	}
	for key, value := range over {
		below, isMap := value.(values)
		if already, both := merged[key].(values); isMap && both {
			merged[key] = merge(already, below)
		} else {
			merged[key] = value
		}
	}
	return merged
}

// Overridden returns the paths of the user's values that Values does not take, because the bill would not be read with them.
func Overridden(s Settings) []string {
	return overridden("", s.User, required(s))
}

func overridden(path string, user, required values) []string {
	var paths []string
	for key, want := range required {
		got, given := user[key]
		if !given || reflect.DeepEqual(got, want) {
			continue
		}
		gotMap, isMap := got.(values)
		if wantMap, both := want.(values); isMap && both {
			paths = append(paths, overridden(path+key+".", gotMap, wantMap)...)
		} else {
			paths = append(paths, path+key)
		}
	}
	slices.Sort(paths)
	return paths
}

// exclusive are the chart's other ways to say where the bill is. It refuses to render two of them.
// Source: cost-analyzer 2.8.7, templates/_helpers.tpl.
var exclusive = []string{
	"athenaBucketName", "athenaDatabase", "athenaProjectID", "athenaRegion", "athenaTable", "athenaWorkgroup",
	"awsServiceKeyName", "awsServiceKeyPassword", "cloudIntegrationJSON", "masterPayerARN",
}

// CheckValues returns an error that names every value of a user with which the chart would not render.
func CheckValues(user map[string]any) error {
	configs, ok := user["kubecostProductConfigs"].(values)
	if !ok {
		return nil
	}
	var faults []error
	for _, key := range exclusive {
		if _, given := configs[key]; given {
			faults = append(faults, fmt.Errorf("kubecostProductConfigs.%s cannot stand beside the secret that this program makes: remove it", key))
		}
	}
	return errors.Join(faults...)
}
