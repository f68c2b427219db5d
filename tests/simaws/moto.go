package simaws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strconv"
	"time"
)

// accountHeader tells moto whose resources a request is about.
const accountHeader = "X-Moto-Account-Id"

// underParent runs a program until standard input ends, which it also does when the parent is killed.
const underParent = `trap "" INT TERM; "$@" & cat >/dev/null; kill -9 $!; wait`

// moto keeps the state of most services. It is fresh in each run and believes whatever account it is told.
type moto struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	base   *url.URL
	client *http.Client
	front  *httputil.ReverseProxy
}

// startMoto runs moto_server on a free port and waits until it answers.
func startMoto(ctx context.Context, program string, log io.Writer) (*moto, error) {
	port, err := freePort()
	if err != nil {
		return nil, fmt.Errorf("finding a port for moto: %w", err)
	}
	if program, err = exec.LookPath(program); err != nil {
		return nil, fmt.Errorf("finding moto: %w", err)
	}
	cmd := exec.Command("sh", "-c", underParent, "sh", program, "-H", "127.0.0.1", "-p", strconv.Itoa(port))
	cmd.Stdout, cmd.Stderr = log, log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting moto: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting moto: %w", err)
	}
	base := &url.URL{Scheme: "http", Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port))}
	transport := &http.Transport{MaxIdleConnsPerHost: 16} // and no proxy
	m := &moto{
		cmd:    cmd,
		stdin:  stdin,
		base:   base,
		client: &http.Client{Transport: transport},
		front: &httputil.ReverseProxy{
			Transport: transport,
			Rewrite:   func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = base.Scheme, base.Host },
		},
	}
	if err := m.wait(ctx); err != nil {
		_ = m.stop()
		return nil, err
	}
	return m, nil
}

// wait returns when moto answers; it takes some seconds to load.
func (m *moto) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, m.base.String()+"/moto-api/", nil)
		if err != nil {
			return fmt.Errorf("asking whether moto is ready: %w", err)
		}
		if res, err := m.client.Do(r); err == nil {
			_ = res.Body.Close()
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for moto: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// forward hands a request to moto as one of an account. The Host header, by which moto tells the services apart, stays.
func (m *moto) forward(w http.ResponseWriter, k *call, account string) {
	r := k.forwardable()
	r.Header.Set(accountHeader, account)
	m.front.ServeHTTP(w, r)
}

func (m *moto) stop() error {
	if err := errors.Join(m.stdin.Close(), m.cmd.Wait()); err != nil {
		return fmt.Errorf("stopping moto: %w", err)
	}
	return nil
}

// freePort asks the system for a port that nothing listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
