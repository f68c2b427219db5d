package e2e

import (
	"maps"
	"slices"
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
	// differences are the properties for which a step is taken.
	differences map[string][]string
}

func newEvents() *recordedEvents {
	r := &recordedEvents{channel: make(chan events.EngineEvent), steps: map[string]string{}, differences: map[string][]string{}}
	r.done.Go(func() {
		for e := range r.channel {
			if e.ResourcePreEvent == nil {
				continue
			}
			step := e.ResourcePreEvent.Metadata
			switch step.Op {
			case apitype.OpSame, apitype.OpRead, apitype.OpRefresh:
			default:
				name := resource.URN(step.URN).Name()
				r.steps[name] = string(step.Op)
				r.differences[name] = slices.Concat(r.differences[name], step.Diffs, slices.Sorted(maps.Keys(step.DetailedDiff)))
			}
		}
	})
	return r
}
