package wire

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/sig"
	"google.golang.org/protobuf/types/known/structpb"
)

func text(s string) resource.PropertyValue { return resource.NewProperty(s) }

func object(m resource.PropertyMap) resource.PropertyValue { return resource.NewProperty(m) }

func TestWhatTheEngineSendsComesBackAsSent(t *testing.T) {
	sent := resource.PropertyMap{
		"name":    text("kubecost"),
		"count":   resource.NewProperty(3.0),
		"on":      resource.NewProperty(true),
		"list":    resource.NewProperty([]resource.PropertyValue{text("a"), resource.NewProperty(1.0)}),
		"secret":  resource.MakeSecret(object(resource.PropertyMap{"k": text("v")})),
		"unknown": resource.MakeComputed(text("")),
	}
	message, err := Encode(sent)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(message)
	if err != nil {
		t.Fatal(err)
	}
	if !got.DeepEquals(sent) {
		t.Errorf("got %v, want %v", got, sent)
	}
}

func TestNullsAreDropped(t *testing.T) {
	got, err := Decode(&structpb.Struct{Fields: map[string]*structpb.Value{"gone": structpb.NewNullValue()}})
	if err != nil || len(got) != 0 {
		t.Errorf("got %v, %v; want nothing", got, err)
	}
}

func TestUnsupportedValueIsAnError(t *testing.T) {
	archive, err := structpb.NewStruct(map[string]any{"a": map[string]any{sig.Key: sig.ArchiveSig}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(archive); err == nil {
		t.Error("an archive was accepted")
	}
}

func TestPlainHasWhatSecretsHoldAndKnownHasNoUnknowns(t *testing.T) {
	m := resource.PropertyMap{
		"secret":  resource.MakeSecret(object(resource.PropertyMap{"k": resource.MakeSecret(text("v"))})),
		"unknown": resource.MakeComputed(text("")),
	}
	plain := Plain(m)
	if held, _ := plain["secret"].(map[string]any); held["k"] != "v" {
		t.Errorf("the secret holds %v", plain["secret"])
	}
	if _, unknown := plain["unknown"].(resource.Computed); !unknown {
		t.Errorf("the unknown became %v", plain["unknown"])
	}
	if known := Known(m)["unknown"]; known != nil {
		t.Errorf("the unknown is known as %v", known)
	}
}

func TestOutputsAreSecretWhereInputsAre(t *testing.T) {
	inputs := resource.PropertyMap{
		"values": object(resource.PropertyMap{"token": resource.MakeSecret(text("t")), "size": text("s")}),
		"list":   resource.NewProperty([]resource.PropertyValue{resource.MakeSecret(text("x"))}),
	}
	outputs := resource.PropertyMap{
		"values": object(resource.PropertyMap{"token": text("t"), "size": text("s")}),
		"list":   resource.NewProperty([]resource.PropertyValue{text("x")}),
		"extra":  text("e"),
	}
	MarkSecrets(outputs, inputs)
	values := outputs["values"].ObjectValue()
	if !values["token"].IsSecret() || values["size"].IsSecret() || !outputs["list"].IsSecret() || outputs["extra"].IsSecret() {
		t.Errorf("secrets are marked wrong: %v", outputs)
	}
}
