package simeks_test

import (
	"context"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/tests/simeks"
)

const gp2 = "/apis/storage.k8s.io/v1/storageclasses/gp2"

func TestClaimWithoutClassWaitsForADefaultClass(t *testing.T) {
	ns := namespace(t)
	claims := "/api/v1/namespaces/" + ns + "/persistentvolumeclaims"
	must(t, cluster.Create(t.Context(), claims, claim("data", "")))
	deploy(t, ns, object{"volumes": []any{
		object{"name": "data", "persistentVolumeClaim": object{"claimName": "data"}},
	}})
	pod(t, ns, "a pod that cannot be scheduled", func(p simeks.Pod) bool {
		return p.Status.Condition("PodScheduled").Reason == "Unschedulable"
	})
	if phase := read(t, claims+"/data").Status.Phase; phase != "Pending" {
		t.Errorf("claim is %s, want Pending", phase)
	}

	setDefault := func(value string) {
		must(t, cluster.Merge(context.Background(), gp2, object{"metadata": object{
			"annotations": object{"storageclass.kubernetes.io/is-default-class": value},
		}}))
	}
	setDefault("true")
	t.Cleanup(func() { setDefault("false") })
	readyPod(t, ns)
}

func TestVolumeIsRemovedWithItsClaim(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	claims := "/api/v1/namespaces/" + ns + "/persistentvolumeclaims"
	must(t, cluster.Create(t.Context(), claims, claim("data", "gp2")))
	deploy(t, ns, object{"volumes": []any{
		object{"name": "data", "persistentVolumeClaim": object{"claimName": "data"}},
	}})
	readyPod(t, ns)
	volume := "/api/v1/persistentvolumes/" + read(t, claims+"/data").Spec.Volume

	must(t, cluster.Get(t.Context(), volume, nil))
	must(t, cluster.Delete(t.Context(), "/apis/apps/v1/namespaces/"+ns+"/deployments/app"))
	must(t, cluster.Delete(t.Context(), claims+"/data"))
	eventually(t, "the volume's end", func() bool {
		return simeks.IsNotFound(cluster.Get(t.Context(), volume, nil))
	})
}

type boundClaim struct {
	Spec struct {
		Volume string `json:"volumeName"`
	} `json:"spec"`
	Status struct {
		Phase string `json:"phase"`
	} `json:"status"`
}

func read(t *testing.T, path string) boundClaim {
	t.Helper()
	var c boundClaim
	must(t, cluster.Get(t.Context(), path, &c))
	return c
}

// claim returns a claim of a storage class; of none when class is empty.
func claim(name, class string) object {
	spec := object{"accessModes": []string{"ReadWriteOnce"}, "resources": object{"requests": object{"storage": "32Gi"}}}
	if class != "" {
		spec["storageClassName"] = class
	}
	return object{"metadata": object{"name": name}, "spec": spec}
}
