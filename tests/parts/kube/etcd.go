package main

import (
	"fmt"
	"net/url"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
)

// etcdTimeout bounds how long etcd may take to elect itself.
const etcdTimeout = 30 * time.Second

// etcdClients is where etcd answers: a socket in the working folder, since an absolute
// path may be longer than a socket's name can be.
var etcdClients = url.URL{Scheme: "unix", Host: "etcd.sock"}

// startEtcd starts an etcd of one member, with its data and sockets in the working
// folder, and waits until it answers.
func startEtcd() (*embed.Etcd, error) {
	cfg := embed.NewConfig()
	cfg.Dir = "etcd"
	peers := url.URL{Scheme: "unix", Host: "etcd-peer.sock"}
	cfg.ListenClientUrls, cfg.AdvertiseClientUrls = []url.URL{etcdClients}, []url.URL{etcdClients}
	cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = []url.URL{peers}, []url.URL{peers}
	cfg.InitialCluster = cfg.InitialClusterFromName(cfg.Name)
	cfg.LogLevel = "error"
	cfg.UnsafeNoFsync = true             // the data need not outlive the machine
	cfg.TickMs, cfg.ElectionMs = 10, 100 // nobody else is up for election
	etcd, err := embed.StartEtcd(cfg)
	if err != nil {
		return nil, fmt.Errorf("starting etcd: %w", err)
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return etcd, nil
	case err = <-etcd.Err():
	case <-time.After(etcdTimeout):
		err = fmt.Errorf("not ready after %s", etcdTimeout)
	}
	etcd.Close()
	return nil, fmt.Errorf("starting etcd: %w", err)
}
