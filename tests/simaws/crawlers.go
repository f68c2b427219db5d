package simaws

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// crawlers are kept here, not in moto, which cannot update them and lets them do nothing.
type crawlers struct {
	mu      sync.Mutex
	at      map[place]map[string]*crawler
	pending map[place]map[string]int // events that a trigger has gathered
	running sync.WaitGroup
}

// crawler is a crawler in its API's words.
type crawler struct {
	Name               string
	Role               string
	DatabaseName       string
	Description        string   `json:",omitempty"`
	Classifiers        []string `json:",omitempty"`
	TablePrefix        string   `json:",omitempty"`
	Configuration      string   `json:",omitempty"`
	Targets            crawlerTargets
	SchemaChangePolicy schemaChangePolicy
	RecrawlPolicy      recrawlPolicy

	schedule string
	role     string // ARN
	busy     bool
	last     *Crawl
	started  time.Time
	created  time.Time
	version  int
}

type crawlerTargets struct{ S3Targets []s3Target }

type s3Target struct {
	Path       string
	Exclusions []string `json:",omitempty"`
}

type schemaChangePolicy struct{ UpdateBehavior, DeleteBehavior string }

type recrawlPolicy struct{ RecrawlBehavior string }

// settings of a crawler, with which it is made and changed.
type crawlerInput struct {
	crawler
	Schedule string
	Tags     map[string]string
}

// crawlerConfiguration is what of a crawler's configuration is simulated.
type crawlerConfiguration struct {
	Version  float64
	Grouping struct{ TableGroupingPolicy string }

	CrawlerOutput struct {
		Tables, Partitions struct{ AddOrUpdateBehavior string }
	}
}

var cronExpression = regexp.MustCompile(`^cron\((?:\S+ \S+ \? \S+ [^?\s]+ \S+|\S+ \S+ [^?\s]+ \S+ \? \S+)\)$`)

// readCrawler reads and checks what CreateCrawler and UpdateCrawler are told.
func (c *Cloud) readCrawler(k *call) (crawlerInput, error) {
	in := crawlerInput{crawler: crawler{
		SchemaChangePolicy: schemaChangePolicy{"UPDATE_IN_DATABASE", "DEPRECATE_IN_DATABASE"}, RecrawlPolicy: recrawlPolicy{"CRAWL_EVERYTHING"},
	}}
	if err := k.decode(&in); err != nil {
		return in, err
	}
	invalid := func(format string, args ...any) error { return badRequest("InvalidInputException", format, args...) }
	logs := in.SchemaChangePolicy == schemaChangePolicy{"LOG", "LOG"}
	switch {
	case in.Name == "" || len(in.Name) > 255:
		return in, invalid("Crawler name must have 1 to 255 characters")
	case in.DatabaseName == "":
		return in, invalid("Crawler cannot be created without a database name")
	case len(in.Targets.S3Targets) == 0:
		return in, invalid("Crawler cannot be created without any targets")
	case in.Schedule != "" && !cronExpression.MatchString(in.Schedule):
		return in, invalid("The schedule %s is not valid", in.Schedule)
	case in.RecrawlPolicy.RecrawlBehavior == "CRAWL_NEW_FOLDERS_ONLY" && !logs:
		return in, invalid(`The SchemaChangePolicy for "Crawl new folders only" Amazon S3 target can have only LOG DeleteBehavior value and LOG UpdateBehavior value.`)
	}
	if _, err := in.configuration(); err != nil {
		return in, invalid("%v", err)
	}
	in.role = in.Role
	if !strings.HasPrefix(in.Role, "arn:") {
		in.role = "arn:aws:iam::" + k.caller.Account + ":role/" + in.Role
	}
	if err := c.mayPassTo(k, in.role, "glue.amazonaws.com"); err != nil {
		return in, err
	}
	at := place{k.caller.Account, k.region}
	if _, err := c.crawlersSession(k.r.Context(), at, &in.crawler); err != nil {
		return in, invalid("Service is unable to assume provided role. Please verify role's TrustPolicy")
	}
	_, in.Role, _ = strings.Cut(in.role, ":role/") // as the API tells it
	in.schedule = in.Schedule
	return in, nil
}

// configuration is the crawler's; unknown keys are refused.
func (r *crawler) configuration() (crawlerConfiguration, error) {
	var c crawlerConfiguration
	if r.Configuration == "" {
		return c, nil
	}
	d := json.NewDecoder(bytes.NewReader([]byte(r.Configuration)))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, err
	}
	if c.Version != 1 {
		return c, badRequest("InvalidInputException", "Configuration version must be 1.0")
	}
	return c, nil
}

