package stacks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"

	"github.com/kubecost-cur/kubecost-cur/internal/arn"
	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

// payerSource is where a primary stack learns of one payer account: that account's stack, or the settings themselves.
type payerSource struct {
	setting        string // that names it: payerStack, or payers[0]
	stack          string // organization/project/stack; empty for literal
	accountID      string // that stack must belong to
	accountSetting string
	literal        cloudintegration.AWS // a payer account that Pulumi does not manage
}

// payerEntry is an entry of the setting payers.
type payerEntry struct {
	Stack     string `json:"stack"`
	AccountID string `json:"accountId"`
	cloudintegration.AWS
}

// payers are the payer accounts that other stacks or the settings describe: the one of payerStack first, then those of payers.
func (r *reader) payers(ctx *pulumi.Context, own side, payerAccountID, partition string) []payerSource {
	entries := r.entries("payers", r.objects("payers"))
	entries = append(entries, r.entries("payersFile", r.objectsOf("payersFile"))...)
	var sources []payerSource
	if stack := r.text("payerStack"); own == both {
		if stack != "" {
			r.fault("payerStack", stack, errors.New("this stack holds the payer side itself: remove it"))
		}
	} else if strings.TrimSpace(stack) != "" || len(entries) == 0 {
		r.required("payerStack")
		r.required("payerAccountId")
		sources = append(sources, payerSource{
			setting: "payerStack", stack: r.stackName(ctx, "payerStack", stack),
			accountID: payerAccountID, accountSetting: "payerAccountId",
		})
	} else if payerAccountID != "" {
		r.fault("payerAccountId", payerAccountID, fmt.Errorf("it is the account of %s, which is not set: set that, or remove this",
			r.full("payerStack")))
	}
	for _, e := range entries {
		if source, ok := r.payerEntry(ctx, e.setting, e.text, partition); ok {
			sources = append(sources, source)
		}
	}
	seen := map[string]string{}
	for _, s := range sources {
		if first, twice := seen[s.stack]; twice && s.stack != "" {
			r.fault(s.setting, s.stack, fmt.Errorf("%s is the same stack: name each payer once", r.full(first)))
		}
		seen[s.stack] = s.setting
	}
	return sources
}

// entryText is an entry of payers as it is in the settings.
type entryText struct {
	setting string
	text    json.RawMessage
}

func (r *reader) entries(key string, list []json.RawMessage) []entryText {
	var all []entryText
	for i, text := range list {
		all = append(all, entryText{fmt.Sprintf("%s[%d]", key, i), text})
	}
	return all
}

// objectsOf are the objects of the list in a file, JSON or YAML, that a setting names.
func (r *reader) objectsOf(key string) []json.RawMessage {
	name := r.text(key)
	if name == "" {
		return nil
	}
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.ctx.RootDirectory(), path)
	}
	content, err := readSmall(path)
	if err != nil {
		r.fault(key, name, fmt.Errorf("the file, in the project's folder, cannot be read: %w", err))
		return nil
	}
	var list []map[string]any
	if err := yaml.Unmarshal(content, &list); err != nil || len(list) == 0 {
		r.fault(key, name, errors.New("the file is a list of objects, as payers is, in YAML or JSON, with one or more of them"))
		return nil
	}
	var objects []json.RawMessage
	for i, object := range list {
		text, err := json.Marshal(object)
		if err != nil {
			r.fault(fmt.Sprintf("%s[%d]", key, i), name, errors.New("its keys and values are strings"))
			continue
		}
		objects = append(objects, text)
	}
	return objects
}

// maxPayersFile is more than the entries of all payers that one role may have.
const maxPayersFile = 2 << 20

// readSmall reads a file that is no device and not large. Its error does not repeat the path.
func readSmall(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && (!info.Mode().IsRegular() || info.Size() > maxPayersFile) {
		return nil, fmt.Errorf("it is no file, or larger than %d MiB", maxPayersFile>>20)
	}
	var content []byte
	if err == nil {
		content, err = os.ReadFile(path)
	}
	if why := (*fs.PathError)(nil); errors.As(err, &why) {
		err = why.Err
	}
	return content, err
}

