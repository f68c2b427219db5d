// Package simeks runs a Kubernetes cluster that looks, to those who deploy to it, like
// one of Amazon EKS: a real API server with etcd, controller manager and scheduler, each
// a process of the kube program of tests/parts/kube.
//
// What EKS has beyond Kubernetes is here too: tokens of the cluster's own issuer, a
// webhook that gives pods the role of their service account, a token webhook for callers
// known to AWS, and volumes for claims of the storage class gp2.
//
// No container runs. kwok plays the kubelet and reports pods as running, but only those
// whose secrets, config maps and volumes are there: as with a kubelet, the others remain
// in ContainerCreating and get an event that says why.
package simeks
