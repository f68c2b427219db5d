package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// The requests that a running sandbox answers on its socket.
type (
	deliverRequest struct {
		Account string
		Month   time.Time
		Tags    []string
	}
	askRequest struct {
		Namespace string
		From, To  time.Time
	}
)

// Serve answers other processes until it is told to stop, or ctx ends.
func (s *Sandbox) Serve(ctx context.Context) error {
	l, err := net.Listen("unix", s.Env.Socket)
	if err != nil {
		return fmt.Errorf("listening on the sandbox's socket: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /deliver", answer(func(ctx context.Context, q deliverRequest) (any, error) {
		return s.Deliver(ctx, q.Account, q.Month, q.Tags)
	}))
	mux.HandleFunc("POST /ask", answer(func(ctx context.Context, q askRequest) (any, error) {
		return s.Ask(ctx, q.Namespace, q.From, q.To)
	}))
	mux.HandleFunc("POST /ping", answer(func(context.Context, struct{}) (any, error) { return "up", nil }))
	mux.HandleFunc("POST /down", answer(func(context.Context, struct{}) (any, error) {
		cancel()
		return "stopping", nil
	}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Shutdown(context.WithoutCancel(ctx)) // answers the one who asked
	}()
	if err := s.Env.writeShellFiles(); err != nil {
		return err
	}
	if err := s.Env.save(); err != nil { // the sign for others that it is up
		return err
	}
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("answering on the sandbox's socket: %w", err)
	}
	return nil
}

// answer serves one kind of request as JSON.
func answer[Q any](do func(context.Context, Q) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var q Q
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		a, err := do(r.Context(), q)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(a) // a client that is gone needs no answer
	}
}

// request has the sandbox of a folder do something.
func request(ctx context.Context, dir, what string, q, a any) error {
	body, err := json.Marshal(q)
	if err != nil {
		return fmt.Errorf("encoding a request: %w", err)
	}
	env, err := load(dir)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", env.Socket)
		},
	}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://sandbox/"+what, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("making a request: %w", err)
	}
	response, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("no sandbox is running: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("reading the sandbox's answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return errors.New(string(bytes.TrimSpace(text)))
	}
	if err := json.Unmarshal(text, a); err != nil {
		return fmt.Errorf("reading the sandbox's answer: %w", err)
	}
	return nil
}

// socket is short and apart from the sandbox's folder: a socket's path has at most 104 characters. The sandbox's environment has it,
// since in a shell that is in the sandbox the folder of temporary files is another one.
func socket(dir string) string {
	return filepath.Join(os.TempDir(), fmt.Sprintf("kubecost-cur-%08x.sock", hash(dir)))
}
