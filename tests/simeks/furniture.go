package simeks

// object is a Kubernetes object that is written.
type object = map[string]any

// item is an object with the collection that it belongs to.
type item struct {
	collection string
	object     object
}

func (i item) path() string {
	return i.collection + "/" + i.object["metadata"].(object)["name"].(string)
}

// nodeName is the name of the cluster's only node.
const nodeName = "ip-10-0-0-10.ec2.internal"

// node returns a node with room for many tests at a time. kwok makes it ready.
func node(region string) item {
	resources := object{"cpu": "96", "memory": "384Gi", "ephemeral-storage": "100Gi", "pods": "737"}
	return item{"/api/v1/nodes", object{
		"metadata": object{"name": nodeName, "labels": object{
			"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", "kubernetes.io/hostname": nodeName,
			"node.kubernetes.io/instance-type": "m5.24xlarge",
			"topology.kubernetes.io/region":    region, "topology.kubernetes.io/zone": region + "a",
		}},
		"spec": object{"providerID": "aws:///" + region + "a/i-0a1b2c3d4e5f60718"},
		"status": object{
			"capacity": resources, "allocatable": resources,
			"addresses": []any{
				object{"type": "InternalIP", "address": "10.0.0.10"},
				object{"type": "Hostname", "address": nodeName},
			},
		},
	}}
}

// nameServer returns the Deployment that every EKS cluster has. Its pod is the first to
// be made, scheduled and started: when it is ready, all of the cluster works.
func nameServer() item {
	labels := object{"k8s-app": "kube-dns"}
	return item{"/apis/apps/v1/namespaces/kube-system/deployments", object{
		"metadata": object{"name": "coredns", "labels": labels},
		"spec": object{
			"selector": object{"matchLabels": labels},
			"template": object{
				"metadata": object{"labels": labels},
				"spec": object{"containers": []any{
					object{"name": "coredns", "image": "602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/coredns:v1.13.2"},
				}},
			},
		},
	}}
}
