package e2e

import (
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// recordedEvents are what the engine tells of an operation.
type recordedEvents struct {
	channel chan events.EngineEvent
	done    sync.WaitGroup
	steps   map[string]string
}

func newEvents() *recordedEvents {
	r := &recordedEvents{channel: make(chan events.EngineEvent), steps: map[string]string{}}
	r.done.Go(func() {
		for e := range r.channel {
			if e.ResourcePreEvent == nil {
				continue
			}
			step := e.ResourcePreEvent.Metadata
			switch step.Op {
			case apitype.OpSame, apitype.OpRead, apitype.OpRefresh:
			default:
				r.steps[resource.URN(step.URN).Name()] = string(step.Op)
			}
		}
	})
	return r
}

// changes are the steps that change something, by the resource's name. The operation must have ended.
func (r *recordedEvents) changes() map[string]string {
	r.done.Wait()
	return r.steps
}
