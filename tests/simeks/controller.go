package simeks

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"time"
)

// retryAfter is the time between attempts at what could not be done yet.
const retryAfter = 500 * time.Millisecond

// controller keeps part of the cluster as it should be: reconcile is called whenever a
// collection changes, and again after a while when it has left something undone.
type controller struct {
	name        string
	collections []string // paths
	reconcile   func(context.Context) (done bool, err error)
}

// run runs the controller until ctx ends. It logs what could not be done.
func (ctrl controller) run(ctx context.Context, c *Client, log *log.Logger) {
	changed := make(chan struct{}, 1)
	for _, path := range ctrl.collections {
		go c.watch(ctx, path, changed)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
		done, err := ctrl.reconcile(ctx)
		if err != nil && ctx.Err() == nil {
			// Objects change while they are looked at: it is a reason to look again.
			log.Printf("%s: %v", ctrl.name, err)
		}
		if !done || err != nil {
			time.AfterFunc(retryAfter, func() { signal(changed) })
		}
	}
}

// watch signals each change to a collection, and first that it is there, until ctx ends.
func (c *Client) watch(ctx context.Context, path string, changed chan<- struct{}) {
	for ctx.Err() == nil {
		c.watchOnce(ctx, path, changed)
		select {
		case <-ctx.Done():
		case <-time.After(retryAfter):
		}
	}
}

// watchOnce signals changes until the API server, which does so every few minutes, ends
// the stream.
func (c *Client) watchOnce(ctx context.Context, path string, changed chan<- struct{}) {
	signal(changed)
	resp, err := c.send(ctx, http.MethodGet, path+"?watch=true", "", nil)
	if err != nil {
		return
	}
	defer resp.Body.Close()
	events := json.NewDecoder(resp.Body)
	for {
		var event struct{}
		if events.Decode(&event) != nil {
			return
		}
		signal(changed)
	}
}

func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default: // one is waiting already
	}
}
