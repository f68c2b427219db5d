package kubecost

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// File is the file that says where the bill is.
const File = "cloud-integration.json"

// Reader is the container that reads the bill, in one of the versions of the software.
type Reader struct {
	Labels    string            // of its pod, as a selector
	Container string            // its name; empty for any
	Needs     map[string]string // environment without which it does not read
	Paths     []string          // where it looks for the file
}

// places are where the file is looked for below CONFIG_PATH, which is /var/configs/ in all charts.
// Source: opencost/opencost, pkg/cloud/config; older versions had the first alone.
var places = []string{"/var/configs/cloud-integration/" + File, "/var/configs/" + File}

// Readers are those that read the bill, each before those that do so only where it is missing: Kubecost 3 and Kubecost 2 with an
// aggregator of its own, Kubecost 2 in one pod, Kubecost 1, OpenCost.
var Readers = []Reader{
	{Labels: "app=cloud-cost", Container: "cloud-cost", Paths: places},
	{Labels: "app=cost-analyzer", Container: "cloud-cost", Paths: places},
	{Labels: "app=cost-analyzer", Container: "cost-model", Paths: places[:1]},
	{Labels: "app.kubernetes.io/name=opencost", Needs: map[string]string{"CLOUD_COST_ENABLED": "true"}, Paths: places},
}

// Mount is a file of a volume in a container: the whole volume's at a folder, or, with a sub-path, one file's.
type Mount struct{ At, SubPath string }

// Finds returns the path at which the reader finds a file of a volume that is mounted so, or an error with where it looks.
func (r Reader) Finds(m Mount, file string) (string, error) {
	at := path.Join(m.At, file)
	if m.SubPath != "" {
		if at = path.Clean(m.At); m.SubPath != file {
			return "", fmt.Errorf("the mount at %s is of %s, not of %s", m.At, m.SubPath, file)
		}
	}
	if !slices.Contains(r.Paths, at) {
		return "", fmt.Errorf("%s is not where it is looked for: %s", at, strings.Join(r.Paths, ", "))
	}
	return at, nil
}
