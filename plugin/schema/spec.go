package schema

// What a package's schema is made of, as Pulumi defines it, of that what this package needs.
// Source: https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
type (
	packageSpec struct {
		Name              string                  `json:"name"`
		Namespace         string                  `json:"namespace"`
		DisplayName       string                  `json:"displayName"`
		Description       string                  `json:"description"`
		Keywords          []string                `json:"keywords"`
		Homepage          string                  `json:"homepage"`
		Repository        string                  `json:"repository"`
		PluginDownloadURL string                  `json:"pluginDownloadURL"`
		Language          map[string]any          `json:"language"`
		Types             map[string]any          `json:"types"` // object or enumeration
		Provider          struct{}                `json:"provider"`
		Resources         map[string]resourceSpec `json:"resources"`
	}

	typeSpec struct {
		Type                 string    `json:"type,omitempty"`
		Ref                  string    `json:"$ref,omitempty"`
		Items                *typeSpec `json:"items,omitempty"`
		AdditionalProperties *typeSpec `json:"additionalProperties,omitempty"`
		// Plain values are known before anything is made: what a component makes depends on them.
		Plain bool `json:"plain,omitempty"`
	}

	propertySpec struct {
		typeSpec
		Description string `json:"description"`
		Secret      bool   `json:"secret,omitempty"`
	}

	objectSpec struct {
		Description string                  `json:"description"`
		Type        string                  `json:"type"`
		Properties  map[string]propertySpec `json:"properties"`
		Required    []string                `json:"required,omitempty"`
	}

	resourceSpec struct {
		objectSpec
		IsComponent     bool                    `json:"isComponent"`
		InputProperties map[string]propertySpec `json:"inputProperties"`
		RequiredInputs  []string                `json:"requiredInputs,omitempty"`
	}

	enumSpec struct {
		Description string      `json:"description"`
		Type        string      `json:"type"`
		Enum        []enumValue `json:"enum"`
	}

	enumValue struct {
		Name        string `json:"name"`
		Value       string `json:"value"`
		Description string `json:"description"`
	}
)
