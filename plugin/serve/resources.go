package serve

import (
	"fmt"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
)

// resourceTag is the tag of an argument that is a resource, with the property's name; such an argument may be left out. It is not the
// tag pulumi, because the SDK copies resources into fields of any type, or of the very one, but not into those of an interface.
const resourceTag = "resource"

// copyResources copies into args, a pointer to a struct, those arguments that are resources.
func copyResources(inputs provider.ConstructInputs, args any) error {
	into := reflect.ValueOf(args).Elem()
	found := reflect.New(onlyResources(into.Type()))
	if err := inputs.CopyTo(found.Interface()); err != nil {
		return err
	}
	return assign(into, found.Elem())
}

// onlyResources is a struct that has of another one only the fields that are resources, of any type, and those that hold some.
func onlyResources(t reflect.Type) reflect.Type {
	var fields []reflect.StructField
	for i := range t.NumField() {
		field := t.Field(i)
		if name, ok := field.Tag.Lookup(resourceTag); ok {
			tag := reflect.StructTag(fmt.Sprintf("pulumi:%q", name))
			fields = append(fields, reflect.StructField{Name: field.Name, Type: reflect.TypeFor[any](), Tag: tag})
		} else if name, _ := Property(field); name != "" && field.Type.Kind() == reflect.Pointer && field.Type.Elem().Kind() == reflect.Struct {
			if inner := onlyResources(field.Type.Elem()); inner.NumField() > 0 {
				fields = append(fields, reflect.StructField{Name: field.Name, Type: reflect.PointerTo(inner), Tag: field.Tag})
			}
		}
	}
	return reflect.StructOf(fields)
}

// assign gives the fields of a struct the resources that were found.
func assign(into, found reflect.Value) error {
	for i := range found.NumField() {
		field, value := found.Type().Field(i), found.Field(i)
		if value.IsNil() {
			continue
		}
		target := into.FieldByName(field.Name)
		name, _ := Property(field)
		if value.Kind() == reflect.Pointer {
			if err := assign(target.Elem(), value.Elem()); err != nil {
				return fmt.Errorf("%s.%w", name, err)
			}
			continue
		}
		resource, ok := value.Interface().(pulumi.ProviderResource)
		if !ok {
			return fmt.Errorf("%s is %v: it is a provider, such as those of the packages aws and kubernetes", name, value)
		}
		target.Set(reflect.ValueOf(resource))
	}
	return nil
}
