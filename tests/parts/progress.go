package parts

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// tick is the time between two lines of a part that is still being built.
const tick = 15 * time.Second

// progress writes one line for each thing that happens to a part; parts are built side
// by side, so each line names its part.
type progress struct {
	mu  sync.Mutex
	out io.Writer
}

// say writes a line about a part.
func (p *progress) say(part, format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.out, "  %-13s %s\n", part, fmt.Sprintf(format, args...))
}

// during says, while work runs, at each interval how long it has taken, and when it
// succeeded, what was done and how long that took.
func (p *progress) during(part, doing, done string, interval time.Duration, work func() error) error {
	start := time.Now()
	p.say(part, "%s", doing)
	finished := make(chan struct{})
	var ticking sync.WaitGroup
	ticking.Go(func() {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-finished:
				return
			case <-ticker.C:
				p.say(part, "still %s, %s", doing, since(start))
			}
		}
	})
	err := work()
	close(finished)
	ticking.Wait()
	if err != nil {
		p.say(part, "failed after %s", since(start))
		return err
	}
	p.say(part, "%s in %s", done, since(start))
	return nil
}

func since(start time.Time) time.Duration {
	return time.Since(start).Round(100 * time.Millisecond)
}
