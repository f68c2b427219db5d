package simeks

import (
	"context"
	"errors"
	"strconv"
)

const (
	ebsDriver = "ebs.csi.aws.com"
	// ebsProvisioner is the name under which gp2 asks for volumes. Kubernetes passes
	// what is asked of it to ebsDriver.
	ebsProvisioner = "kubernetes.io/aws-ebs"
)

// storageClass returns gp2, as EKS makes it.
func storageClass(isDefault bool) item {
	return item{"/apis/storage.k8s.io/v1/storageclasses", object{
		"metadata": object{"name": "gp2", "annotations": object{
			"storageclass.kubernetes.io/is-default-class": strconv.FormatBool(isDefault),
		}},
		"provisioner":       ebsProvisioner,
		"parameters":        object{"type": "gp2", "fsType": "ext4"},
		"reclaimPolicy":     "Delete",
		"volumeBindingMode": "WaitForFirstConsumer",
	}}
}

// csiDriver returns the driver of the volumes. There is nothing to attach them to.
func csiDriver() item {
	return item{"/apis/storage.k8s.io/v1/csidrivers", object{
		"metadata": object{"name": ebsDriver}, "spec": object{"attachRequired": false},
	}}
}

type (
	claim struct {
		Metadata Metadata `json:"metadata"`
		Spec     struct {
			Class     string   `json:"storageClassName"`
			Modes     []string `json:"accessModes"`
			Resources struct {
				Requests struct {
					Storage string `json:"storage"`
				} `json:"requests"`
			} `json:"resources"`
		} `json:"spec"`
		Status struct {
			Phase string `json:"phase"`
		} `json:"status"`
	}

	volume struct {
		Metadata Metadata `json:"metadata"`
		Spec     struct {
			Reclaim string `json:"persistentVolumeReclaimPolicy"`
		} `json:"spec"`
		Status struct {
			Phase string `json:"phase"`
		} `json:"status"`
	}

	class struct {
		Provisioner string `json:"provisioner"`
		Binding     string `json:"volumeBindingMode"`
		Reclaim     string `json:"reclaimPolicy"`
	}
)

const (
	claimsPath  = "/api/v1/persistentvolumeclaims"
	volumesPath = "/api/v1/persistentvolumes"
)

// provisioner makes the volumes that claims ask for, and removes those that nobody claims
// any longer.
func (k *Cluster) provisioner() controller {
	return controller{"provisioner", []string{claimsPath, volumesPath}, func(ctx context.Context) (bool, error) {
		return true, errors.Join(k.provision(ctx), k.reclaim(ctx))
	}}
}

func (k *Cluster) provision(ctx context.Context) error {
	var claims list[claim]
	if err := k.Get(ctx, claimsPath, &claims); err != nil {
		return err
	}
	var errs []error
	for _, c := range claims.Items {
		if c.Status.Phase == "Pending" && c.Spec.Class != "" {
			errs = append(errs, k.provisionClaim(ctx, c))
		}
	}
	return errors.Join(errs...)
}

// provisionClaim makes the volume of a claim, when it is due. The controller manager
// binds the two.
func (k *Cluster) provisionClaim(ctx context.Context, c claim) error {
	var class class
	err := k.Get(ctx, "/apis/storage.k8s.io/v1/storageclasses/"+c.Spec.Class, &class)
	if IsNotFound(err) {
		return nil // the claim waits for its class
	}
	if err != nil {
		return err
	}
	if class.Provisioner != ebsProvisioner && class.Provisioner != ebsDriver {
		return nil
	}
	scheduled := c.Metadata.Annotations["volume.kubernetes.io/selected-node"] != ""
	if class.Binding == "WaitForFirstConsumer" && !scheduled {
		return nil
	}
	name := "pvc-" + c.Metadata.UID
	err = k.Create(ctx, volumesPath, object{
		"metadata": object{"name": name, "annotations": object{"pv.kubernetes.io/provisioned-by": ebsDriver}},
		"spec": object{
			"storageClassName": c.Spec.Class, "accessModes": c.Spec.Modes,
			"capacity":                      object{"storage": c.Spec.Resources.Requests.Storage},
			"persistentVolumeReclaimPolicy": class.Reclaim,
			"claimRef": object{
				"apiVersion": "v1", "kind": "PersistentVolumeClaim",
				"namespace": c.Metadata.Namespace, "name": c.Metadata.Name, "uid": c.Metadata.UID,
			},
			"csi": object{"driver": ebsDriver, "volumeHandle": "vol-" + c.Metadata.UID, "fsType": "ext4"},
		},
	})
	if isConflict(err) {
		return nil // made already, and not bound yet
	}
	return err
}

func (k *Cluster) reclaim(ctx context.Context) error {
	var volumes list[volume]
	if err := k.Get(ctx, volumesPath, &volumes); err != nil {
		return err
	}
	var errs []error
	for _, v := range volumes.Items {
		if v.Status.Phase != "Released" || v.Spec.Reclaim != "Delete" || v.Metadata.DeletedAt != "" {
			continue
		}
		if err := k.Delete(ctx, volumesPath+"/"+v.Metadata.Name); !IsNotFound(err) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
