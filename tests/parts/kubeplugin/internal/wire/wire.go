// Package wire converts between the engine's messages and property maps.
//
// It does what the Pulumi SDK's resource/plugin package does for a provider, without that package's
// dependencies: a version control client and a terminal library would double this plugin's build time.
package wire

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/sig"
	"google.golang.org/protobuf/types/known/structpb"
)

// unknownString stands for an unknown string in the engine's messages.
const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

// unknowns are the engine's placeholders for a value that a preview does not know, by the kind of value.
var unknowns = map[string]resource.PropertyValue{
	unknownString:                          resource.NewProperty(""),
	"1c4a061d-8072-4f0a-a4cb-0ff528b18fe7": resource.NewProperty(false),
	"3eeb2bf0-c639-47a8-9e75-3b44932eb421": resource.NewProperty(0.0),
	"6a19a0b0-7e62-4c92-b797-7f8e31da9cc2": resource.NewProperty([]resource.PropertyValue{}),
	"dd056dcd-154b-4c76-9bd3-c8f88648b5ff": resource.NewProperty(resource.PropertyMap{}),
	"030794c1-ac77-496b-92df-f27374a8bd58": resource.NewProperty(""),
	"e48ece36-62e2-4504-bad9-02848725956a": resource.NewProperty(""),
}

// Decode reads a message of the engine. Nulls are dropped; unknowns and secrets are kept. It fails on a
// value that this plugin's resources cannot have, such as an archive.
func Decode(s *structpb.Struct) (resource.PropertyMap, error) {
	m := resource.PropertyMap{}
	for k, v := range s.GetFields() {
		p, err := decode(v)
		if err != nil {
			return nil, fmt.Errorf("reading property %q: %w", k, err)
		}
		if !p.IsNull() {
			m[resource.PropertyKey(k)] = p
		}
	}
	return m, nil
}

func decode(v *structpb.Value) (resource.PropertyValue, error) {
	switch v := v.GetKind().(type) {
	case *structpb.Value_BoolValue:
		return resource.NewProperty(v.BoolValue), nil
	case *structpb.Value_NumberValue:
		return resource.NewProperty(v.NumberValue), nil
	case *structpb.Value_StringValue:
		if element, unknown := unknowns[v.StringValue]; unknown {
			return resource.MakeComputed(element), nil
		}
		return resource.NewProperty(v.StringValue), nil
	case *structpb.Value_ListValue:
		items := make([]resource.PropertyValue, 0, len(v.ListValue.GetValues()))
		for i, item := range v.ListValue.GetValues() {
			p, err := decode(item)
			if err != nil {
				return p, fmt.Errorf("reading item %d: %w", i, err)
			}
			items = append(items, p)
		}
		return resource.NewProperty(items), nil
	case *structpb.Value_StructValue:
		return decodeObject(v.StructValue)
	}
	return resource.NewNullProperty(), nil
}

// decodeObject reads an object, which is a plain one unless it carries a signature.
func decodeObject(s *structpb.Struct) (resource.PropertyValue, error) {
	switch signature := s.GetFields()[sig.Key].GetStringValue(); signature {
	case "":
		m, err := Decode(s)
		return resource.NewProperty(m), err
	case sig.Secret:
		p, err := decode(s.GetFields()["value"])
		return resource.MakeSecret(p), err
	case sig.AssetSig:
		a, _, err := asset.Deserialize(s.AsMap())
		return resource.NewProperty(a), err
	default:
		return resource.PropertyValue{}, fmt.Errorf("value with signature %q is not supported", signature)
	}
}

// Encode writes a property map as a message to the engine.
func Encode(m resource.PropertyMap) (*structpb.Struct, error) {
	s := &structpb.Struct{Fields: make(map[string]*structpb.Value, len(m))}
	for k, p := range m {
		v, err := encode(p)
		if err != nil {
			return nil, fmt.Errorf("writing property %q: %w", k, err)
		}
		s.Fields[string(k)] = v
	}
	return s, nil
}

func encode(p resource.PropertyValue) (*structpb.Value, error) {
	switch {
	case p.IsNull():
		return structpb.NewNullValue(), nil
	case p.IsBool():
		return structpb.NewBoolValue(p.BoolValue()), nil
	case p.IsNumber():
		return structpb.NewNumberValue(p.NumberValue()), nil
	case p.IsString():
		return structpb.NewStringValue(p.StringValue()), nil
	case p.IsComputed():
		return structpb.NewStringValue(unknownString), nil
	case p.IsAsset():
		return structpb.NewValue(p.AssetValue().Serialize())
	case p.IsSecret():
		v, err := encode(p.SecretValue().Element)
		if err != nil {
			return nil, err
		}
		return structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{
			sig.Key: structpb.NewStringValue(sig.Secret),
			"value": v,
		}}), nil
	case p.IsArray():
		list := &structpb.ListValue{}
		for _, item := range p.ArrayValue() {
			v, err := encode(item)
			if err != nil {
				return nil, err
			}
			list.Values = append(list.Values, v)
		}
		return structpb.NewListValue(list), nil
	case p.IsObject():
		s, err := Encode(p.ObjectValue())
		return structpb.NewStructValue(s), err
	}
	return nil, fmt.Errorf("value of type %s is not supported", p.TypeString())
}