func (c *Cloud) crawlersSession(ctx context.Context, at place, r *crawler) (*principal, error) {
	return c.sessionFor(ctx, "glue.amazonaws.com", glueARN(at, "crawler", r.Name), r.role, "AWS-Crawler")
}

func (c *Cloud) createCrawler(k *call) (any, error) {
	in, err := c.readCrawler(k)
	if err != nil {
		return nil, err
	}
	at := place{k.caller.Account, k.region}
	c.crawlers.mu.Lock()
	defer c.crawlers.mu.Unlock()
	if c.crawlers.at[at][in.Name] != nil {
		return nil, badRequest("AlreadyExistsException", "%s already exists", in.Name)
	}
	if c.crawlers.at[at] == nil {
		c.crawlers.at[at] = map[string]*crawler{}
	}
	made := in.crawler
	made.created, made.version = time.Now(), 1
	c.crawlers.at[at][in.Name] = &made
	return struct{}{}, c.moto.tagGlue(k.r.Context(), at, glueARN(at, "crawler", in.Name), in.Tags)
}

func (c *Cloud) updateCrawler(k *call) (any, error) {
	in, err := c.readCrawler(k)
	if err != nil {
		return nil, err
	}
	return struct{}{}, c.withCrawler(k, func(r *crawler) error {
		if r.busy {
			return badRequest("CrawlerRunningException", "Crawler with name %s has already started", r.Name)
		}
		changed := in.crawler
		changed.created, changed.last, changed.started, changed.version = r.created, r.last, r.started, r.version+1
		*r = changed
		return nil
	})
}

// withCrawler does something with the crawler that a call names, with the lock held.
func (c *Cloud) withCrawler(k *call, do func(*crawler) error) error {
	var in struct{ Name string }
	if err := k.decode(&in); err != nil {
		return err
	}
	c.crawlers.mu.Lock()
	defer c.crawlers.mu.Unlock()
	r := c.crawlers.at[place{k.caller.Account, k.region}][in.Name]
	if r == nil {
		return entityNotFound("Crawler", in.Name)
	}
	return do(r)
}

func (c *Cloud) getCrawler(k *call) (any, error) {
	type described struct {
		crawler
		State        string
		Version      int
		CreationTime float64
		Schedule     map[string]string `json:",omitempty"`
		LastCrawl    map[string]any    `json:",omitempty"`
	}
	var out struct{ Crawler described }
	err := c.withCrawler(k, func(r *crawler) error {
		out.Crawler = described{crawler: *r, State: "READY", Version: r.version, CreationTime: seconds(r.created)}
		if r.busy {
			out.Crawler.State = "RUNNING"
		}
		if r.schedule != "" {
			out.Crawler.Schedule = map[string]string{"ScheduleExpression": r.schedule, "State": "SCHEDULED"}
		}
		if r.last != nil {
			out.Crawler.LastCrawl = map[string]any{
				"Status": r.last.Status, "ErrorMessage": r.last.Error, "StartTime": seconds(r.started), "LogGroup": "/aws-glue/crawlers", "LogStream": r.Name,
			}
		}
		return nil
	})
	return out, err
}

func (c *Cloud) listCrawlers(k *call) (any, error) {
	c.crawlers.mu.Lock()
	defer c.crawlers.mu.Unlock()
	names := slices.AppendSeq([]string{}, maps.Keys(c.crawlers.at[place{k.caller.Account, k.region}]))
	slices.Sort(names)
	return map[string]any{"CrawlerNames": names}, nil
}

func (c *Cloud) deleteCrawler(k *call) (any, error) {
	at := place{k.caller.Account, k.region}
	return struct{}{}, c.withCrawler(k, func(r *crawler) error {
		if r.busy {
			return badRequest("CrawlerRunningException", "Crawler with name %s has already started", r.Name)
		}
		delete(c.crawlers.at[at], r.Name)
		return c.moto.untagGlue(k.r.Context(), at, glueARN(at, "crawler", r.Name))
	})
}

// startCrawler answers at once; the crawl goes on in the background.
func (c *Cloud) startCrawler(k *call) (any, error) {
	var in struct{ Name string }
	if err := k.decode(&in); err != nil {
		return nil, err
	}
	at := place{k.caller.Account, k.region}
	r, err := c.beginCrawl(at, in.Name)
	if err != nil {
		return nil, err
	}
	c.crawlers.running.Go(func() { c.finishCrawl(context.Background(), at, r) })
	return struct{}{}, nil
}
