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
	// steps are taken of resources, by their names. A component of a resource's name is none.
	steps map[string]string
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
				if !custom(step) {
					continue
				}
				name := resource.URN(step.URN).Name()
				r.steps[name] = string(step.Op)
				r.differences[name] = slices.Concat(r.differences[name], step.Diffs, slices.Sorted(maps.Keys(step.DetailedDiff)))
			}
		}
	})
	return r
}

// custom says whether a step is one of a resource, and not of a component.
func custom(step apitype.StepEventMetadata) bool {
	return step.New != nil && step.New.Custom || step.Old != nil && step.Old.Custom
}
