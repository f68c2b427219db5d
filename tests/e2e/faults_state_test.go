package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// listed are the types of resources that leftovers lists, by what it calls them.
var listed = map[string]string{
	"aws:s3/bucketV2:BucketV2": "bucket", "aws:iam/role:Role": "role", "aws:glue/catalogDatabase:CatalogDatabase": "database",
	"aws:athena/workgroup:Workgroup": "work group", "aws:cur/reportDefinition:ReportDefinition": "report",
}

// checkpoint is a stack's state, also of one that broke off.
func (w *world) checkpoint(name string) apitype.DeploymentV3 {
	w.t.Helper()
	d, err := box.Env.Checkpoint(w.name, name)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

// recorded are the things of AWS in the states of both stacks, as leftovers lists them.
func (w *world) recorded() []string {
	w.t.Helper()
	var all []string
	for _, name := range []string{"payer", "primary"} {
		for _, r := range w.checkpoint(name).Resources {
			if kind := listed[string(r.Type)]; kind != "" {
				id := string(r.ID)[strings.LastIndex(string(r.ID), ":")+1:] // a database's has the account before it
				all = append(all, fmt.Sprintf("%s %s in account %s", kind, id, w.account(name)))
			}
		}
	}
	return all
}

// unrecorded are the things that are in AWS and in no state.
func (w *world) unrecorded() []string {
	w.t.Helper()
	recorded := w.recorded()
	return slices.DeleteFunc(w.leftovers(), func(thing string) bool { return slices.Contains(recorded, thing) })
}

// consistent expects that the states of both stacks are what there is in AWS and in the cluster, once each, and that nothing is
// pending or half made.
func (w *world) consistent() {
	w.t.Helper()
	recorded, there := w.recorded(), w.leftovers()
	slices.Sort(recorded)
	slices.Sort(there)
	if !slices.Equal(recorded, there) {
		w.t.Errorf("in the states are\n%v\nand in AWS\n%v", recorded, there)
	}
	var objects []string
	for _, name := range []string{"payer", "primary"} {
		d := w.checkpoint(name)
		for _, op := range d.PendingOperations {
			w.t.Errorf("stack %s: pending is the %s of %s", name, op.Type, op.Resource.URN)
		}
		for _, r := range d.Resources {
			if len(r.InitErrors) > 0 || r.Delete {
				w.t.Errorf("stack %s: %s is half made, or to be deleted: %v", name, r.URN, r.InitErrors)
			}
			if t := string(r.Type); strings.HasPrefix(t, "kubernetes:") {
				objects = append(objects, t+" "+string(r.ID))
			}
		}
	}
	slices.Sort(objects)
	found, err := w.objects(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	var names []string
	for _, o := range found {
		names = append(names, o.name)
		if o.status != "" && o.status != "deployed" {
			w.t.Errorf("%s is %s", o.name, o.status)
		}
	}
	if !slices.Equal(objects, names) {
		w.t.Errorf("in the states are\n%v\nand in the cluster\n%v", objects, names)
	}
}

// made is something in the cluster that the primary stack makes.
type made struct {
	name   string // its type and ID, as in the state
	status string // of a release
	path   string
}

// objects are what the primary stack makes and is in the cluster, sorted by name. Of a release it has the record of the newest
// revision.
func (w *world) objects(ctx context.Context) ([]made, error) {
	var all []made
	revisions := map[string]string{} // by release; less than ten each
	namespace := "/api/v1/namespaces/" + w.name
	for _, path := range []string{
		"/api/v1/namespaces?fieldSelector=metadata.name%3D" + w.name,
		namespace + "/serviceaccounts?fieldSelector=metadata.name%3Dkubecost-serviceaccount",
		namespace + "/secrets",
	} {
		var list struct {
			Kind  string
			Items []struct {
				Metadata struct {
					Name   string
					Labels map[string]string
				}
			}
		}
		if err := box.Cluster.Get(ctx, path, &list); err != nil {
			return nil, err
		}
		for _, item := range list.Items {
			name, labels := item.Metadata.Name, item.Metadata.Labels
			switch {
			case list.Kind == "NamespaceList":
				all = append(all, made{name: "kubernetes:core/v1:Namespace " + name})
			case list.Kind == "ServiceAccountList":
				all = append(all, made{name: "kubernetes:core/v1:ServiceAccount " + w.name + "/" + name})
			case labels["owner"] == "helm" && labels["status"] != "superseded":
				release := made{
					"kubernetes:helm.sh/v3:Release " + w.name + "/" + labels["name"], labels["status"], namespace + "/secrets/" + name,
				}
				// Of a revision that failed Helm keeps the record for good.
				if newer, there := revisions[release.name]; !there || labels["version"] > newer {
					all = slices.DeleteFunc(all, func(m made) bool { return m.name == release.name })
					all, revisions[release.name] = append(all, release), labels["version"]
				}
			case strings.HasPrefix(name, "cloud-integration"):
				all = append(all, made{name: "kubernetes:core/v1:Secret " + w.name + "/" + name})
			}
		}
	}
	slices.SortFunc(all, func(a, b made) int { return strings.Compare(a.name, b.name) })
	return all, nil
}
