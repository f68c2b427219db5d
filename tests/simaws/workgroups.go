package simaws

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// athenaState is what Athena keeps. Work groups are kept here, not in moto, which cannot update or tag them.
type athenaState struct {
	mu         sync.Mutex
	groups     map[place]map[string]*workGroup
	executions map[place]map[string]*execution
	engine     Athena
	running    sync.WaitGroup
	life       context.Context // of all executions
	end        context.CancelFunc
}

// workGroup is a work group; its configuration stays in the API's words.
type workGroup struct {
	Name, Description, State string
	Configuration            map[string]any
	CreationTime             float64 // seconds
	tags                     []tag
}

func newAthenaState() *athenaState {
	s := &athenaState{
		groups:     map[place]map[string]*workGroup{},
		executions: map[place]map[string]*execution{},
	}
	s.life, s.end = context.WithCancel(context.Background())
	return s
}

// SetAthena gives Athena the engine that runs its queries; without one, queries fail.
func (c *Cloud) SetAthena(a Athena) {
	c.athena.mu.Lock()
	defer c.athena.mu.Unlock()
	c.athena.engine = a
}

// stop ends the queries that run.
func (s *athenaState) stop() {
	s.mu.Lock() // so that no execution is just being launched
	s.end()
	s.mu.Unlock()
	s.running.Wait()
}

// in gives the work groups of a place; "primary" is always there. It needs the lock.
func (s *athenaState) in(at place) map[string]*workGroup {
	if s.groups[at] == nil {
		s.groups[at] = map[string]*workGroup{"primary": newWorkGroup("primary", "", map[string]any{
			"EnforceWorkGroupConfiguration": false, "ResultConfiguration": map[string]any{},
		})}
	}
	return s.groups[at]
}

func newWorkGroup(name, description string, configuration map[string]any) *workGroup {
	g := &workGroup{
		Name: name, Description: description, State: "ENABLED", CreationTime: seconds(time.Now()),
		Configuration: map[string]any{
			"EnforceWorkGroupConfiguration":   true,
			"PublishCloudWatchMetricsEnabled": true,
			"RequesterPaysEnabled":            false,
		},
	}
	maps.Copy(g.Configuration, configuration)
	g.setEngine()
	return g
}

// setEngine resolves the engine's version.
func (g *workGroup) setEngine() {
	const newest = "Athena engine version 3"
	selected := "AUTO"
	if v, ok := g.Configuration["EngineVersion"].(map[string]any); ok {
		if name, ok := v["SelectedEngineVersion"].(string); ok && name != "" {
			selected = name
		}
	}
	effective := selected
	if selected == "AUTO" {
		effective = newest
	}
	g.Configuration["EngineVersion"] = map[string]any{"SelectedEngineVersion": selected, "EffectiveEngineVersion": effective}
}

// enforced tells whether the group's settings win over the client's.
func (g *workGroup) enforced() bool {
	on, _ := g.Configuration["EnforceWorkGroupConfiguration"].(bool)
	return on
}

// resultLocation is the group's own; empty if it has none.
func (g *workGroup) resultLocation() string {
	results, _ := g.Configuration["ResultConfiguration"].(map[string]any)
	location, _ := results["OutputLocation"].(string)
	return location
}

// resultEncryption is the group's own; zero if it has none.
func (g *workGroup) resultEncryption() resultEncryption {
	results, _ := g.Configuration["ResultConfiguration"].(map[string]any)
	own, _ := results["EncryptionConfiguration"].(map[string]any)
	option, _ := own["EncryptionOption"].(string)
	key, _ := own["KmsKey"].(string)
	return resultEncryption{option, key}
}

// scanLimit is in bytes; zero is no limit.
func (g *workGroup) scanLimit() int64 {
	limit, _ := g.Configuration["BytesScannedCutoffPerQuery"].(float64)
	return int64(limit)
}

// apply makes the changes of an UpdateWorkGroup: what is named is set, what a Remove… names is removed.
func apply(configuration, updates map[string]any) {
	for name, value := range updates {
		nested, isNested := strings.CutSuffix(name, "Updates")
		gone, isRemoval := strings.CutPrefix(name, "Remove")
		switch {
		case isNested:
			inner, _ := configuration[nested].(map[string]any)
			inner = maps.Clone(inner)
			if inner == nil {
				inner = map[string]any{}
			}
			changes, _ := value.(map[string]any)
			apply(inner, changes)
			configuration[nested] = inner
		case isRemoval:
			if value == true {
				delete(configuration, gone)
			}
		default:
			configuration[name] = value
		}
	}
}

func workGroupARN(at place, name string) string {
	return "arn:aws:athena:" + at.region + ":" + at.account + ":workgroup/" + name
}

var athenaOperations = map[string]operation{
	"CreateWorkGroup":     (*Cloud).createWorkGroup,
	"GetWorkGroup":        (*Cloud).getWorkGroup,
	"UpdateWorkGroup":     (*Cloud).updateWorkGroup,
	"DeleteWorkGroup":     (*Cloud).deleteWorkGroup,
	"ListWorkGroups":      (*Cloud).listWorkGroups,
	"TagResource":         (*Cloud).tagWorkGroup,
	"UntagResource":       (*Cloud).untagWorkGroup,
	"ListTagsForResource": (*Cloud).listWorkGroupTags,
	"StartQueryExecution": (*Cloud).startQuery,
	"GetQueryExecution":   (*Cloud).getQuery,
	"GetQueryResults":     (*Cloud).getResults,
	"StopQueryExecution":  (*Cloud).stopQuery,
	"ListQueryExecutions": (*Cloud).listQueries,
}

