// Package schema makes the package's schema of the components: their arguments and outputs from the Go types that the plugin serves,
// the descriptions from those types' comments, so that nothing is said twice.
//
// The plugin does not import it: it has the schema in its file. The tests compare the two, and write the file with -update.
package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kubecost-cur/kubecost-cur/plugin/serve"
)

const (
	name       = "kubecost-cur"
	repository = "github.com/kubecost-cur/kubecost-cur"
)

// Package returns the schema as JSON. root is the repository's, for the components' sources. Something that a schema cannot say, or that
// has no comment, is an error.
func Package(root string) ([]byte, error) {
	docs, err := readDocs(filepath.Join(root, "components"), filepath.Join(root, "internal", "iampolicy"))
	if err != nil {
		return nil, err
	}
	b := builder{docs: docs, types: map[string]any{}}
	spec := packageSpec{
		Name:              name,
		Namespace:         name,
		DisplayName:       "Kubecost CUR",
		Description:       "Gives Kubecost on EKS the AWS bill (Cost and Usage Report) across accounts.",
		Keywords:          []string{"pulumi", "kubecost", "opencost", "aws", "eks", "cost", "kind/component", "category/infrastructure"},
		Homepage:          "https://" + repository,
		Repository:        "https://" + repository,
		PluginDownloadURL: "github://api." + repository,
		Language: map[string]any{
			"nodejs": map[string]any{"respectSchemaVersion": true},
			"python": map[string]any{"respectSchemaVersion": true, "pyproject": map[string]any{"enabled": true}},
			"csharp": map[string]any{"respectSchemaVersion": true, "namespaces": map[string]any{name: "KubecostCur"}},
			"go": map[string]any{
				"respectSchemaVersion": true, "generateResourceContainerTypes": true,
				"importBasePath": repository + "/sdk/go/kubecostcur", "rootPackageName": "kubecostcur",
			},
		},
		Resources: map[string]resourceSpec{},
	}
	for token, component := range serve.Components {
		resource, err := b.resource(component)
		if err != nil {
			return nil, fmt.Errorf("the schema of %s: %w", token, err)
		}
		spec.Resources[token] = resource
	}
	spec.Types = b.types
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(spec); err != nil {
		return nil, fmt.Errorf("writing the schema: %w", err)
	}
	return out.Bytes(), nil
}

// builder collects the types that arguments have.
type builder struct {
	docs  docs
	types map[string]any
}

func (b builder) resource(c serve.Component) (resourceSpec, error) {
	outputs, required, err := b.properties(c.Result)
	if err != nil {
		return resourceSpec{}, err
	}
	inputs, requiredInputs, err := b.properties(c.Args)
	if err != nil {
		return resourceSpec{}, err
	}
	description, err := described(c.Result.Name(), b.docs.ofType(c.Result.Name()))
	return resourceSpec{
		objectSpec:  objectSpec{Description: description, Type: "object", Properties: outputs, Required: required},
		IsComponent: true, InputProperties: inputs, RequiredInputs: requiredInputs,
	}, err
}

// described is a description; that there is none is an error.
func described(what, text string) (string, error) {
	if text == "" {
		return "", fmt.Errorf("%s has no comment", what)
	}
	return text, nil
}

// properties are those of a struct, and the names of the required ones. An output is there unless its tag output says optional.
func (b builder) properties(t reflect.Type) (map[string]propertySpec, []string, error) {
	properties, required, own := map[string]propertySpec{}, []string(nil), map[string]string{}
	for i := range t.NumField() {
		own[t.Field(i).Name], _ = serve.Property(t.Field(i))
	}
	for i := range t.NumField() { // none of what is embedded
		field := t.Field(i)
		property, optional := serve.Property(field)
		if property == "" {
			continue
		}
		description, err := described(t.Name()+"."+field.Name, b.docs.ofField(t.Name(), field.Name, own))
		if err != nil {
			return nil, nil, err
		}
		spec, err := b.typeOf(field.Type, field.Tag.Get("enum"))
		if err != nil {
			return nil, nil, fmt.Errorf("%s.%s: %w", t.Name(), field.Name, err)
		}
		properties[property] = propertySpec{typeSpec: spec, Description: description, Secret: field.Tag.Get("provider") == "secret"}
		if !optional && field.Tag.Get("output") != "optional" {
			required = append(required, property)
		}
	}
	return properties, required, nil
}

// anything is the type of what can be anything, such as a resource that provides others.
var anything = typeSpec{Ref: "pulumi.json#/Any"}

// typeOf is a Go type as a schema has it. What is an Input or an Output in Go may be known only when other resources are there; all else
// is plain.
func (b builder) typeOf(t reflect.Type, enumName string) (typeSpec, error) {
	switch t {
	case reflect.TypeFor[pulumi.StringInput](), reflect.TypeFor[pulumi.StringOutput]():
		return b.text(enumName, false)
	case reflect.TypeFor[pulumi.MapInput]():
		return typeSpec{Type: "object", AdditionalProperties: &anything}, nil
	case reflect.TypeFor[pulumi.ProviderResource]():
		return anything, nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return b.typeOf(t.Elem(), enumName)
	case reflect.String:
		return b.text(enumName, true)
	case reflect.Bool:
		return typeSpec{Type: "boolean", Plain: true}, nil
	case reflect.Int:
		return typeSpec{Type: "integer", Plain: true}, nil
	case reflect.Slice:
		items, err := b.typeOf(t.Elem(), enumName)
		return typeSpec{Type: "array", Items: &items, Plain: true}, err
	case reflect.Map:
		values, err := b.typeOf(t.Elem(), enumName)
		return typeSpec{Type: "object", AdditionalProperties: &values, Plain: true}, err
	case reflect.Struct:
		return b.object(t)
	}
	return typeSpec{}, fmt.Errorf("a schema has no %s", t)
}

// text is the type of a text, or that of the enumeration that it is of.
func (b builder) text(enumName string, plain bool) (typeSpec, error) {
	if enumName == "" {
		return typeSpec{Type: "string", Plain: plain}, nil
	}
	values, known := enums[enumName]
	if !known {
		return typeSpec{}, fmt.Errorf("there is no enumeration %s", enumName)
	}
	return b.reference(enumName, values, plain), nil
}

// object is the type of a struct among arguments. SDKs add Args to the names of such types, so it is taken off here.
func (b builder) object(t reflect.Type) (typeSpec, error) {
	properties, required, err := b.properties(t)
	if err != nil {
		return typeSpec{}, err
	}
	description, err := described(t.Name(), b.docs.ofType(t.Name()))
	if err != nil {
		return typeSpec{}, err
	}
	spec := objectSpec{Description: description, Type: "object", Properties: properties, Required: required}
	return b.reference(strings.TrimSuffix(t.Name(), "Args"), spec, true), nil
}

func (b builder) reference(typeName string, spec any, plain bool) typeSpec {
	token := name + ":index:" + typeName
	b.types[token] = spec
	return typeSpec{Ref: "#/types/" + token, Plain: plain}
}
