package wire

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

// Plain returns the map's values as Go values, secrets as what they hold. An unknown stays a
// [resource.Computed].
func Plain(m resource.PropertyMap) map[string]any {
	return m.MapRepl(nil, stripSecret)
}

// Known is Plain with nil for what is unknown.
func Known(m resource.PropertyMap) map[string]any {
	return m.MapRepl(nil, func(v resource.PropertyValue) (any, bool) {
		if v.IsComputed() {
			return nil, true
		}
		return stripSecret(v)
	})
}

func stripSecret(v resource.PropertyValue) (any, bool) {
	if !v.IsSecret() {
		return nil, false
	}
	return v.SecretValue().Element.MapRepl(nil, stripSecret), true
}

// MarkSecrets makes secret in outputs what is secret in inputs. A value below which inputs has a secret
// is marked as a whole unless both are objects, since the server may have arranged it differently.
func MarkSecrets(outputs, inputs resource.PropertyMap) {
	for key, in := range inputs {
		out, ok := outputs[key]
		switch {
		case !ok:
		case out.IsObject() && in.IsObject():
			MarkSecrets(out.ObjectValue(), in.ObjectValue())
		case !out.IsSecret() && in.ContainsSecrets():
			outputs[key] = resource.MakeSecret(out)
		}
	}
}

// MarkUnknowns makes unknown in outputs what is unknown in inputs.
func MarkUnknowns(outputs, inputs resource.PropertyMap) {
	for key, in := range inputs {
		if out, ok := outputs[key]; ok {
			outputs[key] = markUnknown(out, in)
		}
	}
}

func markUnknown(out, in resource.PropertyValue) resource.PropertyValue {
	switch {
	case in.IsSecret():
		return markUnknown(out, in.SecretValue().Element)
	case in.IsComputed():
		return in
	case out.IsObject() && in.IsObject():
		MarkUnknowns(out.ObjectValue(), in.ObjectValue())
	case out.IsArray() && in.IsArray():
		outs, ins := out.ArrayValue(), in.ArrayValue()
		for i := range min(len(outs), len(ins)) {
			outs[i] = markUnknown(outs[i], ins[i])
		}
	}
	return out
}
