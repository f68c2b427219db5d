package simeks

// The part of Kubernetes' objects that is read here.
type (
	// Metadata identifies an object.
	Metadata struct {
		Name        string            `json:"name"`
		Namespace   string            `json:"namespace"`
		UID         string            `json:"uid"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
		DeletedAt   string            `json:"deletionTimestamp"` // RFC 3339; empty unless it is being deleted
	}

	// Pod is a pod.
	Pod struct {
		Metadata Metadata  `json:"metadata"`
		Spec     PodSpec   `json:"spec"`
		Status   PodStatus `json:"status"`
	}

	// PodSpec is what a pod is to be.
	PodSpec struct {
		ServiceAccount string      `json:"serviceAccountName"`
		Node           string      `json:"nodeName"` // empty until it is scheduled
		InitContainers []Container `json:"initContainers"`
		Containers     []Container `json:"containers"`
		Volumes        []Volume    `json:"volumes"`
	}

	// Container is a container of a pod.
	Container struct {
		Name    string          `json:"name"`
		Image   string          `json:"image"`
		Env     []Variable      `json:"env"`
		EnvFrom []VariableGroup `json:"envFrom"`
		Mounts  []Mount         `json:"volumeMounts"`
	}

	// Variable is an environment variable with its value or the source of it.
	Variable struct {
		Name  string `json:"name"`
		Value string `json:"value"`
		From  struct {
			Secret    *Reference `json:"secretKeyRef"`
			ConfigMap *Reference `json:"configMapKeyRef"`
		} `json:"valueFrom"`
	}

	// VariableGroup is an object whose keys become environment variables.
	VariableGroup struct {
		Secret    *Reference `json:"secretRef"`
		ConfigMap *Reference `json:"configMapRef"`
	}

	// Mount is where a container sees a volume.
	Mount struct {
		Volume  string `json:"name"`
		Path    string `json:"mountPath"`
		SubPath string `json:"subPath"` // the one file of the volume that is at Path; empty for the whole volume
	}

	// Volume is a volume of a pod, of one of the kinds that need something to exist.
	Volume struct {
		Name      string     `json:"name"`
		Secret    *Reference `json:"secret"`
		ConfigMap *Reference `json:"configMap"`
		Claim     *struct {
			Name string `json:"claimName"`
		} `json:"persistentVolumeClaim"`
		Projected struct {
			Sources []Projection `json:"sources"`
		} `json:"projected"`
	}

	// Projection is one of the sources of a projected volume.
	Projection struct {
		Secret    *Reference `json:"secret"`
		ConfigMap *Reference `json:"configMap"`
		Token     *struct {
			Audience string `json:"audience"`
			Path     string `json:"path"`
		} `json:"serviceAccountToken"`
	}

	// Reference names a secret or a config map, and the keys that are wanted of it: none
	// for all.
	Reference struct {
		Name       string `json:"name"`
		SecretName string `json:"secretName"` // instead of name in a volume
		Key        string `json:"key"`        // in a variable
		Items      []struct {
			Key  string `json:"key"`
			Path string `json:"path"`
		} `json:"items"` // in a volume
		Optional bool `json:"optional"`
	}

	// PodStatus is what has become of a pod.
	PodStatus struct {
		Phase      string            `json:"phase"` // Pending, Running, Succeeded, Failed
		Conditions []Condition       `json:"conditions"`
		Containers []ContainerStatus `json:"containerStatuses"`
	}

	// Condition is one aspect of an object's state.
	Condition struct {
		Type    string `json:"type"`
		Status  string `json:"status"` // True, False, Unknown
		Reason  string `json:"reason"`
		Message string `json:"message"`
	}

	// ContainerStatus is what has become of a container.
	ContainerStatus struct {
		Name  string `json:"name"`
		Ready bool   `json:"ready"`
		State struct {
			Waiting *struct {
				Reason  string `json:"reason"` // such as ContainerCreating
				Message string `json:"message"`
			} `json:"waiting"`
		} `json:"state"`
	}

	list[T any] struct {
		Items []T `json:"items"`
	}
)

// Condition returns the condition of a type; one without a status when there is none.
func (s PodStatus) Condition(kind string) Condition {
	for _, c := range s.Conditions {
		if c.Type == kind {
			return c
		}
	}
	return Condition{Type: kind}
}

// Ready says whether the pod's containers are ready and it is not being deleted.
func (p Pod) Ready() bool {
	return p.Metadata.DeletedAt == "" && p.Status.Condition("Ready").Status == "True"
}

// containers returns all of the pod's containers, those for preparation first.
func (p Pod) containers() []Container {
	return append(p.Spec.InitContainers[:len(p.Spec.InitContainers):len(p.Spec.InitContainers)], p.Spec.Containers...)
}

// path returns where the pod is found.
func (p Pod) path() string { return namespaced(p.Metadata.Namespace, "pods/"+p.Metadata.Name) }

// namespaced returns the path of what is in a namespace, in the core group of the API.
func namespaced(namespace, rest string) string {
	return "/api/v1/namespaces/" + namespace + "/" + rest
}