func (r *reader) payerEntry(ctx *pulumi.Context, setting string, text json.RawMessage, partition string) (payerSource, bool) {
	var e payerEntry
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&e); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) && kind.Field != "" {
			err = fmt.Errorf("%s is a %s, and must be a string: put it in quotes", kind.Field, kind.Value)
		} else {
			err = fmt.Errorf("it has stack and accountId, or the seven keys of cloud-integration.json: %s",
				strings.TrimPrefix(err.Error(), "json: "))
		}
		r.fault(setting, string(text), err)
		return payerSource{}, false
	}
	source := payerSource{setting: setting, accountID: e.AccountID, accountSetting: setting + ".accountId", literal: e.AWS}
	isStack, isLiteral := e.Stack != "" || e.AccountID != "", e.AWS != cloudintegration.AWS{}
	switch {
	case isStack == isLiteral:
		r.fault(setting, string(text), errors.New("it has either stack and accountId, or the seven keys of cloud-integration.json"))
		return payerSource{}, false
	case isStack:
		if strings.TrimSpace(e.Stack) == "" {
			r.faults = append(r.faults, fmt.Errorf("%s.stack is missing: the payer's stack", r.full(setting)))
		}
		source.stack = r.stackName(ctx, setting+".stack", e.Stack)
		r.fault(source.accountSetting, e.AccountID, arn.CheckAccountID(e.AccountID))
	default:
		if err := e.AWS.Check(); err != nil {
			r.faults = append(r.faults, fmt.Errorf("%s: %w", r.full(setting), err))
		} else if partition != "" {
			r.fault(setting+".athenaRegion", e.AthenaRegion, arn.CheckSamePartition(e.AthenaRegion, partition))
		}
	}
	return source, true
}

// stackName is a stack's full name. The fault of one that is none is recorded.
func (r *reader) stackName(ctx *pulumi.Context, setting, name string) string {
	switch parts := strings.Split(name, "/"); {
	case strings.TrimSpace(name) == "":
	case slices.Contains(parts, "") || len(parts) == 2 || len(parts) > 3:
		r.fault(setting, name, errors.New("it is a stack's name, or organization/project/stack"))
	case len(parts) == 1:
		return ctx.Organization() + "/" + ctx.Project() + "/" + name
	}
	return name
}

// readAtOnce is how many payer stacks are read at the same time. Each is a request or two to the state's backend.
const readAtOnce = 16

// readPayers reads and checks what is known of every payer. Its error has the faults of all of them.
func readPayers(ctx *pulumi.Context, s settings) ([]cloudintegration.AWS, error) {
	payers, faults := make([]cloudintegration.AWS, len(s.Primary.Payers)), make([]error, len(s.Primary.Payers))
	var reading sync.WaitGroup
	slots := make(chan struct{}, readAtOnce)
	for i, source := range s.Primary.Payers {
		if source.stack == "" {
			payers[i] = source.literal
			continue
		}
		slots <- struct{}{}
		reading.Go(func() {
			defer func() { <-slots }()
			c, err := read(ctx, source)
			if err == nil {
				err = check(c, source, s)
			}
			payers[i], faults[i] = entry(c), err
		})
	}
	reading.Wait()
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	if len(payers) == 0 { // the payer side of this stack is the only one
		return nil, nil
	}
	// Two payers that Kubecost would take for one, and too much for one secret, are refused before anything is registered.
	all := s.Primary.Clouds
	all.AWS = payers
	if _, err := cloudintegration.Write(s.Primary.Format, all); err != nil {
		return nil, fmt.Errorf("the payers of this stack do not fit together; nothing was changed: %w", err)
	}
	return payers, nil
}
