package simaws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Crawl is a crawler's run, and what it changed.
type Crawl struct {
	Crawler    string
	Status     string // SUCCEEDED or FAILED
	Error      string // of a failed crawl
	Columns    []string
	Partitions []string // year=2026/month=1: those that were not registered before
	Deprecated bool     // the table was marked so, and nothing else was done
}

// Crawl runs a crawler at once, as its schedule would, and returns when it is done. The error says that there is no such crawler, or
// that it runs already; a crawl that fails is a Crawl.
func (c *Cloud) Crawl(ctx context.Context, account, region, name string) (Crawl, error) {
	at := place{account, region}
	r, err := c.beginCrawl(at, name)
	if err != nil {
		return Crawl{}, err
	}
	return c.finishCrawl(ctx, at, r), nil
}

func (c *Cloud) beginCrawl(at place, name string) (*crawler, error) {
	c.crawlers.mu.Lock()
	defer c.crawlers.mu.Unlock()
	r := c.crawlers.at[at][name]
	switch {
	case r == nil:
		return nil, entityNotFound("Crawler", name)
	case r.busy:
		return nil, badRequest("CrawlerRunningException", "Crawler with name %s has already started", name)
	}
	r.busy, r.started = true, time.Now()
	return r, nil
}

func (c *Cloud) finishCrawl(ctx context.Context, at place, r *crawler) Crawl {
	done := Crawl{Crawler: r.Name, Status: "SUCCEEDED"}
	run := crawlRun{cloud: c, at: at, crawler: r, done: &done}
	if err := run.run(ctx); err != nil {
		done = Crawl{Crawler: r.Name, Status: "FAILED", Error: err.Error()}
	}
	c.crawlers.mu.Lock()
	defer c.crawlers.mu.Unlock()
	r.busy, r.last = false, &done
	return done
}

// crawlRun is a crawl while it runs, with the rights of the crawler's role.
type crawlRun struct {
	cloud   *Cloud
	at      place
	crawler *crawler
	config  crawlerConfiguration
	caller  *principal
	done    *Crawl
}

func (r *crawlRun) run(ctx context.Context) (err error) {
	if r.config, err = r.crawler.configuration(); err != nil {
		return err
	}
	if r.caller, err = r.cloud.crawlersSession(ctx, r.at, r.crawler); err != nil {
		return err
	}
	for _, target := range r.crawler.Targets.S3Targets {
		data, err := r.read(ctx, target)
		if err != nil {
			return err
		}
		if len(data.files) == 0 { // nothing there: that is logged, and the table stays as it is
			continue
		}
		if err := r.keep(ctx, data); err != nil {
			return err
		}
	}
	return nil
}

// may asks for an action of Glue on the catalog, the database and a table of it, also of Lake Formation where that decides.
func (r *crawlRun) may(ctx context.Context, action, table string) error {
	for _, arn := range catalogResources(r.at, r.crawler.DatabaseName, table) {
		if err := r.cloud.may(ctx, r.caller, access{action: action, resource: arn, account: r.at.account}); err != nil {
			return err
		}
	}
	return r.cloud.lakeAllows(r.caller, r.at, action, r.crawler.DatabaseName, table)
}

// call is an action of Glue with the crawler's rights.
func (r *crawlRun) call(ctx context.Context, action, table string, in map[string]any, out any) error {
	if err := r.may(ctx, "glue:"+action, table); err != nil {
		return err
	}
	in["DatabaseName"] = r.crawler.DatabaseName
	return r.cloud.moto.glue(ctx, r.at, action, in, out)
}

