package e2e

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// kinds are the types of resources that are listed in AWS, by what leftovers calls them, and how a resource's ID tells the name.
var kinds = map[string]struct {
	kind string
	name func(id string) string
}{
	"aws:s3/bucketV2:BucketV2":                  {"bucket", whole},
	"aws:iam/role:Role":                         {"role", whole},
	"aws:glue/catalogDatabase:CatalogDatabase":  {"database", afterColon},
	"aws:athena/workgroup:Workgroup":            {"work group", whole},
	"aws:cur/reportDefinition:ReportDefinition": {"report", whole},
}

func whole(id string) string      { return id }
func afterColon(id string) string { return id[strings.LastIndex(id, ":")+1:] }

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
			if k, ok := kinds[string(r.Type)]; ok {
				all = append(all, fmt.Sprintf("%s %s in account %s", k.kind, k.name(string(r.ID)), w.account(name)))
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
			if len(r.InitErrors) > 0 || r.Delete || r.External && r.Type != "pulumi:pulumi:StackReference" {
				w.t.Errorf("stack %s: %s is half made, or to be deleted: %v", name, r.URN, r.InitErrors)
			}
			if t := string(r.Type); strings.HasPrefix(t, "kubernetes:") {
				objects = append(objects, t+" "+string(r.ID))
			}
		}
	}
	slices.Sort(objects)
	if there := w.objects(); !slices.Equal(objects, there) {
		w.t.Errorf("in the states are\n%v\nand in the cluster\n%v", objects, there)
	}
}

// objects are what the primary stack makes and is in the cluster, named as in its state.
func (w *world) objects() []string {
	w.t.Helper()
	type list struct {
		Items []struct {
			Metadata struct {
				Name   string
				Labels map[string]string
			}
		}
	}
	get := func(path string) (found list) {
		if err := box.Cluster.Get(w.t.Context(), path, &found); err != nil {
			w.t.Fatal(err)
		}
		return found
	}
	var all []string
	for _, o := range get("/api/v1/namespaces?fieldSelector=metadata.name%3D" + w.name).Items {
		all = append(all, "kubernetes:core/v1:Namespace "+o.Metadata.Name)
	}
	for _, o := range get("/api/v1/namespaces/" + w.name + "/serviceaccounts?fieldSelector=metadata.name%3Dkubecost-serviceaccount").Items {
		all = append(all, "kubernetes:core/v1:ServiceAccount "+w.name+"/"+o.Metadata.Name)
	}
	for _, o := range get("/api/v1/namespaces/" + w.name + "/secrets").Items {
		switch labels := o.Metadata.Labels; {
		case labels["owner"] != "helm" && strings.HasPrefix(o.Metadata.Name, "cloud-integration"):
			all = append(all, "kubernetes:core/v1:Secret "+w.name+"/"+o.Metadata.Name)
		case labels["owner"] == "helm" && labels["status"] != "superseded":
			all = append(all, "kubernetes:helm.sh/v3:Release "+w.name+"/"+labels["name"])
			if labels["status"] != "deployed" {
				w.t.Errorf("Helm's record %s is %s", o.Metadata.Name, labels["status"])
			}
		}
	}
	slices.Sort(all)
	return all
}