func (c *Cloud) serveAthena(w http.ResponseWriter, k *call) error {
	return c.perform(w, k, athenaOperations)
}

// workGroupCall is the input of all operations on work groups.
type workGroupCall struct {
	Name, WorkGroup, Description, State string
	Configuration, ConfigurationUpdates map[string]any
	RecursiveDeleteOption               bool
	ResourceARN                         string
	Tags                                []tag
	TagKeys                             []string
}

func (c *Cloud) createWorkGroup(k *call) (any, error) {
	var in workGroupCall
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	c.athena.mu.Lock()
	defer c.athena.mu.Unlock()
	groups := c.athena.in(place{k.caller.Account, k.region})
	if groups[in.Name] != nil {
		return nil, badRequest("InvalidRequestException", "WorkGroup %s is already created", in.Name)
	}
	g := newWorkGroup(in.Name, in.Description, in.Configuration)
	g.tags = in.Tags
	groups[in.Name] = g
	return struct{}{}, nil
}

// withWorkGroup finds the group that a call names, by name or by ARN, and holds the lock while it is used.
func (c *Cloud) withWorkGroup(k *call, use func(groups map[string]*workGroup, g *workGroup, in workGroupCall) (any, error)) (any, error) {
	var in workGroupCall
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	c.athena.mu.Lock()
	defer c.athena.mu.Unlock()
	groups := c.athena.in(place{k.caller.Account, k.region})
	name := firstOf(in.WorkGroup, in.Name, strings.TrimPrefix(in.ResourceARN, workGroupARN(place{k.caller.Account, k.region}, "")))
	g := groups[name]
	if g == nil {
		return nil, badRequest("InvalidRequestException", "WorkGroup %s is not found.", name)
	}
	return use(groups, g, in)
}

func (c *Cloud) getWorkGroup(k *call) (any, error) {
	return c.withWorkGroup(k, func(_ map[string]*workGroup, g *workGroup, _ workGroupCall) (any, error) {
		copied := *g
		copied.Configuration = maps.Clone(g.Configuration)
		return map[string]any{"WorkGroup": copied}, nil
	})
}

func (c *Cloud) updateWorkGroup(k *call) (any, error) {
	return c.withWorkGroup(k, func(_ map[string]*workGroup, g *workGroup, in workGroupCall) (any, error) {
		g.State = firstOf(in.State, g.State)
		g.Description = firstOf(in.Description, g.Description)
		apply(g.Configuration, in.ConfigurationUpdates)
		g.setEngine()
		return struct{}{}, nil
	})
}

func (c *Cloud) deleteWorkGroup(k *call) (any, error) {
	return c.withWorkGroup(k, func(groups map[string]*workGroup, g *workGroup, in workGroupCall) (any, error) {
		executions := c.athena.executions[place{k.caller.Account, k.region}]
		used := func(e *execution) bool { return e.workGroup == g.Name }
		switch {
		case g.Name == "primary":
			return nil, badRequest("InvalidRequestException", "The primary workgroup cannot be deleted")
		case !in.RecursiveDeleteOption && slices.ContainsFunc(slices.Collect(maps.Values(executions)), used):
			return nil, badRequest("InvalidRequestException", "WorkGroup %s is not empty", g.Name)
		}
		maps.DeleteFunc(executions, func(_ string, e *execution) bool { return used(e) })
		delete(groups, g.Name)
		return struct{}{}, nil
	})
}

func (c *Cloud) listWorkGroups(k *call) (any, error) {
	c.athena.mu.Lock()
	defer c.athena.mu.Unlock()
	groups := c.athena.in(place{k.caller.Account, k.region})
	summaries := []map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		g := groups[name]
		summaries = append(summaries, map[string]any{
			"Name": g.Name, "State": g.State, "Description": g.Description, "CreationTime": g.CreationTime,
			"EngineVersion": g.Configuration["EngineVersion"],
		})
	}
	return map[string]any{"WorkGroups": summaries}, nil
}

func (c *Cloud) tagWorkGroup(k *call) (any, error) {
	return c.withWorkGroup(k, func(_ map[string]*workGroup, g *workGroup, in workGroupCall) (any, error) {
		g.tags = withTags(g.tags, in.Tags)
		return struct{}{}, nil
	})
}

func (c *Cloud) untagWorkGroup(k *call) (any, error) {
	return c.withWorkGroup(k, func(_ map[string]*workGroup, g *workGroup, in workGroupCall) (any, error) {
		g.tags = withoutTags(g.tags, in.TagKeys)
		return struct{}{}, nil
	})
}

func (c *Cloud) listWorkGroupTags(k *call) (any, error) {
	return c.withWorkGroup(k, func(_ map[string]*workGroup, g *workGroup, _ workGroupCall) (any, error) {
		return map[string]any{"Tags": append([]tag{}, g.tags...)}, nil
	})
}

// seconds is a time as the JSON protocols write it.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
