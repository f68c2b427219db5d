package simaws

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
)

// proxy is an HTTPS proxy that ends the TLS of its tunnels itself and hands what comes through them to a handler. The
// standard library's server does both ends; a proxy library would add its own idea of a response in between.
type proxy struct {
	authority *authority
	serves    func(host string) bool
	tunnels   *tunnels
	listener  net.Listener
	servers   []*http.Server
}

// startProxy listens on a free port of the loopback interface. Tunnels to hosts that are not served are refused.
func startProxy(a *authority, serves func(host string) bool, handler http.Handler) (*proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the proxy: %w", err)
	}
	p := &proxy{
		authority: a,
		serves:    serves,
		listener:  listener,
		tunnels:   &tunnels{conns: make(chan net.Conn), done: make(chan struct{}), addr: listener.Addr()},
	}
	front, back := &http.Server{Handler: p}, &http.Server{Handler: handler}
	p.servers = []*http.Server{front, back}
	go func() { _ = front.Serve(listener) }()
	go func() { _ = back.Serve(p.tunnels) }()
	return p, nil
}

func (p *proxy) url() string { return "http://" + p.listener.Addr().String() }

// ServeHTTP opens a tunnel.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.Error(w, "only HTTPS is proxied", http.StatusMethodNotAllowed)
		return
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil || !p.serves(host) {
		http.Error(w, fmt.Sprintf("no such host: %s", r.Host), http.StatusBadGateway)
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if _, err := conn.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n")); err != nil {
		_ = conn.Close()
		return
	}
	p.tunnels.open(tls.Server(conn, &tls.Config{
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return p.authority.certificate(host) },
	}))
}

func (p *proxy) close() error {
	var errs []error
	for _, s := range p.servers {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// tunnels is a listener whose connections are the tunnels of a proxy.
type tunnels struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
	addr  net.Addr
}

func (t *tunnels) open(conn net.Conn) {
	select {
	case t.conns <- conn:
	case <-t.done:
		_ = conn.Close()
	}
}

func (t *tunnels) Accept() (net.Conn, error) {
	select {
	case conn := <-t.conns:
		return conn, nil
	case <-t.done:
		return nil, net.ErrClosed
	}
}

func (t *tunnels) Close() error {
	t.once.Do(func() { close(t.done) })
	return nil
}

func (t *tunnels) Addr() net.Addr { return t.addr }
