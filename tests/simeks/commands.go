package simeks

import (
	"fmt"
	"net"
)

// apiAudience is whom tokens for the API server itself are for.
const apiAudience = "https://kubernetes.default.svc"

// apiServer returns the API server's command.
func apiServer(c Config, f files, port int) command {
	args := []string{
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", port),
		// Nothing within the cluster connects to the API server; without these two it
		// looks for a network interface, which a machine may lack.
		"--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
		"--tls-cert-file=" + f.cert, "--tls-private-key-file=" + f.key,
		"--service-cluster-ip-range=172.20.0.0/16",
		"--authorization-mode=RBAC", "--token-auth-file=" + f.tokens,
		"--api-audiences=" + apiAudience,
		"--service-account-issuer=" + c.Issuer, "--service-account-jwks-uri=" + c.Issuer + "/keys",
		"--service-account-key-file=" + f.tokenKey, "--service-account-signing-key-file=" + f.tokenKey,
		"--enable-priority-and-fairness=false", "--profiling=false",
		"--audit-policy-file=" + f.audit, "--audit-log-path=" + f.auditLog,
	}
	if f.webhook != "" {
		args = append(args, "--authentication-token-webhook-version=v1",
			"--authentication-token-webhook-config-file="+f.webhook)
	}
	return command{"apiserver", args}
}

// controllerManager returns the controller manager's command.
func controllerManager(f files) command {
	return command{"controller-manager", []string{
		"--kubeconfig=" + f.kubeconfig, "--leader-elect=false", "--secure-port=0", "--profiling=false",
		"--controllers=*,-node-ipam-controller", // pods' addresses come from kwok
		"--service-account-private-key-file=" + f.tokenKey, "--root-ca-file=" + f.caFile,
		"--pvclaimbinder-sync-period=1s", // claims learn of a new default class then
		// Nobody renews the node's lease; without this its pods are unready after a minute.
		"--node-monitor-grace-period=24h",
	}}
}

// scheduler returns the scheduler's command.
func scheduler(f files) command {
	return command{"scheduler", []string{
		"--kubeconfig=" + f.kubeconfig, "--leader-elect=false", "--secure-port=0", "--profiling=false",
	}}
}

// kwok returns the command of the simulated kubelet.
func kwok(f files) command {
	return command{"kwok", []string{"--kubeconfig=" + f.kubeconfig, "--config=" + f.stages, "--manage-all-nodes"}}
}

// freePort returns a TCP port of this machine that was free a moment ago.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("looking for a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
