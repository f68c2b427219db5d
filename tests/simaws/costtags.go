package simaws

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// costTags are the cost allocation tags of all accounts: the keys that billing has seen on resources, and whether they are
// active.
type costTags struct {
	mu        sync.Mutex
	byAccount map[string]map[string]bool
}

const (
	tagActive   = "Active"
	tagInactive = "Inactive"
	// maxTagsACall is how many tags one call may change.
	maxTagsACall = 20
)

// SeeCostTags tells billing that resources have tags with these keys. Until then they cannot be activated; in AWS it takes up
// to a day.
func (c *Cloud) SeeCostTags(account string, keys ...string) {
	c.tags.mu.Lock()
	defer c.tags.mu.Unlock()
	if c.tags.byAccount[account] == nil {
		c.tags.byAccount[account] = map[string]bool{}
	}
	for _, key := range keys {
		if _, seen := c.tags.byAccount[account][key]; !seen {
			c.tags.byAccount[account][key] = false
		}
	}
}

// ActiveCostTags are the keys of an account's active cost allocation tags, sorted.
func (c *Cloud) ActiveCostTags(account string) []string {
	c.tags.mu.Lock()
	defer c.tags.mu.Unlock()
	active := []string{}
	for _, key := range slices.Sorted(maps.Keys(c.tags.byAccount[account])) {
		if c.tags.byAccount[account][key] {
			active = append(active, key)
		}
	}
	return active
}

var costTagOperations = map[string]operation{
	"ListCostAllocationTags":         (*Cloud).listCostTags,
	"UpdateCostAllocationTagsStatus": (*Cloud).updateCostTags,
}

// serveCostExplorer lets only the account that gets the bill at its tags.
func (c *Cloud) serveCostExplorer(w http.ResponseWriter, k *call) error {
	if org := c.orgs.of(k.caller.Account); org != nil && org.Management != k.caller.Account && costTagOperations[k.action] != nil {
		return denied("Linked account doesn't have access to cost allocation tags.")
	}
	return c.perform(w, k, costTagOperations)
}

func (c *Cloud) listCostTags(k *call) (any, error) {
	var in struct {
		Status, Type string
		TagKeys      []string
	}
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	c.tags.mu.Lock()
	defer c.tags.mu.Unlock()
	known := c.tags.byAccount[k.caller.Account]
	listed := []map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(known)) {
		status, kind := tagInactive, "UserDefined"
		if known[key] {
			status = tagActive
		}
		if strings.HasPrefix(key, "aws:") {
			kind = "AWSGenerated"
		}
		if in.Status != "" && in.Status != status || in.Type != "" && in.Type != kind ||
			len(in.TagKeys) > 0 && !slices.Contains(in.TagKeys, key) {
			continue
		}
		listed = append(listed, map[string]string{"TagKey": key, "Type": kind, "Status": status})
	}
	return map[string]any{"CostAllocationTags": listed}, nil
}

// updateCostTags changes what it can. What it cannot is in the answer, which is a success all the same.
func (c *Cloud) updateCostTags(k *call) (any, error) {
	var in struct {
		CostAllocationTagsStatus []struct{ TagKey, Status string }
	}
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	if n := len(in.CostAllocationTagsStatus); n < 1 || n > maxTagsACall {
		return nil, badRequest("ValidationException", "1 validation error detected: Value at 'costAllocationTagsStatus' failed to satisfy constraint: Member must have length between 1 and %d", maxTagsACall)
	}
	for _, entry := range in.CostAllocationTagsStatus {
		if entry.Status != tagActive && entry.Status != tagInactive {
			return nil, badRequest("ValidationException", "1 validation error detected: Value '%s' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]", entry.Status)
		}
	}
	c.tags.mu.Lock()
	defer c.tags.mu.Unlock()
	known := c.tags.byAccount[k.caller.Account]
	failed := []map[string]string{}
	for _, entry := range in.CostAllocationTagsStatus {
		if _, seen := known[entry.TagKey]; !seen {
			failed = append(failed, map[string]string{
				"TagKey": entry.TagKey, "Code": "TagKeysNotFoundException", "Message": "Tag keys not found: " + entry.TagKey,
			})
			continue
		}
		known[entry.TagKey] = entry.Status == tagActive
	}
	return map[string]any{"Errors": failed}, nil
}
