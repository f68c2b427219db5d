// Package kubeconfig reads kubeconfig files: which cluster one leads to, and whether it holds secrets. No error of it quotes
// the file, which may hold some.
package kubeconfig

import (
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Cluster is the cluster that a context of a kubeconfig leads to.
type Cluster struct {
	Name       string
	Server     string // https URL of the API server
	CA         []byte // PEM; nil for the system's
	Insecure   bool   // does not check the API server's certificate
	ServerName string // that the certificate must have; empty for the host of Server
	Proxy      string // URL; empty for that of the environment
}

// file is the part of a kubeconfig that is read.
// Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
type file struct {
	CurrentContext string `yaml:"current-context"`
	Clusters       []struct {
		Name    string
		Cluster struct {
			Server     string
			CAFile     string `yaml:"certificate-authority"`
			CAData     string `yaml:"certificate-authority-data"`
			Insecure   bool   `yaml:"insecure-skip-tls-verify"`
			ServerName string `yaml:"tls-server-name"`
			Proxy      string `yaml:"proxy-url"`
		}
	}
	Contexts []struct {
		Name    string
		Context struct{ Cluster, User string }
	}
	Users []user
}

type user struct {
	Name string
	User map[string]any
}

func parse(text string) (file, error) {
	var f file
	if err := yaml.Unmarshal([]byte(text), &f); err != nil || len(f.Clusters) == 0 || len(f.Contexts) == 0 {
		return f, errors.New("it is not the text of a kubeconfig, which has clusters, contexts and users")
	}
	return f, nil
}

// ContextError says that a kubeconfig lacks a context, or, where none was named, a current one.
type ContextError struct{ Contexts []string }

// escaped is a name without what a terminal would take for more than text.
func escaped(name string) string {
	quoted := strconv.Quote(name)
	return quoted[1 : len(quoted)-1]
}

// Error names the contexts that there are.
func (e ContextError) Error() string {
	var names []string
	for _, name := range e.Contexts {
		names = append(names, escaped(name))
	}
	return "the kubeconfig has no such context; it has " + strings.Join(names, ", ")
}

// Read returns the cluster of a context, or of the current one if context is empty. It returns a ContextError
// if there is no such context, and an error for a string that is no kubeconfig, that lacks what the context names, or that refers
// to files of one machine.
func Read(text, context string) (Cluster, error) {
	f, err := parse(text)
	if err != nil {
		return Cluster{}, err
	}
	var names []string
	for _, c := range f.Contexts {
		names = append(names, c.Name)
	}
	if context == "" {
		context = f.CurrentContext
	}
	i := slices.Index(names, context)
	if i < 0 {
		return Cluster{}, ContextError{names}
	}
	if file := f.machineFile(); file != "" {
		return Cluster{}, fmt.Errorf("its %s is a file of one machine: `kubectl config view --minify --flatten --raw` puts the "+
			"content in its place", file)
	}
	to := f.Contexts[i].Context
	if !slices.ContainsFunc(f.Users, func(u user) bool { return u.Name == to.User }) {
		return Cluster{}, fmt.Errorf("its context %q names the user %q, which it does not have", context, to.User)
	}
	for _, c := range f.Clusters {
		if c.Name != to.Cluster {
			continue
		}
		found := Cluster{
			Name: c.Name, Server: c.Cluster.Server, Insecure: c.Cluster.Insecure,
			ServerName: c.Cluster.ServerName, Proxy: c.Cluster.Proxy,
		}
		if u, err := url.Parse(c.Cluster.Server); err != nil || u.Scheme != "https" || u.Host == "" {
			return Cluster{}, fmt.Errorf("its cluster %q has no server with https://", c.Name)
		}
		if c.Cluster.CAData != "" {
			found.CA, err = base64.StdEncoding.DecodeString(c.Cluster.CAData)
			if block, _ := pem.Decode(found.CA); err != nil || block == nil {
				return Cluster{}, fmt.Errorf("the certificate-authority-data of its cluster %q is not the base64 of a PEM certificate", c.Name)
			}
		}
		return found, nil
	}
	return Cluster{}, fmt.Errorf("its context %q names the cluster %q, which it does not have", context, to.Cluster)
}

// machineFile names a property that is a path on the machine that the kubeconfig was made on; empty if there is none.
func (f file) machineFile() string {
	for _, c := range f.Clusters {
		if c.Cluster.CAFile != "" {
			return fmt.Sprintf("clusters[%s].certificate-authority", escaped(c.Name))
		}
	}
	for _, u := range f.Users {
		for _, key := range []string{"client-certificate", "client-key", "tokenFile"} {
			if u.User[key] != nil {
				return fmt.Sprintf("users[%s].%s", escaped(u.Name), key)
			}
		}
	}
	return ""
}

var (
	secretVariable = regexp.MustCompile(`(?i)secret|token|password`)
	secretFlag     = regexp.MustCompile(`(?i)^--?([a-z-]+-)?(secret|token|password)(=|$)`)
)

// Secrets names the properties of a kubeconfig that are secrets, such as users[admin].token; none if it has none, as those that
// `aws eks update-kubeconfig` writes. What is no kubeconfig is a secret as a whole.
func Secrets(text string) []string {
	f, err := parse(text)
	if err != nil {
		return []string{"all of it"}
	}
	var names []string
	for _, c := range f.Clusters {
		for _, address := range []struct{ key, url string }{{"server", c.Cluster.Server}, {"proxy-url", c.Cluster.Proxy}} {
			if u, err := url.Parse(address.url); err != nil || u.User != nil {
				names = append(names, fmt.Sprintf("clusters[%s].%s", escaped(c.Name), address.key))
			}
		}
	}
	for _, u := range f.Users {
		for _, key := range []string{"token", "client-key-data", "password", "auth-provider"} {
			if u.User[key] != nil {
				names = append(names, fmt.Sprintf("users[%s].%s", escaped(u.Name), key))
			}
		}
		for _, of := range execSecrets(u.User["exec"]) {
			names = append(names, fmt.Sprintf("users[%s].exec.%s", escaped(u.Name), of))
		}
	}
	return names
}

// execSecrets names what of a command that gets credentials is a secret: args, or variables by their names.
func execSecrets(exec any) []string {
	var names []string
	args, _ := property(exec, "args").([]any)
	if slices.ContainsFunc(args, func(arg any) bool { return secretFlag.MatchString(fmt.Sprint(arg)) }) {
		names = append(names, "args")
	}
	env, _ := property(exec, "env").([]any)
	for _, variable := range env {
		if name := fmt.Sprint(property(variable, "name")); secretVariable.MatchString(name) {
			names = append(names, "env["+escaped(name)+"]")
		}
	}
	return names
}

// property is a property of an object; nil if it has none, or is no object. YAML's may have keys that are no texts.
func property(object any, key string) any {
	switch o := object.(type) {
	case map[string]any:
		return o[key]
	case map[any]any:
		return o[key]
	}
	return nil
}
