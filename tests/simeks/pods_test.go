package simeks_test

import (
	"strings"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/tests/simeks"
)

func TestDeploymentWithVolumesBecomesReady(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	core := "/api/v1/namespaces/" + ns
	must(t, cluster.Create(t.Context(), core+"/secrets", object{
		"metadata": object{"name": "settings"}, "stringData": object{"file.json": "{}"},
	}))
	must(t, cluster.Create(t.Context(), core+"/persistentvolumeclaims", claim("data", "gp2")))
	deploy(t, ns, object{
		"containers": []any{object{"name": "main", "image": "example", "volumeMounts": []any{
			object{"name": "settings", "mountPath": "/settings"}, object{"name": "data", "mountPath": "/data"},
		}}},
		"volumes": []any{
			object{"name": "settings", "secret": object{
				"secretName": "settings", "items": []any{object{"key": "file.json", "path": "file.json"}},
			}},
			object{"name": "data", "persistentVolumeClaim": object{"claimName": "data"}},
		},
	})
	p := readyPod(t, ns)
	if p.Status.Phase != "Running" || len(p.Status.Containers) != 1 || !p.Status.Containers[0].Ready {
		t.Errorf("status of a ready pod: %+v", p.Status)
	}
	if len(p.Spec.Volumes) != 3 {
		t.Errorf("volumes: %+v, want two and that of the API server's token", p.Spec.Volumes)
	}
}

func TestPodWaitsForTheSecretThatItMounts(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	deploy(t, ns, object{"volumes": []any{object{"name": "cloud-integration", "secret": object{"secretName": "late"}}}})

	waiting := pod(t, ns, "a container that is being created", func(p simeks.Pod) bool {
		return len(p.Status.Containers) == 1 && p.Status.Containers[0].State.Waiting != nil
	})
	if reason := waiting.Status.Containers[0].State.Waiting.Reason; reason != "ContainerCreating" || waiting.Ready() {
		t.Errorf("container waits with reason %q, ready %t", reason, waiting.Ready())
	}
	want := `MountVolume.SetUp failed for volume "cloud-integration" : secret "late" not found`
	eventually(t, "an event that names the secret", func() bool { return hasEvent(t, ns, "FailedMount", want) })

	must(t, cluster.Create(t.Context(), "/api/v1/namespaces/"+ns+"/secrets", object{"metadata": object{"name": "late"}}))
	readyPod(t, ns)
}

func TestPodWaitsForAnImageOfARegistryThatDoesNotExist(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	deploy(t, ns, object{"containers": []any{object{"name": "main", "image": "registry.invalid/cost-model:1"}}})
	waiting := pod(t, ns, "a container whose image is pulled", func(p simeks.Pod) bool {
		return len(p.Status.Containers) == 1 && p.Status.Containers[0].State.Waiting != nil
	})
	if reason := waiting.Status.Containers[0].State.Waiting.Reason; reason != "ImagePullBackOff" || waiting.Ready() {
		t.Errorf("container waits with reason %q, ready %t", reason, waiting.Ready())
	}
}

func TestPodWaitsForTheKeyOfItsEnvironment(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	secrets := "/api/v1/namespaces/" + ns + "/secrets"
	must(t, cluster.Create(t.Context(), secrets, object{"metadata": object{"name": "keys"}}))
	deploy(t, ns, object{"containers": []any{object{"name": "main", "image": "example", "env": []any{
		object{"name": "KEY", "valueFrom": object{"secretKeyRef": object{"name": "keys", "key": "id"}}},
		object{"name": "OTHER", "valueFrom": object{
			"secretKeyRef": object{"name": "absent", "key": "id", "optional": true},
		}},
	}}}})
	waiting := pod(t, ns, "a container that waits", func(p simeks.Pod) bool {
		return len(p.Status.Containers) == 1 && p.Status.Containers[0].State.Waiting != nil
	})
	state := waiting.Status.Containers[0].State.Waiting
	if state.Reason != "CreateContainerConfigError" || !strings.Contains(state.Message, "non-existent secret key: id") {
		t.Errorf("container waits because of %+v", state)
	}
	must(t, cluster.Merge(t.Context(), secrets+"/keys", object{"stringData": object{"id": "x"}}))
	readyPod(t, ns)
}

func TestDeploymentReplacesADeletedPod(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	deploy(t, ns, object{})
	first := readyPod(t, ns)
	must(t, cluster.DeletePod(t.Context(), ns, first.Metadata.Name))
	pod(t, ns, "another pod", func(p simeks.Pod) bool { return p.Ready() && p.Metadata.UID != first.Metadata.UID })
}

func TestJobEnds(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	jobs := "/apis/batch/v1/namespaces/" + ns + "/jobs"
	must(t, cluster.Create(t.Context(), jobs, object{
		"metadata": object{"name": "once"},
		"spec": object{"template": object{"spec": object{
			"restartPolicy": "Never", "containers": []any{object{"name": "main", "image": "example"}},
		}}},
	}))
	eventually(t, "the job's success", func() bool {
		var job struct {
			Status struct {
				Succeeded int `json:"succeeded"`
			} `json:"status"`
		}
		must(t, cluster.Get(t.Context(), jobs+"/once", &job))
		return job.Status.Succeeded == 1
	})
}

func TestDeletedNamespaceIsGone(t *testing.T) {
	t.Parallel()
	must(t, cluster.CreateNamespace(t.Context(), "short-lived"))
	must(t, cluster.DeleteNamespace(t.Context(), "short-lived"))
	if err := cluster.Get(t.Context(), "/api/v1/namespaces/short-lived", nil); !simeks.IsNotFound(err) {
		t.Errorf("reading a deleted namespace: %v, want not found", err)
	}
}

func hasEvent(t *testing.T, namespace, reason, message string) bool {
	var events struct {
		Items []struct {
			Reason  string `json:"reason"`
			Message string `json:"message"`
		} `json:"items"`
	}
	must(t, cluster.Get(t.Context(), "/api/v1/namespaces/"+namespace+"/events", &events))
	for _, e := range events.Items {
		if e.Reason == reason && e.Message == message {
			return true
		}
	}
	return false
}