// keep brings the table over some data up to date.
func (r *crawlRun) keep(ctx context.Context, data *crawledData) error {
	if err := r.may(ctx, "glue:GetDatabase", ""); err != nil {
		return err
	}
	name := r.crawler.TablePrefix + data.tableName()
	var found struct{ Table map[string]any }
	err := r.call(ctx, "GetTable", name, map[string]any{"Name": name}, &found)
	if notFound(err) {
		if err := r.may(ctx, "glue:CreateTable", name); err != nil {
			return err
		}
		return errors.New("a crawl that makes a table is not simulated")
	} else if err != nil {
		return err
	}
	table := found.Table
	for _, key := range []string{"DatabaseName", "CreateTime", "UpdateTime", "VersionId", "CatalogId"} { // told, but not taken
		delete(table, key)
	}
	parameters := texts(table["Parameters"])
	update := func() error {
		table["Parameters"] = parameters
		return r.call(ctx, "UpdateTable", name, map[string]any{"TableInput": table}, nil)
	}
	if parameters["classification"] != "parquet" || parameters["compressionType"] != "none" {
		r.done.Deprecated = true
		parameters["DEPRECATED_BY_CRAWLER"] = r.crawler.Name
		return update()
	}
	if err := data.layoutIs(columnsOf(table["PartitionKeys"])); err != nil {
		return err
	}
	statistics := data.statistics(r.crawler)
	maps.Copy(parameters, statistics)
	storage, _ := table["StorageDescriptor"].(map[string]any)
	if storage == nil {
		return fmt.Errorf("table %s has no storage descriptor", name)
	}
	if r.crawler.SchemaChangePolicy.UpdateBehavior != "LOG" {
		storage["Columns"] = r.merged(columnsOf(storage["Columns"]), data.columns)
	}
	// What a crawler leaves in a table besides: seen in tables that AWS's crawlers made.
	inStorage := texts(storage["Parameters"])
	maps.Copy(inStorage, parameters)
	delete(inStorage, "EXTERNAL")
	storage["Parameters"], storage["NumberOfBuckets"], table["Owner"] = inStorage, -1, "owner"
	if err := update(); err != nil {
		return err
	}
	return r.register(ctx, name, storage, data)
}

// merged are a table's columns after a crawl: with MergeNewColumns, the new ones come after those that are there; else they are those
// of the data.
func (r *crawlRun) merged(old, found []tableColumn) []tableColumn {
	known := map[string]bool{}
	for _, c := range old {
		known[c.Name] = true
	}
	for _, c := range found {
		if !known[c.Name] {
			r.done.Columns = append(r.done.Columns, c.Name)
		}
	}
	if r.config.CrawlerOutput.Tables.AddOrUpdateBehavior != "MergeNewColumns" {
		return found
	}
	for _, c := range found {
		if !known[c.Name] {
			old = append(old, c)
		}
	}
	return old
}

// register makes a partition of each folder that is none yet, and brings the others up to date.
func (r *crawlRun) register(ctx context.Context, table string, storage map[string]any, data *crawledData) error {
	var there struct{ Partitions []struct{ Values []string } }
	if err := r.call(ctx, "GetPartitions", table, map[string]any{"TableName": table}, &there); err != nil {
		return err
	}
	known := map[string]bool{}
	for _, p := range there.Partitions {
		known[strings.Join(p.Values, "/")] = true
	}
	var added, changed []any
	for _, folder := range slices.Sorted(maps.Keys(data.folders)) {
		own := maps.Clone(storage)
		own["Location"] = data.location + folder + "/"
		if r.config.CrawlerOutput.Partitions.AddOrUpdateBehavior != "InheritFromTable" {
			own["Columns"] = data.folders[folder]
		}
		values := valuesOf(folder)
		partition := map[string]any{"Values": values, "StorageDescriptor": own, "Parameters": map[string]string{}}
		if known[strings.Join(values, "/")] {
			changed = append(changed, map[string]any{"PartitionValueList": values, "PartitionInput": partition})
			continue
		}
		added = append(added, partition)
		r.done.Partitions = append(r.done.Partitions, folder)
	}
	if len(added) > 0 {
		in := map[string]any{"TableName": table, "PartitionInputList": added}
		if err := r.call(ctx, "BatchCreatePartition", table, in, nil); err != nil {
			return err
		}
	}
	if len(changed) > 0 {
		return r.call(ctx, "BatchUpdatePartition", table, map[string]any{"TableName": table, "Entries": changed}, nil)
	}
	return nil
}

// statistics are the parameters that a crawl writes.
func (d *crawledData) statistics(r *crawler) map[string]string {
	exclusions, _ := json.Marshal(r.Targets.S3Targets[0].Exclusions) // a list of strings can be encoded
	return map[string]string{
		"CRAWL_RUN_ID": requestID(), "CrawlerSchemaDeserializerVersion": "1.0", "CrawlerSchemaSerializerVersion": "1.0",
		"UPDATED_BY_CRAWLER": r.Name, "typeOfData": "file", "exclusions": string(exclusions),
		"objectCount": strconv.Itoa(len(d.files)), "recordCount": strconv.FormatInt(d.records, 10),
		"sizeKey": strconv.FormatInt(d.bytes, 10), "averageRecordSize": strconv.FormatInt(d.bytes/max(d.records, 1), 10),
	}
}
