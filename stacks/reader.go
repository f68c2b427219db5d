package stacks

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/kubecost-cur/kubecost-cur/internal/cloudintegration"
)

// reader reads settings and collects what is wrong with them.
type reader struct {
	ctx     *pulumi.Context
	project string
	own     *config.Config // kubecost-cur:
	aws     *config.Config // aws:
	faults  []error
}

func newReader(ctx *pulumi.Context) *reader {
	return &reader{ctx: ctx, project: ctx.Project(), own: config.New(ctx, ""), aws: config.New(ctx, "aws")}
}

// hidden are the settings that may hold secrets in plain text. Their values are not told.
var hidden = append([]string{"kubeconfig", "aws:accessKey", "aws:secretKey", "aws:token", "aws:assumeRoleWithWebIdentity"}, cloudintegration.Clouds...)

// fault records that the setting of a key (without the project's name) has a wrong value. A value that is secret, or that has
// to be, is not told.
func (r *reader) fault(key, value string, err error) {
	if err == nil {
		return
	}
	if r.secret(key) || slices.Contains(hidden, key) {
		value = "[secret]"
	}
	r.faults = append(r.faults, fmt.Errorf("%s is %q: %w", r.full(key), value, err))
}

// secret says whether the setting of a key, or that a part of which the key names, is a Pulumi secret.
func (r *reader) secret(key string) bool {
	if i := strings.IndexAny(key, "[."); i >= 0 {
		key = key[:i]
	}
	return r.ctx.IsConfigSecret(r.full(key))
}

// raw is a setting as Pulumi hands it over, without the warning that it is a secret: it is kept as one.
func (r *reader) raw(key string) string {
	v, _ := r.ctx.GetConfig(r.full(key))
	return v
}

// object is a setting that is an object.
func (r *reader) object(key string) map[string]any {
	v := r.raw(key)
	if v == "" {
		return nil
	}
	var o map[string]any
	if err := json.Unmarshal([]byte(v), &o); err != nil {
		r.fault(key, v, errors.New("it is an object"))
	}
	r.fault(key, v, reserved(o))
	return o
}

// reserved returns an error for a value that has, at any depth, the key by which Pulumi marks values of its own, such as secrets: it
// would take what is beside it for one, and fail in the middle of an update.
func reserved(value any) error {
	switch v := value.(type) {
	case map[string]any:
		for key, below := range v {
			if err := cmp.Or(reserved(key), reserved(below)); err != nil {
				return err
			}
		}
	case []any:
		for _, below := range v {
			if err := reserved(below); err != nil {
				return err
			}
		}
	case string:
		if v == resource.SigKey {
			return fmt.Errorf("%s is a key that Pulumi keeps for itself: remove it", resource.SigKey)
		}
	}
	return nil
}

func (r *reader) full(key string) string {
	if strings.Contains(key, ":") {
		return key
	}
	return r.project + ":" + key
}

// of returns the schema's entry for a key.
func of(key string) setting {
	for _, s := range schema {
		if s.key == key {
			return s
		}
	}
	return setting{key: key, def: ""}
}

// text is the setting's value, or its default if it is not given; a given empty text is that.
func (r *reader) text(key string) string {
	if v, err := r.own.Try(key); err == nil {
		return v
	}
	return of(key).def.(string)
}

// required is text that may not be empty.
func (r *reader) required(key string) string {
	v := r.text(key)
	if strings.TrimSpace(v) == "" {
		r.faults = append(r.faults, fmt.Errorf("%s is missing: %s", r.full(key), of(key).description))
	}
	return v
}

func (r *reader) integer(key string) int {
	v := r.own.Get(key)
	if v == "" {
		return of(key).def.(int)
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		r.fault(key, v, errors.New("it is a whole number"))
	}
	return n
}

func (r *reader) flag(key string) bool {
	v := r.own.Get(key)
	if v == "" {
		return of(key).def.(bool)
	}
	b, err := strconv.ParseBool(v)
	if err != nil {
		r.fault(key, v, errors.New("it is true or false"))
	}
	return b
}

func (r *reader) list(key string) []string {
	v := r.own.Get(key)
	if v == "" {
		return of(key).def.([]string)
	}
	var list []string
	if err := json.Unmarshal([]byte(v), &list); err != nil {
		r.fault(key, v, errors.New("it is a list of strings"))
	}
	return list
}

// objects is the setting's list of objects, each undecoded.
func (r *reader) objects(key string) []json.RawMessage {
	v := r.own.Get(key)
	if v == "" {
		return nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal([]byte(v), &list); err != nil {
		r.fault(key, v, errors.New("it is a list of objects"))
	}
	return list
}

// strangers records a fault for each setting of the other side that is set to anything but its default. A default is no
// fault: Pulumi gives every stack of the project the defaults of all settings.
func (r *reader) strangers(own settings) {
	for _, s := range schema {
		v := r.raw(s.key)
		taken := s.side == either || s.side == own.Side || own.Side == both && s.side != ci || own.ForCI && s.side == ci
		if taken || isDefault(s, v) {
			continue
		}
		of := string("the " + s.side + " side")
		switch s.side {
		case both:
			of = "a stack with both sides"
		case ci:
			of = "a stack for CI"
		}
		r.fault(s.key, v, fmt.Errorf("it is a setting of %s, and this stack's %s is %q: remove it", of, r.full("side"), r.text("side")))
	}
}

// isDefault says whether a raw value of a setting is its default, or none.
func isDefault(s setting, v string) bool {
	if v == "" || v == "{}" && s.kind == "object" || v == fmt.Sprint(s.def) {
		return true
	}
	list, ok := s.def.([]string)
	var given []string
	return ok && json.Unmarshal([]byte(v), &given) == nil && len(given) == len(list) && (len(list) == 0 || reflect.DeepEqual(given, list))
}

// err returns all faults as one error that tells the stack, or nil.
func (r *reader) err(stack string) error {
	switch len(r.faults) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("the settings of stack %s have a fault; nothing was changed:\n  - %w", stack, r.faults[0])
	}
	var b strings.Builder
	for _, f := range r.faults {
		b.WriteString("\n  - " + strings.ReplaceAll(f.Error(), "\n", "\n    "))
	}
	return fmt.Errorf("the settings of stack %s have %d faults; nothing was changed:%s", stack, len(r.faults), b.String())
}
